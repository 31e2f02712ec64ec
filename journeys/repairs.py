"""What is wrong with a draft, grouped by what repairs it: one answer for all the rows with the same fault."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from journeys.derivations import read_back
from journeys.edits import Edit
from journeys.models import Upload
from journeys.reading import dates
from journeys.reading.mapping import SourceMapping
from journeys.reading.numbers import NotANumber, NumberFormat
from journeys.reading.problems import Problem
from journeys.reading.shape import plain
from journeys.wording import sentence

VALUES = 12
ROWS = 20
_FIGURE = re.compile(r"[+-]?\d[\d.,' ]*")
_DAYS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d")


@dataclass(frozen=True)
class Fault:
    """One text that is wrong, in so many rows; ``like``: what was probably meant."""

    place: int
    value: str
    count: int
    row: int
    like: str
    text: str


@dataclass(frozen=True)
class Repair:
    """Faults of one kind in one column, and what can be done about all of them."""

    code: str
    column: str
    count: int
    faults: Sequence[Fault]
    hidden: int

    @property
    def edit(self) -> Edit:
        """The correction that leaves all these rows out."""
        return {"code": self.code, "column": self.column, "out": True}


@dataclass(frozen=True)
class BadRow:
    """A row to correct by hand: its number, the column at fault and its place, the text that stands there."""

    row: int
    column: str
    value: str
    text: str


def repairs(upload: Upload, groups: Sequence[dict[str, Any]]) -> list[Repair]:
    """The groups of the last check, the most frequent kind first."""
    kinds: dict[tuple[str, str], list[Fault]] = {}
    mapping = read_back(upload.mapping) if groups else None
    for place, group in enumerate(groups):
        check = group["check"]
        problem = Problem.of_json({key: value for key, value in group.items() if key != "check"})
        fault = _fault(place, problem, mapping)
        kinds.setdefault((check, problem.column), []).append(fault)
    made = [
        Repair(code, column, sum(fault.count for fault in faults), faults[:VALUES], len(faults[VALUES:]))
        for (code, column), faults in kinds.items()
    ]
    return sorted(made, key=lambda repair: -repair.count)


def whole(upload: Upload) -> list[str]:
    """What is wrong with the file as a whole: only another file helps."""
    return [sentence(Problem.of_json(item)) for item in upload.problems if item["row"] is None]


def bad_rows(upload: Upload) -> Iterator[BadRow]:
    """The first rows to correct one by one."""
    placed = [Problem.of_json(item) for item in upload.problems if item["row"] is not None]
    for problem in placed[:ROWS]:
        text = sentence(Problem(problem.code, None, problem.column, problem.value, problem.expected, 1, problem.extra))
        yield BadRow(problem.row or 0, problem.column, problem.value, text)


def _fault(place: int, problem: Problem, mapping: SourceMapping | None) -> Fault:
    apart = Problem(problem.code, None, problem.column, problem.value, problem.expected, 1, problem.extra)
    like = _like(problem, mapping) if mapping and problem.value else ""
    return Fault(place, problem.value, problem.count, problem.row or 0, like, sentence(apart))


def _like(problem: Problem, mapping: SourceMapping) -> str:
    """What the text was probably meant to be; empty when nobody can say."""
    if problem.code == "unknown_name":
        return problem.expected
    key = plain(problem.column).casefold()
    column = next((name for name in mapping.columns if plain(name).casefold() == key), problem.column)
    if problem.code in ("not_a_number", "other_number_format", "ambiguous_number"):
        return _number(problem.value, mapping.numbers(column))
    return _day(problem.value, mapping.dates(column)) if problem.code == "not_a_date" else ""


def _number(text: str, style: NumberFormat) -> str:
    """``8,5/10`` is 8,5 and ``€ 12`` is 12: the first figure of the text, as the column writes numbers."""
    found = _FIGURE.search(text)
    for form in (style, NumberFormat(",", "."), NumberFormat(".", ",")):
        try:
            value = form.parse(found[0].strip(" '.,")) if found else None
        except NotANumber:
            continue
        if value is not None:
            return f"{value.normalize():f}".replace(".", style.decimal)
    return ""


def _day(text: str, formats: tuple[str, ...]) -> str:
    """The day in the column's way of writing, where only one other way of writing fits."""
    found = {moment for form in _DAYS if (moment := dates.parse(text.strip(), (form,)))}
    wanted = next((form for form in formats if "%H" not in form), formats[0])
    return _written(found.pop(), wanted) if len(found) == 1 else ""


def _written(moment: datetime, form: str) -> str:
    return moment.strftime(form)
