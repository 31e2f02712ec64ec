"""PURE: the strict reader. Every record of a delimited text, or the row and column at which it cannot be trusted.

It decides what a file says; the fast reader is used only where it cannot disagree. What it accepts is written again in
one unambiguous form: UTF-8, one line a record, the row's number first, cells parted by a character no cell may hold.
"""

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, TextIO

from journeys.reading.problems import MOST, Problem, Unreadable, shown
from journeys.reading.shape import Shape
from journeys.reading.survey import Survey

LONGEST_CELL = 4000
PART = "\x1f"
LINE_MARK = "\u2028"
_BATCH = 2000
_ESCAPED = re.compile("[\udc80-\udcff]")
_NEWLINES = re.compile("\r\n|\r|\n")


class Problems:
    """The first thousand problems of a file, and how many there are."""

    def __init__(self) -> None:
        self.first: list[Problem] = []
        self.total = 0

    def add(self, problem: Problem) -> None:
        """Keep the problem, or only count it beyond the first thousand."""
        self.total += 1
        if len(self.first) < MOST:
            self.first.append(problem)


class Kept(io.BufferedReader):
    """A reader whose closing, by the text wrapper at its end of life, leaves the file open."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, 1 << 20)  # type: ignore[arg-type]

    def close(self) -> None:
        return


def _text(file: BinaryIO, found: Survey) -> TextIO:
    file.seek(0)
    escape = "strict" if found.encoding == "utf-16" else "surrogateescape"
    encoding = "utf-8-sig" if found.encoding == "utf-8" else found.encoding
    return io.TextIOWrapper(Kept(file), encoding, errors=escape, newline="")


def records(file: BinaryIO, shape: Shape, found: Survey) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of every record after the header; Unreadable where quotes or bytes make no sense.

    Blank lines count as rows, as in a spreadsheet, and are not given. Lines inside quotes do not count.
    """
    csv.field_size_limit(LONGEST_CELL)
    row, header, wide = 0, shape.header_row, len(shape.columns) > 1
    try:
        for row, record in enumerate(csv.reader(_text(file, found), delimiter=shape.separator, strict=True), 1):
            if row > header and record and not (wide and len(record) == 1 and not record[0].strip()):
                yield row, record
    except csv.Error as error:
        raise Unreadable(_quote_problem(str(error), row + 1, _record(file, shape, found, row), shape)) from None
    except UnicodeError:
        raise Unreadable(Problem("unknown_encoding", row=row + 1)) from None


def _record(file: BinaryIO, shape: Shape, found: Survey, before: int) -> list[str]:
    """The first lines of the record that comes after so many others."""
    text = _text(file, found)
    for _ in itertools.islice(csv.reader(text, delimiter=shape.separator, strict=True), before):
        pass
    try:
        return list(itertools.islice(text, 50))
    except UnicodeError:
        return []


def _quote_problem(error: str, row: int, lines: Sequence[str], shape: Shape) -> Problem:
    """What the error means: quotes never closed, text after quotes, or a cell longer than any should be."""
    first = lines[0].rstrip("\r\n") if lines else ""
    if "expected after" in error:
        place = _quote_column("".join(lines), shape.separator)
        column = shape.columns[place] if place < len(shape.columns) else ""
        return Problem("text_after_quote", row, column, shown(first))
    if "field limit" in error and first.count('"') % 2 == 0:
        cells = first.split(shape.separator)
        place = max(range(len(cells)), key=lambda i: len(cells[i]))
        column = shape.columns[place] if '"' not in first and place < len(shape.columns) else ""
        return Problem("cell_too_long", row, column, str(len(cells[place])), str(LONGEST_CELL))
    return Problem("unclosed_quote", row, value=shown(first))


def _quote_column(text: str, separator: str) -> int:
    """Position of the first cell in which something follows the closing quote."""
    place, at = 0, 0
    while at < len(text):
        if text[at] == '"':
            closing = re.compile(r'(?:[^"]|"")*"').match(text, at + 1)
            if closing is None or text[closing.end() : closing.end() + 1] not in (separator, "\r", "\n", ""):
                return place
            at = closing.end()
        following = text.find(separator, at)
        if following < 0:
            return place
        place, at = place + 1, following + 1
    return place


def rewrite(file: BinaryIO, out: TextIO, shape: Shape, positions: Sequence[int], found: Survey) -> Problems:
    """Write the wanted cells of every record in the one form; the problems, none when all could be written."""
    problems, batch = Problems(), []
    width, doubtful = len(shape.columns), found.broken or found.nul or found.encoding == "utf-16"
    for row, record in records(file, shape, found):
        if len(record) != width:
            extra = {"fields": len(record), "expected": width, "separator": shape.separator}
            problems.add(Problem("ragged_row", row, value=shown(shape.separator.join(record)), extra=extra))
        elif doubtful and (problem := _cell_problem(row, record, shape)):
            problems.add(problem)
        elif not problems.total:
            batch.append(_line(row, [record[position] for position in positions]))
            if len(batch) == _BATCH:
                out.writelines(batch)
                batch.clear()
    out.writelines(batch)
    return problems


def _line(row: int, cells: list[str]) -> str:
    line = f"{row}{PART}{PART.join(cells)}"
    if line.count(PART) != len(cells):
        line = f"{row}{PART}{PART.join(cell.replace(PART, LINE_MARK) for cell in cells)}"
    if "\n" in line or "\r" in line:
        line = _NEWLINES.sub(LINE_MARK, line)
    return line + "\n"


def _cell_problem(row: int, record: Sequence[str], shape: Shape) -> Problem | None:
    for column, cell in zip(shape.columns, record, strict=True):
        if bad := _ESCAPED.search(cell):
            text = _ESCAPED.sub("\ufffd", cell)
            return Problem("bad_byte", row, column, shown(text), extra={"byte": f"0x{ord(bad[0]) - 0xDC00:02X}"})
        if "\0" in cell:
            return Problem("null_character", row, column, shown(cell.replace("\0", "\ufffd")))
    return None
