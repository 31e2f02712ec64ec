"""PURE: what a report is made of — the definitions as declared, and the sums of the quarters compared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import combinations

from journeys.calendar import SECONDS
from metrics.engine.moments import Facts, Measure, Question, Touchpoint
from metrics.report import CompanyDef, DepartmentDef, IndicatorDef, Report, StageDef
from metrics.stats.kinds import Kind, Moments, Scale, value_of

DRIVING = frozenset({"result", "time", "efficiency"})


@dataclass(frozen=True)
class Declared:
    """Weights of the stages ("" is the whole journey) and of the outcomes inside them."""

    stages: dict[str, Decimal]
    outcomes: dict[str, Decimal]

    @classmethod
    def of(cls, report: Report) -> "Declared":
        """The weights an edition was made with."""
        stages = {row.slug: row.weight for row in report.stages}
        return cls(
            stages | {"": report.company.journey_weight},
            {row.slug: row.weight for row in report.indicators if row.in_health},
        )


@dataclass(frozen=True)
class Inputs:
    """Definitions and facts of a quarter. ``before`` and ``year`` are None where the calendar has no such quarter.

    ``earlier`` holds, for each other quarter of the last eight, the levels of the results that act on an outcome;
    ``weights_before`` and ``weights_year`` the weights those quarters were published with: weights belong to an
    edition, changing them applies from a quarter on.
    """

    quarter: str
    starts: str
    ends: str
    previous: str
    company: CompanyDef
    stages: tuple[StageDef, ...]
    departments: tuple[DepartmentDef, ...]
    indicators: tuple[IndicatorDef, ...]
    units: tuple[tuple[str, str], ...]
    targets: dict[str, Decimal]
    now: Facts
    before: Facts | None
    year: Facts | None
    earlier: Sequence[Mapping[str, Moments]] = field(default=())
    weights_before: Declared | None = None
    weights_year: Declared | None = None

    def as_of(self, facts: Facts) -> "Inputs":
        """The same with the weights declared in the quarter of those facts, where it was published with others."""
        declared = {id(self.before): self.weights_before, id(self.year): self.weights_year}.get(id(facts))
        if declared is None or facts is self.now:
            return self
        return replace(
            self,
            company=replace(self.company, journey_weight=declared.stages.get("", self.company.journey_weight)),
            stages=tuple(replace(row, weight=declared.stages.get(row.slug, row.weight)) for row in self.stages),
            indicators=tuple(
                replace(row, weight=declared.outcomes.get(row.slug, row.weight)) for row in self.indicators
            ),
        )

    @cached_property
    def by_slug(self) -> dict[str, IndicatorDef]:
        return {indicator.slug: indicator for indicator in self.indicators}

    @cached_property
    def outcomes(self) -> tuple[IndicatorDef, ...]:
        """The outcomes that make health."""
        return tuple(indicator for indicator in self.indicators if indicator.in_health)

    @property
    def components(self) -> dict[str, Decimal]:
        """Declared weight of each part of health: the stages with outcomes, and "" for the whole journey."""
        spoken = {outcome.stage for outcome in self.outcomes}
        weights = {stage.slug: stage.weight for stage in self.stages if stage.slug in spoken}
        return weights | ({"": self.company.journey_weight} if "" in spoken else {})


def divisor(indicator: IndicatorDef) -> int:
    """Stored units in one shown unit: durations are stored in seconds."""
    return SECONDS.get(indicator.unit, 1)


def grain(driver: IndicatorDef) -> float:
    """How much of an observation one shown unit of a driver is: 60 seconds a minute; of a rate a thousandth event."""
    return divisor(driver) / (1000 if driver.kind == Kind.RATE else 1)


def level_of(driver: IndicatorDef, moments: Moments) -> float | None:
    """A driver's level: the mean of its observations in shown units; None of nothing."""
    value = value_of(Kind(driver.as_driver.kind), moments)
    return None if value is None else float(value / divisor(driver))


def scale(indicator: IndicatorDef) -> Scale | None:
    """The declared goalposts in shown units, or None where there are none."""
    if indicator.worst is None or indicator.best is None:
        return None
    return Scale(float(indicator.worst), float(indicator.best), indicator.higher_is_better)


def scored(indicator: IndicatorDef) -> bool:
    """Whether the indicator has a 0–100 score: a total never, a mean, rate or median only with goalposts."""
    kind = Kind(indicator.kind)
    return kind is not Kind.TOTAL and (kind in (Kind.SHARE, Kind.TOP_BOX, Kind.NPS) or scale(indicator) is not None)


def measures(indicators: Iterable[IndicatorDef]) -> list[Measure]:
    """What the engine must know of each indicator."""
    return [Measure(indicator.slug, Kind(indicator.kind), indicator.top_from) for indicator in indicators]


def questions(indicators: Iterable[IndicatorDef]) -> list[Question]:
    """For each outcome of health: the results declared to act on it, and the events that may be left out of it.

    An event is a share-type result that lands on the outcome's stage or is declared to act on it; for an outcome of
    the whole journey, any share-type result. Two events are looked at together when two departments answer for them.
    An outcome that is no average has none: least squares explain the mean of its cases, which it is not.
    """
    known = list(indicators)
    results = [row for row in known if row.role in DRIVING]
    return [_question(outcome, results) for outcome in known if outcome.in_health and outcome.explainable]


def touchpoints(indicators: Iterable[IndicatorDef]) -> dict[Touchpoint, list[str]]:
    """The indicators of each touchpoint that has some: a case with an observation of one of them met it."""
    found: dict[Touchpoint, list[str]] = {}
    for row in indicators:
        if row.touchpoint:
            found.setdefault((row.stage, row.touchpoint), []).append(row.slug)
    return found


def levers(indicators: Iterable[IndicatorDef]) -> list[Measure]:
    """The results that act on some outcome: those whose level in earlier quarters is wanted."""
    known = list(indicators)
    acting = {slug for question in questions(known) for slug in question.drivers}
    return measures(row for row in known if row.slug in acting)


def _question(outcome: IndicatorDef, results: Sequence[IndicatorDef]) -> Question:
    drivers = [row for row in results if outcome.stage in row.influences]
    shares = [row for row in results if row.kind == Kind.SHARE]
    pairs = combinations([row for row in shares if row in drivers], 2)
    return Question(
        outcome.slug,
        drivers=tuple(row.slug for row in drivers),
        events=tuple(row.slug for row in shares if outcome.stage in ("", row.stage, *row.influences)),
        pairs=tuple((first.slug, second.slug) for first, second in pairs if first.department != second.department),
    )
