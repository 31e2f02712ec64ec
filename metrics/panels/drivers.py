"""Panel of a stage's page: what goes along with the customers' vote, case by case or week by week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from company import formats
from metrics import labels, wording
from metrics.figures import Dot, dots, places
from metrics.panels import blocks
from metrics.panels.blocks import Chart
from metrics.report import EffectRow, Report
from metrics.shown import Shown
from metrics.tables import Cell, Table

HIGH_VIF = 5


@dataclass(frozen=True)
class Drivers:
    """What goes along with one outcome: shares of explained variance, the departments' sums, results by week."""

    chart: Chart
    departments: Table
    weekly: tuple[str, ...]


def drivers(shown: Shown, subject: str) -> list[Drivers] | None:
    """For each outcome that the stage speaks of or its results are tested on; None where there is none."""
    rows = shown.report.effects_of("driver")
    wanted = dict.fromkeys(row.outcome for row in rows if subject in (row.outcome_stage, row.stage))
    return [_drivers(shown, subject, outcome) for outcome in wanted] or None


def untold(shown: Shown, subject: str) -> list[str] | None:
    """Why of an outcome of the stage, or one its results act on, it is not told what goes along with it."""
    rows = [row for row in shown.report.indicators if row.in_health and not row.explainable]
    reached = {stage for row in shown.report.stage_indicators(subject) for stage in row.influences} | {subject}
    text = _("What goes along with “%(name)s” (%(kind)s) is not told: a regression explains the mean of answers.")
    return [text % {"name": row.name, "kind": labels.kind(row)} for row in rows if row.stage in reached] or None


def _drivers(shown: Shown, subject: str, outcome: str) -> Drivers:
    report = shown.report
    rows = report.effects_of("driver", outcome=outcome)
    ranked = sorted(rows, key=lambda row: -(row.share or Decimal(-1)))
    voice = report.indicator(outcome)
    slug = f"fattori.{subject}.{outcome}"
    subtitle = _("Share of the variance of “%(outcome)s” in %(place)s, in percent; bar = 95%% interval") % {
        "outcome": voice.name,
        "place": labels.stage_name(report, voice.stage),
    }
    known = [row for row in ranked if row.share is not None]
    first = known[0] if known else rows[0]
    weekly = first.detail.get("join") == "week"
    source = f"{labels.base(first.n)} · " + (_("units and weeks") if weekly else _("cases of two quarters"))
    empty = "" if known else labels.note(first.note) or _("joined by unit and week: see the table")
    figure = dots([dot(report, row) for row in known], blocks.ticks(axis(known))) if known else None
    chart = Chart(
        slug,
        wording.place(report, f"drivers:{voice.stage}") if len(_outcomes(report, voice.stage)) == 1 else voice.name,
        f"{subtitle} · {labels.quarter(report.quarter)}",
        _driver_table(shown, slug, ranked),
        source,
        "fattori",
        figure,
        empty,
        _("Association, not proof of cause"),
        lineage=blocks.effect_link(shown, first),
        evidence=blocks.graded(report, (outcome, *(row.indicator for row in rows))),
    )
    told = tuple(_by_week(report, row) for row in rows if row.detail.get("join") == "week")
    return Drivers(chart, _shares(shown, f"quote.{subject}.{outcome}", outcome), told)


def _by_week(report: Report, row: EffectRow) -> str:
    """A result that has no share and hence no bar: what goes along with it by unit and week, or why nothing is told."""
    indicator = report.indicator(row.indicator)
    found = labels.note(row.note) or f"{labels.verdict('unproven')} ({labels.base(row.n)})"
    if row.verdict in blocks.PROVEN:
        decimals = labels.slope_decimals(indicator)
        found = _("%(points)s points with one more, %(interval)s, in the week and the four after it") % {
            "points": labels.points(row.points, decimals),
            "interval": labels.points_interval(row.low, row.high, decimals),
        }
        found = labels.apart(*filter(None, (found, wording.unit_more(indicator))))
    return _("By unit and week, “%(name)s”: %(found)s") % {"name": wording.driver(indicator), "found": found}


def _outcomes(report: Report, stage: str) -> set[str]:
    return {row.outcome for row in report.effects_of("driver", outcome_stage=stage)}


def axis(rows: Sequence[EffectRow]) -> list[float]:
    """Places of an axis of shares, in percent."""
    ends = [
        float(value) * 100 for row in rows for value in (row.share, row.share_low, row.share_high) if value is not None
    ]
    return places([0.0, *ends], below=0, above=0.02)


def dot(report: Report, row: EffectRow) -> Dot:
    """A result's share with its interval."""
    share, low, high = (_percent(value) for value in (row.share, row.share_low, row.share_high))
    proven = row.verdict in blocks.PROVEN
    text = (
        formats.percent(row.share, 1, labels.locale())
        if row.share is not None and proven
        else labels.verdict("unproven")
    )
    return Dot(
        wording.driver(report.indicator(row.indicator)), share, low, high, text, "proven" if proven else "unproven"
    )


def _percent(value: Decimal | None) -> float | None:
    return None if value is None else float(formats.rounded(value * 100, 1))


def _driver_table(shown: Shown, slug: str, rows: Sequence[EffectRow]) -> Table:
    heads = blocks.columns(
        _("Result"), _("Department"), "#" + _("share of variance, %"), "#" + _("from"), "#" + _("to"), _("How"),
        "#" + _("points per unit"), "#n", _("Note"),
    )  # fmt: skip
    caption = _(
        "Shares add up to the variance explained; points go with one unit more of the result "
        "(a share: 0 to 100%; a rate: 1 more per thousand)"
    )
    return Table(slug, caption, heads, tuple(_driver_row(shown, row) for row in rows))


def _driver_row(shown: Shown, row: EffectRow) -> tuple[Cell, ...]:
    report = shown.report
    scores = [
        blocks.share_cell(None if value is None else value * 100)
        for value in (row.share, row.share_low, row.share_high)
    ]
    whose = report.department(row.department)
    decimals = labels.slope_decimals(report.indicator(row.indicator))
    points = blocks.points_cell(row.points, "", decimals) if row.verdict in blocks.PROVEN else Cell("–")
    link = blocks.department_link(shown, whose.slug)
    note = labels.apart(*remarks(report, row))
    name = wording.driver(report.indicator(row.indicator))
    shares = (replace(scores[0], href=blocks.effect_link(shown, row)), *scores[1:])
    how, n = Cell(goes(row)), blocks.count_cell(row.n)
    return (Cell(name), Cell(whose.name, href=link), *shares, how, points, n, Cell(note))


def goes(row: EffectRow) -> str:
    """Which way the vote goes along, where that is demonstrated."""
    words = {"better": _("goes along with a higher vote"), "worse": _("goes along with a lower vote")}
    return words.get(row.verdict, labels.verdict("unproven") if row.points is not None else "–")


def remarks(report: Report, row: EffectRow) -> Iterator[str]:
    """What must be known beside the numbers: why there is none, overlap, draws, dominance, how it was joined."""
    if words := labels.note(row.note):
        yield words
    if unit := wording.unit_more(report.indicator(row.indicator)):
        yield unit
    vif = row.detail.get("vif")
    if vif is not None and Decimal(vif) >= HIGH_VIF:
        yield _("VIF %(value)s: overlaps with other results") % {"value": labels.level(Decimal(vif))}
    if "se" in row.detail:
        yield labels.drawn(row.detail["se"])
    if "dominance" in row.detail:
        over = wording.driver(report.indicator(row.detail["over"]))
        yield labels.dominance(row.detail["dominance"]) % {"name": over}
    if "correction" in row.detail:
        joined = _("joined by unit and week, %(units)s units and %(weeks)s weeks: %(correction)s")
        correction = labels.correction(row.detail["correction"])
        yield joined % {"units": row.detail["units"], "weeks": row.detail["weeks"], "correction": correction}


def _shares(shown: Shown, slug: str, outcome: str) -> Table:
    """Each department's share, and above whom it may be ranked; in the company's order."""
    report = shown.report
    rows = {row.department: row for row in report.effects_of("share", outcome=outcome)}
    heads = blocks.columns(
        _("Department"), "#" + _("share of variance, %"), ">#" + _("from"), ">#" + _("to"), "<" + _("interval"),
        _("more than"),
    )  # fmt: skip
    caption = _("The same shares, added up by department; an order only where the difference is demonstrated")
    return Table(
        slug, caption, heads, tuple(_share(shown, rows[row.slug]) for row in report.departments if row.slug in rows)
    )


def _share(shown: Shown, row: EffectRow) -> tuple[Cell, ...]:
    report = shown.report
    share, low, high = (
        blocks.share_cell(None if value is None else value * 100)
        for value in (row.share, row.share_low, row.share_high)
    )
    above = labels.names(report.department(slug).name for slug in row.detail.get("above", ()))
    name = Cell(report.department(row.department).name, href=blocks.department_link(shown, row.department))
    interval = Cell(labels.between(low.text, high.text)) if row.share_low is not None else Cell()
    return (name, share, low, high, interval, Cell(above or "–"))
