"""PURE: the rows of a workbook's sheet as texts, written as a department would have written them in a CSV.

Only after ``xlsx.scan``, and only in the sandboxed child: the parser is not ours. Rows keep their numbers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from journeys.reading.described import Recognised, Sheet
from journeys.reading.problems import Problem, Unreadable, shown
from journeys.reading.recognise import MOST_ROWS, recognise_rows
from journeys.reading.xlsx import Part, Scan, column_letters, scan

ISO = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
MOST_SHEETS = 20
Write = Callable[[Any], str]


class Book:
    """A workbook that passed the scan, and the sheet to be read."""

    def __init__(self, path: Path, wanted: str = "") -> None:
        with path.open("rb") as file:
            self.scan: Scan = scan(file)
        try:
            self.book = CalamineWorkbook.from_path(str(path))
            self._seen: dict[str, CalamineSheet] = {}
            kept = [one for one in self.book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
            self.sheets = [Sheet(one.name, one.visible != SheetVisibleEnum.Visible, 0) for one in kept[:MOST_SHEETS]]
            self.name = self._chosen(wanted)
            self.sheet = self._sheet(self.name)
        except (CalamineError, OSError) as error:
            raise Unreadable(Problem("old_workbook" if "assword" in str(error) else "broken_workbook")) from None
        except BaseException as error:
            if type(error).__name__ != "PanicException":
                raise
            raise Unreadable(Problem("broken_workbook")) from None

    def _chosen(self, wanted: str) -> str:
        if wanted:
            found = next((one.name for one in self.sheets if one.name.strip() == wanted.strip()), None)
            if found is None:
                names = ", ".join(one.name for one in self.sheets)
                raise Unreadable(Problem("no_such_sheet", value=shown(names), expected=wanted))
            return found
        visible = [one.name for one in self.sheets if not one.hidden]
        if not visible:
            raise Unreadable(Problem("no_sheet"))
        return next((name for name in visible if self._rows(name)), visible[0])

    def _sheet(self, name: str) -> CalamineSheet:
        if name not in self._seen:
            self._seen[name] = self.book.get_sheet_by_name(name)
        return self._seen[name]

    def _rows(self, name: str) -> int:
        return int(self._sheet(name).total_height)

    def counted(self) -> list[Sheet]:
        """The sheets with their numbers of rows."""
        return [Sheet(one.name, one.hidden, self._rows(one.name)) for one in self.sheets]

    @property
    def part(self) -> Part:
        """What the scan saw in the sheet; nothing for an OpenDocument sheet."""
        names = sorted(self.scan.parts, key=lambda name: (len(name), name))
        place = [one.name for one in self.sheets].index(self.name)
        return self.scan.parts[names[place]] if place < len(names) == len(self.sheets) else Part()

    def rows(self, write: Sequence[Write] = (), most: int | None = None) -> Iterator[tuple[int, list[str]]]:
        """Number and texts of every row that says something; ``write`` puts each column's cells into words."""
        top, left = self.sheet.start or (0, 0)
        before = [""] * left
        for row, cells in enumerate(self.sheet.to_python(skip_empty_area=True, nrows=most), top + 1):
            made = before + [
                cell if type(cell) is str else (write[i] if i < len(write) else plainly)(cell)
                for i, cell in enumerate(cells, left)
            ]
            yield row, made

    def mixed(self, names: Sequence[str], first: Sequence[Sequence[str]], kinds: tuple[type, ...]) -> list[str]:
        """Those columns in which the first rows hold both cells of these kinds and such cells kept as text."""
        heads = next((row for row in first if set(names) <= set(row)), [])
        left = (self.sheet.start or (0, 0))[1]
        rows = self.sheet.to_python(skip_empty_area=True, nrows=1000)
        made = []
        for name in names:
            at = heads.index(name) - left if name in heads else -1
            cells = [row[at] for row in rows if 0 <= at < len(row)]
            texts = any(isinstance(cell, str) and cell[:1].isdigit() for cell in cells)
            if texts and any(isinstance(cell, kinds) for cell in cells):
                made.append(name)
        return made


def recognise_book(path: Path, filename: str, answers: Mapping[str, Any] | None, wanted: str = "") -> Recognised:
    """What a workbook is, before anybody answered anything."""
    book = Book(path, wanted)
    rows: list[Sequence[str]] = []
    for row, cells in book.rows(most=MOST_ROWS):
        rows.extend([] for _ in range(row - len(rows) - 1))
        rows.append(cells)
    return recognise_rows(book.scan.kind, rows, filename, answers, (book.counted(), book.name))


def plainly(cell: Any) -> str:
    """A cell with a decimal point and days as year, month, day."""
    return written(cell, ".")


def writer(decimal: str) -> Write:
    """Puts cells into words with this decimal mark."""
    return lambda cell: written(cell, decimal)


def written(cell: Any, decimal: str) -> str:
    """One cell, a day as year, month, day. Numbers keep the fifteen digits that a spreadsheet keeps."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | int):
        if cell == int(cell) and abs(cell) < 1e15:
            return str(int(cell))
        text = format(cell, ".15g")
        text = f"{Decimal(text):f}" if "e" in text else text
        return text if decimal == "." else text.replace(".", decimal)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds") if cell.time() != time(0) else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = int(cell.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return str(cell)


def faults(book: Book, columns: Mapping[int, str], header_row: int) -> list[Problem]:
    """Formulas without a value, formulas in error and merged cells, in the columns that are read."""
    part, found = book.part, []
    for (row, column), said in sorted(part.faults.items()):
        if row > header_row and column - 1 in columns:
            code = "formula_error" if said else "formula_without_value"
            found.append(Problem(code, row, columns[column - 1], said))
    for top, left, bottom, right in part.merged:
        inside = next((columns[i] for i in range(left - 1, right) if i in columns), None)
        if bottom > header_row and inside is not None:
            where = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}"
            found.append(Problem("merged_cells", max(top, header_row + 1), inside, where))
    return found
