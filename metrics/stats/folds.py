"""Intervals of figures without a closed form, from the folds they are kept in (method, section 5)."""

from collections.abc import Sequence

from .change import Change, change_from_folds
from .health import Component, exact_health
from .jackknife import Interval, jackknife
from .kinds import Moments
from .order import OrderedCounts, quantile


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
