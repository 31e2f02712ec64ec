"""Wild cluster bootstrap-t with the null imposed, from cluster sums (Cameron, Gelbach & Miller 2008)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .exact import FloatArray, IntArray

DRAWS = 1999
SEED = 20260331


@dataclass(frozen=True, slots=True)
class WildTest:
    """Two-sided p-value of "the slope is 0", and the interval of slopes not rejected at 5 % where it was asked for."""

    p_value: float
    low: float | None
    high: float | None


def wild_test(design: FloatArray, outcome: FloatArray, cluster: IntArray, j: int, step: float | None) -> WildTest:
    """Return the test of slope ``j`` of ``outcome`` (n,) on ``design`` (n, K) with clusters numbered from 0.

    Rademacher signs, all 2^G of them up to 2,048, else 1,999 seeded draws: the same data give the same digits. With
    ``step``, a standard error, the test is inverted into an interval. Columns without variance of their own are allowed
    besides ``j``.
    """
    p_at = _p_function(design, outcome, cluster, j)
    estimate = float((np.linalg.pinv(design) @ outcome)[j])
    low = _end(p_at, estimate, -step) if step else None
    high = _end(p_at, estimate, step) if step else None
    return WildTest(p_at(0.0), low, high)


def _p_function(design: FloatArray, outcome: FloatArray, cluster: IntArray, j: int) -> Callable[[float], float]:
    """Return the p-value of "slope j is b" as a function of b.

    Residuals under the null are r_y − b·r_z, so everything a draw needs is a sum per cluster, linear in b.
    """
    groups = int(cluster.max()) + 1
    others = np.delete(design, j, axis=1)
    both = np.column_stack([outcome, design[:, j]])
    both = both - others @ np.linalg.lstsq(others, both, rcond=None)[0] if others.shape[1] else both
    inverse = np.linalg.pinv(design.T @ design)
    members = [cluster == group for group in range(groups)]
    scores = np.array([design[rows].T @ both[rows] for rows in members])
    reach = np.array([inverse[j] @ design[rows].T @ design[rows] @ inverse for rows in members])
    signs, enumerated = _signs(groups)

    def p_at(slope: float) -> float:
        residual_scores = scores[:, :, 0] - slope * scores[:, :, 1]
        own = residual_scores @ inverse[j]
        spread = np.diag(own) - reach @ residual_scores.T
        moved, errors = signs @ own, np.sqrt(((signs @ spread.T) ** 2).sum(axis=1))
        t = np.abs(moved) / np.maximum(errors, 1e-300)
        beyond = int((t[1:] >= t[0] * (1 - 1e-10)).sum())
        return beyond / len(t[1:]) if enumerated else (1 + beyond) / len(t)

    return p_at


def _signs(groups: int) -> tuple[FloatArray, bool]:
    """Return the observed sample (all signs +1) followed by the draws, and whether the draws are all there are."""
    if 2**groups <= DRAWS + 49:
        drawn = 1.0 - 2.0 * (np.arange(2**groups)[:, None] >> np.arange(groups) & 1)
        return np.vstack([np.ones((1, groups)), drawn]), True
    drawn = np.random.default_rng(SEED).choice([-1.0, 1.0], size=(DRAWS, groups))
    return np.vstack([np.ones((1, groups)), drawn]), False


def _end(p_at: Callable[[float], float], estimate: float, step: float) -> float | None:
    """Return the slope where the p-value falls under 5 % on the side of ``step``, ``None`` when it never does."""
    inside, outside = estimate, estimate + 2 * step
    for _ in range(12):
        if p_at(outside) < 0.05:
            break
        inside, outside = outside, estimate + 2 * (outside - estimate)
    else:
        return None
    for _ in range(20):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if p_at(middle) < 0.05 else (middle, outside)
    return float(outside)
