"""The bridge: how health went from the previous quarter to this one, step by step."""

from dataclasses import dataclass, replace
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from company import formats
from metrics import labels, wording
from metrics.chaining import Chain, chain
from metrics.figures import Step, bridge, places
from metrics.panels import blocks, lineage
from metrics.panels.blocks import Chart
from metrics.report import Report, StepRow
from metrics.sentences import steps_shown
from metrics.shown import Shown
from metrics.stats.rounding import largest_remainder
from metrics.tables import Cell, Table

HUNDRED = Decimal(100)
FAMILIES = (("impact", "unexplained"), ("indicator",), ("rate", "mix"))  # each adds up to its component's step


@dataclass(frozen=True)
class Bridge:
    """``chart`` is None in a first quarter; ``steps`` takes every step apart; ``year`` chains up to four quarters."""

    message: str
    chart: Chart | None
    steps: Table | None
    year: Table | None = None


def page(shown: Shown, subject: str) -> Bridge:
    """The chart under its own plain name, the message being the page's, and what each step is made of."""
    found, message = chart(shown, subject), wording.place(shown.report, "bridge")
    if found is None:
        return Bridge(message, None, None)
    ends = {"before": labels.quarter(shown.report.previous), "now": labels.quarter(shown.quarter)}
    heading = _("From %(before)s to %(now)s, step by step") % ends
    whole = chain(shown.year)
    year = None if whole is None else _year(shown, whole)
    return Bridge(message, replace(found, heading=heading, more=""), _parts(shown), year)


def _parts(shown: Shown) -> Table:
    """Each step at the page's decimals: what it weighs, how its health moved, the points and how sure they are."""
    heads = blocks.columns(
        _("Step"), ">" + _("part of"), "#" + _("weight, %"), "#" + _("change of its health"), "#" + _("points"),
        "#" + _("from"), "#" + _("to"), _("How"),
    )  # fmt: skip
    caption = _("Each step: its weight in health, how its own health moved, the points that come of it")
    return Table("passi", caption, heads, tuple(_part(shown, row) for row in taken_apart(shown.report)))


def taken_apart(report: Report) -> list[StepRow]:
    """Every component's step, after it what it is made of; at one decimal each family adds up to its step."""
    shown = steps_shown(report)
    components = [row for row in report.bridge if row.kind == "stage"]
    parts = [row.points or Decimal(0) for row in shown if row.kind in FAMILIES[0]]
    own = {row.component: row.points for row in shown if row.kind == "stage"}
    rows: list[StepRow] = []
    for component in components:
        step = replace(component, points=own.get(component.component, sum(parts, Decimal(0))))
        rows += [step, *(row for kinds in FAMILIES for row in _family(report, step, kinds))]
    return [*rows, *(row for row in shown if row.kind == "weights")]


def _family(report: Report, step: StepRow, kinds: tuple[str, ...]) -> list[StepRow]:
    rows = [row for row in report.bridge if row.component == step.component and row.kind in kinds]
    points = largest_remainder([row.points or Decimal(0) for row in rows], 1, step.points)
    return [replace(row, points=value) for row, value in zip(rows, points, strict=True)]


def _part(shown: Shown, row: StepRow) -> tuple[Cell, ...]:
    report = shown.report
    weight = change = Cell("–")
    inner = row.kind not in ("stage", "weights")
    if row.kind == "stage":
        used = report.health.detail.get("weights", {}).get(row.component)
        weight = Cell("–") if used is None else blocks.score_cell(Decimal(str(used)) * HUNDRED)
        change = blocks.points_cell(report.stage_health(row.component).change)
    if inner:
        weight = change = Cell()
    unseen = not row.points and row.verdict == "unproven"
    points = Cell(labels.verdict("unproven"), quiet=True) if unseen else blocks.points_cell(row.points)
    if row.kind != "weights":
        points = replace(points, href=lineage.address(shown.quarter, step=str(row.position)))
    verdict = Cell(labels.verdict(row.verdict), verdict=row.verdict) if row.kind != "weights" else Cell()
    href = "" if inner else blocks.stage_link(shown, row.component)
    name = Cell(_part_name(report, row) if inner else _step_name(report, row), href=href, inner=inner)
    of = Cell(labels.stage_name(report, row.component) if inner else "")
    return (name, of, weight, change, points, blocks.points_cell(row.low), blocks.points_cell(row.high), verdict)


def _part_name(report: Report, row: StepRow) -> str:
    """What a row inside a step is: results of a stage and the rest, a measure, or its units' levels and shares."""
    if row.kind == "impact":
        return _("linked to results in %(stage)s") % {"stage": labels.stage_name(report, row.stage)}
    if row.kind == "indicator":
        return report.indicator(row.stage).name
    unit = {"unit": report.company.unit_name.lower()}
    if row.kind == "rate":
        return _("within each %(unit)s") % unit
    return _("composition by %(unit)s") % unit if row.kind == "mix" else _("not explained")


def _year(shown: Shown, whole: Chain) -> Table:
    """The chained steps between the two healths, which they join to the shown digit."""
    ends = {"before": labels.quarter(whole.since), "now": labels.quarter(shown.quarter)}
    level = formats.rounded(whole.start, 1)
    rows = [(Cell(ends["before"]), Cell(), blocks.score_cell(level))]
    for step in whole.shown:
        level += step.points or Decimal(0)
        rows.append((Cell(_chained_name(whole, step)), blocks.points_cell(step.points), blocks.score_cell(level)))
    rows.append((Cell(ends["now"]), Cell(), blocks.score_cell(whole.end)))
    heads = blocks.columns(_("Step"), "#" + _("points"), "#" + _("Health"))
    return Table(
        "catena", _("Sums of the steps of each quarter, from %(before)s to %(now)s") % ends, heads, tuple(rows)
    )


def _chained_name(whole: Chain, step: StepRow) -> str:
    """The name the latest quarter that has the step gives it."""
    if step.kind == "restated":
        return _("Computed again since")
    named = (link for link in reversed(whole.links) if any(row.component == step.component for row in link.bridge))
    return _step_name(next(named), step)


def chart(shown: Shown, subject: str) -> Chart | None:
    """From the previous health to this one; None where there is no previous health."""
    report = shown.report
    if not report.bridge:
        return None
    steps = _steps(report)
    ends = [value for step in steps for value in (step.start, step.end)]
    axis = places(ends, below=0.12, above=0.05)
    now, before = labels.quarter(shown.quarter), labels.quarter(report.previous)
    subtitle = _("Points of health, from %(before)s (hollow) to %(now)s (full); empty bar = no demonstrable change")
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
        lineage=blocks.lineage_link(shown, report.health),
        evidence=blocks.heard(report),
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
