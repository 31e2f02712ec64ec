"""One uncertainty for everything composite: the delete-a-group jackknife over 64 folds (Kott 2001)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .distributions import t_quantile
from .exact import FloatArray

MINIMUM_GROUPS = 10


@dataclass(frozen=True, slots=True)
class Interval:
    """A statistic with its 95 % interval, standard error and number of folds used; ``None`` where not estimable."""

    value: float
    low: float | None
    high: float | None
    se: float | None
    groups: int

    def excludes_zero(self) -> bool:
        """Return whether both ends lie on the same side of 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def jackknife(full: float, replicates: Sequence[float | None] | FloatArray) -> Interval:
    """Return the interval of ``full`` from the statistic recomputed without each fold.

    se² = (G − 1)/G · Σ(θ₍g₎ − mean θ₍g₎)², Student's t with G − 1 degrees of freedom. A fold without observations is
    ``None`` (or NaN) and does not count; under 10 folds there is no interval.
    """
    return _interval(full, np.array(replicates, dtype=np.float64))


def jackknife_many(full: FloatArray, replicates: FloatArray) -> list[Interval]:
    """Return :func:`jackknife` of k statistics at once: ``full`` (k,), ``replicates`` (G, k), NaN for no fold.

    Raises ``ValueError`` when the shapes do not agree.
    """
    if replicates.ndim != 2 or full.shape != replicates.shape[1:]:
        raise ValueError("replicates must be (groups, statistics)")
    return [_interval(float(value), replicates[:, k]) for k, value in enumerate(full)]


def jackknife_shares(full: FloatArray, replicates: FloatArray) -> list[Interval]:
    """Return :func:`jackknife_many` of shares of variance, which are squares: made on their roots and squared back.

    A share near 0 lies on the edge of what it can be and its error grows with it; its root's hardly does, so the
    interval keeps its level there (``manage.py simulate``) and never goes under 0. ``se`` is on the scale of shares.
    """
    rooted = jackknife_many(np.sqrt(np.maximum(full, 0.0)), np.sqrt(np.maximum(replicates, 0.0)))
    return [
        replace(row, value=float(value), low=_squared(row.low), high=_squared(row.high), se=plain.se)
        for row, value, plain in zip(rooted, full, jackknife_many(full, replicates), strict=True)
    ]


def _squared(end: float | None) -> float | None:
    return None if end is None else max(0.0, end) ** 2


def independent_error(se: float, groups: int, number: int) -> FloatArray:
    """Return (groups,) deviations that carry a standard error of ``se`` into a jackknife, apart from the data's own.

    For a quantity known from elsewhere, such as a goal. They are ± by Walsh's function ``number``, so that errors of
    different numbers (1 … groups − 1) are orthogonal and add up as independent ones do. ``groups`` is a power of 2.
    """
    signs = [1 - 2 * ((place & number).bit_count() & 1) for place in range(groups)]
    return np.array(signs, dtype=np.float64) * (se / math.sqrt(groups - 1))


def _interval(value: float, column: FloatArray) -> Interval:
    kept = column[np.isfinite(column)].tolist()
    groups = len(kept)
    if groups < MINIMUM_GROUPS or not math.isfinite(value):
        return Interval(value, None, None, None, groups)
    # fsum is rounded once: the digits do not depend on how the array lies in memory
    mean = math.fsum(kept) / groups
    se = math.sqrt((groups - 1) / groups * math.fsum((replicate - mean) ** 2 for replicate in kept))
    half = t_quantile(groups - 1) * se
    return Interval(value, value - half, value + half, se, groups)
