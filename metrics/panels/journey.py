"""The map of the journey: stages in columns, the same lanes for all."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from company import formats
from metrics import labels, wording
from metrics.panels import blocks
from metrics.panels.blocks import Verdict
from metrics.report import Report
from metrics.shown import Shown
from metrics.tables import Cell, Table

POINTS_SHOWN = 3
TOP, SPAN = Decimal(95), Decimal("0.9")
STRENGTH = {"worse": 0, "better": 1, "unproven": 2, "too_little": 3}


@dataclass(frozen=True)
class Mark:
    """A line of a lane: a verdict, a name and a number where one may stand."""

    verdict: str
    word: str
    name: str
    text: str = ""
    href: str = ""


@dataclass(frozen=True)
class Column:
    """A stage of the map. ``dot``, ``top`` and ``height`` are percents of its drawing, 95 is health 0, 5 is 100."""

    slug: str
    name: str
    question: str
    href: str
    level: str
    interval: str
    base: str
    width: str
    dot: str
    top: str
    height: str
    verdict: Verdict | None
    touchpoints: list[Mark]
    more: int
    departments: list[Mark]


@dataclass(frozen=True)
class Map:
    """``heard``: whether any stage has a health to draw."""

    message: str
    heard: bool
    columns: list[Column]
    table: Table


def chart(shown: Shown, subject: str) -> Map:
    """Every stage with its health, change, touchpoints and departments."""
    columns = [_column(shown, stage.slug) for stage in shown.report.stages]
    return Map(
        wording.place(shown.report, "journey"), any(column.level for column in columns), columns, _table(shown, columns)
    )


def _column(shown: Shown, slug: str) -> Column:
    report, stage, row = shown.report, shown.report.stage(slug), shown.report.stage_health(slug)
    points = _touchpoints(report, slug)
    visible = row.base != "hidden" and row.value is not None
    compared = row.base == "full" and row.change is not None
    low, high = (row.low or row.value, row.high or row.value) if visible else (None, None)
    return Column(
        slug=slug,
        name=stage.name,
        question=stage.question,
        href=blocks.stage_link(shown, slug),
        level=formats.number(row.value, 0, labels.locale()) if visible and row.value is not None else "",
        interval=labels.interval(row.low, row.high) if visible else "",
        base=labels.figure_base(row, report),
        width=f"{row.value:.1f}" if visible and row.value is not None else "",
        dot=f"{TOP - row.value * SPAN:.2f}" if visible and row.value is not None else "",
        top=f"{TOP - high * SPAN:.2f}" if high is not None else "",
        height=f"{(high - low) * SPAN:.2f}" if high is not None and low is not None else "",
        verdict=blocks.verdict_of(row) if compared else None,
        touchpoints=points[:POINTS_SHOWN],
        more=max(0, len(points) - POINTS_SHOWN),
        departments=_departments(shown, slug),
    )


def _touchpoints(report: Report, slug: str) -> list[Mark]:
    """The touchpoints measured here, those with a demonstrated change first."""
    found = []
    for point, name in report.stage(slug).touchpoints:
        verdicts = [
            report.indicator_figure(row.slug).verdict
            for row in report.stage_indicators(slug)
            if row.touchpoint == point
        ]
        verdict = min(verdicts, key=STRENGTH.__getitem__, default="too_little")
        found.append(Mark(verdict, labels.verdict(verdict), name))
    return sorted(found, key=lambda mark: STRENGTH[mark.verdict])


def _departments(shown: Shown, slug: str) -> list[Mark]:
    """The departments whose results land here with their sign, and those declared to act here without a number."""
    report = shown.report
    sums = {row.department: row for row in report.effects_of("impact", reference="before", stage=slug, indicator="")}
    marks = []
    for department in report.departments:
        if department.slug not in sums and slug not in department.stages:
            continue
        verdict = blocks.impact_verdict(sums.get(department.slug))
        href = blocks.department_link(shown, department.slug)
        marks.append(Mark(verdict.code, verdict.word, department.name, verdict.amount, href))
    return marks


def _table(shown: Shown, columns: list[Column]) -> Table:
    heads = blocks.columns(
        _("Stage"),
        "#" + _("Health"),
        "#" + _("from"),
        "#" + _("to"),
        _("How"),
        "#" + _("Change"),
        "#n",
        _("Departments"),
    )
    rows = []
    for column in columns:
        row, report = shown.report.stage_health(column.slug), shown.report
        visible = row.base != "hidden" and row.value is not None
        scores = [blocks.score_cell(value) for value in (row.value, row.low, row.high)]
        level = scores if visible else [Cell(labels.figure_base(row, report)), Cell(), Cell()]
        change = blocks.points_cell(row.change) if column.verdict and column.verdict.amount else Cell("–")
        how = Cell(column.verdict.word if column.verdict else "")
        who = labels.apart(
            *(f"{labels.headed(mark.name)} {mark.word} {mark.text}".strip() for mark in column.departments)
        )
        rows.append((Cell(column.name), *level, how, change, blocks.answers_cell(row, report), Cell(who)))
    return Table("percorso", _("The journey, stage by stage"), heads, tuple(rows))
