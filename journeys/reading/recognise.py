"""PURE: a file looked at before anybody answered anything: ``recognise`` gives a ``Recognised`` (``described``).

It reads the beginning only, guesses as a person would, and turns every guess that could be wrong into a question.
Nothing here decides what is stored: that is the strict reading of ``take`` under the answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from journeys.reading import layout
from journeys.reading.answers import FileFormat, Header, file_format
from journeys.reading.checked import MappingError
from journeys.reading.columns import Described, describe
from journeys.reading.described import Column, Question, Recognised, Sheet
from journeys.reading.periods import period_of_text, periods_in
from journeys.reading.problems import Problem, Unreadable
from journeys.reading.shape import WORKBOOKS, other_kind
from journeys.reading.survey import head_encoding, survey

SAMPLE = 1 << 20
MOST_ROWS = 5000
Rows = Sequence[Sequence[str]]


def recognise(file: BinaryIO, filename: str = "", answers: Mapping[str, Any] | None = None) -> Recognised:
    """What a file is; ``answers`` is the source's mapping as far as a person already answered.

    A workbook is looked at only in the sandboxed child.
    """
    declared = _answered(answers)
    file.seek(0)
    head = file.read(SAMPLE)
    if other_kind(head) in WORKBOOKS:
        from journeys.reading.workbook import recognise_book  # its parser is loaded where it is needed

        return recognise_book(Path(file.name), filename, answers, declared.sheet)
    if not head.strip(b"\xef\xbb\xbf\r\n \t"):
        raise Unreadable(Problem("empty"))
    if kind := other_kind(head):
        raise Unreadable(Problem("other_kind", value=kind))
    encoding, guessed = _encoding(file, head, declared.encoding)
    text = _decoded(head, encoding, whole=len(head) < SAMPLE)
    separator = declared.separator or layout.told(text) or layout.separator_of(text)
    rows = layout.split(text, separator)
    found = _Found(rows, declared, whole=len(head) < SAMPLE)
    return found.recognised("csv", filename, encoding=(encoding, guessed, text), separator=separator)


def recognise_rows(
    kind: str, rows: Rows, filename: str, answers: Mapping[str, Any] | None, sheets: tuple[Sequence[Sheet], str]
) -> Recognised:
    """The same for the rows of a workbook's chosen sheet."""
    found = _Found(rows, _answered(answers), whole=len(rows) < MOST_ROWS)
    return found.recognised(kind, filename, encoding=("utf-8", False, ""), separator=",", sheets=sheets)


def _answered(answers: Mapping[str, Any] | None) -> FileFormat:
    try:
        return file_format((answers or {}).get("format") or {})
    except MappingError:
        return FileFormat()


def _encoding(file: BinaryIO, head: bytes, declared: str | None) -> tuple[str, bool]:
    if not declared and (wide := _utf16_without_mark(head)):
        return wide, True
    encoding = head_encoding(head, declared)
    if declared or encoding == "utf-16":
        return declared or encoding, False
    found = survey(file, ",", None)
    return found.encoding, found.guessed


def _utf16_without_mark(head: bytes) -> str:
    """UTF-16 betrayed by its zeros: every other byte of a western text; empty when that is not so."""
    part = head[: len(head) // 2 * 2][:4096]
    if len(part) < 8 or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ""
    even, odd = part[::2].count(0), part[1::2].count(0)
    if max(even, odd) * 10 < len(part) * 4 or min(even, odd) * 20 > len(part):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _decoded(head: bytes, encoding: str, *, whole: bool) -> str:
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    text = head[: len(head) - len(head) % (2 if "16" in encoding else 1)].decode(codec, "replace")
    return text if whole else text[: text.rfind("\n") + 1]


class _Found:
    """The rows of a file's beginning, laid out and looked at column by column."""

    def __init__(self, rows: Rows, declared: FileFormat, *, whole: bool) -> None:
        asked = declared.header if declared.header != Header() else None
        self.declared, self.whole = declared, whole
        self.layout = layout.lay_out(rows[: MOST_ROWS + layout.LOOK], asked, declared.footer)
        if not any(self.layout.names):
            raise Unreadable(Problem("empty"))
        self.described = list(self._describe())

    def _describe(self) -> Iterator[Described]:
        for i, name in enumerate(self.layout.names):
            yield describe(i, name, [row[i] for _, row in self.layout.data[:MOST_ROWS] if i < len(row)])

    def recognised(
        self,
        kind: str,
        filename: str,
        *,
        encoding: tuple[str, bool, str],
        separator: str,
        sheets: tuple[Sequence[Sheet], str] = ((), ""),
    ) -> Recognised:
        """Everything, with its questions."""
        laid, tool = self.layout, self.layout.tool
        columns = tuple(one.column for one in self.described)
        found = periods_in([filename, *laid.preamble])
        answers = self._answers(kind, encoding, separator, sheets[1])
        return Recognised(
            kind,
            encoding[0],
            encoding[1],
            separator,
            laid.header_row,
            laid.header.rows,
            laid.preamble,
            laid.footer,
            columns,
            tuple(self._questions(encoding, sheets)),
            answers,
            tuple(problem.as_json() for problem in self._warnings(columns, sheets[0])),
            tuple(sheets[0]),
            sheets[1],
            tool.tool.name if tool else "",
            tool.date if tool else _dated(columns),
            tool.case if tool else "",
            found[0] if len(found) == 1 else "",
            len(laid.data),
            self.whole,
            tuple(name for name in laid.names if period_of_text(name)),
        )

    def _answers(self, kind: str, encoding: tuple[str, bool, str], separator: str, sheet: str) -> dict[str, Any]:
        """The mapping's ``format`` and ``columns``, as far as they differ from what is assumed anyway."""
        laid = self.layout
        form: dict[str, Any] = {"separator": separator} if kind == "csv" else {"sheet": sheet}
        if encoding[0] not in ("utf-8", "utf-16"):
            form["encoding"] = encoding[0]
        if laid.header.rows > 1 or laid.preamble:
            form["header"] = {"row": laid.header.row, "rows": laid.header.rows, "names": laid.header.names}
        if laid.footer:
            form["footer"] = list(laid.footer)
        if laid.tool:
            form["tool"] = laid.tool.tool.name
        columns = {one.column.name: dict(one.column.answers) for one in self.described if one.column.answers}
        return {"format": form, **({"columns": columns} if columns else {})}

    def _questions(self, encoding: tuple[str, bool, str], sheets: tuple[Sequence[Sheet], str]) -> Iterator[Question]:
        laid = self.layout
        visible = [sheet.name for sheet in sheets[0] if not sheet.hidden and sheet.rows]
        if len(visible) > 1 and not self.declared.sheet:
            other = next(name for name in visible if name != sheets[1])
            pieces = [{"format": {"sheet": name}} for name in (sheets[1], other)]
            yield Question("sheet", "", sheets[1], sheets[1], other, True, pieces[0], pieces[1])
        if (laid.preamble or laid.header.rows > 1) and not laid.tool and self.declared.header == Header():
            piece = {"row": laid.header.row, "rows": laid.header.rows, "names": laid.header.names}
            titles = " · ".join(name for name in laid.names if name)
            yield Question("header", "", titles[:120], str(laid.header.row), yes={"format": {"header": piece}})
        if laid.footer and not self.declared.footer:
            yield Question("footer", "", laid.footer[0], "", yes={"format": {"footer": list(laid.footer)}})
        if encoding[1]:
            odd = [word for word in encoding[2].split() if not word.isascii()]
            word = next((word for word in odd if any(one.isalpha() and not one.isascii() for one in word)), "")
            word = word.strip(",;|\"'") or next(iter(odd), encoding[0])
            yield Question("encoding", "", word[:60], encoding[0], yes={"format": {"encoding": encoding[0]}})
        for one in self.described:
            yield from one.questions

    def _warnings(self, columns: Sequence[Column], sheets: Sequence[Sheet]) -> Iterator[Problem]:
        if self.layout.headless:
            yield Problem("no_header", row=self.layout.header_row)
        for column in columns:
            if column.personal == "worker":
                yield Problem("worker_column", column=column.name)
            elif column.personal:
                yield Problem("personal_column", column=column.name, value=column.personal)
            if column.kind == "code" and any(text.startswith("0") for text in column.examples):
                yield Problem("leading_zeros", column=column.name, value=column.examples[0])
        for sheet in sheets:
            if sheet.hidden:
                yield Problem("hidden_sheet", value=sheet.name)


def _dated(columns: Sequence[Column]) -> str:
    """The column of dates, where only one is."""
    found = [column.name for column in columns if column.kind == "date"]
    return found[0] if len(found) == 1 else ""
