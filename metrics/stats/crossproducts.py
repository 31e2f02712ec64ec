"""Sums and sums of products over complete cases, exact, mergeable: all that regressions need to know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from .exact import MILLION, FloatArray, IntArray

LIMB = 18
CHUNK = 1 << 14
FEW = 64
FITS = 1 << 42
EXACT = 1 << 53


@dataclass(frozen=True, slots=True)
class CrossProducts:
    """``n`` complete cases of the columns ``names``, the outcome first.

    ``s`` = Σx in millionths, k integers; ``ss`` = Σxy in 10⁻¹², k × k integers. Two groups merge by ``+``, a fold is
    left out by ``-``; both raise ``ValueError`` when the columns differ.
    """

    names: tuple[str, ...]
    n: int
    s: Sequence[int]
    ss: Sequence[Sequence[int]]

    @classmethod
    def of(cls, names: Sequence[str], rows: IntArray, repeats: IntArray | None = None) -> "CrossProducts":
        """Return the sums of ``rows`` (n, k) in millionths, row i counted ``repeats[i]`` times.

        Raises ``ValueError`` when the names are not k different ones.
        """
        if rows.ndim != 2 or rows.shape[1] != len(names) or len(set(names)) != len(names):
            raise ValueError("one different name a column")
        weighted = rows if repeats is None else rows * repeats[:, None]
        n = len(rows) if repeats is None else int(repeats.sum())
        return cls(tuple(names), n, _sums(weighted), _products(weighted, rows))

    @classmethod
    def grouped(cls, names: Sequence[str], rows: IntArray, groups: IntArray) -> dict[int, "CrossProducts"]:
        """Return :meth:`of` the rows of each group, ``groups`` (n,) saying which they are of.

        Divided by what they all are multiples of, most columns are small numbers and multiply the faster.
        """
        columns = rows.T
        if (groups[1:] < groups[:-1]).any():
            order = np.argsort(groups, kind="stable")
            columns, groups = columns[:, order], groups[order]
        parted, sizes = zip(*map(_lean, columns), strict=True)
        lean = np.array(parted)
        starts = np.flatnonzero(groups[1:] != groups[:-1]) + 1
        labels = groups[np.concatenate([[0], starts])[: len(groups)]].tolist()
        parts = np.split(lean, starts, axis=1)
        return {label: cls.of(names, part.T)._times(sizes) for label, part in zip(labels, parts, strict=False)}

    def _times(self, scale: Sequence[int]) -> "CrossProducts":
        """Return the sums of the same rows with each column so many times as large."""
        s = [a * x for a, x in zip(scale, self.s, strict=True)]
        ss = [[a * b * xy for b, xy in zip(scale, row, strict=True)] for a, row in zip(scale, self.ss, strict=True)]
        return CrossProducts(self.names, self.n, s, ss)

    def __add__(self, other: "CrossProducts") -> "CrossProducts":
        return self._combined(other, 1)

    def __sub__(self, other: "CrossProducts") -> "CrossProducts":
        return self._combined(other, -1)

    def _combined(self, other: "CrossProducts", sign: int) -> "CrossProducts":
        if self.names != other.names:
            raise ValueError("the columns differ")
        s = [a + sign * b for a, b in zip(self.s, other.s, strict=True)]
        ss = [
            [a + sign * b for a, b in zip(row, more, strict=True)] for row, more in zip(self.ss, other.ss, strict=True)
        ]
        return CrossProducts(self.names, self.n + sign * other.n, s, ss)

    def centered(self) -> FloatArray:
        """Return Σ(x − x̄)(y − ȳ), (k, k), natural units.

        Computed in integers and rounded once, so nothing cancels (NIST NumAcc). Raises ``ValueError`` without cases.
        """
        if self.n <= 0:
            raise ValueError("no complete case")
        n, scale = self.n, self.n * MILLION * MILLION
        return np.array(
            [[(n * xy - x * y) / scale for y, xy in zip(self.s, row, strict=True)] for x, row in self._rows()],
            dtype=np.float64,
        )

    def _rows(self) -> Iterable[tuple[int, Sequence[int]]]:
        return zip(self.s, self.ss, strict=True)

    def means(self) -> FloatArray:
        """Return the k means in natural units."""
        return np.array([x / (self.n * MILLION) for x in self.s], dtype=np.float64)

    def constants(self) -> tuple[str, ...]:
        """Return the columns that do not vary, told exactly."""
        squares = [(x, row[i]) for i, (x, row) in enumerate(self._rows())]
        return tuple(name for name, (x, xx) in zip(self.names, squares, strict=True) if self.n * xx == x * x)

    def keep(self, names: Sequence[str]) -> "CrossProducts":
        """Return the same cases with fewer columns, in the order given; raises ``ValueError`` on an unknown name."""
        at = [self.names.index(name) for name in names]
        return CrossProducts(tuple(names), self.n, [self.s[i] for i in at], [[self.ss[i][j] for j in at] for i in at])


def merged(parts: Iterable[CrossProducts]) -> CrossProducts:
    """Return the sum of at least one group; raises ``ValueError`` on none or on different columns."""
    groups = list(parts)
    if not groups:
        raise ValueError("nothing to merge")
    names = groups[0].names
    if any(group.names != names for group in groups):
        raise ValueError("the columns differ")
    if len(groups) == 1:
        return groups[0]
    s = [sum(column) for column in zip(*(group.s for group in groups), strict=True)]
    rows = zip(*(group.ss for group in groups), strict=True)
    ss = [[sum(cells) for cells in zip(*lines, strict=True)] for lines in rows]
    return CrossProducts(names, sum(group.n for group in groups), s, ss)


def _lean(column: IntArray) -> tuple[IntArray, int]:
    """Return the column divided by what all its values are multiples of, and that; told from a few, then checked."""
    some = column[:FEW]
    while True:
        size = max(int(np.gcd.reduce(some)), 1)
        if size == 1:
            return column, 1
        lean = column // size
        other = column[lean * size != column]
        if not other.size:
            return lean, size
        some = np.append(other[:FEW], size)


def _sums(rows: IntArray) -> list[int]:
    """Return the sum of each column in Python integers: high and low halves apart, neither can overflow."""
    high, low = (rows >> 32).sum(axis=0), (rows & 0xFFFFFFFF).sum(axis=0)
    return [(int(a) << 32) + int(b) for a, b in zip(high, low, strict=True)]


def _products(left: IntArray, right: IntArray) -> list[list[int]]:
    """Return leftᵀ·right in Python integers.

    Where the values fit, they or three 18-bit limbs of them multiply in float64: every partial sum stays under 2^53,
    so it is exact.
    """
    greatest = max((int(np.abs(part).max()) for part in (left, right) if part.size), default=0)
    if greatest * greatest * len(left) < EXACT:
        small: list[list[int]] = (left.T.astype(np.float64) @ right).astype(np.int64).tolist()
        return small
    if greatest >= FITS:
        wide = left.astype(object).T @ right.astype(object)
        return [[int(cell) for cell in row] for row in wide]
    total = np.zeros((left.shape[1], right.shape[1]), dtype=object)
    for start in range(0, len(left), CHUNK):
        first = _limbs(left[start : start + CHUNK])
        second = first if right is left else _limbs(right[start : start + CHUNK])
        for (a, one), (b, other) in product(first, second):
            total = total + ((one.T @ other).astype(np.int64).astype(object) << (a + b) * LIMB)
    return [[int(cell) for cell in row] for row in total]


def _limbs(values: IntArray) -> list[tuple[int, FloatArray]]:
    """Return values = l₀ + l₁·2^18 + l₂·2^36 as numbered exact float64 arrays, the last signed, without those all 0."""
    mask = (1 << LIMB) - 1
    parts = enumerate((values & mask, values >> LIMB & mask, values >> 2 * LIMB))
    return [(place, part.astype(np.float64)) for place, part in parts if part.any()]
