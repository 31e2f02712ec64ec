"""PURE: one quick look at every byte of a file: its encoding, and whether its rows can be read without a parser.

A text without quotes, null characters and lone carriage returns has only one reading, whoever reads it. Such a file
is *plain*: the fast reader may have it, and the counts of lines and separators say afterwards that it skipped
nothing. Every other file goes through ``records`` first.
"""

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from journeys.reading.problems import Problem, Unreadable, shown

CHUNK = 1 << 22
_TAIL = 1 << 16
_UNDEFINED_1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")


@dataclass
class Survey:
    """What the bytes hold. ``encoding`` is a Python codec's name (``guessed``: by us, so somebody should check).

    ``lines`` is their number without the empty ones at the end, ``separators`` that of the separator's occurrences.
    """

    size: int = 0
    encoding: str = "utf-8"
    guessed: bool = False
    broken: bool = False
    nul: bool = False
    quotes: bool = False
    lone_returns: bool = False
    lines: int = 0
    separators: int = 0

    @property
    def plain(self) -> bool:
        """True when splitting at line ends and separators is the one reading of the file."""
        odd = self.broken or self.nul or self.quotes or self.lone_returns
        return self.encoding == "utf-8" and not odd


def head_encoding(head: bytes, declared: str | None) -> str:
    """Encoding in which to look for the header; Unreadable for bytes that are no text in any encoding we read."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    controls = sum(head.count(byte) for byte in (*range(1, 9), *range(14, 27), *range(28, 32)))
    if head.count(0) * 10 > len(head) or controls * 50 > len(head):
        raise Unreadable(Problem("unknown_encoding"))
    if declared:
        return "utf-8-sig" if declared == "utf-8" else declared
    return "utf-8-sig"


def looks_plain(head: bytes) -> bool:
    """False when the beginning of the file already shows that it is not plain."""
    return b'"' not in head and b"\0" not in head and b"\r" not in head.replace(b"\r\n", b"").removesuffix(b"\r")


def survey(file: BinaryIO, separator: str, declared: str | None = None) -> Survey:
    """Facts about the whole file, read once in chunks; the encoding is the declared one where there is one."""
    found = Survey()
    end = _content_end(file)
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    mark, carry, wide, undefined = separator.encode(), b"", False, False
    utf16 = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    file.seek(0)
    while chunk := file.read(CHUNK):
        if not (chunk.isascii() and not decoder.getstate()[0]):
            text = decoder.decode(chunk)
            found.broken = found.broken or _has_escapes(text)
            wide = wide or any(ord(c) > 127 and not 0xDC80 <= ord(c) <= 0xDCFF for c in set(text) - {"\ufeff"})
            undefined = undefined or not _UNDEFINED_1252.isdisjoint(chunk)
        _look(found, chunk, carry, mark, end)
        found.size += len(chunk)
        carry = b"\r" if chunk.endswith(b"\r") else b""
    found.lines += end > 0
    found.lone_returns = found.lone_returns or bool(carry)
    found.broken = found.broken or bool(decoder.getstate()[0])
    _settle(found, declared, utf16=utf16, wide=wide, undefined=undefined)
    return found


def guessed(file: BinaryIO, encoding: str) -> Problem:
    """The warning that the encoding was guessed: the first row with an accent, and the word it is in."""
    file.seek(0)
    for row, line in enumerate(file, 1):
        words = [] if line.isascii() else re.split(r'[\s,;|"]+', line.decode(encoding, "replace"))
        if word := next((one for one in words if not one.isascii()), ""):
            return Problem("decoded_as", row, value=shown(word), expected=encoding)
    return Problem("decoded_as", expected=encoding)


def _look(found: Survey, chunk: bytes, before: bytes, mark: bytes, end: int) -> None:
    """Count what is in a chunk that starts at ``found.size``, after the byte ``before``."""
    found.nul = found.nul or b"\0" in chunk
    found.quotes = found.quotes or b'"' in chunk
    found.lines += chunk.count(b"\n", 0, max(0, end - found.size))
    found.separators += chunk.count(mark)
    if not found.lone_returns and (before == b"\r" or b"\r" in chunk):
        whole = before + chunk
        whole = whole[:-1] if whole.endswith(b"\r") else whole
        found.lone_returns = whole.count(b"\r") != whole.count(b"\r\n")


def _content_end(file: BinaryIO) -> int:
    """Offset after which only line ends follow."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    return size - len(tail) + len(tail.rstrip(b"\r\n"))


def _has_escapes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _settle(found: Survey, declared: str | None, *, utf16: bool, wide: bool, undefined: bool) -> None:
    if utf16:
        found.encoding, found.broken, found.nul = "utf-16", False, False
    elif declared and declared != "utf-8":
        found.encoding, found.broken = declared, False
    elif found.broken and not wide and not declared:
        found.encoding, found.guessed, found.broken = ("latin-1" if undefined else "cp1252"), True, False
