"""Intervals of figures without a closed form, from the folds they are kept in (method, section 5)."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .change import Change, change_from_folds
from .distributions import t_of_p
from .exact import MILLION, FloatArray, IntArray
from .health import Component, exact_health
from .jackknife import Interval, jackknife
from .kinds import LINEAR, Exact, Kind, Moments, Scale, slope, zero_of
from .order import sorted_quantile

LEVEL = 0.05
FARTHEST = 70.0
HALVINGS = 42


def left_out_values(kind: Kind, folds: Mapping[int, Moments], size: int) -> FloatArray:
    """Return (size,): the value of a kind with a mean, natural units, without each fold; NaN when nothing is left.

    Folds not in ``folds`` are empty: the value without them is that of everybody. Each is made of whole numbers and
    rounded once. Raises ``ValueError`` for medians, percentiles and totals.
    """
    sums, weights = numerators(kind, folds.values()), [moments.n + moments.w for moments in folds.values()]
    n, total = sum(weights), sum(sums)
    found = np.full(size, float(total / (MILLION * n)) if n else np.nan)
    found[list(folds)] = [
        float((total - one) / (MILLION * (n - weight))) if n > weight else np.nan
        for one, weight in zip(sums, weights, strict=True)
    ]
    return found


def numerators(kind: Kind, groups: Iterable[Moments]) -> list[Exact]:
    """Return of each group the number whose ratio to 10⁶ times its weight is the value of a kind with a mean.

    Whole without weights. Raises ``ValueError`` for medians, percentiles and totals.
    """
    if kind is Kind.TOP_BOX:
        return [MILLION * moments.hi for moments in groups]
    if kind is Kind.NPS:
        return [100 * MILLION * (moments.hi - moments.lo) for moments in groups]
    if kind in (Kind.SHARE, Kind.MEAN):
        return [moments.s for moments in groups]
    if kind is Kind.RATE:
        return [1000 * moments.s for moments in groups]
    raise ValueError(f"a {kind} is not an average")


def numerator(kind: Kind, group: Moments) -> Exact:
    """Return :func:`numerators` of one group."""
    return numerators(kind, [group])[0]


def scores(kind: Kind, values: FloatArray, scale: Scale | None, higher_is_better: bool) -> FloatArray:
    """Return :func:`metrics.stats.kinds.score` of many values at once, in binary floats; NaN stays NaN.

    Raises as :func:`metrics.stats.kinds.slope`, and ``ValueError`` for a total.
    """
    points = slope(kind, scale, higher_is_better)
    if points is None:
        raise ValueError("a total has no score")
    zero = scale.worst if kind in LINEAR and scale is not None else zero_of(kind, higher_is_better)
    return np.asarray(np.clip((values - float(zero)) * points, 0.0, 100.0), dtype=np.float64)


def total_interval(folds: Sequence[Moments]) -> Interval:
    """Return Σx in natural units with its interval.

    A total shrinks when a fold is left out, so each replicate is scaled by G/(G − 1), G the folds with observations.
    """
    return jackknife(_total(folds), _total_replicates(folds))


def total_change(now: Sequence[Moments], before: Sequence[Moments]) -> Change:
    """Return the difference of two quarters' totals; ``now[g]`` and ``before[g]`` are fold g of each.

    Raises ``ValueError`` when the numbers of folds differ.
    """
    pairs = zip(_total_replicates(now), _total_replicates(before), strict=True)
    replicates = [None if a is None or b is None else a - b for a, b in pairs]
    interval = jackknife(_total(now) - _total(before), replicates)
    return change_from_folds(interval, sum(fold.n for fold in now), sum(fold.n for fold in before))


def _total(folds: Sequence[Moments]) -> float:
    return float(sum(folds, Moments()).total())


def _total_replicates(folds: Sequence[Moments]) -> list[float | None]:
    whole, groups = sum(folds, Moments()), sum(fold.n > 0 for fold in folds)
    if groups < 2:
        return [None] * len(folds)
    return [float((whole - fold).total() * groups / (groups - 1)) if fold.n > 0 else None for fold in folds]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Raw values in millionths, ascending (n,), and the fold of each (n,)."""

    values: IntArray
    folds: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    """A quantile among its ascending values, with the error by folds of the share of answers under it."""

    value: float
    values: IntArray
    p: float
    se: float | None
    groups: int

    def end(self, level: float, upper: bool) -> float | None:
        """One end of the interval whose two-sided p is ``level``; ``None`` where there is no such quantile."""
        if self.se is None:
            return None
        half = t_of_p(level, self.groups - 1) * self.se
        at = self.p + half if upper else self.p - half
        return sorted_quantile(self.values, at) if 0 <= at <= 1 else None

    def ends(self) -> tuple[float | None, float | None]:
        """The two ends of the 95 % interval."""
        return self.end(LEVEL, upper=False), self.end(LEVEL, upper=True)


def _placed(sample: Sample, p: float) -> _Placed | None:
    if not 0 < p < 1:
        raise ValueError("an interval needs a quantile between 0 and 1")
    value, n = sorted_quantile(sample.values, p), len(sample.values)
    if value is None:
        return None
    at = value * MILLION
    less, ties = sample.values < at, sample.values == at
    # answers tied at the quantile count as the part of one that makes the share p
    part = (p * n - less.sum()) / ties.sum() if ties.any() else 0.0
    under = np.bincount(sample.folds, less + part * ties)
    counts = np.bincount(sample.folds)
    left = n - counts
    usable = (counts > 0) & (left > 0)
    replicates = np.where(usable, (under.sum() - under) / np.where(usable, left, 1), np.nan)
    share = jackknife(float(under.sum() / n), replicates)
    return _Placed(value, sample.values, p, share.se, share.groups)


def quantile_by_folds(sample: Sample, p: float) -> Interval | None:
    """Return the p-quantile, natural units, with the interval that its share's error by folds gives (Woodruff 1952).

    A quantile without each fold jumps from one answer to the next and its jackknife is not consistent; the share of
    answers under it is a mean, and is. The ends are the quantiles at p ± that error; one outside 0…1 does not exist.
    ``None`` without answers; raises ``ValueError`` unless 0 < p < 1.
    """
    placed = _placed(sample, p)
    return None if placed is None else Interval(placed.value, *placed.ends(), None, placed.groups)


def quantile_change(now: Sample, before: Sample, p: float) -> Change | None:
    """Return the difference of two quarters' p-quantiles, from the intervals of both (MOVER, Zou & Donner 2008).

    The p-value is the level at which that interval touches 0, as for shares: the values lie farther apart in a tail
    than about the middle, so the distance at 5 % says nothing of that at the 0.1 % of Benjamini–Hochberg. ``None``
    when a quarter is empty. Raises as :func:`quantile_by_folds`.
    """
    first, second = _placed(now, p), _placed(before, p)
    if first is None or second is None:
        return None
    value, n = first.value - second.value, (len(now.values), len(before.values))
    (low, high), (lower, higher) = first.ends(), second.ends()
    if low is None or high is None or lower is None or higher is None:
        return Change(value, None, None, None, *n, "folds")
    below = math.hypot(first.value - low, higher - second.value)
    above = math.hypot(high - first.value, second.value - lower)
    return Change(value, value - below, value + above, _touching_p(first, second), *n, "folds")


def _touching_p(first: _Placed, second: _Placed) -> float | None:
    """The greatest level at which the interval of the difference still reaches 0; ``None`` without any error."""
    if not first.se and not second.se:
        return None
    if first.value == second.value:
        return 1.0
    more, less = (first, second) if first.value > second.value else (second, first)

    def reaches(level: float) -> bool:
        low, high = more.end(level, upper=False), less.end(level, upper=True)
        return low is None or high is None or math.hypot(more.value - low, high - less.value) >= more.value - less.value

    # the end moves outwards in steps where answers are tied: halved on the exponent, where the levels lie
    apart, near = FARTHEST, 0.0
    if not reaches(math.exp(-apart)):
        return 0.0
    for _ in range(HALVINGS):
        middle = (apart + near) / 2
        apart, near = (middle, near) if reaches(math.exp(-middle)) else (apart, middle)
    return math.exp(-apart)


def health_interval(full: Sequence[Component], folds: Sequence[Sequence[Component] | None]) -> Interval | None:
    """Return health with its interval; ``folds[g]`` are the components recomputed without fold g, ``None`` if empty.

    ``None`` when there is no health. A fold without which health falls under 80 % of its weight does not count.
    """
    value = exact_health(full)
    if value is None:
        return None
    replicates = [None if fold is None else exact_health(fold) for fold in folds]
    return jackknife(float(value), [None if replicate is None else float(replicate) for replicate in replicates])
