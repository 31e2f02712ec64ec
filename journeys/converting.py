"""In the sandboxed child: any file as the plain UTF-8 text the strict reading knows, beside the work.

Workbooks, other encodings, several rows of headings, lines above and below the table: all are gone in the copy, and
every row keeps its number. What a person must know of it travels in the order's ``notes``.
"""

import csv
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from journeys.orders import Order
from journeys.reading import layout, records, workbook
from journeys.reading.answers import FileFormat, Header
from journeys.reading.mapping import SourceMapping, Value, parse_mapping
from journeys.reading.periods import periods_in
from journeys.reading.problems import MOST, Problem, Unreadable
from journeys.reading.shape import HEAD, SEPARATORS, WORKBOOKS, other_kind, plain
from journeys.reading.survey import guessed, head_encoding, survey
from journeys.reading.tools import recognised

WIDE = ("utf-16-le", "utf-16-be")
TAIL = 1 << 16
_BLOCK = 1 << 22


def converted(order: Order) -> Order:
    """The order about the plain copy; the order itself where the file already is plain. Unreadable for others."""
    mapping = parse_mapping(order.mapping, {facts.slug: facts for facts in order.indicators})
    with order.file.open("rb") as file:
        head = file.read(HEAD)
        if other_kind(head) in WORKBOOKS:
            return _from_workbook(order, mapping)
        if head.strip(b"\xef\xbb\xbf\r\n \t") and not other_kind(head):
            return _from_text(order, mapping, file, head)
    return order


def _from_text(order: Order, mapping: SourceMapping, file: BinaryIO, head: bytes) -> Order:
    form = mapping.format
    encoding = form.encoding if form.encoding in WIDE else head_encoding(head, form.encoding)
    guess = form.encoding is None and encoding == "utf-8-sig" and not _is_utf8(head)
    found = survey(file, ",") if guess else None
    encoding = found.encoding if found and not found.broken else encoding
    text = head[: len(head) - len(head) % 2].decode(encoding, "replace")
    separator = form.separator or layout.told(text) or _separator(text, mapping)
    rows = layout.split(text, separator)
    header = _header(form, rows)
    notes = {"period": periods_in([order.name, *_above(rows, header)])} if mapping.period == "file" else {}
    if header == Header() and not form.footer and encoding in ("utf-8", "utf-8-sig", "utf-16"):
        return replace(order, notes={**order.notes, **notes})
    warnings = [guessed(file, encoding).as_json()] if found and found.guessed else []
    copy = order.work / "converted.csv"
    file.seek(0)
    source = io.TextIOWrapper(
        records.Kept(file), encoding, "strict" if "16" in encoding else "surrogateescape", newline=""
    )
    try:
        with copy.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out:
            _copy_text(source, out, header, separator)
    except UnicodeError:
        raise Unreadable(Problem("unknown_encoding")) from None
    warnings += _without_footer(copy, separator, form.footer)
    told = {"encoding": "utf-8" if encoding == "utf-8-sig" else encoding, "warnings": warnings, **notes}
    return _about(order, copy, separator, told)


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(head) == HEAD and error.start > HEAD - 4
    return True


def _separator(text: str, mapping: SourceMapping) -> str:
    """The separator under which a row in sight holds most of the wanted columns; else the most regular one."""
    wanted = {plain(name).casefold() for name in mapping.headings}

    def held(separator: str) -> int:
        rows = layout.split(text, separator)[: layout.LOOK]
        return max((len(wanted & {plain(cell).casefold() for cell in row}) for row in rows), default=0)

    best = max(SEPARATORS, key=held)
    return best if held(best) else layout.separator_of(text)


def _header(form: FileFormat, rows: Sequence[Sequence[str]]) -> Header:
    """Where the headings are: as answered; else as the survey tool writes them, where it writes several rows."""
    if form.header != Header():
        row = form.header.row or next((i for i, cells in enumerate(rows, 1) if any(map(str.strip, cells))), 1)
        return replace(form.header, row=row)
    for i in range(3):
        tool = recognised(rows[i : i + 3], i + 1)
        if tool and tool.header.rows > 1:
            return tool.header
    return Header()


def _above(rows: Sequence[Sequence[str]], header: Header) -> Iterator[str]:
    """The lines above the headings; the first lines where nobody said where those are."""
    for row in rows[: header.row - 1 if header.row else 1]:
        yield " ".join(row)


def _copy_text(source: TextIO, out: TextIO, header: Header, separator: str) -> None:
    """Blank lines above, one row of headings, and the rest as it is."""
    if header != Header():
        reader = csv.reader(source, delimiter=separator)
        try:
            rows = list(itertools.islice(reader, header.row - 1 + header.rows))
        except csv.Error:
            raise Unreadable(Problem("unclosed_quote", row=reader.line_num)) from None
        out.write("\n" * (len(rows) - 1))
        csv.writer(out, delimiter=separator, lineterminator="\n").writerow(
            layout.joined(rows[header.row - 1 :], header)
        )
    while block := source.read(_BLOCK):
        out.write(block)


def _without_footer(copy: Path, separator: str, footer: Sequence[str]) -> list[dict[str, Any]]:
    """Cut the copy where its footer begins, if it does within the last lines; the warning that says so."""
    if not footer:
        return []
    with copy.open("r+b") as file:
        start = max(0, file.seek(0, io.SEEK_END) - TAIL)
        file.seek(start)
        lines = file.read().splitlines(keepends=True)
        offsets = list(itertools.accumulate(map(len, lines), initial=start))
        for i in range(1 if start else 0, len(lines)):
            cells = layout.split(lines[i].decode("utf-8", "replace"), separator)
            outside = b"".join(lines[i:]).count(b'"') % 2 == 0
            if cells and outside and layout.ends_the_table(cells[0], footer):
                file.truncate(offsets[i])
                left = sum(bool(line.strip()) for line in lines[i:])
                first = next(cell.strip() for cell in cells[0] if cell.strip())
                return [Problem("footer_rows", value=first, expected=str(left)).as_json()]
    return []


def _about(order: Order, copy: Path, separator: str, notes: Mapping[str, Any]) -> Order:
    """The order about the copy: what was answered of the file as a whole is done with."""
    form = dict(order.mapping.get("format") or {})
    for key in ("header", "footer", "sheet"):
        form.pop(key, None)
    form |= {"encoding": "utf-8", "separator": separator}
    return replace(order, file=copy, mapping={**order.mapping, "format": form}, notes={**order.notes, **notes})


def _from_workbook(order: Order, mapping: SourceMapping) -> Order:
    book = workbook.Book(order.file, mapping.format.sheet)
    first = [cells for _, cells in itertools.islice(_numbered(book, layout.LOOK), layout.LOOK)]
    header = _header(mapping.format, first)
    at = header.row or next((i for i, cells in enumerate(first, 1) if any(map(str.strip, cells))), 1)
    names = layout.joined(first[at - 1 : at - 1 + header.rows], header)
    last, wanted = at + header.rows - 1, {plain(name).casefold(): name for name in mapping.headings}
    columns = {i: wanted[key] for i, name in enumerate(names) if (key := plain(name).casefold()) in wanted}
    if problems := workbook.faults(book, columns, last):
        raise Faulty(problems)
    write = [workbook.writer(mapping.numbers(columns.get(i, "")).decimal) for i in range(len(names))]
    copy = order.work / "converted.csv"
    with copy.open("w", encoding="utf-8", newline="") as out:
        left = _write_rows(out, book, (names, last, write), mapping.format.footer)
    warnings = [*_told_of(book, mapping, first), *left]
    notes: dict[str, Any] = {"encoding": "utf-8", "sheet": book.name, "kind": book.scan.kind, "warnings": warnings}
    if mapping.period == "file":
        notes["period"] = periods_in([order.name, book.name, *_above(first, replace(header, row=at))])
    return _dated(_about(order, copy, ",", notes), mapping)


class Faulty(Unreadable):
    """A workbook with cells that cannot be read, each with its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0])
        self.problems, self.total = list(problems[:MOST]), len(problems)


def _numbered(book: workbook.Book, most: int) -> Iterator[tuple[int, list[str]]]:
    """The rows one after the other, empty ones where the workbook skips some."""
    at = 0
    for row, cells in book.rows(most=most):
        yield from ((i, []) for i in range(at + 1, row))
        at = row
        yield row, cells


def _write_rows(
    out: TextIO,
    book: workbook.Book,
    head: tuple[Sequence[str], int, Sequence[workbook.Write]],
    footer: Sequence[str],
) -> list[dict[str, Any]]:
    """Headings and rows as CSV; the warning about the rows below the table."""
    names, last, write = head
    lines = csv.writer(out, lineterminator="\n")
    out.write("\n" * (last - 1))
    lines.writerow(names)
    at, width = last, len(names)
    for row, cells in book.rows(write):
        if row <= last or not any(cells):
            continue
        if footer and layout.ends_the_table(cells, footer):
            return [Problem("footer_rows", value=next(filter(None, cells)), expected="1").as_json()]
        out.write("\n" * (row - at - 1))
        at = row
        while len(cells) > width and not cells[-1]:
            cells.pop()
        lines.writerow(cells)
    return []


def _told_of(book: workbook.Book, mapping: SourceMapping, first: Sequence[Sequence[str]]) -> Iterator[dict[str, Any]]:
    """Warnings: other sheets, hidden ones and rows, links, numbers kept as text."""
    shown = [one.name for one in book.sheets if not one.hidden and one.name != book.name]
    if shown and not mapping.format.sheet:
        yield Problem("other_sheets", value=", ".join(shown)[:60], expected=book.name).as_json()
    for one in book.sheets:
        if one.hidden and one.name != book.name:
            yield Problem("hidden_sheet", value=one.name).as_json()
    if book.part.hidden:
        yield Problem("hidden_rows", value=str(book.part.hidden)).as_json()
    if book.scan.links:
        yield Problem("external_links", value=str(len(book.scan.links))).as_json()
    for name in book.mixed([d.column for _, d in mapping.values if isinstance(d, Value)], first, (float, int)):
        yield Problem("text_numbers", column=name).as_json()
    for name in book.mixed([mapping.date], first, (date,)):
        yield Problem("text_dates", column=name).as_json()


def _dated(order: Order, mapping: SourceMapping) -> Order:
    """Cells that are days were written year, month, day: that is one more way of writing them."""
    form = {**order.mapping["format"], "dates": list(dict.fromkeys((*mapping.format.dates, *workbook.ISO)))}
    columns = {name: dict(answers) for name, answers in (order.mapping.get("columns") or {}).items()}
    for answers in columns.values():
        if given := answers.get("dates"):
            answers["dates"] = [*([given] if isinstance(given, str) else given), *workbook.ISO]
    more = {"columns": columns} if columns else {}
    return replace(order, mapping={**order.mapping, "format": form, **more})
