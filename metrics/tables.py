"""PURE: one table for the page and for the CSV file, so that both always show the same digits."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from company import formats


@dataclass(frozen=True)
class Bullet:
    """A row's bar (now), tick (previous) and thin line (target), in hundredths of the width; empty where unknown."""

    now: str
    before: str = ""
    target: str = ""


@dataclass(frozen=True)
class Cell:
    """``text`` as the page shows it; ``value`` with ``decimals`` where it is a number, as the file writes it.

    ``verdict`` puts a mark before the text, ``note`` a smaller line after it, ``href`` makes it a link.
    ``inner``: its row is a part of one above.
    """

    text: str = ""
    value: Decimal | None = None
    decimals: int = 0
    verdict: str = ""
    note: str = ""
    href: str = ""
    bullet: Bullet | None = None
    quiet: bool = False
    inner: bool = False


@dataclass(frozen=True)
class Column:
    """``where``: both, page (a bar, words that repeat other columns) or file (bounds and units of their own)."""

    label: str
    numeric: bool = False
    where: str = "both"


@dataclass(frozen=True)
class Table:
    """Rows of cells, as many as the columns; the first cell names its row."""

    slug: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def head(self) -> list[Column]:
        """The columns of the page."""
        return [column for column in self.columns if column.where != "file"]

    @property
    def body(self) -> list[list[tuple[Column, Cell]]]:
        """The rows of the page, each cell with its column."""
        return [
            [(column, cell) for column, cell in zip(self.columns, row, strict=True) if column.where != "file"]
            for row in self.rows
        ]


@dataclass(frozen=True)
class Digits:
    """A number as text that is not taken for a formula, whatever its sign."""

    text: str

    def __str__(self) -> str:
        return self.text


def lines(table: Table, locale: str) -> Iterator[list[object]]:
    """The table as a file has it: labels, then rows; numbers without thousands mark, in the language's decimals."""
    kept = [place for place, column in enumerate(table.columns) if column.where != "page"]
    yield [table.columns[place].label for place in kept]
    for row in table.rows:
        yield [_file_cell(row[place], locale) for place in kept]


def _file_cell(cell: Cell, locale: str) -> object:
    if cell.value is None:
        return cell.text
    return Digits(formats.plain(cell.value, cell.decimals, locale))


def number(value: Decimal | None, decimals: int, locale: str, signed: bool = False) -> Cell:
    """A number, or an en dash."""
    if value is None:
        return Cell("–")
    write = formats.signed if signed else formats.number
    return Cell(write(value, decimals, locale), formats.rounded(value, decimals), decimals)


def bullet(now: float | None, before: float | None, target: float | None, ends: tuple[float, float]) -> Bullet | None:
    """The marks of a bullet on a scale; None where there is no value or no scale that holds all of them."""
    low, high = ends
    known = [value for value in (now, before, target) if value is not None]
    if now is None or high <= low or not all(low <= value <= high for value in known):
        return None
    placed = ["" if value is None else f"{100 * (value - low) / (high - low):.2f}" for value in (now, before, target)]
    return Bullet(*placed)
