"""PURE: how a source's columns become observations. A mapping is data of a closed grammar, checked before it is used.

``parse_mapping`` gives a ``SourceMapping`` or a ``MappingError`` naming the key at fault; nothing else in the product
reads the raw dictionary. There are no formulas: one derivation an entry, of the classes below.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from journeys.reading import dates
from journeys.reading.numbers import NumberFormat

DEFAULT_NULLS = ("", "NA", "N/A", "#N/D", "-", "null")
ENCODINGS = ("utf-8", "utf-16", "cp1252", "latin-1")
By = Literal["hours", "days", "working_days"]
SECONDS_BY: Mapping[str, int] = {"hours": 3600, "days": 86400, "working_days": 86400}
_WORKER = re.compile(
    r"(^|[^a-z])(operator[ei]?|operatrice|agent[ei]?|matricola|badge|cassier[aei]|addett[oaei]|dipendent[ei]|"
    r"employee|cashier|clerk|staff id|worker|courier id|driver id)([^a-z]|$)"
)


@dataclass(frozen=True)
class IndicatorFacts:
    """What reading needs to know of an indicator: limits in shown units, and stored units in one shown unit."""

    slug: str
    divisor: int = 1
    lowest: Decimal | None = None
    highest: Decimal | None = None
    whole: bool = False


class MappingError(ValueError):
    """The mapping cannot be used: the key at fault (``values[2].duration.by``), a code, and what a sentence needs."""

    def __init__(self, key_path: str, message_code: str, args: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{key_path}: {message_code}")
        self.key_path = key_path
        self.message_code = message_code
        self.arguments = dict(args or {})


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
class FileFormat:
    """How the file is written; None where the file itself tells."""

    separator: str | None = None
    encoding: str | None = None
    numbers: NumberFormat = field(default_factory=NumberFormat)
    dates: tuple[str, ...] = dates.DEFAULT_FORMATS


@dataclass(frozen=True)
class SourceMapping:
    """A checked mapping."""

    date: str
    values: tuple[tuple[IndicatorFacts, Derivation], ...]
    case: str = ""
    unit: str = ""
    last_by: tuple[str, ...] = ()
    null: tuple[str, ...] = DEFAULT_NULLS
    format: FileFormat = field(default_factory=FileFormat)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column the mapping reads, once, in order of appearance."""
        used = [self.date, self.case, self.unit, *self.last_by]
        used += [name for _, derivation in self.values for name in columns_of(derivation)]
        return tuple(dict.fromkeys(name for name in used if name))

    def rule(self, derivation: Derivation) -> str:
        """How the engine reduces a case's rows: each, last or count."""
        if isinstance(derivation, CountRows):
            return "count"
        return "last" if self.last_by else "each"


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


def names_a_worker(column: str) -> bool:
    """True for a header that identifies single workers (art. 4, L. 300/1970)."""
    return _WORKER.search(re.sub(r"[_\-.]+", " ", column.strip().casefold())) is not None


class _Reader:
    """One dictionary of the mapping and its path: every question answers with a value or a MappingError."""

    def __init__(self, data: Any, path: str, allowed: tuple[str, ...]) -> None:
        self.path = path
        if not isinstance(data, Mapping):
            raise MappingError(path, "not_a_mapping")
        self.data: Mapping[str, Any] = data
        for key in data:
            if key not in allowed:
                raise MappingError(self.at(str(key)), "unknown_key", {"key": str(key), "known": ", ".join(allowed)})

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def text(self, key: str, default: str | None = None) -> str:
        value = self.data.get(key)
        if value is None and default is not None:
            return default
        if value is None:
            raise MappingError(self.at(key), "missing_key", {"key": key})
        if not isinstance(value, str) or not value.strip():
            raise MappingError(self.at(key), "not_a_text")
        return value.strip()

    def column(self, key: str, default: str | None = None) -> str:
        return _column(self.text(key, default), self.at(key))

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in choices:
            raise MappingError(self.at(key), "unknown_choice", {"value": value, "known": ", ".join(choices)})
        return value

    def number(self, key: str) -> Decimal:
        value = self.data.get(key)
        if value is None:
            raise MappingError(self.at(key), "missing_key", {"key": key})
        if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
            raise MappingError(self.at(key), "not_a_number")
        try:
            return NumberFormat().parse(str(value))
        except ValueError:
            raise MappingError(self.at(key), "not_a_number") from None

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self.data.get(key)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(item, str | int) for item in value):
            raise MappingError(self.at(key), "not_a_list")
        return tuple(str(item).strip() for item in value)


def _column(name: str, path: str) -> str:
    if name and names_a_worker(name):
        raise MappingError(path, "worker_column", {"column": name})
    return name


def parse_mapping(mapping: Mapping[str, Any], known: Mapping[str, IndicatorFacts]) -> SourceMapping:
    """The mapping, checked against the indicators the source may feed; MappingError at its first fault."""
    top = _Reader(mapping, "", ("date", "case", "unit", "format", "null", "last_by", "values"))
    case = top.column("case", "")
    last_by = tuple(_column(name, f"last_by[{i}]") for i, name in enumerate(top.texts("last_by")))
    if last_by and not case:
        raise MappingError("last_by", "needs_case")
    return SourceMapping(
        date=top.column("date"),
        case=case,
        unit=top.column("unit", ""),
        last_by=last_by,
        null=tuple(dict.fromkeys(("", *top.texts("null", DEFAULT_NULLS)))),
        format=_format(mapping.get("format") or {}),
        values=tuple(_values(mapping.get("values"), known, has_case=bool(case))),
    )


def _format(data: Any) -> FileFormat:
    reader = _Reader(data, "format", ("separator", "encoding", "decimal", "thousands", "dates"))
    separator = data.get("separator")
    if separator is not None and separator not in (",", ";", "\t", "|"):
        raise MappingError("format.separator", "unknown_choice", {"value": str(separator), "known": ", ; | \\t"})
    encoding = (
        reader.choice("encoding", ("utf-8", "utf-16", "cp1252", "latin-1"), "utf-8") if "encoding" in data else None
    )
    decimal = reader.choice("decimal", (".", ","), ".")
    thousands = str(data.get("thousands") or "")
    if thousands not in ("", ".", ",", "'", " ", "\u00a0", "\u202f") or thousands == decimal:
        raise MappingError("format.thousands", "unknown_choice", {"value": thousands, "known": ". , '"})
    given = data.get("dates")
    formats = (given,) if isinstance(given, str) else reader.texts("dates", dates.DEFAULT_FORMATS)
    for text in formats:
        if not dates.format_is_known(text):
            raise MappingError("format.dates", "unknown_date_format", {"value": text})
    return FileFormat(separator, encoding, NumberFormat(decimal, thousands), formats)


_KINDS = ("column", "duration", "later", "in", "over", "filled", "blank", "count")


def _values(
    entries: Any, known: Mapping[str, IndicatorFacts], *, has_case: bool
) -> Iterator[tuple[IndicatorFacts, Derivation]]:
    if not isinstance(entries, list) or not entries:
        raise MappingError("values", "missing_key" if entries is None else "not_a_list", {"key": "values"})
    seen: set[str] = set()
    for i, entry in enumerate(entries):
        reader = _Reader(entry, f"values[{i}]", ("indicator", "n", "sd", *_KINDS))
        slug = reader.text("indicator")
        if slug not in known:
            raise MappingError(reader.at("indicator"), "unknown_indicator", {"indicator": slug})
        if slug in seen:
            raise MappingError(reader.at("indicator"), "indicator_twice", {"indicator": slug})
        seen.add(slug)
        derivation = _derivation(reader)
        if isinstance(derivation, CountRows) and not has_case:
            raise MappingError(reader.at("count"), "needs_case")
        yield known[slug], derivation


def _derivation(reader: _Reader) -> Derivation:
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
            return _duration(_Reader(reader.data[kind], reader.at(kind), ("start", "end", "by")))
        case "over":
            return _over(reader)
        case "later":
            inner = _Reader(reader.data[kind], reader.at(kind), ("column", "than", "by"))
            by = "day" if inner.choice("by", ("moment", "day"), "moment") == "day" else "moment"
            return Later(inner.column("column"), inner.column("than"), by)  # type: ignore[arg-type]
    inner = _Reader(reader.data[kind], reader.at(kind), ("column", "values"))
    values = inner.texts("values")
    if not values:
        raise MappingError(inner.at("values"), "missing_key", {"key": "values"})
    return Among(inner.column("column"), values)


def _duration(reader: _Reader) -> Duration:
    by = reader.choice("by", tuple(SECONDS_BY))
    return Duration(reader.column("start"), reader.column("end"), by)  # type: ignore[arg-type]


def _over(reader: _Reader) -> Derivation:
    inner = _Reader(reader.data["over"], reader.at("over"), ("column", "threshold", "start", "end", "by"))
    threshold = inner.number("threshold")
    if "column" not in inner.data:
        return LongerThan(_duration(inner), threshold)
    for key in ("start", "end", "by"):
        if key in inner.data:
            raise MappingError(inner.at(key), "only_without_column")
    return Over(inner.column("column"), threshold)
