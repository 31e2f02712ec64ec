"""PURE: what a ``company.yml`` says, as plain values. Read from the file or from the database, it compares equal."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Self

from journeys.calendar import QuarterCode

ONE = Decimal(1)


@dataclass(frozen=True)
class TouchpointEntry:
    """``retired``, here and below: the first day on which it is not in use any more."""

    slug: str
    name: str
    retired: date | None = None


@dataclass(frozen=True)
class StageEntry:
    slug: str
    name: str
    question: str = ""
    weight: Decimal = ONE
    touchpoints: tuple[TouchpointEntry, ...] = ()
    retired: date | None = None


@dataclass(frozen=True)
class DepartmentEntry:
    """``stages``: where the department says it works without a result to show for it ("" is the whole journey)."""

    slug: str
    name: str
    stages: tuple[str, ...] = ()
    retired: date | None = None


@dataclass(frozen=True)
class UnitEntry:
    code: str
    name: str
    retired: date | None = None


@dataclass(frozen=True)
class TargetEntry:
    """A target in the shown unit (shares 0–1) and the day from which it holds."""

    starts: date
    value: Decimal


@dataclass(frozen=True)
class IndicatorEntry:
    """An indicator; ``influences`` are stage slugs, "" is the whole journey; ``stage`` "" likewise."""

    slug: str
    name: str
    definition: str
    role: str
    kind: str
    department: str
    evidence: str
    unit: str = ""
    higher_is_better: bool = True
    worst: Decimal | None = None
    best: Decimal | None = None
    lowest: Decimal | None = None
    highest: Decimal | None = None
    whole: bool = False
    top_from: Decimal | None = None
    percentile: Decimal = Decimal(50)
    stage: str = ""
    touchpoint: str = ""
    essential: bool = False
    by_hand: bool = False
    in_health: bool = False
    weight: Decimal = ONE
    influences: tuple[str, ...] = ()
    targets: tuple[TargetEntry, ...] = ()


@dataclass(frozen=True)
class SourceEntry:
    """A recurring file; ``files`` are paths relative to the folder of the ``company.yml``."""

    slug: str
    name: str
    department: str
    mapping: dict[str, Any] = field(default_factory=dict)
    due_day: int = 10
    files: tuple[str, ...] = ()
    retired: date | None = None


@dataclass(frozen=True)
class PersonEntry:
    """A person who may sign in, once a password or single sign-on is set elsewhere: no password is ever in the file."""

    email: str
    role: str
    name: str = ""
    departments: tuple[str, ...] = ()
    line: int = field(default=1, compare=False)  # where the file names them


@dataclass(frozen=True)
class CompanyFile:
    """A whole company. ``quarters`` are the first and the last one the report covers."""

    slug: str
    name: str
    journey: str
    quarters: tuple[QuarterCode, QuarterCode]
    generated: bool = False
    fiscal_start_month: int = 1
    unit_name: str = ""
    hidden_under: int = 10
    reduced_under: int = 30
    time_zone: str = "Europe/Rome"
    journey_weight: Decimal = ONE
    departments: tuple[DepartmentEntry, ...] = ()
    stages: tuple[StageEntry, ...] = ()
    units: tuple[UnitEntry, ...] = ()
    indicators: tuple[IndicatorEntry, ...] = ()
    sources: tuple[SourceEntry, ...] = ()
    people: tuple[PersonEntry, ...] = ()

    def codes(self) -> list[QuarterCode]:
        """Every quarter from the first to the last one, both included."""
        first, last = self.quarters
        count = (last.year - first.year) * 4 + last.number - first.number + 1
        return [first.plus(step) for step in range(count)]

    def figures_only(self) -> Self:
        """The same without what no figure depends on: people and the list of files."""
        sources = tuple(replace(source, files=()) for source in self.sources)
        return replace(self, people=(), sources=sources)
