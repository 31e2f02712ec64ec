"""PURE: outcomes and results that no case joins, laid side by side by unit and week (panel, two-way fixed effects).

The weeks of the quarter and of the previous one make the panel; a result counts with what it goes along with in the
week itself and the four after it. Errors are clustered by unit, corrected as the number of units allows; the result's
own future is the placebo: where it "explains" the vote, nothing is claimed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from metrics.derive.estimates import FOLDS, by_one_case
from metrics.derive.inputs import Inputs, divisor, scale
from metrics.engine.moments import Question
from metrics.report import IndicatorDef
from metrics.stats.drivers import Gate, gate
from metrics.stats.exact import MILLION, FloatArray
from metrics.stats.folds import numerators
from metrics.stats.jackknife import independent_error
from metrics.stats.kinds import Kind, slope
from metrics.stats.panel import Coefficient, Panel, PanelEffect, cumulative, lagged, panel_effect

LAGS = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class WeeklyFit:
    """An outcome with the results that only units and weeks join to it; the same answers as a fit of cases."""

    inputs: Inputs
    outcome: IndicatorDef
    drivers: tuple[IndicatorDef, ...]

    @cached_property
    def panel(self) -> Panel:
        """One row a unit and week in which every driver was observed, in points and shown units; NaN without a vote."""
        columns = [_levels(self.inputs, row) for row in (self.outcome, *self.drivers)]
        keys = sorted(set(columns[1]).intersection(*columns[2:]))
        units = {unit: place for place, unit in enumerate(sorted({unit for unit, _ in keys}))}
        table = [[column.get(key, np.nan) for column in columns] for key in keys]
        values = np.array(table, dtype=np.float64).reshape(len(keys), len(columns))
        return Panel(
            np.array([units[unit] for unit, _ in keys], dtype=np.int64),
            np.array([week for _, week in keys], dtype=np.int64),
            values[:, 0] * self.slope,
            values[:, 1:],
            tuple(row.slug for row in self.drivers),
        )

    @property
    def slope(self) -> float:
        """Score points of the outcome a natural unit is worth."""
        return slope(Kind(self.outcome.kind), scale(self.outcome), self.outcome.higher_is_better) or 0.0

    @cached_property
    def n(self) -> int:
        """Units and weeks with a vote whose drivers are known in all five weeks."""
        return len(lagged(self.panel, LAGS).y)

    @property
    def shown_n(self) -> int:
        return self.n

    @cached_property
    def effect(self) -> PanelEffect | None:
        """Slopes by lag, correction and placebo; None where the panel is too small or a result does not vary."""
        if gate(self.n, len(self.drivers) * len(LAGS)) is Gate.REFUSED:
            return None
        try:
            return panel_effect(self.panel, LAGS)
        except ValueError:
            return None

    @cached_property
    def slopes(self) -> dict[str, Coefficient]:
        """Slopes added up over the five weeks, by driver; none without an effect."""
        return {} if self.effect is None else {row.name: row for row in cumulative(self.panel, LAGS)}

    def note(self, driver: str) -> str:
        """Why a driver has no plain number: refused, few, placebo; few units or indicative go with one; or nothing."""
        if self.effect is None:
            return "refused"
        if by_one_case(self.inputs, self.inputs.by_slug[driver]):
            return "few"
        if (chance := self.effect.placebo.get(driver)) is not None and chance < 0.05:
            return "placebo"
        if self.slopes[driver].p_value is None:
            return "few_units"
        return "indicative" if gate(self.n, len(self.drivers) * len(LAGS)) is Gate.INDICATIVE else ""

    def usable(self, driver: str) -> bool:
        return self.note(driver) in ("", "indicative", "few_units")

    def counted(self, driver: str) -> bool:
        return self.usable(driver)

    @cached_property
    def beta(self) -> FloatArray:
        """Score points per shown unit of each driver in order, (p,); NaN where it has no coefficient."""
        return np.array([self.slopes[row.slug].beta if self.slopes else np.nan for row in self.drivers])

    @cached_property
    def beta_folds(self) -> FloatArray:
        """The same carrying the error clustered by unit into the folds, (64, p); NaN where there is no error."""
        columns = []
        for row, beta in zip(self.drivers, self.beta, strict=True):
            error = self.slopes[row.slug].se if self.slopes else None
            number = 1 + self.inputs.indicators.index(row) % (FOLDS - 1)
            spread = independent_error(error, FOLDS, number) if error is not None else np.full(FOLDS, np.nan)
            columns.append(beta + spread)
        return np.column_stack(columns)


def weekly_fits(inputs: Inputs, questions: Sequence[Question]) -> list[WeeklyFit]:
    """One fit an outcome whose drivers no case joins to it, were there even too few weeks."""
    found = []
    for question in questions:
        apart = inputs.now.joined.set_aside(question)
        known = tuple(slug for slug in apart if inputs.now.joined.weeks.get(slug))
        for group in filter(None, (known, tuple(slug for slug in apart if slug not in known))):
            drivers = tuple(inputs.by_slug[slug] for slug in group)
            found.append(WeeklyFit(inputs, inputs.by_slug[question.outcome], drivers))
    return found


def _levels(inputs: Inputs, row: IndicatorDef) -> dict[tuple[str, int], float]:
    """Level in shown units by unit and week of two quarters; in the week they share their sums add up."""
    before, now = (
        {} if facts is None else facts.joined.weeks.get(row.slug, {}) for facts in (inputs.before, inputs.now)
    )
    shared = {key: before[key] + now[key] for key in before.keys() & now.keys()}
    found, by = before | now | shared, divisor(row)
    sums = numerators(Kind(row.as_driver.kind), found.values())
    return {
        key: float(total / (MILLION * moments.weight)) / by if moments.n else np.nan
        for (key, moments), total in zip(found.items(), sums, strict=True)
    }
