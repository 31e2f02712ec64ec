"""The bridge: how health went from the previous quarter to this one, step by step."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from company import formats
from metrics import labels, wording
from metrics.figures import Step, bridge, places
from metrics.panels import blocks
from metrics.panels.blocks import Chart
from metrics.report import Report, StepRow
from metrics.sentences import steps_shown
from metrics.shown import Shown
from metrics.tables import Cell, Table

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Bridge:
    """``chart`` is None in a first quarter; ``steps`` takes every step apart: weight, change, interval."""

    message: str
    chart: Chart | None
    steps: Table | None


def page(shown: Shown, subject: str) -> Bridge:
    """The chart under its own plain name, the message being the page's, and what each step is made of."""
    found, message = chart(shown, subject), wording.place(shown.report, "bridge")
    if found is None:
        return Bridge(message, None, None)
    ends = {"before": labels.quarter(shown.report.previous), "now": labels.quarter(shown.quarter)}
    heading = _("From %(before)s to %(now)s, step by step") % ends
    return Bridge(message, replace(found, heading=heading, more=""), _parts(shown))


def _parts(shown: Shown) -> Table:
    """Each step at the page's decimals: what it weighs, how its health moved, the points and how sure they are."""
    report = shown.report
    heads = blocks.columns(
        _("Step"), "#" + _("weight, %"), "#" + _("change of its health"), "#" + _("points"), "#" + _("from"),
        "#" + _("to"), _("How"),
    )  # fmt: skip
    caption = _("Each step: its weight in health, how its own health moved, the points that come of it")
    return Table("passi", caption, heads, tuple(_part(shown, row) for row in steps_shown(report)))


def _part(shown: Shown, row: StepRow) -> tuple[Cell, ...]:
    report = shown.report
    weight = change = Cell("–")
    if row.kind == "stage":
        used = report.health.detail.get("weights", {}).get(row.component)
        weight = Cell("–") if used is None else blocks.score_cell(Decimal(str(used)) * HUNDRED)
        change = blocks.points_cell(report.stage_health(row.component).change)
    unseen = not row.points and row.verdict == "unproven"
    points = Cell(labels.verdict("unproven"), quiet=True) if unseen else blocks.points_cell(row.points)
    verdict = Cell(labels.verdict(row.verdict), verdict=row.verdict) if row.kind != "weights" else Cell()
    name = Cell(_step_name(report, row), href=blocks.stage_link(shown, row.stage or row.component))
    return (name, weight, change, points, blocks.points_cell(row.low), blocks.points_cell(row.high), verdict)


def chart(shown: Shown, subject: str) -> Chart | None:
    """From the previous health to this one; None where there is no previous health."""
    report = shown.report
    if not report.bridge:
        return None
    steps = _steps(report)
    ends = [value for step in steps for value in (step.start, step.end)]
    axis = places(ends, below=0.12, above=0.05)
    now, before = labels.quarter(shown.quarter), labels.quarter(report.previous)
    subtitle = _("Points of health, from %(before)s (hollow) to %(now)s (full); white = no demonstrable change")
    zoom = {"low": formats.number(axis[0], 0, labels.locale()), "high": formats.number(axis[-1], 0, labels.locale())}
    return Chart(
        "ponte",
        wording.place(report, "bridge"),
        subtitle % {"before": before, "now": now},
        _bridge_table(report, steps),
        _("Enlarged scale: from %(low)s to %(high)s of 100") % zoom,
        "ponte",
        bridge(steps, blocks.ticks(axis)),
        caveat=_("Association, not proof of cause") if any(row.kind == "impact" for row in steps_shown(report)) else "",
        more=reverse("bridge", args=[shown.quarter]),
    )


def _steps(report: Report) -> list[Step]:
    """The steps at one decimal; they add up to the shown difference of the two shown healths."""
    rows = steps_shown(report)
    start, end = (
        next(row.points or Decimal(0) for row in report.bridge if row.kind == kind) for kind in ("start", "end")
    )
    first, last = formats.rounded(start, 1), formats.rounded(end, 1)
    steps = [Step(labels.quarter(report.previous), float(first), float(first), labels.level(first), "", "before")]
    level = first
    for row in rows:
        part = row.points or Decimal(0)
        unseen = not part and row.verdict == "unproven"  # an undemonstrated step is never written as 0
        text = labels.verdict("unproven") if unseen else formats.signed(part, 1, labels.locale())
        steps.append(Step(_step_name(report, row), float(level), float(level + part), text, row.verdict))
        level += part
    return [*steps, Step(labels.quarter(report.quarter), float(last), float(last), labels.level(last), "", "now")]


def _step_name(report: Report, row: StepRow) -> str:
    if row.kind == "weights":
        return _("Weights and coverage")
    if row.kind == "unexplained":
        return _("Not explained")
    return labels.stage_name(report, row.stage or row.component)


def _bridge_table(report: Report, steps: list[Step]) -> Table:
    def row(step: Step) -> tuple[Cell, ...]:
        level = blocks.score_cell(Decimal(str(step.end)))
        if step.total:
            return (Cell(step.label), Cell(), level, Cell())
        change = Cell(step.text, Decimal(str(step.end)) - Decimal(str(step.start)), 1)
        return (Cell(step.label), change, level, Cell(labels.verdict(step.verdict), verdict=step.verdict))

    heads = blocks.columns(_("Step"), "#" + _("points"), "#" + _("Health"), _("How"))
    caption = _("Steps of health from %(before)s to %(now)s") % {
        "before": labels.quarter(report.previous),
        "now": labels.quarter(report.quarter),
    }
    return Table("ponte", caption, heads, tuple(row(step) for step in steps))
