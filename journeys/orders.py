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
PLAIN = (
    "mapping",
    "department",
    "edits",
    "known",
    "how",
    "dry",
    "name",
    "notes",
    "mappings",
    "mine",
    "answers",
    "settled",
    "patch",
    "threads",
    "memory",
)


@dataclass(frozen=True)
class Order:
    """What the child is asked to do; JSON-clean through ``as_json`` and ``of_json``.

    ``known``: quarter and hash of the source's parts in the report; ``how`` the file joins them (``Upload.How``);
    ``dry``: check and compare, write no observations; of the ``mappings`` the first whose columns are there is used
    (after the first come ``mine`` of this person), ``answers`` are laid over it; ``settled``: no question is open;
    and ``patch`` is a file of corrected rows to be read first. ``name`` is the client's for the file; ``notes`` what
    converting it found.
    """

    file: Path
    lake: Path
    work: Path
    mapping: Mapping[str, Any]
    indicators: tuple[IndicatorFacts, ...]
    department: str
    calendar: Calendar
    key: bytes
    edits: tuple[Mapping[str, Any], ...] = ()
    known: tuple[tuple[str, str], ...] = ()
    how: str = "add"
    dry: bool = False
    name: str = ""
    mappings: tuple[Mapping[str, Any], ...] = ()
    mine: int = 0
    answers: Mapping[str, Any] = field(default_factory=dict)
    settled: bool = False
    patch: str = ""
    notes: Mapping[str, Any] = field(default_factory=dict)
    threads: int = 2
    memory: str = "400MB"

    def as_json(self) -> dict[str, Any]:
        """The order as JSON-clean data."""
        calendar = {**asdict(self.calendar), "latest": self.calendar.latest.isoformat()}
        facts = [{**asdict(one), "lowest": _text(one.lowest), "highest": _text(one.highest)} for one in self.indicators]
        paths = {name: str(getattr(self, name)) for name in ("file", "lake", "work")}
        plain_fields = {name: getattr(self, name) for name in PLAIN}
        return {**plain_fields, **paths, "calendar": calendar, "indicators": facts, "key": self.key.hex()}

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Self:
        """The order ``as_json`` wrote."""
        raw = data["calendar"]
        calendar = Calendar(
            tuple(raw["open"]),
            tuple(raw["published"]),
            raw["start_month"],
            date.fromisoformat(raw["latest"]),
            tuple((start, end) for start, end in raw["odd"]),
        )
        facts = tuple(
            IndicatorFacts(**{**one, "lowest": _decimal(one["lowest"]), "highest": _decimal(one["highest"])})
            for one in data["indicators"]
        )
        paths = {name: Path(data[name]) for name in ("file", "lake", "work")}
        known = tuple((quarter, digest) for quarter, digest in data["known"])
        changed = {"calendar": calendar, "indicators": facts, "key": bytes.fromhex(data["key"])}
        changed |= {"known": known, "edits": tuple(data["edits"]), "mappings": tuple(data["mappings"])}
        return cls(**{**data, **paths, **changed})


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


@dataclass
class Taken:
    """What became of a file: either problems and no parts, or parts and no problems.

    ``superseded``: hashes of earlier parts whose place these take; ``rests`` what stays of them, each ``of`` one;
    ``outcome``: what a dry run found, for the person who prepares the file; ``known`` as in the order.
    """

    problems: list[dict[str, Any]] = field(default_factory=list)
    problems_total: int = 0
    rows_in: int = 0
    rows_out: int = 0
    observations: int = 0
    parts: list[dict[str, Any]] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    receipt: dict[str, Any] = field(default_factory=dict)
    superseded: list[str] = field(default_factory=list)
    rests: list[dict[str, Any]] = field(default_factory=list)
    outcome: dict[str, Any] = field(default_factory=dict)
    known: tuple[tuple[str, str], ...] = ()

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
