"""Il divario: what a department expected its customers to say of each stage, beside what they say."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from company import formats
from journeys.models import Forecast
from metrics import labels
from metrics.figures import Pair, dumbbell, places
from metrics.panels import blocks
from metrics.panels.blocks import Chart
from metrics.report import FigureRow, Report
from metrics.shown import Shown
from metrics.stats.kinds import Estimate
from metrics.stats.outside import Gap, perception_gap, ranked_gaps
from metrics.tables import Cell, Table


@dataclass(frozen=True)
class Line:
    """A stage's forecast beside the customers' score, None where that cannot be shown, and their gap."""

    forecast: Forecast
    row: FigureRow
    gap: Gap | None


def gap_of(report: Report, stage: str, expected: Decimal) -> Gap | None:
    """The gap of one official forecast, points; None where the stage's score is not shown (method: *divario*)."""
    row = report.stage_health(stage)
    if row.base == "hidden" or row.value is None:
        return None
    ends = (None if end is None else float(end) for end in (row.value, row.low, row.high))
    value, low, high = ends
    return perception_gap([], Estimate(value, low, high, row.n, None, ""), official=float(expected))


def lines(shown: Shown, subject: str) -> list[Line]:
    """The department's forecasts of the quarter, the largest gap first, then those without a score to compare.

    What was given a posteriori comes after what was given in time: it is no gap of a forecast.
    """
    report = shown.report
    known = {stage.slug for stage in report.stages}
    told = {
        row.stage.slug: row for row in shown.forecasts if row.department.slug == subject and row.stage.slug in known
    }
    gaps = {slug: gap_of(report, slug, row.value) for slug, row in told.items()}
    order = [slug for slug, _gap in ranked_gaps(gaps)] + [slug for slug in told if gaps[slug] is None]
    order.sort(key=lambda slug: not told[slug].blind)
    return [Line(told[slug], report.stage_health(slug), gaps[slug]) for slug in order]


def when(forecast: Forecast) -> str:
    """``data il 28/09/2026``, or that it was given a posteriori."""
    words = _("given on %(day)s") if forecast.blind else _("a posteriori, %(day)s")
    return words % {"day": formats.day_short(forecast.day, labels.locale())}


def chart(shown: Shown, subject: str) -> Chart | None:
    """Forecast and vote on one scale; None where the department gave no forecast of the quarter."""
    found = lines(shown, subject)
    if not found:
        return None
    report, slug = shown.report, f"divario.{subject}"
    known = any(line.gap is not None for line in found)
    subtitle = _("● the customers, ◇ us, 0 to 100 · %(quarter)s · bar = 95%% interval of the customers")
    slide = _("Full = the customers, empty = us, 0 to 100 · %(quarter)s · thin line = 95%% interval of the customers")
    return Chart(
        slug,
        heading(report, found),
        subtitle % {"quarter": labels.quarter(shown.quarter)},
        _table(shown, slug, found),
        " · ".join([_("Our forecast: one number of the department for each stage"), blocks.voices(report)]),
        "divario",
        _figure(report, found) if known else None,
        "" if known else _("What the customers say here cannot be shown yet"),
        _("A posteriori: given on the quarter's last day or later")
        if any(not line.forecast.blind for line in found)
        else "",
        slide=slide % {"quarter": labels.quarter(shown.quarter)},
        lineage=blocks.lineage_link(shown, found[0].row),
        evidence=blocks.heard(report),
    )


def heading(report: Report, found: list[Line]) -> str:
    """How far a forecast in time is from the customers where it is farthest; within the interval they agree."""
    first = found[0]
    if not first.forecast.blind:
        return _("No forecast was given in time: what we said afterwards is no gap")
    if first.gap is None:
        return _("What the customers say here cannot be told yet")
    words = {
        "stage": labels.stage_name(report, first.forecast.stage.slug),
        "points": formats.number(abs(first.gap.value), 1, labels.locale()),
    }
    low, high = first.gap.low, first.gap.high
    if low is not None and high is not None and low <= 0 <= high:
        return _("%(stage)s: we see ourselves as the customer does") % words
    if first.gap.value > 0:
        return _("%(stage)s: we see ourselves %(points)s points better than the customer does") % words
    return _("%(stage)s: we see ourselves %(points)s points worse than the customer does") % words


def _figure(report: Report, found: list[Line]) -> dict[str, object]:
    pairs = [_pair(report, line) for line in found]
    ends = [end for pair in pairs for end in (pair.expected, pair.value, pair.low, pair.high) if end is not None]
    return dumbbell(pairs, blocks.ticks([place for place in places(ends, 0.08, 0.08, 5) if 0 <= place <= 100]))


def _pair(report: Report, line: Line) -> Pair:
    name, expected = labels.stage_name(report, line.forecast.stage.slug), float(line.forecast.value)
    if line.gap is None:
        return Pair(name, expected, None, None, None, labels.figure_base(line.row, report))
    value, low, high = (None if end is None else float(end) for end in (line.row.value, line.row.low, line.row.high))
    return Pair(name, expected, value, low, high, _points(line.gap.value))


def _points(value: float | None) -> str:
    return labels.points(None if value is None else Decimal(str(value)))


def _table(shown: Shown, slug: str, found: list[Line]) -> Table:
    heads = blocks.columns(
        _("Stage"), "#" + _("we expected"), _("when"), "#" + _("the customers say"), "<" + _("interval"),
        ">#" + _("from"), ">#" + _("to"), "#" + _("gap"), "<" + _("interval of the gap"), "#n",
    )  # fmt: skip
    return Table(
        slug, _("Our forecast and the customers' vote, 0 to 100"), heads, tuple(_row(shown, row) for row in found)
    )


def _row(shown: Shown, line: Line) -> tuple[Cell, ...]:
    report, row, stage = shown.report, line.row, line.forecast.stage.slug
    first = Cell(labels.stage_name(report, stage), href=blocks.stage_link(shown, stage))
    ours = (blocks.score_cell(line.forecast.value), Cell(when(line.forecast)))
    if line.gap is None:
        said = Cell(labels.figure_base(row, report), quiet=True)
        return (first, *ours, said, Cell(), Cell(), Cell(), Cell("–"), Cell(), Cell())
    ends = (blocks.score_cell(row.low), blocks.score_cell(row.high))
    gap, said = (
        Decimal(str(line.gap.value)),
        replace(blocks.score_cell(row.value), href=blocks.lineage_link(shown, row)),
    )
    low, high = (None if end is None else Decimal(str(end)) for end in (line.gap.low, line.gap.high))
    return (
        first, *ours, said, Cell(labels.interval(row.low, row.high)), *ends,
        blocks.points_cell(gap), Cell(labels.points_interval(low, high)), blocks.answers_cell(row, report),
    )  # fmt: skip
