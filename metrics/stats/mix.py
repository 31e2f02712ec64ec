"""Rate and mix: why an average over units or segments moved (Kitagawa 1955, Das Gupta 1993), exactly."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .exact import Number, exact, exact_all

Factor = Number | Sequence[Number]
MAX_FACTORS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A unit or segment of an average: its size (cases, or any share) and its value, ``None`` where nobody answered."""

    size: Number
    value: Number | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a cell did to the change: through its value (``rate``) and through its share (``mix``)."""

    rate: Fraction
    mix: Fraction


@dataclass(frozen=True, slots=True)
class RateMix:
    """Two averages and the effect of each cell; all effects add up to ``after − before`` exactly."""

    before: Fraction
    after: Fraction
    cells: dict[str, Effect]

    @property
    def rate(self) -> Fraction:
        """The sum of the rate effects."""
        return sum((effect.rate for effect in self.cells.values()), Fraction(0))

    @property
    def mix(self) -> Fraction:
        """The sum of the mix effects."""
        return sum((effect.mix for effect in self.cells.values()), Fraction(0))


def rate_mix(before: Mapping[str, Cell], after: Mapping[str, Cell]) -> RateMix:
    """Return Kitagawa's two-factor decomposition per cell.

    ``rate = mean(share)·Δvalue``; ``mix = Δshare·(mean(value) − mean of the two averages)``, so that a cell worse than
    average lowers the average by growing. A cell known in one quarter only has mix alone. Raises ``ValueError`` when
    no cell of a quarter has a size and a value, or on a negative size.
    """
    (shares0, values0), (shares1, values1) = _shares(before), _shares(after)
    first = sum((share * values0[name] for name, share in shares0.items()), Fraction(0))
    second = sum((share * values1[name] for name, share in shares1.items()), Fraction(0))
    cells: dict[str, Effect] = {}
    for name in dict.fromkeys([*before, *after]):
        if name not in shares0 and name not in shares1:
            continue
        share0, share1 = shares0.get(name, Fraction(0)), shares1.get(name, Fraction(0))
        old = values0[name] if name in values0 else values1[name]
        new = values1[name] if name in values1 else values0[name]
        mix = (share1 - share0) * ((old + new) / 2 - (first + second) / 2)
        cells[name] = Effect((share0 + share1) / 2 * (new - old), mix)
    return RateMix(first, second, cells)


def _shares(cells: Mapping[str, Cell]) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    sizes = {name: exact(cell.size) for name, cell in cells.items() if cell.value is not None}
    whole = sum(sizes.values(), Fraction(0))
    if whole <= 0 or min(sizes.values()) < 0:
        raise ValueError("an average needs a cell with a size and a value, and no negative size")
    values = {name: exact(cell.value) for name, cell in cells.items() if cell.value is not None}
    return {name: size / whole for name, size in sizes.items()}, values


def product_over_cells(factors: Sequence[Sequence[Fraction]]) -> Fraction:
    """Return Σ over cells of the product of the factors; a factor of one value counts in every cell."""
    width = max(len(factor) for factor in factors)
    spread = [list(factor) * width if len(factor) == 1 else list(factor) for factor in factors]
    return sum((math.prod(cell, start=Fraction(1)) for cell in zip(*spread, strict=True)), Fraction(0))


def das_gupta(
    before: Sequence[Factor],
    after: Sequence[Factor],
    rate: Callable[[Sequence[Sequence[Fraction]]], Number] = product_over_cells,
) -> list[Fraction]:
    """Return the effect of each factor on ``rate(after) − rate(before)``, standardised over all the others.

    Das Gupta 1993 (US Census P23-186), the Shapley value of the factors: order-free, and exactly additive. A factor is
    a number or a vector over cells; ``rate`` receives every factor as a list. Raises ``ValueError`` with no factor,
    different numbers of factors, or more than 12.
    """
    n = len(before)
    if not 1 <= n <= MAX_FACTORS or len(after) != n:
        raise ValueError(f"one to {MAX_FACTORS} factors, the same in both populations")
    sides = [[_vector(factor) for factor in side] for side in (before, after)]
    levels = [exact(rate([sides[mask >> i & 1][i] for i in range(n)])) for mask in range(1 << n)]
    effects = []
    for i in range(n):
        effect = Fraction(0)
        for mask in range(1 << n):
            if not mask >> i & 1:
                k = mask.bit_count()
                share = Fraction(math.factorial(k) * math.factorial(n - 1 - k), math.factorial(n))
                effect += share * (levels[mask | 1 << i] - levels[mask])
        effects.append(effect)
    return effects


def _vector(factor: Factor) -> list[Fraction]:
    return exact_all(factor) if isinstance(factor, Sequence) else [exact(factor)]


@dataclass(frozen=True, slots=True)
class CrossTable:
    """Sizes and values of cells crossed by two dimensions, both (rows, columns)."""

    sizes: Sequence[Sequence[Number]]
    values: Sequence[Sequence[Number]]


@dataclass(frozen=True, slots=True)
class CrossEffects:
    """Rate effect and the mix of each dimension; the three add up to ``after − before`` exactly."""

    rate: Fraction
    rows: Fraction
    columns: Fraction


def crossed_mix(before: CrossTable, after: CrossTable) -> CrossEffects:
    """Return Kitagawa's mix split between two crossed dimensions, such as shop and touchpoint.

    Das Gupta 1993, chapter 5: the share of a cell is A·B, A = √(N_ij/N_.j · N_i./N) carrying the rows and
    B = √(N_ij/N_i. · N_.j/N) the columns. Raises ``ValueError`` on empty or ragged tables.
    """
    flat = [_flat(table) for table in (before, after)]
    plain = rate_mix(*({str(k): Cell(*cell) for k, cell in enumerate(cells)} for cells in flat))
    rows0, columns0 = _structure(before.sizes)
    rows1, columns1 = _structure(after.sizes)
    effect = Fraction(0)
    for k, ((_, old), (_, new)) in enumerate(zip(*flat, strict=True)):
        effect += (old + new) / 2 * (columns0[k] + columns1[k]) / 2 * (rows1[k] - rows0[k])
    return CrossEffects(plain.rate, effect, plain.mix - effect)


def _flat(table: CrossTable) -> list[tuple[Fraction, Fraction]]:
    sizes = [exact(size) for row in table.sizes for size in row]
    values = [exact(value) for row in table.values for value in row]
    return list(zip(sizes, values, strict=True))


def _structure(sizes: Sequence[Sequence[Number]]) -> tuple[list[Fraction], list[Fraction]]:
    """Return A and B of every cell, row by row."""
    table = [[float(size) for size in row] for row in sizes]
    of_row = [math.fsum(row) for row in table]
    of_column = [math.fsum(column) for column in zip(*table, strict=True)]
    whole = math.fsum(of_row)
    rows: list[Fraction] = []
    columns: list[Fraction] = []
    for i, row in enumerate(table):
        for j, size in enumerate(row):
            met = size > 0
            rows.append(exact(math.sqrt(size / of_column[j] * of_row[i] / whole)) if met else Fraction(0))
            columns.append(exact(math.sqrt(size / of_row[i] * of_column[j] / whole)) if met else Fraction(0))
    return rows, columns


@dataclass(frozen=True, slots=True)
class Oaxaca:
    """A gap between two groups of one regression: levels, coefficients and their interaction (three-fold)."""

    levels: Fraction
    coefficients: Fraction
    interaction: Fraction


def oaxaca(
    means: tuple[Sequence[Number], Sequence[Number]], betas: tuple[Sequence[Number], Sequence[Number]]
) -> Oaxaca:
    """Return the three-fold Oaxaca–Blinder split of ``x₁·β₁ − x₀·β₀``, group 0 being the reference.

    ``means`` and ``betas`` hold (group 0, group 1), constant included. Half the interaction on each side is the
    order-free split that :func:`das_gupta` gives.
    """
    rows = list(zip(exact_all(means[0]), exact_all(means[1]), exact_all(betas[0]), exact_all(betas[1]), strict=True))
    return Oaxaca(
        sum(((x1 - x0) * b0 for x0, x1, b0, _ in rows), Fraction(0)),
        sum((x0 * (b1 - b0) for x0, _, b0, b1 in rows), Fraction(0)),
        sum(((x1 - x0) * (b1 - b0) for x0, x1, b0, b1 in rows), Fraction(0)),
    )
