"""Workbooks good and hostile, made by the tests."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

HEADINGS = ["id", "day", "shop", "vote"]
ROW = ["A-1", "2026-07-15", "x", 7]


def workbook(rows: Sequence[Sequence[Any]] = (HEADINGS, ROW)) -> bytes:
    """A workbook of one sheet with these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    return saved(book)


def saved(book: Any) -> bytes:
    """The bytes of a workbook of openpyxl."""
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def altered(parts: Mapping[str, bytes | None], content: bytes | None = None) -> bytes:
    """A good workbook with parts put in, replaced, or taken out (None)."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content or workbook())) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            if entry.filename not in parts:
                new.writestr(entry.filename, old.read(entry))
        for name, data in parts.items():
            if data is not None:
                new.writestr(name, data)
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def sheet(rows: bytes, before: bytes = b"") -> bytes:
    """A workbook whose sheet is written by hand."""
    return altered({SHEET: HEAD + before + b"<sheetData>" + rows + b"</sheetData></worksheet>"})


def line(number: int, *cells: object) -> bytes:
    """A row of inline texts."""
    made = "".join(
        f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' for i, cell in enumerate(cells)
    )
    return f'<row r="{number}">{made}</row>'.encode()
