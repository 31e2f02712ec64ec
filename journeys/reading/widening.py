"""PURE: columns a file does not have: its one period as a date, or its periods, headings until then, as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from journeys.reading.answers import ColumnAnswers
from journeys.reading.cells import quote
from journeys.reading.mapping import SourceMapping
from journeys.reading.periods import first_day, period_of_text
from journeys.reading.problems import Problem, Unreadable
from journeys.reading.shape import locate

PERIOD = "(period)"
_ISO = ColumnAnswers(dates=("%Y-%m-%d",))


@dataclass(frozen=True)
class Widened:
    """A mapping whose columns all lie somewhere: in the file, or made by the SQL of ``made`` at positions beyond it.

    ``names`` are the file's headings and the made columns' names; ``needed`` positions of columns used only to make,
    each with the day it is about.
    """

    mapping: SourceMapping
    positions: Mapping[str, int]
    names: tuple[str, ...]
    made: Mapping[int, str] = field(default_factory=dict)
    needed: Mapping[int, date] = field(default_factory=dict)

    @property
    def many(self) -> bool:
        """True when a row of the file becomes several."""
        return bool(self.needed)

    @cached_property
    def in_file(self) -> list[int]:
        """Positions to be read in the file."""
        return sorted({*self.positions.values(), *self.needed} - set(self.made))

    @property
    def place(self) -> str:
        """Where a row's value stood in the file, as SQL over its date; NULL where it stands in its own column."""
        if not self.needed:
            return "NULL::INTEGER"
        cases = " ".join(f"WHEN {quote(str(day))} THEN {place}" for place, day in self.needed.items())
        return f"CASE c{self.positions[self.mapping.date]} {cases} END"

    def name(self, position: int, place: int | None) -> str:
        """The heading over a cell: of the made column of values, the one it stood under."""
        made = self.mapping.unpivot is not None and position == self.positions[self.mapping.unpivot.value]
        return self.names[place if made and place is not None else position]

    def source(self, source: str) -> str:
        """The source of texts with the made columns."""
        if not self.made:
            return source
        made = ", ".join(f"{sql} AS c{place}" for place, sql in self.made.items())
        return f"(SELECT *, {made} FROM {source})"


def widened(mapping: SourceMapping, columns: Sequence[str], day: date | None, start_month: int) -> Widened:
    """The mapping on a file with these headings; ``day`` where the file has no date."""
    positions, width = locate(columns, mapping.headings), len(columns)
    if day is not None:
        dated = replace(mapping, date=PERIOD, answers={**mapping.answers, PERIOD: _ISO})
        return Widened(dated, {**positions, PERIOD: width}, (*columns, PERIOD), {width: quote(str(day))})
    if mapping.unpivot is None:
        return Widened(mapping, positions, tuple(columns))
    headings = {i: period for i, name in enumerate(columns) if (period := period_of_text(name))}
    places = [i for i in headings if i not in positions.values()]
    if not places:
        raise Unreadable(Problem("no_periods"))
    days = {i: first_day(headings[i], start_month) for i in places}
    cells = ", ".join(f"c{i}" for i in places)
    made = {width: f"unnest([{', '.join(quote(str(day)) for day in days.values())}])", width + 1: f"unnest([{cells}])"}
    date_name, value = mapping.unpivot.date, mapping.unpivot.value
    dated = replace(mapping, answers={**mapping.answers, date_name: _ISO})
    positions = {**positions, date_name: width, value: width + 1}
    return Widened(dated, positions, (*columns, date_name, value), made, days)


def day_of(period: str, named: Sequence[str], start_month: int) -> date | None:
    """The day of a mapping's period; ``named`` are the periods that the file itself names."""
    if not period:
        return None
    if period == "upload":
        raise Unreadable(Problem("period_needed"))
    if period == "file":
        if len(named) != 1:
            code = "periods_many" if named else "period_missing"
            raise Unreadable(Problem(code, value=", ".join(named)))
        period = named[0]
    try:
        return first_day(period, start_month)
    except ValueError:
        raise Unreadable(Problem("period_missing", value=period)) from None
