"""Intervals of figures without a closed form, from the folds they are kept in (method, section 5)."""

from collections.abc import Mapping, Sequence

import numpy as np

from .change import Change, change_from_folds
from .exact import MILLION, FloatArray
from .health import Component, exact_health
from .jackknife import Interval, jackknife
from .kinds import LINEAR, Kind, Moments, Scale, slope, zero_of
from .order import OrderedCounts, quantile


def left_out_values(kind: Kind, folds: Mapping[int, Moments], size: int) -> FloatArray:
    """Return (size,): the value of a kind with a mean, natural units, without each fold; NaN when nothing is left.

    Folds not in ``folds`` are empty: the value without them is that of everybody. Each is made of whole numbers and
    rounded once. Raises ``ValueError`` for medians, percentiles and totals.
    """
    sums = {fold: numerator(kind, moments) for fold, moments in folds.items()}
    n, total = sum(moments.n for moments in folds.values()), sum(sums.values())
    found = np.full(size, total / (MILLION * n) if n else np.nan)
    for fold, moments in folds.items():
        left = n - moments.n
        found[fold] = (total - sums[fold]) / (MILLION * left) if left > 0 else np.nan
    return found


def numerator(kind: Kind, moments: Moments) -> int:
    """Return the whole number whose ratio to 10⁶·n is the value of a kind with a mean.

    Raises ``ValueError`` for medians, percentiles and totals.
    """
    if kind is Kind.TOP_BOX:
        return MILLION * moments.hi
    if kind is Kind.NPS:
        return 100 * MILLION * (moments.hi - moments.lo)
    if kind in (Kind.SHARE, Kind.MEAN, Kind.RATE):
        return moments.s * (1000 if kind is Kind.RATE else 1)
    raise ValueError(f"a {kind} is not an average")


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


def quantile_change(now: Sequence[OrderedCounts], before: Sequence[OrderedCounts], p: float) -> Change | None:
    """Return the difference of two quarters' p-quantiles; ``now[g]`` and ``before[g]`` are fold g of each.

    ``None`` when a quarter is empty. Raises ``ValueError`` on no fold, different numbers of folds, or unless 0 ≤ p ≤ 1.
    """
    if not now or len(now) != len(before):
        raise ValueError("both quarters need the same folds")
    totals = [sum(side[1:], side[0]) for side in (now, before)]
    after, earlier = (quantile(total, p) for total in totals)
    if after is None or earlier is None:
        return None
    replicates: list[float | None] = []
    for a, b in zip(now, before, strict=True):
        left, right = quantile(totals[0] - a, p), quantile(totals[1] - b, p)
        missing = left is None or right is None or a.n == 0 or b.n == 0
        replicates.append(None if missing else (left or 0.0) - (right or 0.0))
    return change_from_folds(jackknife(after - earlier, replicates), totals[0].n, totals[1].n)


def health_interval(full: Sequence[Component], folds: Sequence[Sequence[Component] | None]) -> Interval | None:
    """Return health with its interval; ``folds[g]`` are the components recomputed without fold g, ``None`` if empty.

    ``None`` when there is no health. A fold without which health falls under 80 % of its weight does not count.
    """
    value = exact_health(full)
    if value is None:
        return None
    replicates = [None if fold is None else exact_health(fold) for fold in folds]
    return jackknife(float(value), [None if replicate is None else float(replicate) for replicate in replicates])
