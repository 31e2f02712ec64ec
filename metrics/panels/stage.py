"""Panels of a stage's page: its level, its results, what goes along with the customers' vote."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from metrics import labels, wording
from metrics.panels import blocks, contested
from metrics.panels.blocks import Verdict
from metrics.report import FigureRow, IndicatorDef, Report
from metrics.shown import Shown
from metrics.tables import Bullet, Cell, Table, bullet

ROOM = 1.15


@dataclass(frozen=True)
class Head:
    """The stage's own number, or what stands in its place, under its message."""

    kicker: str
    question: str
    message: str
    level: str
    interval: str
    verdict: Verdict | None
    since: str
    base: str
    reduced: bool
    missing: str
    contested: str = ""
    lineage: str = ""


def head(shown: Shown, subject: str) -> Head:
    """Level, interval and verdict of the stage, with the customer's question in it."""
    report, stage, row = shown.report, shown.report.stage(subject), shown.report.stage_health(subject)
    visible = row.base != "hidden" and row.value is not None
    place = [definition.slug for definition in report.stages].index(subject) + 1
    missing = [report.indicator(slug).name for slug in row.detail.get("missing", ())]
    return Head(
        kicker=_("Stage %(n)s of %(total)s · %(name)s") % {"n": place, "total": len(report.stages), "name": stage.name},
        question=stage.question,
        message=wording.place(report, f"stage:{subject}"),
        level=labels.level(row.value) if visible else "",
        interval=labels.interval(row.low, row.high) if visible else "",
        verdict=blocks.verdict_of(row) if row.base == "full" and row.change is not None else None,
        since=labels.quarter(report.previous) if report.previous else "",
        base=labels.figure_base(row, report),
        reduced=row.base == "reduced",
        missing=_("Not counted this quarter: %(names)s") % {"names": labels.names(missing)} if missing else "",
        contested=contested.badge(shown.objections, report, ("stage", subject, "", "")),
        lineage=blocks.lineage_link(shown, row),
    )


def results(shown: Shown, subject: str) -> Table:
    """Every indicator that lands on the stage: outcomes first, then the departments' results by touchpoint."""
    report = shown.report
    order = {slug: place for place, (slug, _name) in enumerate(report.stage(subject).touchpoints)}
    found = sorted(
        report.stage_indicators(subject), key=lambda row: (row.role != "outcome", order.get(row.touchpoint, -1))
    )
    heads = blocks.columns(
        _("Touchpoint and measure"), _("Department"), "<" + _("now, before, target"), "#" + _("now"), "#" + _("before"),
        "#" + _("target"), ">" + _("unit"), _("How"), "#" + _("contribution"), "#n",
    )  # fmt: skip
    caption = _("%(stage)s in %(quarter)s: bar = now, tick = before, thin line = target") % {
        "stage": report.stage(subject).name,
        "quarter": labels.quarter(shown.quarter),
    }
    return Table(f"risultati.{subject}", caption, heads, tuple(_result(shown, subject, row) for row in found))


def _result(shown: Shown, stage: str, indicator: IndicatorDef) -> tuple[Cell, ...]:
    report, row = shown.report, shown.report.indicator_figure(indicator.slug)
    touchpoint = dict(report.stage(stage).touchpoints).get(indicator.touchpoint, "")
    whose = report.department(indicator.department)
    told = row.base == "full" and row.before is not None
    verdict = row.verdict if told else "too_little"
    return (
        Cell(indicator.name, note=touchpoint, href=blocks.lineage_link(shown, row)),
        Cell(whose.name, href=blocks.department_link(shown, whose.slug)),
        Cell(bullet=_bullet(row, indicator)),
        _value(shown, row, indicator),
        blocks.measure_cell(row.before, indicator),
        blocks.measure_cell(row.target, indicator),
        Cell(labels.unit(indicator)),
        Cell(labels.verdict(verdict), verdict=verdict)
        if told
        else Cell(_("first measure") if row.base == "full" else ""),
        _contribution(report, indicator),
        blocks.count_cell(row.n)
        if row.n >= report.company.hidden_under
        else Cell(labels.hidden(report.company.hidden_under)),
    )


def _value(shown: Shown, row: FigureRow, indicator: IndicatorDef) -> Cell:
    """The value now, and whether somebody contests it."""
    cell = blocks.own_value(row, indicator, shown.report)
    said = contested.badge(shown.objections, shown.report, ("indicator", row.stage, indicator.slug, ""))
    return replace(cell, note=" · ".join(filter(None, (cell.note, said))))


def _contribution(report: Report, indicator: IndicatorDef) -> Cell:
    """Leave-out points of the event on the outcome nearest to it."""
    rows = report.effects_of("contribution", indicator=indicator.slug, unit="")
    if not rows or rows[0].points is None:
        return Cell("–")
    return blocks.points_cell(rows[0].points) if rows[0].verdict in blocks.PROVEN else Cell(labels.verdict("unproven"))


def _bullet(row: FigureRow, indicator: IndicatorDef) -> Bullet | None:
    """Bar, tick and line on the declared scale, else from zero to a little over the largest."""
    if row.base == "hidden":
        return None
    values = [None if value is None else float(value) for value in (row.value, row.before, row.target)]
    if indicator.worst is not None and indicator.best is not None:
        ends = sorted((float(indicator.worst), float(indicator.best)))
        return bullet(values[0], values[1], values[2], (ends[0], ends[1]))
    most = max((value for value in values if value is not None), default=0.0)
    return bullet(values[0], values[1], values[2], (0.0, most * ROOM))
