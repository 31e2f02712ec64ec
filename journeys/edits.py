"""PURE: corrections a person made to a file. The bytes stay as they came; each reading applies the corrections anew.

An edit is a dictionary of one of these forms, kept in the order in which they were made:

- ``{"row": 12, "column": "voto", "to": "8"}``: one cell;
- ``{"column": "stato", "from": "Assistnza", "to": "Assistenza"}``: every cell of the column with that text;
- ``{"row": 12, "cells": ["…", …]}``: the whole row;
- ``{"row": 12, "out": true}``, ``{"column": "stato", "from": "prova", "out": true}``: rows left out;
- ``{"code": "unknown_quarter", "column": "giorno", "out": true}``: every row with that problem left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

Edit = Mapping[str, Any]
MOST = 20_000


@dataclass
class Edits:
    """Edits made ready to be applied to row after row."""

    cells: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)
    rows: dict[int, list[str]] = field(default_factory=dict)
    texts: dict[str, list[tuple[int, str, str | None]]] = field(default_factory=dict)
    out: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, edits: Iterable[Edit]) -> Self:
        """The edits, sorted by what they are about; what stands later wins."""
        made = cls()
        for place, edit in enumerate(edits):
            if "code" in edit:
                continue  # rows with a problem are known only after the checks: see ``left_out``
            if "cells" in edit:
                made.rows[edit["row"]] = list(edit["cells"])
            elif "from" in edit:
                made.texts.setdefault(edit["column"], []).append((place, edit["from"], edit.get("to")))
            elif edit.get("out"):
                made.out.add(edit["row"])
            else:
                made.cells[edit["row"], edit["column"]] = place, edit["to"]
        return made

    def __bool__(self) -> bool:
        return bool(self.cells or self.rows or self.texts or self.out)

    def apply(self, row: int, record: Sequence[str], columns: Sequence[str]) -> list[str] | None:
        """The row as corrected; None when it is left out."""
        if row in self.out:
            return None
        cells = self.rows.get(row, list(record))
        if len(cells) != len(columns):
            return cells
        for position, column in enumerate(columns):
            since, text = self.cells.get((row, column), (-1, cells[position]))
            for place, old, new in self.texts.get(column, ()):
                if place > since and text.strip() == old:
                    if new is None:
                        return None
                    text = new
            cells[position] = text
        return cells


def left_out(edits: Iterable[Edit]) -> frozenset[tuple[str, str]]:
    """Code and column of the problems whose rows are left out."""
    return frozenset((edit["code"], edit["column"]) for edit in edits if "code" in edit)
