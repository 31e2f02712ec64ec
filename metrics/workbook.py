"""PURE: tables as a workbook: one sheet a table, numbers as numbers with the page's decimals, no formula ever."""

import io
import re
from collections.abc import Sequence

import xlsxwriter

from metrics.tables import Cell, Table

LONGEST = 31  # characters of a sheet's name
WIDEST, NARROWEST = 60, 8
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def workbook(tables: Sequence[Table]) -> bytes:
    """The tables in order; a text that begins like a formula stays the text it is."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, PLAIN) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        formats = {
            places: book.add_format({"num_format": "#,##0" + ("." + "0" * places if places else "")})
            for places in {cell.decimals for table in tables for row in table.rows for cell in row}
        }
        for table, name in zip(tables, _names([table.slug for table in tables]), strict=True):
            _sheet(book.add_worksheet(name), table, head, formats)
    return out.getvalue()


def _names(slugs: Sequence[str]) -> list[str]:
    """Names a workbook takes, each once."""
    names: list[str] = []
    for slug in slugs:
        base, taken, number = FORBIDDEN.sub(" ", slug)[:LONGEST], {name.lower() for name in names}, 2
        name = base
        while name.lower() in taken:
            name, number = f"{base[: LONGEST - 4]} {number}", number + 1
        names.append(name)
    return names


def _sheet(sheet: "xlsxwriter.worksheet.Worksheet", table: Table, head: object, formats: dict[int, object]) -> None:
    kept = [place for place, column in enumerate(table.columns) if column.where != "page"]
    sheet.write_string(0, 0, table.caption)
    for across, place in enumerate(kept):
        sheet.write_string(2, across, table.columns[place].label, head)
        longest = max((len(row[place].text) for row in table.rows), default=0)
        sheet.set_column(across, across, min(WIDEST, max(NARROWEST, longest + 2)))
    for down, row in enumerate(table.rows, start=3):
        for across, place in enumerate(kept):
            _cell(sheet, (down, across), row[place], formats)
    sheet.freeze_panes(3, 1)


def _cell(
    sheet: "xlsxwriter.worksheet.Worksheet", place: tuple[int, int], cell: Cell, formats: dict[int, object]
) -> None:
    if cell.value is None:
        sheet.write_string(*place, cell.text)
    else:
        sheet.write_number(*place, float(cell.value), formats[cell.decimals])
