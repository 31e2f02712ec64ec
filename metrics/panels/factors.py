"""The page of impact: what every result weighs on health, beside where its level is today."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from company import formats
from metrics import labels, wording
from metrics.figures import Dot, places, twin
from metrics.panels import blocks
from metrics.panels.blocks import Chart
from metrics.report import Report
from metrics.sentences import factors
from metrics.shown import Shown
from metrics.tables import Cell, Table
from metrics.weighing import Weighed, weighed

LEVELS = (0.0, 50.0, 100.0)
MOST = 12


@dataclass(frozen=True)
class Factors:
    """``chart``: the heaviest; ``table``: every result, with the department whose it is."""

    message: str
    chart: Chart | None


def chart(shown: Shown, subject: str) -> Factors:
    """On what it pays to act first."""
    report, items = shown.report, weighed(shown.report)
    message = wording.say(factors(report), report)
    if not items:
        return Factors(message, None)
    known = [item for item in items if item.points is not None][:MOST]
    first = items[0].row
    return Factors(
        message,
        Chart(
            "fattori",
            _("What weighs on health, and where it is today"),
            _subtitle(report),
            _table(shown, items),
            f"{labels.base(first.n)} · " + _("cases of two quarters"),
            "fattori",
            _figure(report, known) if known else None,
            "" if known else labels.note(first.note) or labels.verdict("too_little"),
            _("Association, not proof of cause"),
            lineage=blocks.effect_link(shown, first),
            evidence=blocks.graded(report, (slug for item in items for slug in (item.row.indicator, item.row.outcome))),
            slide=_slide(report),
        ),
    )


def _subtitle(report: Report) -> str:
    text = _(
        "Left: points of health between the worst and the best level of eight quarters, %(quarter)s; bar = 95%% "
        "interval. Right: today's level, 0 = the worst, 100 = the best"
    )
    return text % {"quarter": labels.quarter(report.quarter)}


def _slide(report: Report) -> str:
    text = _(
        "Points of health between the worst and the best level of eight quarters, %(quarter)s; thin line = 95%% "
        "interval"
    )
    return text % {"quarter": labels.quarter(report.quarter)}


def advice(code: str) -> str:
    """What the two dots together advise."""
    words = {
        "act": _("to act on"),
        "defend": _("to defend"),
        "unproven": labels.verdict("unproven"),
        "untold": labels.verdict("too_little"),
    }
    return words[code]


def _figure(report: Report, items: Sequence[Weighed]) -> dict[str, object]:
    ends = [float(end) for item in items for end in (item.points, item.low, item.high) if end is not None]
    ticks = blocks.ticks(places([0.0, *ends], 0.04, 0.04, 5), signed=True)
    rows = [_dot(report, items, item) for item in items]
    levels = [None if item.level is None else float(formats.rounded(item.level)) for item in items]
    return twin(rows, levels, (ticks, blocks.ticks(LEVELS)))


def _dot(report: Report, items: Sequence[Weighed], item: Weighed) -> Dot:
    value, low, high = (_number(number) for number in (item.points, item.low, item.high))
    return Dot(_name(report, items, item), value, low, high, advice(item.advice), "proven" if item.proven else "")


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(blocks.points_cell(value).value or 0)


def _name(report: Report, items: Sequence[Weighed], item: Weighed) -> str:
    """The result's name; with the outcome's stage where it is tested on more than one."""
    name = wording.driver(report.indicator(item.row.indicator))
    outcomes = {other.row.outcome for other in items if other.row.indicator == item.row.indicator}
    return f"{name} → {labels.stage_name(report, item.row.outcome_stage)}" if len(outcomes) > 1 else name


def _table(shown: Shown, items: Sequence[Weighed]) -> Table:
    heads = blocks.columns(
        _("Result"), _("Department"), "<#" + _("How much"), ">#" + _("points"), ">#" + _("from"), ">#" + _("to"),
        "#" + _("today's level"), _("advice"), _("Our figure"), "#n",
    )  # fmt: skip
    caption = _("What each result weighs on health, the heaviest first; level: 0 = worst, 100 = best of eight quarters")
    return Table("fattori", caption, heads, tuple(_row(shown, items, item) for item in items))


def _row(shown: Shown, items: Sequence[Weighed], item: Weighed) -> tuple[Cell, ...]:
    report, indicator = shown.report, shown.report.indicator(item.row.indicator)
    whose = report.department(indicator.department)
    level = Cell("–")
    if item.level is not None:
        level = Cell(formats.number(item.level, 0, labels.locale()), formats.rounded(item.level), 0)
    interval = labels.points_interval(item.low, item.high)
    much = blocks.points_cell(item.points, interval) if item.proven else Cell(interval or "–", quiet=True)
    much = replace(much, href=blocks.effect_link(shown, item.row))
    known = (item.points if item.proven else None, item.low, item.high)
    return (
        Cell(_name(report, items, item)),
        Cell(whose.name, href=blocks.department_link(shown, whose.slug)),
        much,
        *(blocks.points_cell(value) for value in known),
        level,
        Cell(advice(item.advice), note=labels.note(item.row.note)),
        _own(report, item),
        blocks.count_cell(item.row.n),
    )


def _own(report: Report, item: Weighed) -> Cell:
    """Our figure; the mean, of which the weight is, where the figure is another statistic."""
    indicator, now = report.indicator(item.row.indicator), item.row.detail.get("now")
    if indicator.averaged:
        return blocks.measure_cell(None if now is None else Decimal(now), indicator.as_driver)
    return blocks.own_value(report.indicator_figure(indicator.slug), indicator, report)
