"""PURE: several quarters' bridges as one — each step the sum of its quarters', from the first health to the last."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from metrics.report import Report, StepRow
from metrics.stats.rounding import largest_remainder, rounded

QUARTERS = 4
ZERO = Decimal(0)


@dataclass(frozen=True)
class Chain:
    """``start`` + Σ ``steps`` = ``end`` to the last digit; ``links`` are the quarters' reports, the earliest first.

    Steps are of kind ``stage``, ``weights`` or ``restated``: where a quarter starts from another health than the one
    before ended with, because it was computed again in between. Sums have no interval: a quarter's own step has.
    """

    links: tuple[Report, ...]
    start: Decimal
    end: Decimal
    steps: tuple[StepRow, ...]

    @property
    def since(self) -> str:
        """The quarter it starts from."""
        return self.links[0].previous

    @property
    def shown(self) -> list[StepRow]:
        """The steps at one decimal; they add up to the shown difference of the two shown healths."""
        values = [step.points or ZERO for step in self.steps]
        points = largest_remainder(values, 1, rounded(self.end, 1) - rounded(self.start, 1))
        return [replace(step, points=value) for step, value in zip(self.steps, points, strict=True)]


def chain(reports: Sequence[Report]) -> Chain | None:
    """The bridge over the last four quarters, or as many as follow one another; None for fewer than two.

    A step that goes and comes back cancels. Reports come the earliest first.
    """
    links = _unbroken(reports)
    if len(links) < 2:
        return None
    sums: dict[tuple[str, str], Decimal] = {}
    for step in (step for link in reversed(links) for step in link.bridge if step.kind in ("stage", "weights")):
        key = step.kind, step.component
        sums[key] = sums.get(key, ZERO) + (step.points or ZERO)
    again = sum((_end(later, "start") - _end(sooner, "end") for sooner, later in pairwise(links)), ZERO)
    stages = {key: value for key, value in sums.items() if key[0] == "stage"}
    rest = {("weights", ""): sums.get(("weights", ""), ZERO), ("restated", ""): again}
    found = {**stages, **{key: value for key, value in rest.items() if value}}
    steps = tuple(StepRow(0, kind, component, points=value) for (kind, component), value in found.items())
    return Chain(tuple(links), _end(links[0], "start"), _end(links[-1], "end"), steps)


def _unbroken(reports: Sequence[Report]) -> list[Report]:
    """The last reports of which each has a bridge from the one before it, at most four."""
    found: list[Report] = []
    for report in reversed(reports):
        if not report.bridge or (found and found[0].previous != report.quarter) or len(found) == QUARTERS:
            break
        found.insert(0, report)
    return found


def _end(report: Report, kind: str) -> Decimal:
    return next((step.points or ZERO for step in report.bridge if step.kind == kind), ZERO)
