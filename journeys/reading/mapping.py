"""PURE: how a source's columns become observations. A mapping is data of a closed grammar, checked before it is used.

``parse_mapping`` gives a ``SourceMapping`` or a ``MappingError`` naming the key at fault; nothing else in the product
reads the raw dictionary. There are no formulas: one derivation an entry, of the classes below.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from journeys.reading.answers import ColumnAnswers, FileFormat, columns, file_format
from journeys.reading.checked import MappingError as MappingError
from journeys.reading.checked import Reader, column
from journeys.reading.numbers import NumberFormat

DEFAULT_NULLS = ("", "NA", "N/A", "#N/D", "-", "null")
By = Literal["hours", "days", "working_days"]
SECONDS_BY: Mapping[str, int] = {"hours": 3600, "days": 86400, "working_days": 86400}


@dataclass(frozen=True)
class IndicatorFacts:
    """What reading needs to know of an indicator: limits in shown units, and stored units in one shown unit.

    ``ordered``: a median or percentile, which weights cannot enter.
    """

    slug: str
    divisor: int = 1
    lowest: Decimal | None = None
    highest: Decimal | None = None
    whole: bool = False
    ordered: bool = False


@dataclass(frozen=True)
class Value:
    """The number in a column; ``n`` and ``sd`` where the row already is an aggregate."""

    column: str
    n: str = ""
    sd: str = ""


@dataclass(frozen=True)
class Duration:
    """Time from one column's moment to another's, in seconds; working days are Mondays to Fridays, in days."""

    start: str
    end: str
    by: By


@dataclass(frozen=True)
class Later:
    """1 where the column's moment (or day) comes after the other column's, else 0."""

    column: str
    than: str
    by: Literal["moment", "day"]


@dataclass(frozen=True)
class Among:
    """1 where the column holds one of the texts, else 0."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Over:
    """1 where the column's number is over the threshold, else 0."""

    column: str
    threshold: Decimal


@dataclass(frozen=True)
class LongerThan:
    """1 where the time between two moments is over the threshold (in the unit ``by``), else 0."""

    duration: Duration
    threshold: Decimal


@dataclass(frozen=True)
class Filled:
    """1 where the column says something, else 0; the other way round for ``blank``."""

    column: str
    blank: bool = False


@dataclass(frozen=True)
class CountRows:
    """1 a row, to be summed by case: how many rows a case has."""


Derivation = Value | Duration | Later | Among | Over | LongerThan | Filled | CountRows


@dataclass(frozen=True)
class Where:
    """Only the rows whose column holds one of the texts: the file names its indicators in that column."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Unpivot:
    """Headings that are periods become rows: the names under which the period and the cell are then known."""

    date: str
    value: str


@dataclass(frozen=True)
class SourceMapping:
    """A checked mapping. ``period`` instead of a date: a day, a month or a quarter, or where to find it.

    ``where`` holds, for each of the values, the rows it is about; ``weight`` the column of the sampling weights of
    single answers; ``once``: a case has one row; ``at_most``: pairs of columns, no number over its neighbour.
    """

    date: str
    values: tuple[tuple[IndicatorFacts, Derivation], ...]
    case: str = ""
    unit: str = ""
    last_by: tuple[str, ...] = ()
    null: tuple[str, ...] = DEFAULT_NULLS
    format: FileFormat = field(default_factory=FileFormat)
    period: str = ""
    weight: str = ""
    where: tuple[Where | None, ...] = ()
    unpivot: Unpivot | None = None
    once: bool = False
    at_most: tuple[tuple[str, str], ...] = ()
    answers: Mapping[str, ColumnAnswers] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the mapping reads, once, in order of appearance."""
        used = [self.date, self.case, self.unit, self.weight, *self.last_by]
        used += [name for _, derivation in self.values for name in columns_of(derivation)]
        used += [where.column for where in self.where if where]
        used += [name for pair in self.at_most for name in pair]
        return tuple(dict.fromkeys(name for name in used if name))

    @property
    def headings(self) -> tuple[str, ...]:
        """The columns that the file must have: all that are read but those made of its headings."""
        made = (self.unpivot.date, self.unpivot.value) if self.unpivot else ()
        return tuple(name for name in self.columns if name not in made)

    def rule(self, derivation: Derivation) -> str:
        """How the engine reduces a case's rows: each, last or count."""
        if isinstance(derivation, CountRows):
            return "count"
        return "last" if self.last_by else "each"

    def numbers(self, column: str) -> NumberFormat:
        """How the column's numbers are written."""
        return self._said(column).numbers or self.format.numbers

    def dates(self, column: str) -> tuple[str, ...]:
        """How the column's days are written."""
        return self._said(column).dates or self.format.dates

    def nulls(self, column: str) -> tuple[str, ...]:
        """The column's texts that mean "no answer"."""
        return tuple(dict.fromkeys((*self.null, *self._said(column).null)))

    def _said(self, column: str) -> ColumnAnswers:
        return self.answers.get(column, _NOTHING)


_NOTHING = ColumnAnswers()


def columns_of(derivation: Derivation) -> tuple[str, ...]:
    """The columns a derivation reads."""
    match derivation:
        case Value(column, n, sd):
            return tuple(name for name in (column, n, sd) if name)
        case Duration(start, end) | LongerThan(Duration(start, end)):
            return (start, end)
        case Later(column, than):
            return (column, than)
        case Among(column) | Over(column) | Filled(column):
            return (column,)
        case CountRows():
            return ()


def parse_mapping(mapping: Mapping[str, Any], known: Mapping[str, IndicatorFacts]) -> SourceMapping:
    """The mapping, checked against the indicators the source may feed; MappingError at its first fault."""
    top = Reader(mapping, "", _KEYS)
    case = top.column("case", "")
    last_by = tuple(column(name, f"last_by[{i}]") for i, name in enumerate(top.texts("last_by")))
    if last_by and not case:
        raise MappingError("last_by", "needs_case")
    period, unpivot = _period(top), _unpivot(mapping.get("unpivot"))
    entries = list(_values(mapping.get("values"), known, has_case=bool(case)))
    weight = top.column("weight", "")
    ordered = [facts.slug for facts, derivation, _ in entries if facts.ordered and not getattr(derivation, "n", "")]
    if weight and ordered:
        raise MappingError("weight", "weight_of_median", {"indicator": ordered[0]})
    return SourceMapping(
        date="" if period else unpivot.date if unpivot else top.column("date"),
        case=case,
        unit=top.column("unit", ""),
        last_by=last_by,
        null=tuple(dict.fromkeys(("", *top.texts("null", DEFAULT_NULLS)))),
        format=file_format(mapping.get("format") or {}),
        values=tuple((facts, derivation) for facts, derivation, _ in entries),
        period=period,
        weight=weight,
        where=tuple(where for *_, where in entries),
        unpivot=unpivot,
        once=_once(top, has_case=bool(case)),
        at_most=_at_most(mapping.get("at_most")),
        answers=columns(mapping.get("columns")),
    )


def _period(top: Reader) -> str:
    """A day, a month, a quarter, ``file`` or ``upload``: for files without a column of dates."""
    period = top.text("period", "")
    if period and ("date" in top.data or "unpivot" in top.data):
        raise MappingError("period", "only_without_date")
    if period and not re.fullmatch(r"file|upload|[0-9]{4}-(?:[1-4]|[0-9]{2}|[0-9]{2}-[0-9]{2})", period):
        raise MappingError("period", "unknown_choice", {"value": period, "known": "file, upload, 2026-3, 2026-07"})
    return period


def _once(top: Reader, *, has_case: bool) -> bool:
    once = top.data.get("once", False)
    if not isinstance(once, bool):
        raise MappingError("once", "not_a_boolean")
    if once and not has_case:
        raise MappingError("once", "needs_case")
    return once


def _at_most(data: Any) -> tuple[tuple[str, str], ...]:
    if data is None:
        return ()
    if not isinstance(data, list):
        raise MappingError("at_most", "not_a_list")
    readers = [Reader(one, f"at_most[{i}]", ("column", "than")) for i, one in enumerate(data)]
    return tuple((reader.column("column"), reader.column("than")) for reader in readers)


def _unpivot(data: Any) -> Unpivot | None:
    if data is None:
        return None
    reader = Reader(data, "unpivot", ("date", "value"))
    return Unpivot(reader.text("date"), reader.text("value"))


_KEYS = (
    "date", "period", "case", "unit", "weight", "format", "null", "last_by", "unpivot", "columns", "values",
    "once", "at_most",
)  # fmt: skip
_KINDS = ("column", "duration", "later", "in", "over", "filled", "blank", "count")


def _values(
    entries: Any, known: Mapping[str, IndicatorFacts], *, has_case: bool
) -> Iterator[tuple[IndicatorFacts, Derivation, Where | None]]:
    if not isinstance(entries, list) or not entries:
        raise MappingError("values", "missing_key" if entries is None else "not_a_list", {"key": "values"})
    seen: set[str] = set()
    for i, entry in enumerate(entries):
        reader = Reader(entry, f"values[{i}]", ("indicator", "n", "sd", "where", *_KINDS))
        slug = reader.text("indicator")
        if slug not in known:
            raise MappingError(reader.at("indicator"), "unknown_indicator", {"indicator": slug})
        if slug in seen:
            raise MappingError(reader.at("indicator"), "indicator_twice", {"indicator": slug})
        seen.add(slug)
        where = _where(reader) if "where" in reader.data else None
        derivation = _derivation(reader)
        if isinstance(derivation, CountRows) and not has_case:
            raise MappingError(reader.at("count"), "needs_case")
        yield known[slug], derivation, where


def _where(reader: Reader) -> Where:
    inner = Reader(reader.data["where"], reader.at("where"), ("column", "values"))
    values = inner.texts("values")
    if not values:
        raise MappingError(inner.at("values"), "missing_key", {"key": "values"})
    return Where(inner.column("column"), values)


def _derivation(reader: Reader) -> Derivation:
    given = [kind for kind in _KINDS if kind in reader.data]
    if len(given) != 1:
        raise MappingError(reader.path, "one_derivation", {"known": ", ".join(_KINDS)})
    kind = given[0]
    if kind != "column" and ("n" in reader.data or "sd" in reader.data):
        raise MappingError(reader.at("n" if "n" in reader.data else "sd"), "only_with_column")
    match kind:
        case "column":
            return Value(reader.column("column"), reader.column("n", ""), reader.column("sd", ""))
        case "filled" | "blank":
            return Filled(reader.column(kind), blank=kind == "blank")
        case "count":
            reader.choice("count", ("rows",))
            return CountRows()
        case "duration":
            return _duration(Reader(reader.data[kind], reader.at(kind), ("start", "end", "by")))
        case "over":
            return _over(reader)
        case "later":
            inner = Reader(reader.data[kind], reader.at(kind), ("column", "than", "by"))
            by = "day" if inner.choice("by", ("moment", "day"), "moment") == "day" else "moment"
            return Later(inner.column("column"), inner.column("than"), by)  # type: ignore[arg-type]
    inner = Reader(reader.data[kind], reader.at(kind), ("column", "values"))
    values = inner.texts("values")
    if not values:
        raise MappingError(inner.at("values"), "missing_key", {"key": "values"})
    return Among(inner.column("column"), values)


def _duration(reader: Reader) -> Duration:
    by = reader.choice("by", tuple(SECONDS_BY))
    return Duration(reader.column("start"), reader.column("end"), by)  # type: ignore[arg-type]


def _over(reader: Reader) -> Derivation:
    inner = Reader(reader.data["over"], reader.at("over"), ("column", "threshold", "start", "end", "by"))
    threshold = inner.number("threshold")
    if "column" not in inner.data:
        return LongerThan(_duration(inner), threshold)
    for key in ("start", "end", "by"):
        if key in inner.data:
            raise MappingError(inner.at(key), "only_without_column")
    return Over(inner.column("column"), threshold)
