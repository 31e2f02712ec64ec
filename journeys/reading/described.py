"""PURE: what was recognised of a file, for a person to look at: the file, its columns, and questions about them.

Every question carries two pieces of mapping: ``yes`` if the reading shown is right, ``no`` for the other one. The
screen merges the piece of the given answer into the source's mapping (``merged``), and nothing else need know.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

Piece = Mapping[str, Any]
QUESTIONS = ("sheet", "header", "footer", "encoding", "decimal", "mixed", "dates", "codes", "reversed", "clock")
APART = " · "


@dataclass(frozen=True)
class Question:
    """One doubt. ``code`` is one of ``QUESTIONS``; ``must``: the file can be read in two ways that differ.

    ``example`` is a text of the file; ``reading`` and ``other`` are what it would mean: a number written ``1234.5``, a
    day written ``2026-04-03``, a text. ``other`` is empty where "no" only means "not so".
    """

    code: str
    column: str
    example: str
    reading: str
    other: str = ""
    must: bool = False
    yes: Piece = field(default_factory=dict)
    no: Piece = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """A column: its heading as written, what it holds, some of its texts (personal ones masked).

    ``kind``: number, date, text, code, comment, empty. ``answers``: its entry under the mapping's ``columns``.
    ``codes``: texts suggested as "no answer". ``personal``: worker, email, phone, iban, fiscal_code, name, or empty.
    """

    position: int
    name: str
    kind: str
    examples: tuple[str, ...]
    filled: int
    distinct: int
    answers: Piece = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    personal: str = ""
    lowest: str = ""
    highest: str = ""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook."""

    name: str
    hidden: bool
    rows: int


@dataclass(frozen=True)
class Recognised:
    """A file as far as its beginning tells. ``header_row`` is the last row of headings (the first line is 1).

    ``answers`` is the mapping's ``format`` and ``columns`` as recognised, to be merged into the source's mapping.
    ``warnings`` are problems (``Problem.as_json``) that do not stop anything. ``period``: a quarter, month or day
    named by the file's name or the lines above the headings. ``whole``: all rows were seen, not only the first.
    """

    kind: str
    encoding: str
    guessed: bool
    separator: str
    header_row: int
    header_rows: int
    preamble: tuple[str, ...]
    footer: tuple[str, ...]
    columns: tuple[Column, ...]
    questions: tuple[Question, ...]
    answers: Piece
    warnings: tuple[Mapping[str, Any], ...] = ()
    sheets: tuple[Sheet, ...] = ()
    sheet: str = ""
    tool: str = ""
    date: str = ""
    case: str = ""
    period: str = ""
    rows: int = 0
    whole: bool = True
    periods: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """JSON-clean."""
        return asdict(self)

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Self:
        """What ``as_json`` wrote."""
        texts = {name: tuple(data[name]) for name in ("preamble", "footer", "warnings", "periods")}
        columns = tuple(
            Column(**{**one, "examples": tuple(one["examples"]), "codes": tuple(one["codes"])})
            for one in data["columns"]
        )
        questions = tuple(Question(**one) for one in data["questions"])
        sheets = tuple(Sheet(**one) for one in data["sheets"])
        return cls(**{**data, **texts, "columns": columns, "questions": questions, "sheets": sheets})


def merged(mapping: Piece, *pieces: Piece) -> dict[str, Any]:
    """The mapping with the pieces laid over it, dictionary by dictionary; later ones win."""
    made = dict(mapping)
    for piece in pieces:
        for key, value in piece.items():
            before = made.get(key)
            deep = isinstance(value, Mapping) and isinstance(before, Mapping)
            made[key] = merged(before, value) if deep else value  # type: ignore[arg-type]
    return made
