"""PURE: health of each stage and of the company, its change, and the bridge between two quarters."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from metrics.derive.estimates import FOLDS, left_out_quantiles, quantile_of
from metrics.derive.inputs import Inputs, divisor, scale
from metrics.engine.moments import Facts
from metrics.report import FigureRow, IndicatorDef, fixed
from metrics.segments import UNIT_STAGE, UNIT_WHOLE
from metrics.stats.change import Change, change_from_folds, verdicts
from metrics.stats.disclosure import Base, base, imprecise
from metrics.stats.exact import FloatArray
from metrics.stats.folds import left_out_values, scores
from metrics.stats.health import Component, StageHealth, company_health, stage_health
from metrics.stats.jackknife import Interval, jackknife
from metrics.stats.kinds import ORDERED, Kind, score, value_of
from metrics.stats.order import sorted_quantile


@dataclass(frozen=True)
class Voices:
    """What customers said in one quarter: every outcome's score, whole and without each fold, and health from them.

    Outcomes under the hidden base count as missing, as they do for the reader.
    """

    inputs: Inputs
    facts: Facts

    def n(self, outcome: IndicatorDef) -> int:
        return self.facts.total(outcome.slug).n

    def heard(self, stage: str | None = None) -> list[IndicatorDef]:
        """Outcomes with enough answers to be shown, of one component or of all."""
        least = self.inputs.company.hidden_under
        asked = [row for row in self.inputs.outcomes if stage is None or row.stage == stage]
        return [row for row in asked if self.n(row) >= least]

    def answers(self, stage: str | None) -> int:
        """All answers that are shown: what one hidden outcome was asked cannot be worked out from them."""
        return sum(self.n(outcome) for outcome in self.heard(stage))

    def smallest(self, stage: str | None) -> int:
        """The smallest base among the outcomes heard of a component: what its verdict may lean on."""
        return min((self.n(outcome) for outcome in self.heard(stage)), default=0)

    @cached_property
    def whole(self) -> dict[str, float]:
        """Score of each outcome heard."""
        return {row.slug: _score(row, self.facts) for row in self.heard()}

    @cached_property
    def without(self) -> dict[str, FloatArray]:
        """Score of each outcome heard without each fold, (64,)."""
        return {row.slug: _left_out(row, self.facts) for row in self.heard()}

    @cached_property
    def folds(self) -> dict[str | None, FloatArray]:
        """Health of each component without each fold, (64,), NaN where nobody is in it; of the company under None."""
        without = self.without
        found: dict[str | None, FloatArray] = {}
        whole, somebody = np.zeros(FOLDS), np.zeros(FOLDS, dtype=np.bool_)
        shares = self.company.weights
        for component in self.inputs.components:
            inside = self.stage(component).weights
            if inside:
                values = sum((weight * without[slug] for slug, weight in inside.items()), np.zeros(FOLDS))
                present = self.present(inside)
                found[component] = np.where(present, values, np.nan)
                somebody |= present
                whole = whole + shares.get(component, 0.0) * values
        if shares:
            found[None] = np.where(somebody, whole, np.nan)
        return found

    def present(self, slugs: Iterable[str]) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        """Whether each fold holds an answer to any of these outcomes."""
        taken = np.zeros(FOLDS, dtype=np.bool_)
        taken[[fold for slug in slugs for fold in self.facts.folds[slug]]] = True
        return taken

    @cached_property
    def _stages(self) -> dict[str, StageHealth]:
        return {name: stage_health(self.outcomes(name)) for name in self.inputs.components}

    def stage(self, stage: str) -> StageHealth:
        return self._stages[stage]

    @cached_property
    def components(self) -> list[Component]:
        """The parts of company health with their scores (None where a stage has no health) and declared weights."""
        return [
            Component(name, self.stage(name).exact, Fraction(weight)) for name, weight in self.inputs.components.items()
        ]

    @cached_property
    def company(self) -> StageHealth:
        return company_health(self.components)

    def outcomes(self, stage: str) -> list[Component]:
        """The outcomes of a component with their scores and declared weights."""
        return [
            Component(row.slug, self.whole.get(row.slug), Fraction(row.weight))
            for row in self.inputs.outcomes
            if row.stage == stage
        ]


def _score(outcome: IndicatorDef, facts: Facts) -> float:
    """Score of an outcome that has answers, all folds together."""
    kind = Kind(outcome.kind)
    if kind in ORDERED:
        value: float | None = sorted_quantile(facts.ordered[outcome.slug].values, quantile_of(outcome))
    else:
        exact = value_of(kind, facts.total(outcome.slug))
        value = None if exact is None else float(exact)
    shown = None if value is None else value / divisor(outcome)
    found = score(kind, shown, scale(outcome), outcome.higher_is_better)
    return math.nan if found is None else found


def _left_out(outcome: IndicatorDef, facts: Facts) -> FloatArray:
    """Score of an outcome without each fold, (64,)."""
    if Kind(outcome.kind) in ORDERED:
        values = left_out_quantiles(facts.ordered[outcome.slug], quantile_of(outcome))
    else:
        values = left_out_values(Kind(outcome.kind), facts.folds[outcome.slug], FOLDS)
    return scores(Kind(outcome.kind), values / divisor(outcome), scale(outcome), outcome.higher_is_better)


class Compared:
    """Health of this quarter beside that of another, with jackknife intervals of levels and differences."""

    def __init__(self, inputs: Inputs, other: Facts | None) -> None:
        self.now = Voices(inputs, inputs.now)
        self.other = Voices(inputs.as_of(other), other) if other is not None else None

    def level(self, stage: str | None) -> Interval | None:
        """Health of a component, or of the company, with its interval."""
        value = _value(self.now, stage)
        return None if value is None else jackknife(value, self.now.folds[stage])

    def change(self, stage: str | None) -> Change | None:
        """The difference from the other quarter; None where either has no health."""
        if self.other is None:
            return None
        now, then = _value(self.now, stage), _value(self.other, stage)
        if now is None or then is None:
            return None
        folds = self.now.folds[stage] - now, self.other.folds[stage] - then
        return change_from_folds(jackknife(now - then, now - then + moved(*folds)), self.n(stage), self.n_other(stage))

    def earlier(self, stage: str | None) -> Decimal | None:
        """Health in the other quarter."""
        return fixed(_value(self.other, stage)) if self.other else None

    def n(self, stage: str | None) -> int:
        return self.now.smallest(stage)

    def n_other(self, stage: str | None) -> int:
        return self.other.smallest(stage) if self.other else 0

    def few_before(self, stage: str | None) -> bool:
        """Whether somebody answered in the other quarter, and too few to be shown."""
        asked = [row for row in self.now.inputs.outcomes if stage is None or row.stage == stage]
        return self.other is not None and not self.other.heard(stage) and any(self.other.n(row) for row in asked)


def moved(now: FloatArray, then: FloatArray) -> FloatArray:
    """What leaving out each fold moves a difference by; a fold empty in one quarter only still moves the other."""
    nobody = np.isnan(now) & np.isnan(then)
    return np.where(nobody, np.nan, np.nan_to_num(now) - np.nan_to_num(then))


def _value(voices: Voices, stage: str | None) -> float | None:
    return (voices.company if stage is None else voices.stage(stage)).value


@dataclass(frozen=True)
class Judged:
    """A figure waiting for its family's verdict, with the two changes the verdict is about."""

    row: FigureRow
    change: Change | None = None
    year: Change | None = None


def health_figures(inputs: Inputs) -> list[FigureRow]:
    """The company's health, then that of every stage and, where it has outcomes, of the whole journey ("")."""
    spoken = inputs.components
    stages = [*(stage.slug for stage in inputs.stages), *([""] if "" in spoken else [])]
    silent = [Judged(FigureRow("stage", stage, note="no_voice")) for stage in stages if stage not in spoken]
    whole, *heard = health_of(inputs, [None, *(stage for stage in stages if stage in spoken)])
    rows = _verdicts(inputs, [whole]) + _verdicts(inputs, heard + silent)
    return sorted(
        rows, key=lambda row: (row.level != "company", stages.index(row.stage) if row.level == "stage" else 0)
    )


def health_of(inputs: Inputs, stages: Sequence[str | None], unit: str = "") -> list[Judged]:
    """Health of the company (None) and of stages, or of a unit's part of them, still without verdicts."""
    against, year = Compared(inputs, inputs.before), Compared(inputs, inputs.year)
    whole, part = (UNIT_WHOLE, UNIT_STAGE) if unit else ("company", "stage")
    empty = {stage: FigureRow(whole if stage is None else part, stage or "", unit=unit) for stage in stages}
    return [_waiting(row, stage, against, year) for stage, row in empty.items()]


def _verdicts(inputs: Inputs, family: Sequence[Judged]) -> list[FigureRow]:
    upward, least = [True] * len(family), inputs.company.reduced_under
    against = verdicts([item.change for item in family], upward, least)
    year = verdicts([item.year for item in family], upward, least)
    return [
        replace(item.row, verdict=first.value, year_verdict=second.value)
        for item, first, second in zip(family, against, year, strict=True)
    ]


def _waiting(row: FigureRow, stage: str | None, against: Compared, year: Compared) -> Judged:
    voices, company = against.now, against.now.inputs.company
    shown = base(against.n(stage), company.hidden_under, company.reduced_under)
    level = against.level(stage)
    if shown is Base.HIDDEN or level is None:
        note = "no_health" if shown is not Base.HIDDEN else ""
        return Judged(replace(row, n=voices.answers(stage), note=note))
    health = voices.company if stage is None else voices.stage(stage)
    change, year_change = against.change(stage), year.change(stage)
    detail: dict[str, Any] = {
        "missing": list(health.missing),
        "coverage": str(fixed(health.coverage)),
        "weights": {name: str(fixed(weight)) for name, weight in health.weights.items()},
    }
    row = replace(
        row,
        n=voices.answers(stage),
        base=shown.value,
        value=fixed(level.value),
        low=fixed(_clipped(level.low)),
        high=fixed(_clipped(level.high)),
        imprecise=imprecise(level.low, level.high),
        detail=detail | _exceptions(against, stage, level.groups),
        **_changes(stage, (against, change), (year, year_change)),
    )
    return Judged(row, change, year_change)


def _exceptions(against: Compared, stage: str | None, groups: int) -> dict[str, Any]:
    """What is said of a health only where it is so: few answers before, fewer groups than all with somebody in them."""
    few = {"few_before": True} if against.few_before(stage) else {}
    return few | ({"groups": groups} if groups < FOLDS else {})


def _changes(
    stage: str | None, against: tuple[Compared, Change | None], year: tuple[Compared, Change | None]
) -> dict[str, Any]:
    """The earlier healths and the differences from them, as fields of a figure."""
    other = against[0].other
    values: dict[str, Any] = {"before": against[0].earlier(stage), "before_n": other.answers(stage) if other else 0}
    values["year_before"] = year[0].earlier(stage)
    if (change := against[1]) is not None:
        tested = min(change.n_now, change.n_before) >= against[0].now.inputs.company.reduced_under
        values |= {"change": fixed(change.value), "p_value": fixed(change.p_value) if tested else None}
        values |= {"change_low": fixed(change.low), "change_high": fixed(change.high)}
    if (change := year[1]) is not None:
        values |= {"year_change": fixed(change.value)}
        values |= {"year_low": fixed(change.low), "year_high": fixed(change.high)}
    return values


def _clipped(value: float | None) -> float | None:
    return None if value is None else min(100.0, max(0.0, value))
