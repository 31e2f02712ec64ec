"""Panels of the front page: how the customer is, and why it changed."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from company import formats
from metrics import labels, wording
from metrics.panels import blocks, contested
from metrics.panels.blocks import Verdict
from metrics.report import Report
from metrics.sentences import stage_impacts, total_impact
from metrics.shown import Shown
from metrics.tables import Cell, Table


@dataclass(frozen=True)
class Hero:
    """Health in one number with what it is worth; ``level`` is empty where the base is too small to show it."""

    level: str
    interval: str
    verdict: Verdict | None
    since: str
    base: str
    reduced: bool
    message: str
    support: list[str]
    author: str = ""
    stale: bool = False
    lineage: str = ""
    contested: str = ""


def hero(shown: Shown, subject: str) -> Hero:
    """The hero number and the message of the quarter."""
    report, row = shown.report, shown.report.health
    visible = row.base != "hidden" and row.value is not None
    compared = row.base == "full" and row.change is not None
    title = report.message("front")
    edited = title.args if title and title.code == "edited" else {}
    return Hero(
        level=labels.level(row.value) if visible else "",
        interval=labels.interval(row.low, row.high) if visible else "",
        verdict=blocks.verdict_of(row) if compared else None,
        since=labels.quarter(report.previous) if report.previous else "",
        base=labels.figure_base(row, report),
        reduced=row.base == "reduced",
        message=wording.place(report, "front"),
        support=[text for place in ("front_second", "front_third") if (text := wording.place(report, place))],
        author=edited.get("author", ""),
        stale=edited.get("stale", False),
        lineage=blocks.lineage_link(shown, row),
        contested=contested.badge(shown.objections, report, ("company", "", "", "")),
    )


@dataclass(frozen=True)
class Tile:
    """A stage in the strip; ``width`` is the bar's, ``silent`` what stands where no number may."""

    name: str
    href: str
    level: str = ""
    width: str = "0"
    verdict: Verdict | None = None
    base: str = ""
    silent: str = ""
    reduced: bool = False


@dataclass(frozen=True)
class Strip:
    heading: str
    tiles: list[Tile]
    table: Table


def strip(shown: Shown, subject: str) -> Strip:
    """Every stage in order; the whole journey's own outcome last, where there is one."""
    report = shown.report
    slugs = [stage.slug for stage in report.stages]
    if any(row.in_health and not row.stage for row in report.indicators):
        slugs.append("")
    return Strip(wording.place(report, "strip"), [_tile(shown, slug) for slug in slugs], _stages(shown, slugs))


def _tile(shown: Shown, slug: str) -> Tile:
    report, row = shown.report, shown.report.stage_health(slug)
    name, href = labels.stage_name(report, slug), blocks.stage_link(shown, slug)
    base = labels.figure_base(row, report)
    if row.base == "hidden" or row.value is None:
        return Tile(name, href, silent=base)
    whole, width = formats.number(row.value, 0, labels.locale()), f"{row.value:.1f}"
    compared = row.base == "full" and row.change is not None
    verdict = blocks.verdict_of(row, decimals=0) if compared else None
    return Tile(name, href, whole, width, verdict, base, reduced=row.base == "reduced")


def _stages(shown: Shown, slugs: list[str]) -> Table:
    rows = tuple(_stage_row(shown.report, slug) for slug in slugs)
    heads = blocks.columns(
        _("Stage"), "#" + _("Health"), "#" + _("from"), "#" + _("to"), _("How"), "#" + _("Change"), "#n"
    )
    caption = _("Health of each stage, 0 to 100, %(quarter)s") % {"quarter": labels.quarter(shown.quarter)}
    return Table("fasi", caption, heads, rows)


def _stage_row(report: Report, slug: str) -> tuple[Cell, ...]:
    row = report.stage_health(slug)
    name, verdict = Cell(labels.stage_name(report, slug)), blocks.verdict_of(row)
    if row.base == "hidden" or row.value is None:
        return (name, Cell(labels.figure_base(row, report)), Cell(), Cell(), Cell(), Cell(), Cell())
    change = blocks.points_cell(row.change) if verdict.amount else Cell("–")
    scores = [blocks.score_cell(value) for value in (row.value, row.low, row.high)]
    return (name, *scores, Cell(verdict.word), change, blocks.count_cell(row.n))


@dataclass(frozen=True)
class Line:
    """One department in a sentence: where it acts, how, how much."""

    name: str
    href: str
    stages: str
    verdict: Verdict
    interval: str


def yours(shown: Shown, subject: str) -> list[Line] | None:
    """The reader's own departments; None for who answers for none."""
    lines = [_line(shown, slug) for slug in shown.mine if slug in {row.slug for row in shown.report.departments}]
    return lines or None


def _line(shown: Shown, slug: str) -> Line:
    report = shown.report
    total = total_impact(report, slug, "before")
    verdict = blocks.impact_verdict(total)
    return Line(
        report.department(slug).name,
        blocks.department_link(shown, slug),
        _where(report, slug),
        verdict,
        labels.points_interval(total.low, total.high) if total and verdict.amount else "",
    )


def _where(report: Report, slug: str) -> str:
    """The stages of a department: those its impact is counted in, else those it is declared to act on."""
    counted = [row.stage for row in stage_impacts(report, slug, "before")]
    return labels.names(labels.stage_name(report, stage) for stage in counted or report.department(slug).stages)


def departments(shown: Shown, subject: str) -> Table:
    """Every department in the company's order: where, how, how much. None vanishes, none is ranked."""
    report = shown.report
    heads = blocks.columns(
        _("Department"),
        _("Where"),
        _("How"),
        "<#" + _("How much"),
        ">#" + _("points"),
        ">#" + _("from"),
        ">#" + _("to"),
        "#n",
    )
    rows = tuple(_department_row(shown, row.slug) for row in report.departments)
    caption = _("Points of health linked to each department's results, change from %(quarter)s") % {
        "quarter": labels.quarter(report.previous) if report.previous else "–"
    }
    return Table("reparti", caption, heads, rows)


def _department_row(shown: Shown, slug: str) -> tuple[Cell, ...]:
    report = shown.report
    total = total_impact(report, slug, "before")
    verdict = blocks.impact_verdict(total)
    name = Cell(report.department(slug).name, href=blocks.department_link(shown, slug))
    where, how = Cell(_where(report, slug) or "–"), Cell(verdict.word, verdict=verdict.code)
    if total is None or total.points is None:
        return (name, where, how, Cell(), Cell(), Cell(), Cell(), Cell())
    proven = total.verdict in blocks.PROVEN
    much = (
        blocks.points_cell(total.points, labels.points_interval(total.low, total.high))
        if proven
        else Cell(labels.points_interval(total.low, total.high), quiet=True)
    )
    said = contested.badge(shown.objections, report, total.key)
    much = replace(much, href=blocks.effect_link(shown, total), note=" · ".join(filter(None, (much.note, said))))
    bounds = [blocks.points_cell(value) for value in (total.points if proven else None, total.low, total.high)]
    return (name, where, how, much, *bounds, blocks.count_cell(total.n))
