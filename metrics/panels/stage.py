"""Panels of a stage's page: its level, its results, what goes along with the customers' vote."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from company import formats
from metrics import labels, wording
from metrics.figures import Dot, dots, places
from metrics.panels import blocks
from metrics.panels.blocks import Chart, Verdict
from metrics.report import EffectRow, FigureRow, IndicatorDef, Report
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
        Cell(indicator.name, note=touchpoint),
        Cell(whose.name, href=blocks.department_link(shown, whose.slug)),
        Cell(bullet=_bullet(row, indicator)),
        blocks.own_value(row, indicator, report),
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


@dataclass(frozen=True)
class Drivers:
    """What goes along with one outcome: a chart of shares of explained variance, and the departments' sums."""

    chart: Chart
    departments: Table


def drivers(shown: Shown, subject: str) -> list[Drivers] | None:
    """For each outcome that the stage speaks of or its results are tested on; None where there is none."""
    rows = shown.report.effects_of("driver")
    wanted = dict.fromkeys(row.outcome for row in rows if subject in (row.outcome_stage, row.stage))
    return [_drivers(shown, subject, outcome) for outcome in wanted] or None


def _drivers(shown: Shown, subject: str, outcome: str) -> Drivers:
    report = shown.report
    rows = report.effects_of("driver", outcome=outcome)
    ranked = sorted(rows, key=lambda row: -(row.share or Decimal(-1)))
    voice = report.indicator(outcome)
    slug = f"fattori.{subject}.{outcome}"
    subtitle = _("Share of the variance of «%(outcome)s» in %(place)s, in percent; bar = 95%% interval") % {
        "outcome": voice.name,
        "place": labels.stage_name(report, voice.stage),
    }
    source = f"{labels.base(rows[0].n)} · " + _("cases of two quarters")
    known = [row for row in ranked if row.share is not None]
    empty = "" if known else labels.note(rows[0].note) or labels.verdict("too_little")
    figure = dots([_dot(report, row) for row in ranked], blocks.ticks(_axis(known))) if known else None
    chart = Chart(
        slug,
        wording.place(report, f"drivers:{voice.stage}") if len(_outcomes(report, voice.stage)) == 1 else voice.name,
        subtitle,
        _driver_table(shown, slug, ranked),
        source,
        "fattori",
        figure,
        empty,
        _("Association, not proof of cause"),
    )
    return Drivers(chart, _shares(shown, f"quote.{subject}.{outcome}", ranked))


def _outcomes(report: Report, stage: str) -> set[str]:
    return {row.outcome for row in report.effects_of("driver", outcome_stage=stage)}


def _axis(rows: Sequence[EffectRow]) -> list[float]:
    ends = [
        float(value) * 100 for row in rows for value in (row.share, row.share_low, row.share_high) if value is not None
    ]
    return places([0.0, *ends], below=0, above=0.02)


def _dot(report: Report, row: EffectRow) -> Dot:
    share, low, high = (_percent(value) for value in (row.share, row.share_low, row.share_high))
    proven = row.verdict in blocks.PROVEN
    text = (
        formats.percent(row.share, 1, labels.locale())
        if row.share is not None and proven
        else labels.verdict("unproven")
    )
    return Dot(report.indicator(row.indicator).name, share, low, high, text, "proven" if proven else "unproven")


def _percent(value: Decimal | None) -> float | None:
    return None if value is None else float(formats.rounded(value * 100, 1))


def _driver_table(shown: Shown, slug: str, rows: Sequence[EffectRow]) -> Table:
    heads = blocks.columns(
        _("Result"), _("Department"), "#" + _("share of variance, %"), "#" + _("from"), "#" + _("to"), _("How"),
        "#" + _("points per unit"), "#n", _("Note"),
    )  # fmt: skip
    caption = _(
        "Shares add up to the variance explained; points go with one unit more of the result (a share: 0 to 100%)"
    )
    return Table(slug, caption, heads, tuple(_driver_row(shown, row) for row in rows))


def _driver_row(shown: Shown, row: EffectRow) -> tuple[Cell, ...]:
    report = shown.report
    scores = [
        blocks.share_cell(None if value is None else value * 100)
        for value in (row.share, row.share_low, row.share_high)
    ]
    goes = {"better": _("goes along with a higher vote"), "worse": _("goes along with a lower vote")}
    how = goes.get(row.verdict, labels.verdict("unproven") if row.points is not None else "–")
    whose = report.department(row.department)
    points = blocks.points_cell(row.points) if row.verdict in blocks.PROVEN else Cell("–")
    link = blocks.department_link(shown, whose.slug)
    note = labels.note(row.note) or _variance(row)
    name = report.indicator(row.indicator).name
    return (Cell(name), Cell(whose.name, href=link), *scores, Cell(how), points, blocks.count_cell(row.n), Cell(note))


def _variance(row: EffectRow) -> str:
    vif = row.detail.get("vif")
    if vif is None or Decimal(vif) < 5:
        return ""
    return _("VIF %(value)s: overlaps with other results") % {"value": labels.level(Decimal(vif))}


def _shares(shown: Shown, slug: str, rows: Sequence[EffectRow]) -> Table:
    """Sums of the shares by department, in the company's order."""
    report = shown.report
    sums: dict[str, Decimal] = {}
    for row in rows:
        if row.share is not None:
            sums[row.department] = sums.get(row.department, Decimal(0)) + row.share * 100
    heads = blocks.columns(_("Department"), "#" + _("share of variance, %"))
    listed = [
        (
            Cell(definition.name, href=blocks.department_link(shown, definition.slug)),
            blocks.share_cell(sums[definition.slug]),
        )
        for definition in report.departments
        if definition.slug in sums
    ]
    return Table(slug, _("The same shares, added up by department"), heads, tuple(listed))
