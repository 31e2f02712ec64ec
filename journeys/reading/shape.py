"""PURE: what a file is before its rows are read: its kind, separator, header row and columns."""

import csv
import difflib
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from journeys.reading.problems import Problem, Unreadable, shown

HEAD = 1 << 16
SEPARATORS = (",", ";", "\t", "|")
WORKBOOKS = ("xlsx", "ods")
MOST_COLUMNS = 100
LONGEST_HEADER = 128
SURVEY = (2000, 2000)
LOOK_FOR_HEADER = 20
_MAGIC = (
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"%PDF", "pdf"),
    (b"\xff\xd8\xff", "image"),
    (b"\x89PNG", "image"),
    (b"GIF8", "image"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "zip"),
    (b"Rar!", "zip"),
    (b"PAR1", "parquet"),
    (b"SQLite format", "database"),
    (b"{\\rtf", "rtf"),
)
_MARKUP = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|\?xml|meta)\b", re.I | re.S)
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Shape:
    """A delimited text: separator, row of the header (the first line is 1), columns as written."""

    separator: str
    header_row: int
    columns: tuple[str, ...]


def other_kind(head: bytes) -> str:
    """What the file is when it is not text: xlsx, xls, pdf, zip, html …; empty for text."""
    if head.startswith(b"PK\x03\x04"):
        if b"xl/" in head:
            return "xlsx"
        return "ods" if b"opendocument.spreadsheet" in head else "zip"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return "html" if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")) else ""


def plain(header: str) -> str:
    """The header as compared: NFC, without invisible characters, spaces collapsed and trimmed."""
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", header)).split())


def read_shape(text: str, wanted: Collection[str], declared: str | None = None, *, survey_tool: bool = False) -> Shape:
    """The shape of the text that begins so; Unreadable when no row in sight can be the header.

    Of several separators, the one whose header holds most of the wanted columns (then most columns) is taken.
    A survey tool's export has a column for each question, headed by the whole question.
    """
    first_row, declared, body = _separator_line(text, declared)
    shapes = [_shape(body, separator, first_row, wanted) for separator in ((declared,) if declared else SEPARATORS)]
    best = max(shapes, key=lambda shape: (len(_found(shape.columns, wanted)), len(shape.columns)))
    most, longest = (MOST_COLUMNS, LONGEST_HEADER) if not survey_tool else SURVEY
    if len(best.columns) > most:
        raise Unreadable(Problem("too_many_columns", value=str(len(best.columns)), expected=str(most)))
    _check_headers(best, longest)
    if declared and len(_found(best.columns, wanted)) < len(wanted):
        for separator in SEPARATORS:
            if len(_found(_shape(body, separator, first_row, wanted).columns, wanted)) == len(wanted):
                raise Unreadable(Problem("wrong_separator", value=separator, expected=declared))
    return best


def locate(columns: Sequence[str], wanted: Collection[str]) -> dict[str, int]:
    """Position of each wanted column; Unreadable naming the first missing one and the header most like it."""
    found = _found(columns, wanted)
    for name in wanted:
        if name not in found:
            close = difflib.get_close_matches(plain(name).casefold(), [plain(c).casefold() for c in columns], 1, 0.6)
            like = next((c for c in columns if close and plain(c).casefold() == close[0]), "")
            extra = {"like": shown(like), "columns": [shown(column) for column in columns[:30]]}
            raise Unreadable(Problem("missing_column", column=name, extra=extra))
    return found


def _found(columns: Sequence[str], wanted: Collection[str]) -> dict[str, int]:
    exact = {plain(column): i for i, column in reversed(list(enumerate(columns)))}
    loose = {name.casefold(): i for name, i in exact.items()}
    places = {name: exact.get(plain(name), loose.get(plain(name).casefold())) for name in wanted}
    return {name: place for name, place in places.items() if place is not None}


def _separator_line(text: str, declared: str | None) -> tuple[int, str | None, str]:
    """Row of the first line that counts, separator, text: Excel's ``sep=;`` line is consumed."""
    match = re.match(r'"?sep=([,;|\t])"?\r?\n', text, re.IGNORECASE)
    return (2, match[1], text[match.end() :]) if match else (1, declared, text)


def _records(text: str, separator: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error:
        return


def _shape(text: str, separator: str, first_row: int, wanted: Collection[str]) -> Shape:
    """The shape under this separator: the first row that is not blank is the header."""
    header: tuple[int, list[str]] | None = None
    for row, record in enumerate(_records(text, separator), first_row):
        if row > first_row + LOOK_FOR_HEADER:
            break
        if not any(cell.strip() for cell in record):
            continue
        if header is None:
            header = (row, record)
            if len(_found(record, wanted)) == len(wanted):
                break
        elif wanted and len(_found(record, wanted)) == len(wanted):
            raise Unreadable(Problem("header_elsewhere", row=row, value=shown(separator.join(header[1]))))
    if header is None:
        raise Unreadable(Problem("empty"))
    return Shape(separator, header[0], tuple(header[1]))


def _check_headers(shape: Shape, longest: int) -> None:
    """Two equal headers cannot be told apart, and a header of a page of text is no header."""
    places: dict[str, int] = {}
    for position, column in enumerate(shape.columns, 1):
        if len(column) > longest:
            raise Unreadable(
                Problem("header_too_long", row=shape.header_row, value=shown(column), expected=str(longest))
            )
        name = plain(column)
        if name and name in places:
            extra = {"first": places[name], "second": position}
            raise Unreadable(Problem("header_twice", row=shape.header_row, column=name, extra=extra))
        places[name] = position
