"""PURE: the structure of a workbook, looked through before a parser sees a byte of it.

A workbook is a ZIP of XML parts, and everything that has ever killed a reader of workbooks shows in that structure:
sizes, counts, names, a DTD, a cell at the far corner. ``scan`` streams every part once, in pieces, and refuses.
"""

import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO

from journeys.reading.problems import Problem, Unreadable, shown

MOST_PACKED = 20 << 20
MOST_UNPACKED = 200 << 20
MOST_ENTRIES = 200
MOST_RATIO = 100
RATIO_FROM = 10 << 20
MOST_ROWS = 200_000
MOST_COLUMNS = 2000  # what a survey may have; other files are held to a hundred afterwards
MOST_CELLS = 10_000_000
LONGEST = 32_767
MOST_TEXT = 1 << 30
_CHUNK = 1 << 20
_KEEP = 1 << 12
_REF = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]+)([0-9]+)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ODD = re.compile(rb"""<(?:c(?! r="[A-Z]{1,2}1?[0-9]{1,5}"[ />])|row(?! r="1?[0-9]{1,5}"[ />]))[\s/>]""")
_ROW = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br=["']([0-9]+)["']""")
_ANY_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_HIDDEN = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\bhidden=["'](?:1|true)["']""")
_ERROR = re.compile(
    rb"""<(?:\w+:)?c\s(?=[^>]*?\bt=["']e["'])[^>]*?\br=["']([A-Z]+)([0-9]+)["'][^>]*>.*?<(?:\w+:)?v>([^<]*)<""", re.S
)
_EMPTY = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]+)([0-9]+)["'][^>/]*>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>""",
    re.S,
)
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)["']""")
_REPEAT = re.compile(rb"""<[^<>]*?number-(columns|rows)-repeated=["']([0-9]+)["'][^<>]*?(/?)>""")
_ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding=["']([^"']+)["']""")


@dataclass
class Part:
    """What one sheet holds: hidden rows, merged ranges, faulty formulas by row and column.

    ``rows`` and ``columns`` are the last ones of the cells that had to be looked at one by one.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    hidden: int = 0
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    faults: dict[tuple[int, int], str] = field(default_factory=dict)


@dataclass
class Scan:
    """A workbook that may be opened: what its sheets hold, by the name of the part; links that are not followed."""

    kind: str
    parts: dict[str, Part] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    longest: int = 0


def scan(file: BinaryIO) -> Scan:
    """The workbook's structure; Unreadable for one that should not be opened."""
    size = file.seek(0, io.SEEK_END)
    if size > MOST_PACKED:
        raise Unreadable(Problem("file_too_large", expected=str(MOST_PACKED)))
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as book:
            names = _check_entries(book)
            found = Scan("ods" if "content.xml" in names else "xlsx")
            if found.kind == "xlsx" and "xl/workbook.xml" not in {name.casefold() for name in names}:
                raise Unreadable(Problem("broken_workbook"))
            _check_contents(names, found)
            total = 0
            for entry in book.infolist():
                total = _look(book, entry, found, total)
            return found
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        raise Unreadable(Problem("broken_workbook")) from None


def _check_entries(book: zipfile.ZipFile) -> set[str]:
    """Names of the entries, each an ordinary file at an ordinary place, of a believable size."""
    entries = book.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(Problem("workbook_parts", value=str(len(entries))))
    names: set[str] = set()
    for entry in entries:
        name = entry.filename
        odd = (
            name.startswith("/") or ".." in name.split("/") or "\\" in name or "\0" in name or name.casefold() in names
        )
        if odd or stat.S_ISLNK(entry.external_attr >> 16) or entry.flag_bits & 1:
            raise Unreadable(Problem("workbook_parts", value=shown(name)))
        names.add(name.casefold())
        if entry.file_size > MOST_UNPACKED or _swollen(entry.file_size, entry.compress_size):
            raise Unreadable(Problem("workbook_too_large", expected="200 MB"))
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Unreadable(Problem("workbook_too_large", expected="200 MB"))
    return names


def _swollen(size: int, packed: int) -> bool:
    return size > RATIO_FROM and size > MOST_RATIO * max(packed, 1)


def _check_contents(names: set[str], found: Scan) -> None:
    for name in sorted(names):
        if name.endswith("vbaproject.bin") or name.startswith("basic/") or "macrosheets/" in name:
            raise Unreadable(Problem("macros"))
        if "/embeddings/" in name or "activex" in name or name.startswith("object "):
            raise Unreadable(Problem("embedded", value=shown(name)))
        if name.endswith((".xlsb", "workbook.bin")):
            raise Unreadable(Problem("old_workbook"))
        if "externallinks/" in name and not name.endswith(".rels"):
            found.links.append(name.rpartition("/")[2])


def _look(book: zipfile.ZipFile, entry: zipfile.ZipInfo, found: Scan, total: int) -> int:
    """Stream one entry; the unpacked bytes so far. Sizes are those that come out, not those that are declared."""
    name, part = entry.filename.casefold(), Part()
    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
        found.parts[entry.filename] = part
    with book.open(entry) as stream:
        carry, here = b"", 0
        while chunk := stream.read(_CHUNK):
            here, total = here + len(chunk), total + len(chunk)
            if total > MOST_UNPACKED or _swollen(here, entry.compress_size):
                raise Unreadable(Problem("workbook_too_large", expected="200 MB"))
            if name.endswith((".xml", ".rels", ".vml")):
                _check_text(carry + chunk, first=here == len(chunk))
                carry = _piece(name, part, found, carry + chunk)
        if name.endswith(".xml") and carry:
            _piece(name, part, found, carry + b"<row ")
    return total


def _piece(name: str, part: Part, found: Scan, text: bytes) -> bytes:
    """Look at a piece of a part; what of it must be seen again with what follows."""
    if name == "content.xml":
        return _repeats(text)
    if name == "xl/sharedstrings.xml":
        found.longest = max(found.longest, *(len(run) for run in text.split(b"<")))
        return text[text.rfind(b"<") :][-_KEEP:]
    if name.startswith("xl/worksheets/"):
        cut = max(text.rfind(mark) for mark in (b"<row ", b":row "))
        if cut <= 0 or len(text) - cut > 2 * _CHUNK:
            cut = max(text.rfind(mark) for mark in (b"<c ", b":c "))
        cut = cut if cut > 0 and len(text) - cut < 8 * _CHUNK else max(len(text) - _KEEP, 0)
        _cells(part, text[:cut])
        if part.cells * min(found.longest, LONGEST) > MOST_TEXT:
            raise Unreadable(Problem("workbook_too_large", expected="1 GB"))
        return text[cut:]
    return text[-16:]


def _check_text(text: bytes, *, first: bool) -> None:
    """No DTD; and only UTF-8, since in another encoding nothing of all this would be seen."""
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Unreadable(Problem("document_type"))
    if first and text.startswith((b"\xff\xfe", b"\xfe\xff", b"\0", b"<\0")):
        raise Unreadable(Problem("workbook_parts", value="UTF-16"))
    declared = _ENCODING.match(text) if first else None
    if declared and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        raise Unreadable(Problem("workbook_parts", value=shown(declared[1].decode("ascii", "replace"))))


def _cells(part: Part, text: bytes) -> None:
    """Count the cells of a piece, and note what is wrong with them."""
    if _is_usual(text):
        part.cells += text.count(b"<c ")
    else:
        _measure(part, text)
    if b"hidden=" in text:
        part.hidden += len(_HIDDEN.findall(text))
    if part.columns > MOST_COLUMNS:
        far = column_letters(part.columns)
        raise Unreadable(Problem("far_cells", value=f"{far}{part.rows}", expected=str(MOST_COLUMNS)))
    if part.rows > MOST_ROWS or part.cells > MOST_CELLS:
        raise Unreadable(Problem("too_many_rows", value=str(part.rows), expected=str(MOST_ROWS)))
    _find_faults(part, text)


def _is_usual(text: bytes) -> bool:
    """True when every cell and row is written as spreadsheets write it and lies, by its digits, within the limits."""
    return b":c" not in text and b":row" not in text and _ODD.search(text) is None


def _measure(part: Part, text: bytes) -> None:
    """Find the last row and column of a piece that is not written as usual."""
    refs = _REF.findall(text)
    cells, rows = len(_CELL.findall(text)), [*map(int, _ROW.findall(text)), *{int(row) for _, row in refs}]
    letters = {column_number(column) for column, _ in refs}
    if len(refs) < cells:  # cells without an address lie one beside the other
        letters |= {len(_CELL.findall(row)) for row in _ANY_ROW.split(text)}
    part.columns, part.rows = max([part.columns, *letters]), max([part.rows, *rows])
    part.cells += cells


def _find_faults(part: Part, text: bytes) -> None:
    if b"<f" in text or b":f" in text:
        for column, row in _EMPTY.findall(text):
            part.faults[int(row), column_number(column)] = ""
    if b't="e"' in text or b"t='e'" in text:
        for column, row, said in _ERROR.findall(text):
            part.faults[int(row), column_number(column)] = said.decode("utf-8", "replace")[:20]
    if b"mergeCell" in text:
        for left, top, right, bottom in _MERGED.findall(text):
            part.merged.append((int(top), column_number(left), int(bottom), column_number(right)))


def _repeats(text: bytes) -> bytes:
    """Refuse filled cells that repeat themselves without end; empty ones are how an OpenDocument sheet ends."""
    cut = max(text.rfind(b"<"), 0)
    for match in _REPEAT.finditer(text, 0, cut):
        most = MOST_COLUMNS if match[1] == b"columns" else MOST_ROWS
        if int(match[2]) > most and not match[3] and b"value-type" in match[0]:
            raise Unreadable(Problem("far_cells", value=match[2].decode()[:12], expected=str(most)))
    return text[cut:]


def column_number(letters: bytes) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters[:8]:
        number = number * 26 + letter - 64
    return number


def column_letters(number: int) -> str:
    """The letters of a column: 1 is A."""
    made = ""
    while number:
        number, rest = divmod(number - 1, 26)
        made = chr(65 + rest) + made
    return made
