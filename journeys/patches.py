"""In the sandboxed child: rows that a person corrected in a spreadsheet, as edits of the file they come from.

The sheet is the one this product gave out: the row's number first, the file's columns, what was wrong last. Only cells
that differ from the file as corrected so far become edits, so nothing else can change.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, load_workbook

from journeys import correcting
from journeys.edits import MOST, Edits
from journeys.orders import Order
from journeys.reading.answers import FileFormat
from journeys.reading.mapping import parse_mapping
from journeys.reading.problems import Unreadable
from journeys.reading.shape import SEPARATORS, other_kind, plain
from journeys.reading.xlsx import scan

MOST_CELLS = 200_000


class NotAPatch(Exception):
    """The sheet cannot be laid on the file; carries the problem's code."""


@dataclass(frozen=True)
class Sheet:
    """Columns and rows of a sheet of corrections: row number and cells by heading."""

    rows: Mapping[int, Mapping[str, str]]


def edits_of(order: Order) -> list[dict[str, Any]]:
    """The edits the patch of the order asks for; ``NotAPatch`` when it is none."""
    form = parse_mapping(order.mapping, {facts.slug: facts for facts in order.indicators}).format
    sheet = _read(Path(order.patch), form)
    held = correcting.rows_of(order, sheet.rows.keys())
    names = {plain(column): column for column in held["columns"]}
    if not sheet.rows or not any(plain(name) in names for cells in sheet.rows.values() for name in cells):
        raise NotAPatch("patch_without_rows")
    edits, before = [], Edits.of(order.edits)
    for row, *record in held["rows"]:
        given = {names[plain(name)]: text for name, text in sheet.rows[row].items() if plain(name) in names}
        now = before.apply(row, record, held["columns"]) or record
        edits += list(_differences(row, now, held["columns"], given))
    return edits[:MOST]


def _differences(
    row: int, record: Sequence[str], columns: Sequence[str], given: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    if len(record) != len(columns):
        yield {"row": row, "cells": [given.get(column, "") for column in columns]}
        return
    for column, text in zip(columns, record, strict=True):
        if column in given and given[column] != text.strip():
            yield {"row": row, "column": column, "to": given[column]}


def _read(file: Path, form: FileFormat) -> Sheet:
    head = file.read_bytes()[:4096]
    kind = other_kind(head)
    if kind in ("xlsx", "ods"):
        table = _workbook(file, form)
    elif kind:
        raise NotAPatch("patch_without_rows")
    else:
        table = _text(file)
    if not table:
        raise NotAPatch("patch_without_rows")
    heading, *lines = table
    rows = {
        int(line[0]): {name: text.strip() for name, text in zip(heading[1:], line[1:], strict=False) if name.strip()}
        for line in lines
        if line and line[0].strip().isdecimal() and len(line[0].strip()) < 10
    }
    return Sheet(rows)


def _workbook(file: Path, form: FileFormat) -> list[list[str]]:
    try:
        with file.open("rb") as opened:
            scan(opened)
        with load_workbook(file) as book:
            sheet = book.get_sheet_by_index(0)
            if sheet.total_height * sheet.total_width > MOST_CELLS:
                raise NotAPatch("patch_too_large")
            return [[_written(cell, form) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, Unreadable, OSError, ValueError) as error:
        raise NotAPatch("patch_without_rows") from error


def _written(cell: object, form: FileFormat) -> str:
    """The cell as the file it belongs to would have written it."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return f"{cell:.10f}".rstrip("0").rstrip(".").replace(".", form.numbers.decimal)
    if isinstance(cell, datetime):
        return cell.strftime(form.dates[0])
    if isinstance(cell, date):
        return cell.strftime(next((text for text in form.dates if "%H" not in text), form.dates[0]))
    return str(cell)


def _text(file: Path) -> list[list[str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = file.read_text(encoding="cp1252", errors="replace")
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise NotAPatch("patch_without_rows") from error
