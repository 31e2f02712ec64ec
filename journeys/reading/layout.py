"""PURE: where the table of a sheet begins and ends: separator, lines above, headings, lines below."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from journeys.reading import dates
from journeys.reading.answers import SEPARATORS, Header
from journeys.reading.periods import period_of_text
from journeys.reading.tools import Found, recognised

LOOK = 200
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,' \u00a0\u202f]*%?|[-+]?[.,][0-9]+")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
TOTAL = re.compile(
    r"(?:sub)?total[ei]?\b|somma\b|media\b|sum\b|average\b|fonte\b|source\b|nota\b|note\b", re.IGNORECASE
)
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Layout:
    """Rows above the headings, the headings joined into one row, the data, the rows below the data.

    ``first`` is the row of the first datum, as a spreadsheet counts.
    """

    header: Header
    names: tuple[str, ...]
    preamble: tuple[str, ...]
    footer: tuple[str, ...]
    data: list[tuple[int, Sequence[str]]]
    tool: Found | None
    headless: bool

    @property
    def header_row(self) -> int:
        """The last row of headings."""
        return self.header.row + self.header.rows - 1


def separator_of(text: str) -> str:
    """The separator under which most of the first rows have the same number of cells, above one."""
    return max(SEPARATORS, key=lambda separator: _regular(text, separator))


def told(text: str) -> str:
    """The separator of Excel's first line ``sep=;``; empty without one."""
    first = text[:8].casefold().strip('"')
    return first[4] if first.startswith("sep=") and len(first) > 4 and first[4] in SEPARATORS else ""


def _regular(text: str, separator: str) -> tuple[float, int]:
    rows = [row for row in split(text, separator)[:LOOK] if any(cell.strip() for cell in row)]
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[1] * min(item[0], 4), item[0]))
    return count * min(width, 4) / len(rows), width


def split(text: str, separator: str) -> list[list[str]]:
    """The cells of the text's rows, as far as quotes make sense."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    return rows


def lay_out(rows: Rows, answered: Header | None = None, footer: Sequence[str] = ()) -> Layout:
    """The layout of the rows, the first of which is row 1; headings where a person said, or where they seem to be."""
    start = 1 if rows and len(rows[0]) and re.match(r"sep=.?$", "".join(rows[0]).strip(), re.IGNORECASE) else 0
    tool = next((one for i in range(start, start + 3) if (one := recognised(rows[i : i + 3], i + 1))), None)
    at = answered.row - 1 if answered and answered.row else tool.header.row - 1 if tool else _begin(rows, start)
    header = answered if answered and answered.row else tool.header if tool else Header(at + 1, _deep(rows, at))
    if header.rows > 1 and not tool and not answered:
        header = Header(at + 1, header.rows, "joined")
    names = joined(rows[at : at + header.rows], header)
    data = [(i + 1, row) for i, row in enumerate(rows) if i >= at + header.rows and any(cell.strip() for cell in row)]
    data, below = _cut(data, footer)
    above = tuple(" ".join(cell for cell in row if cell.strip()) for row in rows[start:at])
    headless = not tool and any(_is_datum(name) and not _YEAR.fullmatch(name.strip()) for name in names)
    return Layout(header, names, tuple(line for line in above if line), below, data, tool, headless)


def joined(rows: Rows, header: Header) -> tuple[str, ...]:
    """One heading a column, from the rows of headings."""
    if not rows:
        return ()
    if header.names != "joined" or len(rows) == 1:
        return tuple(rows[-1 if header.names == "last" else 0])
    width = max(map(len, rows))
    filled = [
        _carried(row, width) if i < len(rows) - 1 else [*row, *[""] * (width - len(row))] for i, row in enumerate(rows)
    ]
    names = []
    for column in zip(*filled, strict=True):
        parts = list(dict.fromkeys(cell.strip() for cell in column if cell.strip()))
        parts = parts[:-1] if len(parts) > 1 and parts[-1] in ("Response", "Open-Ended Response") else parts
        names.append(" – ".join(parts))
    return told_apart(names)


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Equal headings made different by a number, where headings were put together by us."""
    seen: Counter[str] = Counter()
    made = []
    for name in names:
        seen[name] += 1
        made.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return tuple(made)


def _carried(row: Sequence[str], width: int) -> list[str]:
    """A row of headings in which a merged one stands over every column it covers."""
    made, last = [], ""
    for i in range(width):
        last = row[i].strip() or last if i < len(row) else last
        made.append(last)
    return made


def _begin(rows: Rows, start: int) -> int:
    """Index of the first row that looks like headings: as wide as most rows, and filled with words."""
    look = range(start, min(len(rows), start + LOOK))
    widths = Counter(_width(rows[i]) for i in look if _width(rows[i]) > 1)
    usual = max(widths, key=lambda width: (widths[width] * min(width, 4), width), default=1)
    for i in look:
        if _width(rows[i]) >= max(2, usual * 2 // 3) or (usual == 1 and _width(rows[i])):
            return i
    return start


def _deep(rows: Rows, at: int) -> int:
    """How many rows of headings there are: two when a row with gaps has a row of words under it, above the data."""
    if at + 2 >= len(rows) or all(cell.strip() for cell in rows[at]):
        return 1
    second, third = rows[at + 1], rows[at + 2]
    words = [cell for cell in second if cell.strip()]
    gaps = sum(not cell.strip() for cell in rows[at])
    fine = len(words) >= gaps and not any(map(_is_datum, words)) and any(map(_is_datum, third))
    return 2 if fine and len(set(words)) > 1 else 1


def _cut(
    data: list[tuple[int, Sequence[str]]], declared: Sequence[str]
) -> tuple[list[tuple[int, Sequence[str]]], tuple[str, ...]]:
    """The data without the lines below it, and the beginnings of those lines."""
    end = len(data)
    for i in range(len(data) - 1, max(len(data) - 20, 0), -1):
        if ends_the_table(data[i][1], declared) or (not declared and _is_below(data[i][1])):
            end = i
        elif end < len(data) or i < len(data) - 3:
            break
    below = tuple(dict.fromkeys(next(cell.strip() for cell in row if cell.strip()) for _, row in data[end:]))
    return data[:end], below


def ends_the_table(row: Sequence[str], declared: Sequence[str]) -> bool:
    """True for a row that begins with one of the declared texts."""
    first = next((cell.strip().casefold() for cell in row if cell.strip()), "")
    return any(first.startswith(text.casefold()) for text in declared)


def _is_below(row: Sequence[str]) -> bool:
    return bool(TOTAL.match(next((cell.strip() for cell in row if cell.strip()), "")))


def _width(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_datum(text: str) -> bool:
    text = text.strip()
    return bool(_NUMBER.fullmatch(text)) or bool(
        text and text[0].isdigit() and dates.parse(text, dates.CANDIDATES) and not period_of_text(text)
    )
