"""PURE: health of each stage and of the company, its change, and the bridge between two quarters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from metrics.derive.estimates import FOLDS
from metrics.derive.inputs import Inputs, divisor, scale
from metrics.engine.moments import Facts
from metrics.report import FigureRow, IndicatorDef, fixed
from metrics.stats.change import Change, change_from_folds, verdicts
from metrics.stats.disclosure import Base, base, imprecise
from metrics.stats.health import Component, StageHealth, company_health, exact_health, stage_health
from metrics.stats.jackknife import Interval, jackknife
from metrics.stats.kinds import ORDERED, Kind, Moments, score, value_of
from metrics.stats.order import OrderedCounts, quantile


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

    @cached_property
    def whole(self) -> dict[str, float]:
        """Score of each outcome heard."""
        return {row.slug: _score(row, self.facts, None) for row in self.heard()}

    @cached_property
    def without(self) -> list[dict[str, float] | None]:
        """For each fold, the scores with that fold left out; None for a fold nobody is in."""
        present = {fold for row in self.heard() for fold in self.facts.folds[row.slug]}
        return [
            {row.slug: _score(row, self.facts, fold) for row in self.heard()} if fold in present else None
            for fold in range(FOLDS)
        ]

    def stage(self, stage: str, scores: Mapping[str, float]) -> StageHealth:
        return stage_health(self._outcomes(stage, scores))

    def exact_stage(self, stage: str) -> Fraction | None:
        return exact_health(self._outcomes(stage, self.whole))

    def components(self, scores: Mapping[str, float]) -> list[Component]:
        """The parts of company health with their scores (None where a stage has no health) and declared weights."""
        return [
            Component(name, exact_health(self._outcomes(name, scores)), Fraction(weight))
            for name, weight in self.inputs.components.items()
        ]

    def company(self, scores: Mapping[str, float]) -> StageHealth:
        return company_health(self.components(scores))

    def _outcomes(self, stage: str, scores: Mapping[str, float]) -> list[Component]:
        return [
            Component(row.slug, scores.get(row.slug), Fraction(row.weight))
            for row in self.inputs.outcomes
            if row.stage == stage
        ]


def _score(outcome: IndicatorDef, facts: Facts, left_out: int | None) -> float:
    """Score of an outcome, all folds together or without one."""
    kind = Kind(outcome.kind)
    if kind in ORDERED:
        value = _quantile(outcome, facts, left_out)
    else:
        folds = facts.folds[outcome.slug]
        moments = facts.total(outcome.slug)
        exact = value_of(kind, moments - folds.get(left_out, Moments()) if left_out is not None else moments)
        value = None if exact is None else float(exact)
    shown = None if value is None else value / divisor(outcome)
    found = score(kind, shown, scale(outcome), outcome.higher_is_better)
    return float("nan") if found is None else found


def _quantile(outcome: IndicatorDef, facts: Facts, left_out: int | None) -> float | None:
    ordered = facts.ordered[outcome.slug]
    kept = ordered.values if left_out is None else ordered.values[ordered.folds != left_out]
    p = float(outcome.percentile or 50) / 100 if outcome.kind == Kind.PERCENTILE else 0.5
    return quantile(OrderedCounts.of(kept), p)


class Compared:
    """Health of this quarter beside that of another, with jackknife intervals of levels and differences."""

    def __init__(self, inputs: Inputs, other: Facts | None) -> None:
        self.now = Voices(inputs, inputs.now)
        self.other = Voices(inputs, other) if other is not None else None

    def level(self, stage: str | None) -> Interval | None:
        """Health of a component, or of the company, with its interval."""
        value = _value(self.now, stage, self.now.whole)
        return None if value is None else jackknife(value, _replicates(self.now, stage))

    def change(self, stage: str | None) -> Change | None:
        """The difference from the other quarter; None where either has no health."""
        if self.other is None:
            return None
        now, then = _value(self.now, stage, self.now.whole), _value(self.other, stage, self.other.whole)
        if now is None or then is None:
            return None
        folds = zip(_replicates(self.now, stage), _replicates(self.other, stage), strict=True)
        differences = [_difference(first, second, now, then) for first, second in folds]
        return change_from_folds(jackknife(now - then, differences), self.n(stage), self.n_other(stage))

    def earlier(self, stage: str | None) -> Decimal | None:
        """Health in the other quarter."""
        return fixed(_value(self.other, stage, self.other.whole)) if self.other else None

    def n(self, stage: str | None) -> int:
        """The smallest base among the outcomes of a component: what its verdict may lean on."""
        return _smallest(self.now, stage)

    def n_other(self, stage: str | None) -> int:
        return _smallest(self.other, stage) if self.other else 0


def _difference(now: float | None, then: float | None, full_now: float, full_then: float) -> float | None:
    """A fold empty in one quarter only still moves the other."""
    if now is None and then is None:
        return None
    return (full_now if now is None else now) - (full_then if then is None else then)


def _value(voices: Voices, stage: str | None, scores: Mapping[str, float]) -> float | None:
    return (voices.company(scores) if stage is None else voices.stage(stage, scores)).value


def _replicates(voices: Voices, stage: str | None) -> list[float | None]:
    return [None if scores is None else _value(voices, stage, scores) for scores in voices.without]


def _smallest(voices: Voices, stage: str | None) -> int:
    return min((voices.n(row) for row in voices.heard(stage)), default=0)


@dataclass(frozen=True)
class Judged:
    """A figure waiting for its family's verdict, with the two changes the verdict is about."""

    row: FigureRow
    change: Change | None = None
    year: Change | None = None


def health_figures(inputs: Inputs) -> list[FigureRow]:
    """The company's health, then that of every stage and, where it has outcomes, of the whole journey ("")."""
    against, year = Compared(inputs, inputs.before), Compared(inputs, inputs.year)
    spoken = inputs.components
    stages = [*(stage.slug for stage in inputs.stages), *([""] if "" in spoken else [])]
    silent = [Judged(FigureRow("stage", stage, note="no_voice")) for stage in stages if stage not in spoken]
    heard = [_waiting(inputs, against, year, stage) for stage in stages if stage in spoken]
    rows = _verdicts(inputs, [_waiting(inputs, against, year, None)]) + _verdicts(inputs, heard + silent)
    return sorted(
        rows, key=lambda row: (row.level != "company", stages.index(row.stage) if row.level == "stage" else 0)
    )


def _verdicts(inputs: Inputs, family: Sequence[Judged]) -> list[FigureRow]:
    upward, least = [True] * len(family), inputs.company.reduced_under
    against = verdicts([item.change for item in family], upward, least)
    year = verdicts([item.year for item in family], upward, least)
    return [
        replace(item.row, verdict=first.value, year_verdict=second.value)
        for item, first, second in zip(family, against, year, strict=True)
    ]


def _waiting(inputs: Inputs, against: Compared, year: Compared, stage: str | None) -> Judged:
    voices, company = against.now, inputs.company
    asked = [outcome for outcome in inputs.outcomes if stage is None or outcome.stage == stage]
    level_name = "company" if stage is None else "stage"
    row = FigureRow(level_name, stage or "", n=sum(voices.n(outcome) for outcome in asked))
    shown = base(against.n(stage), company.hidden_under, company.reduced_under)
    level = against.level(stage)
    if shown is Base.HIDDEN or level is None:
        return Judged(replace(row, note="no_health" if shown is not Base.HIDDEN else ""))
    health = voices.company(voices.whole) if stage is None else voices.stage(stage, voices.whole)
    change, year_change = against.change(stage), year.change(stage)
    row = replace(
        row,
        base=shown.value,
        value=fixed(level.value),
        low=fixed(_clipped(level.low)),
        high=fixed(_clipped(level.high)),
        imprecise=imprecise(level.low, level.high),
        detail={
            "missing": list(health.missing),
            "coverage": str(fixed(health.coverage)),
            "weights": {name: str(fixed(weight)) for name, weight in health.weights.items()},
        },
    )
    return Judged(_with_changes(row, (against, change), (year, year_change)), change, year_change)


def _with_changes(
    row: FigureRow, against: tuple[Compared, Change | None], year: tuple[Compared, Change | None]
) -> FigureRow:
    """The figure with the earlier healths and the differences from them."""
    stage = row.stage if row.level == "stage" else None
    values: dict[str, Any] = {"before": against[0].earlier(stage), "before_n": against[0].n_other(stage)}
    values["year_before"] = year[0].earlier(stage)
    if (change := against[1]) is not None:
        values |= {"change": fixed(change.value), "p_value": fixed(change.p_value)}
        values |= {"change_low": fixed(change.low), "change_high": fixed(change.high)}
    if (change := year[1]) is not None:
        values |= {"year_change": fixed(change.value)}
        values |= {"year_low": fixed(change.low), "year_high": fixed(change.high)}
    return replace(row, **values)


def _clipped(value: float | None) -> float | None:
    return None if value is None else min(100.0, max(0.0, value))
