"""PURE: what each result weighs on health, on one footing: between its worst and its best level of eight quarters.

``weight = slope · worth · (best level seen − worst level seen)`` in points of company health, with the jackknife
interval of the slope; ``level`` says where today lies between the two, 0 the worst and 100 the best. Above half, more
can be lost than gained: it is to be defended; under half it is to be acted on.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from metrics.report import EffectRow, Report, fixed

PROVEN = ("better", "worse")
HUNDRED, HALF = Decimal(100), Decimal(50)


@dataclass(frozen=True)
class Weighed:
    """A result on one outcome. Without ``points`` its weight cannot be told, ``row.note`` says why."""

    row: EffectRow
    points: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    level: Decimal | None = None

    @property
    def proven(self) -> bool:
        return self.points is not None and self.row.verdict in PROVEN

    @property
    def advice(self) -> str:
        """``act``, ``defend`` or ``unproven``; ``untold`` without a weight."""
        if self.points is None or self.level is None:
            return "untold"
        if not self.proven:
            return "unproven"
        return "act" if self.level < HALF else "defend"


def weighed(report: Report) -> list[Weighed]:
    """Every result on every outcome it is tested on, the heaviest first; those without a weight last."""
    found = [_weighed(report, row) for row in report.effects_of("driver")]
    return sorted(found, key=lambda item: (item.points is None, not item.proven, -abs(item.points or Decimal(0))))


def alone(items: Iterable[Weighed]) -> bool:
    """Whether one weighs more than any other, which the differences of weights tell where the drivers are derived."""
    return any(item.proven and item.row.detail.get("heaviest") for item in items)


def _weighed(report: Report, row: EffectRow) -> Weighed:
    if row.points is None or "seen" not in row.detail:
        return Weighed(row)
    ends = [Decimal(end) for end in row.detail["seen"]]
    worst, best = ends if report.indicator(row.indicator).higher_is_better else reversed(ends)
    if worst == best:
        return Weighed(row)
    scale = Decimal(row.detail["worth"][1]) * (best - worst)
    level = (Decimal(row.detail["now"]) - worst) / (best - worst) * HUNDRED
    sides = [None if value is None else value * scale for value in (row.low, row.high)]
    low, high = sides if scale > 0 else reversed(sides)
    return Weighed(row, fixed(row.points * scale), fixed(low), fixed(high), fixed(level))
