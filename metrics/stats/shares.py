"""Who explains the variance: LMG and Owen shares, sampled shares beyond 2^20 models, levels of dominance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from .crossproducts import CrossProducts, merged
from .exact import FloatArray
from .jackknife import Interval, jackknife_many
from .sweep import drawn_orders, gains_in_orders, owen_values, partial_out, r2_of_all_subsets, shapley, sizes

Source = CrossProducts | FloatArray
Key = str | int
TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the outcome's variance: they are what drivers explain together, never an effect, and have no sign.

    ``values`` add up to ``r2 − r2_controls``; ``se`` is given where they were sampled; ``dropped`` names the drivers
    that did not vary.
    """

    names: tuple[str, ...]
    values: tuple[float, ...]
    r2: float
    r2_controls: float = 0.0
    dropped: tuple[str, ...] = ()
    se: tuple[float, ...] | None = None

    def of(self, names: Sequence[str]) -> float:
        """Return the share of several drivers together, such as a department's."""
        return float(sum(value for name, value in zip(self.names, self.values, strict=True) if name in set(names)))


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    matrix: FloatArray
    names: tuple[str, ...]
    r2_controls: float
    dropped: tuple[str, ...]


def correlation(cp: CrossProducts) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the correlation matrix of the columns that vary, and the names left out because they do not.

    Raises ``ValueError`` when the outcome, the first column, does not vary.
    """
    constants = cp.constants()
    if cp.names[0] in constants:
        raise ValueError("the outcome does not vary")
    centred = cp.keep([name for name in cp.names if name not in constants]).centered()
    spread = np.sqrt(np.diag(centred))
    matrix: FloatArray = centred / spread[:, None] / spread[None, :]
    np.fill_diagonal(matrix, 1.0)
    return matrix, constants


def _prepared(source: Source, always: Sequence[Key]) -> _Prepared:
    if isinstance(source, CrossProducts):
        matrix, dropped = correlation(source)
        names = tuple(name for name in source.names[1:] if name not in dropped)
    else:
        matrix, dropped = np.asarray(source, dtype=np.float64), ()
        names = tuple(str(driver) for driver in range(len(matrix) - 1))
    wanted = {str(key) for key in always} - set(dropped)
    if not wanted <= set(names):
        raise ValueError(f"unknown control: {sorted(wanted - set(names))}")
    reduced = partial_out(matrix, [names.index(key) for key in names if key in wanted]) if wanted else matrix
    rest = tuple(name for name in names if name not in wanted)
    return _Prepared(reduced, rest, float(1 - reduced[0, 0]) if wanted else 0.0, dropped)


def lmg(source: Source, always: Sequence[Key] = ()) -> Shares:
    """Return each driver's Shapley share of R² (Lindeman, Merenda & Gold 1980; Grömping 2006), exact for p ≤ 20.

    ``source`` is cross-products, or a correlation matrix with the outcome at index 0 (drivers then named by their
    number from 0). The controls ``always`` are partialled out first; shares are of the total variance. Raises
    ``ValueError`` beyond 20 drivers, on an unknown control, or when the outcome does not vary.
    """
    ready = _prepared(source, always)
    game = r2_of_all_subsets(ready.matrix)
    return _shares(ready, shapley(game), float(game[-1]))


def _shares(ready: _Prepared, values: FloatArray, gained: float) -> Shares:
    return Shares(ready.names, tuple(map(float, values)), ready.r2_controls + gained, ready.r2_controls, ready.dropped)


def owen(source: Source, groups: Sequence[Sequence[Key]], always: Sequence[Key] = ()) -> Shares:
    """Return each driver's Owen share of R² with departments as a-priori unions (Owen 1977).

    A department gains nothing by splitting one result into copies, and its share is the sum of its drivers'. ``source``
    is as for :func:`lmg`, or the worth of all 2^p coalitions of any game (1-D). Raises ``ValueError`` unless the groups
    partition the drivers that are not controls (drivers that do not vary may be listed), and as :func:`owen_values`.
    """
    if not isinstance(source, CrossProducts) and source.ndim == 1:
        values = owen_values(source, [[int(key) for key in group] for group in groups])
        names = tuple(str(player) for player in range(len(values)))
        return Shares(names, tuple(map(float, values)), float(source[-1]))
    ready = _prepared(source, always)
    values = owen_values(ready.matrix, _unions(ready, groups))
    return _shares(ready, values, float(values.sum()))


def _unions(ready: _Prepared, groups: Sequence[Sequence[Key]]) -> list[list[int]]:
    kept = [[str(key) for key in group if str(key) not in ready.dropped] for group in groups]
    unknown = {key for group in kept for key in group} - set(ready.names)
    if unknown:
        raise ValueError(f"unknown driver: {sorted(unknown)}")
    return [[ready.names.index(key) for key in group] for group in kept if group]


def sampled(
    source: Source, groups: Sequence[Sequence[Key]] | None = None, always: Sequence[Key] = (), pairs: int = 1000
) -> Shares:
    """Return LMG (or, with ``groups``, Owen) shares from seeded antithetic permutations, with their standard errors.

    Each of ``pairs`` random orders is used with its reverse (Mitchell et al. 2022); the same input always gives the
    same digits. The shares still add up to R² exactly. Raises ``ValueError`` as :func:`lmg`, or under 2 pairs.
    """
    if pairs < 2:
        raise ValueError("a standard error needs two pairs")
    ready = _prepared(source, always)
    p = len(ready.names)
    unions = _unions(ready, groups) if groups is not None else [[driver] for driver in range(p)]
    if sorted(driver for union in unions for driver in union) != list(range(p)):
        raise ValueError("every driver belongs to exactly one group")
    means = gains_in_orders(ready.matrix, drawn_orders(unions, pairs))
    values, se = means.mean(axis=0), means.std(axis=0, ddof=1) / np.sqrt(pairs)
    plain = _shares(ready, values, float(values.sum()))
    return Shares(plain.names, plain.values, plain.r2, plain.r2_controls, plain.dropped, tuple(map(float, se)))


@dataclass(frozen=True, eq=False)
class Dominance:
    """Levels of dominance between drivers (Azen & Budescu 2003), worked out as they are asked for.

    ``game`` (2^p,) is what every model gains. ``general`` (p,) are the LMG shares; ``conditional`` (p, p) the mean gain
    of driver i over models of k drivers; ``complete`` (p, p) is 1 where i gains at least as much as j beside every
    model, −1 the reverse, else 0.
    """

    names: tuple[str, ...]
    game: FloatArray

    @cached_property
    def general(self) -> FloatArray:
        return shapley(self.game)

    @cached_property
    def conditional(self) -> FloatArray:
        p = len(self.names)
        size = sizes(max(p - 1, 0)).astype(np.int64)
        models = np.bincount(size, minlength=p)
        table = np.empty((p, p))
        for driver in range(p):
            halves = self.game.reshape(-1, 2, 1 << driver)
            gains = (halves[:, 1] - halves[:, 0]).ravel()
            table[driver] = np.bincount(size, weights=gains, minlength=p) / models
        return table

    @property
    def complete(self) -> FloatArray:
        p = len(self.names)
        found = np.zeros((p, p))
        for i, j in combinations(range(p), 2):
            found[i, j] = _dominates(self.game, i, j)
            found[j, i] = -found[i, j]
        return found

    def level(self, first: int, second: int) -> str | None:
        """Return the strongest level at which ``first`` dominates ``second``; ``None`` when it does not."""
        if first == second:
            return None
        low, high = sorted((first, second))
        if _dominates(self.game, low, high) == (1 if first == low else -1):
            return "complete"
        gap = self.conditional[first] - self.conditional[second]
        if bool(np.all(gap >= -TOLERANCE) and np.any(gap > TOLERANCE)):
            return "conditional"
        return "general" if self.general[first] > self.general[second] + TOLERANCE else None


def dominance(source: Source, always: Sequence[Key] = ()) -> Dominance:
    """Return general, conditional and complete dominance, exact for p ≤ 20; arguments and errors as :func:`lmg`."""
    ready = _prepared(source, always)
    return Dominance(ready.names, r2_of_all_subsets(ready.matrix))


def _dominates(game: FloatArray, low: int, high: int) -> int:
    cells = game.reshape(-1, 2, 1 << (high - low - 1), 2, 1 << low)
    gap = cells[:, 0, :, 1] - cells[:, 1, :, 0]
    if bool(np.all(np.abs(gap) <= TOLERANCE)):
        return 0
    if bool(np.all(gap >= -TOLERANCE)):
        return 1
    return -1 if bool(np.all(gap <= TOLERANCE)) else 0


def by_folds(folds: Sequence[CrossProducts], statistic: Callable[[CrossProducts], FloatArray]) -> list[Interval]:
    """Return the delete-a-group interval of every number ``statistic`` makes from cross-products, (k,).

    ``folds`` are the cross-products of each fold, empty ones included. A fold without which the statistic cannot be
    computed, or has other columns, does not count.
    """
    total = merged(folds)
    full = np.asarray(statistic(total), dtype=np.float64)
    replicates = np.full((len(folds), len(full)), np.nan)
    for place, fold in enumerate(folds):
        if fold.n:
            replicates[place] = _attempt(statistic, total - fold, full)
    return jackknife_many(full, replicates)


def _attempt(statistic: Callable[[CrossProducts], FloatArray], rest: CrossProducts, full: FloatArray) -> FloatArray:
    try:
        found = np.asarray(statistic(rest), dtype=np.float64)
    except ValueError:
        return np.full(full.shape, np.nan)
    return found if found.shape == full.shape else np.full(full.shape, np.nan)


def department_differences(
    folds: Sequence[CrossProducts], shares: Callable[[CrossProducts], Shares], departments: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], Interval]:
    """Return the interval of the difference of shares of every two departments (first − second, by name).

    Two departments may be ranked only where it excludes 0. ``shares`` is :func:`lmg`, or :func:`owen` with its groups.
    """
    pairs = list(combinations(departments, 2))

    def differences(cp: CrossProducts) -> FloatArray:
        found = shares(cp)
        held = {name: found.of(drivers) for name, drivers in departments.items()}
        return np.array([held[a] - held[b] for a, b in pairs])

    return dict(zip(pairs, by_folds(folds, differences), strict=True))
