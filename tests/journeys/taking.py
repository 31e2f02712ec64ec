"""Files taken into a lake of their own, in this process and without a database."""

import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from journeys.calendar import QuarterCode
from journeys.files import place_of
from journeys.orders import Order, Taken, period_of
from journeys.reading.derive import Calendar
from journeys.reading.mapping import IndicatorFacts
from journeys.reading.problems import Problem
from journeys.taking import take

KEY = b"a key of tests"
VOTES: dict[str, Any] = {
    "date": "day",
    "case": "id",
    "unit": "shop",
    "values": [{"indicator": "vote", "column": "vote"}],
}
QUARTERS = ("2025-3", "2025-4", "2026-1", "2026-2", "2026-3")


def calendar(quarters: Iterable[str] = QUARTERS, published: Iterable[str] = ()) -> Calendar:
    """Open and published quarters of the calendar year; tomorrow is 1 September 2026."""
    spans = [tuple(period_of(QuarterCode.parse(code), 1) for code in codes) for codes in (quarters, published)]
    return Calendar(spans[0], spans[1], 1, date(2026, 9, 1))


class Lake:
    """A lake in a folder: files go in one by one, observations come out."""

    def __init__(self, folder: Path, mapping: dict[str, Any] | None = None, *facts: IndicatorFacts) -> None:
        self.folder = folder
        self.mapping = mapping or VOTES
        self.facts = facts or tuple(IndicatorFacts(entry["indicator"]) for entry in self.mapping["values"])
        self.calendar = calendar()
        self.parts: list[dict[str, Any]] = []
        self.told: list[tuple[str, int, int | None]] = []

    def take(self, content: bytes | str, **changes: Any) -> Taken:
        """What becomes of the content as a file; its parts are then part of the lake."""
        work = Path(tempfile.mkdtemp(dir=self.folder))
        file = work / "upload"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        lake = self.folder / "lake"
        lake.mkdir(exist_ok=True)
        order = Order(file, lake, work, self.mapping, self.facts, "sales", self.calendar, KEY)
        order = replace(Order.of_json(json.loads(json.dumps(order.as_json()))), **changes)
        taken = take(order, lambda *told: self.told.append(told))
        self.parts += taken.parts
        return taken

    def problems(self, content: bytes | str) -> list[tuple[str, int | None, str]]:
        """Code, row and column of the file's problems; it left nothing in the lake."""
        taken = self.take(content)
        assert not taken.parts
        assert not list((self.folder / "lake").rglob("*.parquet"))
        found = [Problem.of_json(item) for item in taken.problems]
        return [(problem.code, problem.row, problem.column) for problem in found]

    def rows(self, columns: str) -> Sequence[tuple[Any, ...]]:
        """These columns of all observations, sorted."""
        files = [str(place_of(self.folder / "lake", part["sha256"])) for part in self.parts]
        if not files:
            return []
        found: Sequence[tuple[Any, ...]] = duckdb.execute(
            f"SELECT {columns} FROM read_parquet(?) ORDER BY ALL",  # noqa: S608
            [files],
        ).fetchall()
        return found

    def values(self, indicator: str) -> list[float | None]:
        """The stored values of an indicator, by line."""
        return [float(v) for _, v in self.rows(f"CASE WHEN indicator = '{indicator}' THEN line END, value") if _]
