"""What the sandboxed child is asked, and what it answers. Knows neither Django nor DuckDB: both sides read it."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from journeys.calendar import QuarterCode
from journeys.reading.derive import Calendar
from journeys.reading.mapping import IndicatorFacts
from journeys.reading.problems import Problem

MOST_ROWS = 20_000_000


@dataclass(frozen=True)
class Order:
    """What the child is asked to do; JSON-clean through ``as_json`` and ``of_json``."""

    file: Path
    lake: Path
    work: Path
    mapping: Mapping[str, Any]
    indicators: tuple[IndicatorFacts, ...]
    department: str
    calendar: Calendar
    key: bytes
    threads: int = 2
    memory: str = "400MB"

    def as_json(self) -> dict[str, Any]:
        """The order as JSON-clean data."""
        calendar = {**asdict(self.calendar), "latest": self.calendar.latest.isoformat()}
        facts = [{**asdict(one), "lowest": _text(one.lowest), "highest": _text(one.highest)} for one in self.indicators]
        paths = {name: str(getattr(self, name)) for name in ("file", "lake", "work")}
        plain_fields = {name: getattr(self, name) for name in ("mapping", "department", "threads", "memory")}
        return {**plain_fields, **paths, "calendar": calendar, "indicators": facts, "key": self.key.hex()}

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Self:
        """The order ``as_json`` wrote."""
        raw = data["calendar"]
        calendar = Calendar(
            tuple(raw["open"]), tuple(raw["published"]), raw["start_month"], date.fromisoformat(raw["latest"])
        )
        facts = tuple(
            IndicatorFacts(**{**one, "lowest": _decimal(one["lowest"]), "highest": _decimal(one["highest"])})
            for one in data["indicators"]
        )
        paths = {name: Path(data[name]) for name in ("file", "lake", "work")}
        changed = {"calendar": calendar, "indicators": facts, "key": bytes.fromhex(data["key"])}
        return cls(**{**data, **paths, **changed})


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


@dataclass
class Taken:
    """What became of a file: either problems and no parts, or parts and no problems."""

    problems: list[dict[str, Any]] = field(default_factory=list)
    problems_total: int = 0
    rows_in: int = 0
    rows_out: int = 0
    observations: int = 0
    parts: list[dict[str, Any]] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    receipt: dict[str, Any] = field(default_factory=dict)

    def refuse(self, problems: Collection[Problem], total: int | None = None) -> Self:
        """The same file, refused."""
        self.problems = [problem.as_json() for problem in problems]
        self.problems_total = len(problems) if total is None else total
        return self


def quarter_of(period: int, start_month: int) -> QuarterCode:
    """The quarter a number of ``Calendar`` stands for."""
    return QuarterCode(period // 4 + (start_month > 1), period % 4 + 1)


def period_of(code: QuarterCode, start_month: int) -> int:
    """The number by which ``Calendar`` knows a quarter."""
    return (code.year - (start_month > 1)) * 4 + code.number - 1
