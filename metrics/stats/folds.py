"""Intervals of figures without a closed form, from the folds they are kept in (method, section 5)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .change import Change, change_from_folds
from .distributions import t_p, t_quantile
from .exact import MILLION, FloatArray, IntArray
from .health import Component, exact_health
from .jackknife import Interval, jackknife
from .kinds import LINEAR, Exact, Kind, Moments, Scale, slope, zero_of
from .order import sorted_quantile


def left_out_values(kind: Kind, folds: Mapping[int, Moments], size: int) -> FloatArray:
    """Return (size,): the value of a kind with a mean, natural units, without each fold; NaN when nothing is left.

    Folds not in ``folds`` are empty: the value without them is that of everybody. Each is made of whole numbers and
    rounded once. Raises ``ValueError`` for medians, percentiles and totals.
    """
    sums = {fold: numerator(kind, moments) for fold, moments in folds.items()}
    n, total = sum(moments.weight for moments in folds.values()), sum(sums.values())
    found = np.full(size, float(total / (MILLION * n)) if n else np.nan)
    for fold, moments in folds.items():
        left = n - moments.weight
        found[fold] = float((total - sums[fold]) / (MILLION * left)) if left > 0 else np.nan
    return found


def numerator(kind: Kind, moments: Moments) -> Exact:
    """Return the number whose ratio to 10⁶ times the weight is the value of a kind with a mean; whole without weights.

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


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Raw values in millionths, ascending (n,), and the fold of each (n,)."""

    values: IntArray
    folds: IntArray


def quantile_by_folds(sample: Sample, p: float) -> Interval | None:
    """Return the p-quantile, natural units, with the interval that its share's error by folds gives (Woodruff 1952).

    A quantile without each fold jumps from one answer to the next and its jackknife is not consistent; the share of
    answers under it is a mean, and is. The ends are the quantiles at p ± that error; one outside 0…1 does not exist.
    ``None`` without answers; raises ``ValueError`` unless 0 < p < 1.
    """
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
    if share.se is None:
        return Interval(value, None, None, None, share.groups)
    half = t_quantile(share.groups - 1) * share.se
    low, high = (sorted_quantile(sample.values, q) if 0 <= q <= 1 else None for q in (p - half, p + half))
    return Interval(value, low, high, None, share.groups)


def quantile_change(now: Sample, before: Sample, p: float) -> Change | None:
    """Return the difference of two quarters' p-quantiles, from the intervals of both (MOVER, Zou & Donner 2008).

    The p-value is Student's at the distance to the end nearer 0, so that the two agree at 5 %. ``None`` when a quarter
    is empty. Raises as :func:`quantile_by_folds`.
    """
    first, second = quantile_by_folds(now, p), quantile_by_folds(before, p)
    if first is None or second is None:
        return None
    value, n = first.value - second.value, (len(now.values), len(before.values))
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return Change(value, None, None, None, *n, "folds")
    below = math.hypot(first.value - first.low, second.high - second.value)
    above = math.hypot(first.high - first.value, second.value - second.low)
    nearer, df = below if value > 0 else above, min(first.groups, second.groups) - 1
    p_value = None if nearer <= 0 else t_p(t_quantile(df) * value / nearer, df)
    return Change(value, value - below, value + above, p_value, *n, "folds")


def health_interval(full: Sequence[Component], folds: Sequence[Sequence[Component] | None]) -> Interval | None:
    """Return health with its interval; ``folds[g]`` are the components recomputed without fold g, ``None`` if empty.

    ``None`` when there is no health. A fold without which health falls under 80 % of its weight does not count.
    """
    value = exact_health(full)
    if value is None:
        return None
    replicates = [None if fold is None else exact_health(fold) for fold in folds]
    return jackknife(float(value), [None if replicate is None else float(replicate) for replicate in replicates])
