"""What went wrong with a file, as a page and as a download: grouped by what has to be done about it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from journeys.reading.problems import Problem
from journeys.wording import sentence

SHOWN = 100


@dataclass(frozen=True)
class ProblemGroup:
    """Problems of one kind: how often they occur in the file, and the first of them."""

    code: str
    count: int
    lines: Sequence[tuple[Problem, str]]

    @property
    def placed(self) -> bool:
        """True when the problems have a place in the file: a row or a column."""
        return any(problem.row is not None or problem.column for problem, _text in self.lines)

    @property
    def unshown(self) -> int:
        """Occurrences that are not among the lines."""
        return self.count - len(self.lines)


def grouped(stored: Iterable[dict[str, Any]]) -> list[ProblemGroup]:
    """The stored problems by code, the most frequent first; at most ``SHOWN`` lines of each."""
    found: dict[str, list[Problem]] = {}
    for item in stored:
        problem = Problem.of_json(item)
        found.setdefault(problem.code, []).append(problem)
    groups = [
        ProblemGroup(code, sum(problem.count for problem in some), [(each, sentence(each)) for each in some[:SHOWN]])
        for code, some in found.items()
    ]
    return sorted(groups, key=lambda group: (-group.count, group.code))


def problem_rows(stored: Iterable[dict[str, Any]]) -> Iterator[Sequence[object]]:
    """Every stored problem as a row of a download, headings first."""
    yield (_("Row"), _("Column"), _("Value"), _("Times"), _("What to do"))
    for item in stored:
        problem = Problem.of_json(item)
        yield (problem.row, problem.column, problem.value, problem.count, sentence(problem))
