"""PURE: what people answered about a file, once: where its headings are, and how each column is written.

Part of a source's mapping, under ``format`` and ``columns``, so that it is remembered with the source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from journeys.reading import dates
from journeys.reading.checked import MappingError, Reader, column, number
from journeys.reading.numbers import NumberFormat

ENCODINGS = (
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "iso-8859-15", "cp1250", "cp850", "mac-roman"
)  # fmt: skip
SEPARATORS = (",", ";", "\t", "|")
COLUMN = ("decimal", "thousands", "mixed", "dates", "null", "reversed", "labels", "pseudonymise")
TOOLS = ("qualtrics", "surveymonkey", "limesurvey", "google_forms", "typeform", "formbricks")
MOST_HEADER_ROW, MOST_HEADER_ROWS = 200, 5


@dataclass(frozen=True)
class Header:
    """Where the headings are: first row (0: the first that is not blank), how many, and which of them names a column.

    ``joined``: the rows' texts together, a merged heading carried over the empty cells to its right.
    """

    row: int = 0
    rows: int = 1
    names: Literal["first", "last", "joined"] = "first"


@dataclass(frozen=True)
class FileFormat:
    """How the file is written; None where the file itself tells. ``footer``: beginnings of rows that end the table."""

    separator: str | None = None
    encoding: str | None = None
    numbers: NumberFormat = field(default_factory=NumberFormat)
    dates: tuple[str, ...] = dates.DEFAULT_FORMATS
    header: Header = field(default_factory=Header)
    sheet: str = ""
    footer: tuple[str, ...] = ()
    tool: str = ""


@dataclass(frozen=True)
class ColumnAnswers:
    """How one column is written, where it differs from the file; and what its texts mean.

    ``null``: more texts that mean "no answer"; ``reversed``: the two ends of a scale that runs the other way;
    ``labels``: texts that stand for numbers; ``pseudonymise``: identifiers of people may be here.
    """

    numbers: NumberFormat | None = None
    dates: tuple[str, ...] = ()
    null: tuple[str, ...] = ()
    reversed: tuple[Decimal, Decimal] | None = None
    labels: tuple[tuple[str, Decimal], ...] = ()
    pseudonymise: bool = False


def file_format(data: Any) -> FileFormat:
    """The checked ``format`` of a mapping."""
    keys = ("separator", "encoding", "decimal", "thousands", "dates", "header", "sheet", "footer", "tool")
    reader = Reader(data, "format", keys)
    separator = data.get("separator")
    if separator is not None and separator not in SEPARATORS:
        raise MappingError("format.separator", "unknown_choice", {"value": str(separator), "known": ", ; | \\t"})
    return FileFormat(
        separator,
        reader.choice("encoding", ENCODINGS, "utf-8") if "encoding" in data else None,
        _numbers(reader) or NumberFormat(),
        _dates(reader) or dates.DEFAULT_FORMATS,
        _header(data.get("header"), reader.at("header")),
        reader.text("sheet", ""),
        reader.texts("footer"),
        reader.choice("tool", TOOLS) if "tool" in data else "",
    )


def columns(data: Any) -> Mapping[str, ColumnAnswers]:
    """The checked ``columns`` of a mapping: answers by header."""
    top = Reader(data or {}, "columns", None)
    return {column(str(name), top.at(str(name))): _answers(one, top.at(str(name))) for name, one in top.data.items()}


def _answers(data: Any, path: str) -> ColumnAnswers:
    reader = Reader(data, path, COLUMN)
    labels = Reader(data.get("labels") or {}, reader.at("labels"), None)
    ends = data.get("reversed")
    if ends is not None and (not isinstance(ends, list) or len(ends) != 2):
        raise MappingError(reader.at("reversed"), "two_ends")
    for key in ("pseudonymise", "mixed"):
        if not isinstance(data.get(key, False), bool):
            raise MappingError(reader.at(key), "not_a_boolean")
    return ColumnAnswers(
        _numbers(reader),
        _dates(reader),
        reader.texts("null"),
        (number(ends[0], reader.at("reversed")), number(ends[1], reader.at("reversed"))) if ends else None,
        tuple((str(text).strip(), labels.number(text)) for text in labels.data),
        data.get("pseudonymise", False),
    )


def _numbers(reader: Reader) -> NumberFormat | None:
    if "decimal" not in reader.data and "thousands" not in reader.data:
        return None
    decimal = reader.choice("decimal", (".", ","), ".")
    thousands = str(reader.data.get("thousands") or "")
    if thousands not in ("", ".", ",", "'", " ", "\u00a0", "\u202f") or thousands == decimal:
        raise MappingError(reader.at("thousands"), "unknown_choice", {"value": thousands, "known": ". , '"})
    return NumberFormat(decimal, thousands, reader.data.get("mixed", False))


def _dates(reader: Reader) -> tuple[str, ...]:
    given = reader.data.get("dates")
    formats = (given,) if isinstance(given, str) else reader.texts("dates")
    for text in formats:
        if not dates.format_is_known(text):
            raise MappingError(reader.at("dates"), "unknown_date_format", {"value": text})
    return formats


def _header(data: Any, path: str) -> Header:
    reader = Reader(data or {}, path, ("row", "rows", "names"))
    names = reader.choice("names", ("first", "last", "joined"), "first")
    row = reader.whole("row", 1, MOST_HEADER_ROW) if "row" in reader.data else 0
    return Header(row, reader.whole("rows", 1, MOST_HEADER_ROWS), names)  # type: ignore[arg-type]
