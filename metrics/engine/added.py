"""Sums as columns of whole numbers, added up by whatever is asked for: exact, and Python's only at the end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from journeys.written import BILLION, Columns
from metrics.stats.exact import MILLION, IntArray
from metrics.stats.kinds import Moments

PLAIN, SQUARES = ("n", "s1", "s0", "high", "low"), ("ss2", "ss1", "ss0")
FITS = 9 * 10**12  # so many units, in millionths, are a whole number of 64 bits
NOBODY = -1  # the place of a unit that is not named


@dataclass(frozen=True)
class Added:
    """Rows of sums: the columns ``keys`` and the limbs of the sums, those left out 0.

    Of ``indicator`` and ``unit`` the columns hold places in the list of ``names``, or ``NOBODY``. Σx is s1 + s0·10⁻⁶,
    Σx² (ss2·10⁹ + ss1) + ss0·10⁻¹²; no sum of a limb over all rows runs over.
    """

    names: Mapping[str, list[str]]
    columns: Columns

    def by(self, *keys: str, of: Iterable[str] | None = None) -> dict[tuple[Any, ...], Moments]:
        """The moments of every group of all indicators or of some; rows without a unit count where it is no key."""
        kept = self if of is None else self.only(of)
        if "unit" in keys:
            kept = kept._rows(kept.columns["unit"] != NOBODY)
        if not len(kept.columns["n"]):
            return {}
        order, starts = _groups([kept.columns[key] for key in keys])
        first = order[starts]
        told = [self._told(key, kept.columns[key][first]) for key in keys]
        sums = {
            name: np.add.reduceat(column[order], starts)
            for name, column in kept.columns.items()
            if name in PLAIN + SQUARES
        }
        return dict(zip(zip(*told, strict=True), _moments(sums, len(starts)), strict=True))

    def only(self, slugs: Iterable[str]) -> "Added":
        """The rows of these indicators."""
        wanted = set(slugs)
        known = np.array([name in wanted for name in self.names["indicator"]], dtype=np.bool_)
        return self._rows(known[self.columns["indicator"]])

    def _rows(self, rows: npt.NDArray[np.bool_]) -> "Added":
        return self if rows.all() else Added(self.names, {name: column[rows] for name, column in self.columns.items()})

    def _told(self, key: str, column: IntArray) -> list[Any]:
        places = column.tolist()
        return [self.names[key][place] for place in places] if key in self.names else places


def together(parts: Sequence[Added], wanted: Sequence[str]) -> Added:
    """The rows of several, one after another, under one list of names, with the columns wanted."""
    names = {name: sorted({text for part in parts for text in part.names[name]}) for name in ("indicator", "unit")}
    places = {name: {text: place for place, text in enumerate(texts)} for name, texts in names.items()}
    columns = {}
    for name in wanted:
        found = [np.zeros(0, dtype=np.int64)]
        for part in parts:
            column = part.columns.get(name)
            if column is None:
                column = np.zeros(len(part.columns["n"]), dtype=np.int64)
            elif name in places:
                column = np.array([*(places[name][text] for text in part.names[name]), NOBODY])[column]
            found.append(column)
        columns[name] = np.concatenate(found)
    return Added(names, columns)


def told(columns: Columns) -> Added:
    """The same of columns whose indicators and units are texts, as an engine gives them."""
    names, made = {}, dict(columns)
    for name in ("indicator", "unit"):
        texts = columns[name].tolist() if name in columns else []
        names[name] = sorted({text for text in texts if text is not None})
        places: dict[str | None, int] = {text: place for place, text in enumerate(names[name])}
        if name in columns:
            made[name] = np.array([places.get(text, NOBODY) for text in texts], dtype=np.int64)
    return Added(names, made)


def _groups(keys: Sequence[IntArray]) -> tuple[IntArray, IntArray]:
    """Which order brings equal keys together, ascending, and where each group begins in it."""
    code = np.zeros(len(keys[0]), dtype=np.int64)
    for column in keys:
        low = int(column.min())
        code = code * (int(column.max()) - low + 1) + (column - low)
    order = np.argsort(code, kind="stable")
    return order, np.flatnonzero(np.diff(code[order], prepend=-1))


def _moments(sums: Columns, rows: int) -> Iterable[Moments]:
    nothing = [0] * rows
    n, high, low = (sums[name].tolist() if name in sums else nothing for name in ("n", "high", "low"))
    if np.abs(sums["s1"]).max() < FITS:
        s = (sums["s1"] * MILLION + sums["s0"]).tolist()
    else:
        s = [a * MILLION + b for a, b in zip(sums["s1"].tolist(), sums["s0"].tolist(), strict=True)]
    ss = nothing
    if SQUARES[0] in sums:
        limbs = (sums[name].tolist() for name in SQUARES)
        ss = [(a * BILLION + b) * MILLION * MILLION + c for a, b, c in zip(*limbs, strict=True)]
    return map(Moments._make, zip(n, s, ss, high, low, nothing, nothing, strict=True))
