"""PURE: what would go with another level of a result, read from a report and nothing else.

A lever is a result with a slope on an outcome. It may be moved only between the lowest and the highest level it had in
the last eight quarters: outside nothing was seen. The answer is an association, as the slope is: "si accompagna a",
never "causa".
"""

from dataclasses import dataclass
from decimal import Decimal

from metrics.report import EffectRow, Report, fixed


@dataclass(frozen=True)
class Lever:
    """A result that may be moved, in its shown unit (shares 0–1): its level now, the range seen in eight quarters.

    ``demonstrated`` says whether its slope is; a lever whose slope is not still answers, with an interval across 0.
    """

    indicator: str
    outcome: str
    now: Decimal
    lowest: Decimal
    highest: Decimal
    demonstrated: bool
    n: int


@dataclass(frozen=True)
class Answer:
    """Points that go with the move: of the health of the outcome's stage, and of the company; 95 % intervals."""

    stage: Decimal
    stage_low: Decimal | None
    stage_high: Decimal | None
    company: Decimal
    company_low: Decimal | None
    company_high: Decimal | None


def levers(report: Report, department: str) -> list[Lever]:
    """Every result of the department that may be moved, on every outcome it has a slope on."""
    rows = report.effects_of("driver", department=department)
    return [_lever(row) for row in rows if "seen" in row.detail]


def what_if(report: Report, indicator: str, outcome: str, value: Decimal) -> Answer | None:
    """Points of stage and company health that go with the result standing at ``value`` (shown unit), all else equal.

    ``β·(value − level now)`` with the jackknife interval of β. None where the pair is no lever of the report, or the
    value lies outside the levels seen in the last eight quarters.
    """
    from metrics.stats.impact import what_if as moved_by  # scipy, which the list of levers does not need
    from metrics.stats.jackknife import Interval

    rows = [row for row in report.effects_of("driver", indicator=indicator, outcome=outcome) if "seen" in row.detail]
    if not rows or rows[0].points is None:
        return None
    row, lever = rows[0], _lever(rows[0])
    slope = Interval(float(rows[0].points), _float(row.low), _float(row.high), None, 0)
    try:
        moved = moved_by(slope, float(lever.now), float(value), (float(lever.lowest), float(lever.highest)))
    except ValueError:
        return None
    on_stage, on_company = (float(worth) for worth in row.detail["worth"])
    ends = (moved.value, moved.low, moved.high)
    points = [_times(end, worth) for worth in (on_stage, on_company) for end in ends]
    zero = Decimal(0)
    return Answer(points[0] or zero, points[1], points[2], points[3] or zero, points[4], points[5])


def _lever(row: EffectRow) -> Lever:
    lowest, highest = (Decimal(end) for end in row.detail["seen"])
    proven = row.verdict in ("better", "worse")
    return Lever(row.indicator, row.outcome, Decimal(row.detail["now"]), lowest, highest, proven, row.n)


def _times(value: float | None, worth: float) -> Decimal | None:
    return None if value is None else fixed(value * worth)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
