"""PURE: what can be wrong with a file, as codes and places. The words are in ``journeys.wording``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

MOST = 1000
SHOWN = 60


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file, and where.

    ``row`` counts as a spreadsheet does (the first line is 1), ``column`` is the header as written in the file,
    ``value`` the offending text, ``expected`` what would have been right, ``count`` how many times it happened.
    """

    code: str
    row: int | None = None
    column: str = ""
    value: str = ""
    expected: str = ""
    count: int = 1
    extra: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """A JSON-clean dict with every field."""
        return {
            "code": self.code,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "expected": self.expected,
            "count": self.count,
            "extra": dict(self.extra),
        }

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Self:
        """The problem ``as_json`` wrote."""
        return cls(**data)


class Unreadable(Exception):
    """The file as a whole cannot be read; carries the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def shown(value: str) -> str:
    """The value cut to what a sentence can hold."""
    return value if len(value) <= SHOWN else value[: SHOWN - 1] + "…"
