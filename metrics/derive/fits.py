"""PURE: the regression of each outcome on the results declared to act on it, whole and without each fold.

The cases of the quarter and of the previous one are pooled, with the quarter itself partialled out, so that the
slopes come from differences between cases and never from the change they are asked to explain.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from metrics.derive.estimates import FOLDS
from metrics.derive.inputs import Inputs, divisor, scale
from metrics.engine.moments import Facts, Question
from metrics.report import IndicatorDef
from metrics.stats.crossproducts import CrossProducts, merged
from metrics.stats.drivers import Dropped, Gate, Ols, gate, ols, unstable
from metrics.stats.exact import MILLION, FloatArray
from metrics.stats.kinds import Kind, Moments, slope, value_of
from metrics.stats.shares import Shares, lmg

QUARTER = "quarter "


@dataclass(frozen=True)
class Fit:
    """An outcome with its drivers: pooled cross-products by fold, and what they allow to be said."""

    inputs: Inputs
    outcome: IndicatorDef
    drivers: tuple[IndicatorDef, ...]
    folds: tuple[CrossProducts | None, ...]

    @cached_property
    def total(self) -> CrossProducts:
        """All folds together; no case at all where none is complete."""
        given = [fold for fold in self.folds if fold is not None]
        names = (self.outcome.slug, *(driver.slug for driver in self.drivers))
        return merged(given) if given else CrossProducts(names, 0, [0] * len(names), [[0] * len(names) for _ in names])

    @property
    def n(self) -> int:
        """Complete cases."""
        return self.total.n

    @cached_property
    def gate(self) -> Gate:
        """Refused too when the outcome or every driver is constant: there is nothing to compare."""
        constants = self.total.constants()
        if self.outcome.slug in constants or all(driver.slug in constants for driver in self.drivers):
            return Gate.REFUSED
        return gate(self.n, len(self.drivers))

    @cached_property
    def ols(self) -> Ols:
        return ols(self.total, self.controls)

    @cached_property
    def lmg(self) -> Shares:
        return lmg(self.total, self.controls)

    @property
    def controls(self) -> tuple[str, ...]:
        return (QUARTER,) if QUARTER in self.total.names else ()

    @property
    def slope(self) -> float:
        """Score points of the outcome a natural unit is worth."""
        kind = Kind(self.outcome.kind)
        return slope(kind, scale(self.outcome), self.outcome.higher_is_better) or 0.0

    def note(self, driver: str) -> str:
        """Why a driver has no plain number: refused, constant, unstable; indicative goes with a number; or nothing."""
        if self.gate is Gate.REFUSED:
            return "refused"
        if driver in self.ols.dropped:
            return "constant" if self.ols.dropped[driver] is Dropped.CONSTANT else "collinear"
        place = self.ols.names.index(driver)
        if unstable(self.ols.beta[place], self.ols.correlations[place]):
            return "unstable"
        return "indicative" if self.gate is Gate.INDICATIVE else ""

    def usable(self, driver: str) -> bool:
        return self.note(driver) in ("", "indicative")

    @cached_property
    def beta(self) -> FloatArray:
        """Score points per shown unit of each driver in order, (p,); NaN where it has no coefficient."""
        return self._beta(self.ols)

    @cached_property
    def beta_folds(self) -> FloatArray:
        """The same without each fold, (64, p)."""
        return self._without(lambda cases: self._beta(ols(cases, self.controls)))

    @cached_property
    def shares(self) -> FloatArray:
        """LMG share of each driver in order, (p,); 0 for one that does not vary."""
        return self._shares(self.lmg)

    @cached_property
    def shares_folds(self) -> FloatArray:
        """The same without each fold, (64, p)."""
        return self._without(lambda cases: self._shares(lmg(cases, self.controls)))

    def _beta(self, found: Ols) -> FloatArray:
        betas = [found.beta_of(driver.slug) for driver in self.drivers]
        raw = np.array([np.nan if beta is None else beta for beta in betas], dtype=np.float64)
        units = np.array([divisor(driver) for driver in self.drivers], dtype=np.float64)
        return np.asarray(raw * self.slope * units, dtype=np.float64)

    def _shares(self, found: Shares) -> FloatArray:
        held = dict(zip(found.names, found.values, strict=True))
        return np.array([held.get(driver.slug, 0.0) for driver in self.drivers], dtype=np.float64)

    def _without(self, statistic: Callable[[CrossProducts], FloatArray]) -> FloatArray:
        found = np.full((FOLDS, len(self.drivers)), np.nan)
        for number, fold in enumerate(self.folds):
            if fold is not None:
                found[number] = _attempt(statistic, self.total - fold, len(self.drivers))
        return found


def levels(facts: Facts, drivers: Sequence[IndicatorDef]) -> tuple[FloatArray, FloatArray]:
    """Mean of each driver in shown units over all its observations, (p,), and without each fold, (64, p)."""
    full = np.array([_level(facts, driver, None) for driver in drivers])
    return full, np.array([[_level(facts, driver, fold) for driver in drivers] for fold in range(FOLDS)])


def fits(inputs: Inputs, questions: Sequence[Question]) -> list[Fit]:
    """One fit an outcome that has declared drivers, with or without cases."""
    return [_fit(inputs, question) for question in questions if question.drivers]


def _fit(inputs: Inputs, question: Question) -> Fit:
    now = inputs.now.drivers.get(question.outcome, {})
    before = inputs.before.drivers.get(question.outcome, {}) if inputs.before else {}
    both = bool(now and before)
    folds: list[CrossProducts | None] = []
    for number in range(FOLDS):
        given = [(part, mark) for part, mark in ((now.get(number), 1), (before.get(number), 0)) if part is not None]
        parts = [_marked(part, mark) if both else part for part, mark in given]
        folds.append(merged(parts) if parts else None)
    drivers = tuple(inputs.by_slug[slug] for slug in question.drivers)
    return Fit(inputs, inputs.by_slug[question.outcome], drivers, tuple(folds))


def _marked(part: CrossProducts, mark: int) -> CrossProducts:
    """The same cases with one more column that says which quarter they are of."""
    column = [total * MILLION * mark for total in part.s]
    own = part.n * MILLION * MILLION * mark
    ss = [[*row, extra] for row, extra in zip(part.ss, column, strict=True)]
    return CrossProducts((*part.names, QUARTER), part.n, [*part.s, part.n * MILLION * mark], [*ss, [*column, own]])


def _level(facts: Facts, driver: IndicatorDef, without: int | None) -> float:
    moments = facts.total(driver.slug)
    if without is not None:
        moments = moments - facts.folds.get(driver.slug, {}).get(without, Moments())
    value = value_of(Kind(driver.kind), moments)
    return float("nan") if value is None else float(value / divisor(driver))


def _attempt(statistic: Callable[[CrossProducts], FloatArray], rest: CrossProducts, width: int) -> FloatArray:
    try:
        return statistic(rest)
    except ValueError:
        return np.full(width, np.nan)
