"""PURE: the regression of each outcome on the results declared to act on it, whole and without each fold.

The cases of the quarter and of the previous one are pooled, with the quarter itself partialled out, so that the
slopes come from differences between cases and never from the change they are asked to explain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from metrics.derive.estimates import FOLDS, by_one_case
from metrics.derive.inputs import Inputs, divisor, grain, level_of, scale
from metrics.engine.moments import Facts, Question
from metrics.report import IndicatorDef
from metrics.stats.crossproducts import CrossProducts, merged
from metrics.stats.drivers import Dropped, Gate, Ols, Slopes, gate, ols, unstable, within_between
from metrics.stats.exact import MILLION, FloatArray
from metrics.stats.folds import left_out_values
from metrics.stats.kinds import Kind, slope
from metrics.stats.leftout import LeftOut
from metrics.stats.shares import Dominance, Shares, correlation, dominance, owen, sampled
from metrics.stats.sweep import MAX_EXACT

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

    @property
    def shown_n(self) -> int:
        """Complete cases as a reader sees them: 0 where they are too few to be counted out."""
        return self.n if self.n >= self.inputs.company.hidden_under else 0

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
    def owen(self) -> Shares:
        """Shares of the variance with departments as unions; sampled ones beyond 2^20 models."""
        groups = list(self.departments.values())
        try:
            return owen(self.total, groups, self.controls)
        except ValueError:
            return sampled(self.total, groups, self.controls)

    @property
    def dominance(self) -> Dominance | None:
        """Who dominates whom, department or not; None where the models are too many to be listed."""
        return dominance(self.total, self.controls) if len(self.owen.names) <= MAX_EXACT else None

    @cached_property
    def departments(self) -> dict[str, list[str]]:
        """Drivers of each department, in their order."""
        found: dict[str, list[str]] = {}
        for driver in self.drivers:
            found.setdefault(driver.department, []).append(driver.slug)
        return found

    @cached_property
    def twins(self) -> dict[str, tuple[str, float]]:
        """For each driver that varies, the one of its stage it goes along with most, and their correlation."""
        matrix, constants = correlation(self.total)
        names = [name for name in self.total.names if name not in constants]
        shown = [driver for driver in self.drivers if driver.slug in names and self.note(driver.slug) != "few"]
        pairs = {(a.slug, b.slug) for a in shown for b in shown if a is not b and a.stage == b.stage}
        found: dict[str, tuple[str, float]] = {}
        for slug, other in sorted(pairs):
            r = float(matrix[names.index(slug), names.index(other)])
            if slug not in found or abs(r) > abs(found[slug][1]):
                found[slug] = other, r
        return found

    @cached_property
    def slopes(self) -> Slopes | None:
        """Slopes within and between this quarter's units; None without two units."""
        units = self.inputs.now.joined.driver_units.get(self.outcome.slug, {}).values()
        names = (self.outcome.slug, *(driver.slug for driver in self.drivers))
        given = [unit.keep(names) for unit in units if set(names) <= set(unit.names)]
        return within_between(given) if len(given) > 1 else None

    @cached_property
    def left_out(self) -> LeftOut:
        """The columns that vary, without each fold."""
        constants = self.total.constants()
        return LeftOut(self.folds, [name for name in self.total.names if name not in constants])

    @property
    def controls(self) -> tuple[str, ...]:
        return (QUARTER,) if QUARTER in self.total.names else ()

    @property
    def slope(self) -> float:
        """Score points of the outcome a natural unit is worth."""
        kind = Kind(self.outcome.kind)
        return slope(kind, scale(self.outcome), self.outcome.higher_is_better) or 0.0

    def note(self, driver: str) -> str:
        """Why a driver has no plain number: refused, constant, few, unstable; indicative goes with one; or nothing."""
        if self.gate is Gate.REFUSED:
            return "refused"
        if driver in self.ols.dropped:
            return "constant" if self.ols.dropped[driver] is Dropped.CONSTANT else "collinear"
        if self._rare(driver) or driver in self.left_out.lone:
            return "few"
        place = self.ols.names.index(driver)
        if unstable(self.ols.beta[place], self.ols.correlations[place]):
            return "unstable"
        if self.slopes is not None and self.slopes.contradict(driver):
            return "unstable"
        return "indicative" if self.gate is Gate.INDICATIVE else ""

    def usable(self, driver: str) -> bool:
        return self.note(driver) in ("", "indicative")

    def counted(self, driver: str) -> bool:
        """Whether a driver counts in the sum of its department: an unstable one too, it has a coefficient."""
        return self.usable(driver) or self.note(driver) == "unstable"

    def _rare(self, driver: str) -> bool:
        """Whether its coefficient would be what a handful of cases said.

        Of a share those it happened to, or not; of a rate its events; of a total the one case that makes most of it.
        """
        definition = self.inputs.by_slug[driver]
        kind, least = Kind(definition.kind), self.inputs.company.hidden_under
        happened = self.total.s[self.total.names.index(driver)] // MILLION
        if kind is Kind.SHARE:
            return min(happened, self.n - happened) < least
        return (kind is Kind.RATE and happened < least) or by_one_case(self.inputs, definition)

    @cached_property
    def beta(self) -> FloatArray:
        """Score points per shown unit of each driver in order, (p,); NaN where it has no coefficient."""
        beta: FloatArray = self._spread(self.ols.names, np.array([self.ols.beta]), np.nan)[0] * self._worth
        return beta

    @cached_property
    def beta_folds(self) -> FloatArray:
        """The same without each fold, (64, p)."""
        names = [*(name for name in self.controls if name not in self.ols.dropped), *self.ols.names]
        slopes = self.left_out.slopes(names)[:, len(names) - len(self.ols.names) :]
        return self._spread(self.ols.names, slopes, np.nan) * self._worth

    @cached_property
    def shares(self) -> FloatArray:
        """Share of each driver in order, (p,); 0 for one that does not vary."""
        shares: FloatArray = self._spread(self.owen.names, np.array([self.owen.values]), 0.0)[0]
        return shares

    @cached_property
    def shares_folds(self) -> FloatArray:
        """The same without each fold, (64, p)."""
        names = self.owen.names
        unions = [[names.index(slug) for slug in group if slug in names] for group in self.departments.values()]
        found = self.left_out.shares(names, self.controls, [union for union in unions if union])
        return self._spread(names, found, 0.0)

    @cached_property
    def _worth(self) -> FloatArray:
        """Score points per shown unit that a coefficient of 1 is worth."""
        return np.array([self.slope * grain(driver) for driver in self.drivers], dtype=np.float64)

    def _spread(self, names: Sequence[str], values: FloatArray, missing: float) -> FloatArray:
        """Columns of some drivers as columns of all of them."""
        found = np.full((len(values), len(self.drivers)), missing)
        slugs = [driver.slug for driver in self.drivers]
        found[:, [slugs.index(name) for name in names]] = values
        return found


def levels(facts: Facts, drivers: Sequence[IndicatorDef]) -> tuple[FloatArray, FloatArray]:
    """Mean of each driver in shown units over all its observations, (p,), and without each fold, (64, p)."""
    full = np.array([level_of(row, facts.total(row.slug)) for row in drivers], dtype=np.float64)
    columns = [left_out_values(Kind(row.as_driver.kind), facts.folds.get(row.slug, {}), FOLDS) for row in drivers]
    return full, np.column_stack(columns) / np.array([divisor(row) for row in drivers])


def fits(inputs: Inputs, questions: Sequence[Question]) -> list[Fit]:
    """One fit an outcome that has drivers joined to it by case."""
    return [_fit(inputs, question) for question in questions if inputs.now.joined.drivers.get(question.outcome)]


def _fit(inputs: Inputs, question: Question) -> Fit:
    """This quarter's cases, and those of the quarter before where it knows the same drivers."""
    now = inputs.now.joined.drivers[question.outcome]
    names = next(iter(now.values())).names
    earlier = inputs.before.joined.drivers.get(question.outcome, {}) if inputs.before else {}
    before = {fold: part.keep(names) for fold, part in earlier.items() if set(names) <= set(part.names)}
    both = bool(now and before)
    folds: list[CrossProducts | None] = []
    for number in range(FOLDS):
        given = [(part, mark) for part, mark in ((now.get(number), 1), (before.get(number), 0)) if part is not None]
        parts = [_marked(part, mark) if both else part for part, mark in given]
        folds.append(merged(parts) if parts else None)
    drivers = tuple(inputs.by_slug[slug] for slug in names[1:])
    return Fit(inputs, inputs.by_slug[question.outcome], drivers, tuple(folds))


def _marked(part: CrossProducts, mark: int) -> CrossProducts:
    """The same cases with one more column that says which quarter they are of."""
    column = [total * MILLION * mark for total in part.s]
    own = part.n * MILLION * MILLION * mark
    ss = [[*row, extra] for row, extra in zip(part.ss, column, strict=True)]
    return CrossProducts((*part.names, QUARTER), part.n, [*part.s, part.n * MILLION * mark], [*ss, [*column, own]])
