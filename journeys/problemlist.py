"""What went wrong with a file, as a page and as a download: grouped by what has to be done about it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from journeys.models import Upload
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


@dataclass(frozen=True)
class ProblemList:
    """An upload's problems in groups; ``unlisted`` are those beyond the first thousand, of which none is kept."""

    groups: Sequence[ProblemGroup]
    unlisted: int


def problems_of(upload: Upload) -> list[Problem]:
    """What made the file fail, or what to know of one that was taken."""
    return [Problem.of_json(item) for item in [*upload.problems, *upload.receipt.get("warnings", [])]]


def problem_list(upload: Upload) -> ProblemList:
    """The same for a page."""
    unlisted = upload.receipt.get("problems_total", 0) - len(upload.problems)
    return ProblemList(grouped(problems_of(upload)), max(unlisted, 0))


def grouped(problems: Iterable[Problem]) -> list[ProblemGroup]:
    """The problems by code, the most frequent first; at most ``SHOWN`` lines of each."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(problem.code, []).append(problem)
    groups = [
        ProblemGroup(code, sum(problem.count for problem in some), [(each, sentence(each)) for each in some[:SHOWN]])
        for code, some in found.items()
    ]
    return sorted(groups, key=lambda group: (-group.count, group.code))


def problem_rows(problems: Iterable[Problem]) -> Iterator[Sequence[object]]:
    """Every problem as a row of a download, headings first."""
    yield (_("Row"), _("Column"), _("Value"), _("Times"), _("What is wrong"))
    for problem in problems:
        yield (problem.row, problem.column, problem.value, problem.count, sentence(problem))
