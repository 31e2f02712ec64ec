"""Drivers: the coefficients beside the shares, and the rules that say when a coefficient may be shown.

Association, labelled as such. The parts live in :mod:`.crossproducts`, :mod:`.sweep` and :mod:`.shares` and are offered
here under one name.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from .crossproducts import CrossProducts, merged
from .distributions import t_p
from .exact import FloatArray
from .shares import Dominance, Shares, by_folds, correlation, department_differences, dominance, lmg, owen, sampled
from .sweep import ALIASED, MAX_EXACT, outcome_last, owen_values, r2_of_all_subsets, shapley, sweep_first

__all__ = [
    "MAX_EXACT",
    "CrossProducts",
    "Dominance",
    "Dropped",
    "Gate",
    "Ols",
    "Shares",
    "Slopes",
    "by_folds",
    "correlation",
    "department_differences",
    "dominance",
    "gate",
    "johnson",
    "lmg",
    "merged",
    "ols",
    "owen",
    "owen_values",
    "r2_of_all_subsets",
    "sampled",
    "shapley",
    "unstable",
    "within_between",
]


class Gate(StrEnum):
    """What a driver analysis may be used for."""

    REFUSED = "refused"
    INDICATIVE = "indicative"
    FULL = "full"


def gate(n: int, p: int) -> Gate:
    """Return whether ``n`` complete cases suffice for ``p`` drivers: refused under max(50, 10p), full from 30p."""
    if n < max(50, 10 * p):
        return Gate.REFUSED
    return Gate.INDICATIVE if n < 30 * p else Gate.FULL


class Dropped(StrEnum):
    """Why a regressor has no coefficient."""

    CONSTANT = "constant"
    COLLINEAR = "collinear"


@dataclass(frozen=True, slots=True)
class Ols:
    """Least squares of the outcome on drivers and controls.

    ``beta`` in units of the outcome per unit of the driver, in the order of ``names``, with classical standard errors,
    two-sided p, variance inflation and simple correlation with the outcome; ``intercept`` and ``r2`` are of the whole
    model, controls included; ``dropped`` says which regressors have no coefficient.
    """

    names: tuple[str, ...]
    intercept: float
    beta: tuple[float, ...]
    se: tuple[float, ...]
    p: tuple[float, ...]
    vif: tuple[float, ...]
    correlations: tuple[float, ...]
    r2: float
    n: int
    dropped: dict[str, Dropped]

    def beta_of(self, name: str) -> float | None:
        """Return a driver's coefficient, ``None`` where it was dropped."""
        return self.beta[self.names.index(name)] if name in self.names else None


def ols(cp: CrossProducts, controls: Sequence[str] = ()) -> Ols:
    """Return least squares from cross-products, the first column being the outcome.

    Controls are partialled out (Frisch & Waugh 1933; the same numbers as a Schur complement) and have no coefficient in
    the answer. A regressor that does not vary, or is a copy of those before it (controls come first), is dropped and
    reported. Raises ``ValueError`` when the outcome does not vary, on an unknown control, or without spare cases.
    """
    if not set(controls) <= set(cp.names[1:]):
        raise ValueError("unknown control")
    ordered = [*controls, *(name for name in cp.names[1:] if name not in set(controls))]
    kept, dropped = _independent(cp.keep([cp.names[0], *ordered]))
    matrix, _ = correlation(cp.keep([cp.names[0], *kept]))
    inverse = np.linalg.inv(matrix[1:, 1:])
    standard = inverse @ matrix[1:, 0]
    r2 = min(1.0, max(0.0, float(matrix[0, 1:] @ standard)))
    freedom = cp.n - len(kept) - 1
    if freedom < 1:
        raise ValueError("no spare case")
    part = cp.keep([cp.names[0], *kept])
    spread, means = np.sqrt(np.diag(part.centered())), part.means()
    beta = standard * spread[0] / spread[1:]
    se = np.sqrt(np.diag(inverse) * (1 - r2) / freedom) * spread[0] / spread[1:]
    shown = [place for place, name in enumerate(kept) if name not in set(controls)]
    return Ols(
        names=tuple(kept[k] for k in shown),
        intercept=float(means[0] - beta @ means[1:]),
        beta=tuple(float(beta[k]) for k in shown),
        se=tuple(float(se[k]) for k in shown),
        p=tuple(t_p(float(beta[k] / se[k]), freedom) if se[k] > 0 else 0.0 for k in shown),
        vif=tuple(float(inverse[k, k]) for k in shown),
        correlations=tuple(float(matrix[k + 1, 0]) for k in shown),
        r2=r2,
        n=cp.n,
        dropped=dropped,
    )


def _independent(cp: CrossProducts) -> tuple[list[str], dict[str, Dropped]]:
    """Return the regressors with variance of their own, and why the others have none."""
    matrix, constants = correlation(cp)
    dropped = dict.fromkeys((name for name in cp.names if name in constants), Dropped.CONSTANT)
    names = [name for name in cp.names[1:] if name not in dropped]
    swept = outcome_last(matrix, range(len(names)))
    kept = []
    for name in names:
        if swept[0, 0, 0] > ALIASED:
            kept.append(name)
        else:
            dropped[name] = Dropped.COLLINEAR
        swept = sweep_first(swept)
    return kept, dropped


def unstable(beta: float, correlated: float, within: float | None = None, between: float | None = None) -> bool:
    """Return whether a coefficient must be shown as *instabile*, without a number.

    Its sign contradicts the simple correlation, or the slope within units and the one between them have opposite signs
    (``None`` where not known, or not told apart from chance: :meth:`Slopes.contradict`). A VIF of 5 or more is written
    beside the coefficient instead.
    """
    flipped = beta * correlated < 0
    return flipped or (within is not None and between is not None and within * between < 0)


@dataclass(frozen=True, slots=True)
class Slopes:
    """Multiple-regression slopes per driver within units and between unit means; NaN where not estimable.

    ``within_p`` and ``between_p`` are their two-sided p-values: that one sign differs from the other is told only where
    chance alone would not give it.
    """

    names: tuple[str, ...]
    within: tuple[float, ...]
    between: tuple[float, ...]
    within_p: tuple[float, ...]
    between_p: tuple[float, ...]

    def contradict(self, name: str, level: float = 0.01) -> bool:
        """Return whether a driver's slopes within and between units have opposite signs, both demonstrated."""
        if name not in self.names:
            return False
        place = self.names.index(name)
        proven = self.within_p[place] < level and self.between_p[place] < level
        return proven and self.within[place] * self.between[place] < 0


def within_between(units: Sequence[CrossProducts]) -> Slopes:
    """Return slopes within and between units from the cross-products of each unit (outcome first).

    Within: pooled deviations from unit means. Between: unit means weighted by cases, needing more units than
    coefficients. Raises ``ValueError`` on no unit or different columns.
    """
    filled = [unit for unit in units if unit.n > 0]
    total = merged(filled)
    within: FloatArray = sum((unit.centered() for unit in filled), np.zeros((len(total.names),) * 2))
    whole = total.centered()
    p, count = len(total.names) - 1, len(filled)
    inside, inside_p = _slopes(within, whole, total.n - count - p)
    across, across_p = _slopes(whole - within, whole, count - 1 - p)
    return Slopes(total.names[1:], inside, across, inside_p, across_p)


def _slopes(products: FloatArray, scale: FloatArray, freedom: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return slopes and p-values of SSCP ``products``; NaN for what does not vary at the scale of the whole.

    All NaN without spare degrees of freedom; p is 1 for slopes told apart from no other.
    """
    spread = np.sqrt(np.where(np.diag(scale) > 0, np.diag(scale), 1.0))
    matrix = products / spread[:, None] / spread[None, :]
    usable = np.flatnonzero(np.diag(matrix)[1:] > ALIASED) + 1
    slopes, chances = (np.full(len(matrix) - 1, math.nan) for _ in range(2))
    if freedom < 1 or not len(usable):
        return tuple(map(float, slopes)), tuple(map(float, chances))
    own = matrix[np.ix_(usable, usable)]
    solved, _, rank, _ = np.linalg.lstsq(own, matrix[usable, 0], rcond=ALIASED)
    slopes[usable - 1] = solved * spread[0] / spread[usable]
    left = max(0.0, float(matrix[0, 0] - solved @ matrix[usable, 0])) / freedom
    errors = np.sqrt(np.maximum(np.diag(np.linalg.pinv(own, ALIASED)) * left, 0.0))
    pairs = zip(solved, errors, strict=True)
    told = rank == len(usable)
    chances[usable - 1] = [t_p(float(b / e), freedom) if told and e > 0 else float(not told) for b, e in pairs]
    return tuple(map(float, slopes)), tuple(map(float, chances))


def johnson(matrix: FloatArray) -> FloatArray:
    """Return Johnson's (2000) relative weights (p,) from a correlation matrix with the outcome first.

    Only to compare with published tables: the product shows LMG and Owen shares, since the derivation of these weights
    is flawed (Thomas, Zumbo, Kwan & Schweitzer 2014). Raises ``LinAlgError`` on collinear drivers.
    """
    values, vectors = np.linalg.eigh(matrix[1:, 1:])
    root = vectors @ np.diag(np.sqrt(np.maximum(values, 0))) @ vectors.T
    weights: FloatArray = root**2 @ np.linalg.solve(root, matrix[1:, 0]) ** 2
    return weights
