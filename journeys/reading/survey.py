"""PURE: one quick look at every byte of a file: its encoding, and whether its rows can be read without a parser.

A text without quotes, null characters, lone carriage returns and blank lines has only one reading, whoever reads it.
Such a file is *plain*: the fast reader may have it. Every other file goes through ``records`` first.
"""

import codecs
from dataclasses import dataclass
from typing import BinaryIO

from journeys.reading.problems import Problem, Unreadable

CHUNK = 1 << 22
_TAIL = 1 << 16
_UNDEFINED_1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")


@dataclass
class Survey:
    """What the bytes hold. ``encoding`` is a Python codec's name; ``guessed``: it is our guess, to be checked."""

    size: int = 0
    encoding: str = "utf-8"
    guessed: bool = False
    broken: bool = False
    nul: bool = False
    quotes: bool = False
    lone_returns: bool = False
    blank_lines: bool = False
    newlines: int = 0
    separators: int = 0

    @property
    def plain(self) -> bool:
        """True when splitting at line ends and separators is the one reading of the file."""
        odd = self.broken or self.nul or self.quotes or self.lone_returns or self.blank_lines
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
        _look(found, carry + chunk, len(carry), mark, found.size - len(carry), end)
        found.size += len(chunk)
        carry = chunk[-2:]
    found.broken = found.broken or bool(decoder.getstate()[0])
    _settle(found, declared, utf16=utf16, wide=wide, undefined=undefined)
    return found


def _look(found: Survey, data: bytes, seen: int, mark: bytes, offset: int, end: int) -> None:
    """Count what is in the data beyond the first ``seen`` bytes, which are there for patterns across chunks."""
    found.nul = found.nul or b"\0" in data
    found.quotes = found.quotes or b'"' in data
    found.newlines += data.count(b"\n", seen)
    found.separators += data.count(mark, seen)
    returns = data.count(b"\r")
    if returns:
        final = data.endswith(b"\r")
        found.lone_returns = found.lone_returns or returns - final != data.count(b"\r\n")
    for blank in (b"\n\n", b"\n\r\n") if returns else (b"\n\n",):
        place = data.find(blank)
        if place >= 0 and offset + place < end:
            found.blank_lines = True
    if offset <= 0 and data.removeprefix(codecs.BOM_UTF8).startswith((b"\n", b"\r\n")):
        found.blank_lines = True


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
