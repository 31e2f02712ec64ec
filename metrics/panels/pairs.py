"""The page where one result is laid beside one outcome, declared or not, and all that was tried so far."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from company import formats
from metrics import labels, wording
from metrics.derive.pairs import Tried, judged, outcomes, results
from metrics.figures import dots
from metrics.panels import blocks
from metrics.panels.blocks import Chart
from metrics.panels.drivers import axis, dot, goes, remarks
from metrics.report import EffectRow, IndicatorDef, Report
from metrics.shown import Shown
from metrics.tables import Cell, Table

SLUG = "coppie"
RESULT, OUTCOME = "risultato", "esito"  # names of the form's fields, in addresses


@dataclass(frozen=True)
class Choice:
    """An indicator that may be chosen."""

    slug: str
    name: str
    chosen: bool


@dataclass(frozen=True)
class Group:
    """Results of a department, or outcomes of a stage."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Pairs:
    """The two lists to choose from, what the pair asked for showed, and every pair tried: drawn, and as a table.

    ``declared`` is the address of the page where the pair stands beside the other results, where it is declared.
    """

    results: tuple[Group, ...]
    outcomes: tuple[Group, ...]
    message: str
    lines: tuple[str, ...]
    declared: str
    chart: Chart | None


def known(report: Report, result: str, outcome: str) -> bool:
    """Whether the two may be laid side by side."""
    rows = report.indicators
    return result in {row.slug for row in results(rows)} and outcome in {row.slug for row in outcomes(rows)}


def pairs(shown: Shown, tried: Sequence[Tried], result: str = "", outcome: str = "") -> Pairs:
    """The page; ``tried`` are all pairs that are done, and the pair asked for may be one of them."""
    report = shown.report
    rows = judged(tried)
    asked = next((row for row in rows if (row.indicator, row.outcome) == (result, outcome)), None)
    acting, voices = results(report.indicators), outcomes(report.indicators)
    declared = report.effects_of("driver", indicator=result, outcome=outcome) if asked else []
    return Pairs(
        tuple(
            _group(department.name, [row for row in acting if row.department == department.slug], result)
            for department in report.departments
            if any(row.department == department.slug for row in acting)
        ),
        tuple(
            _group(labels.stage_name(report, stage), [row for row in voices if row.stage == stage], outcome)
            for stage in (*(stage.slug for stage in report.stages), "")
            if any(row.stage == stage for row in voices)
        ),
        _message(report, asked) if asked else _("Which result goes along with which vote?"),
        tuple(_lines(report, asked)) if asked else (),
        blocks.stage_link(shown, declared[0].outcome_stage or declared[0].stage) if declared else "",
        _chart(shown, rows) if rows else None,
    )


def _group(name: str, rows: Sequence[IndicatorDef], chosen: str) -> Group:
    return Group(name, tuple(Choice(row.slug, row.name, row.slug == chosen) for row in rows))


def _message(report: Report, row: EffectRow) -> str:
    words = {"result": wording.driver(report.indicator(row.indicator)), "outcome": report.indicator(row.outcome).name}
    if row.verdict == "better":
        return _("More of “%(result)s” goes along with a higher score of “%(outcome)s”") % words
    if row.verdict == "worse":
        return _("More of “%(result)s” goes along with a lower score of “%(outcome)s”") % words
    if row.points is None:
        return _("“%(result)s” and “%(outcome)s”: the data do not tell") % words
    return _("“%(result)s” and “%(outcome)s”: not demonstrated that they go along") % words


def _lines(report: Report, row: EffectRow) -> list[str]:
    """How much, how sure, on what; without numbers, why there are none."""
    joined = _("units and weeks") if row.detail.get("join") == "week" else _("cases of two quarters")
    found = [f"{labels.base(row.n)} · {joined}"] if row.n else []
    if row.points is not None:
        decimals = labels.slope_decimals(report.indicator(row.indicator))
        interval = labels.points_interval(row.low, row.high, decimals)
        amounts = {"points": labels.points(row.points, decimals), "interval": interval}
        proven = _("%(points)s points of its score per unit more, %(interval)s (a share: from 0 to 100%%)")
        unproven = _("Not demonstrated: %(interval)s points of its score per unit more (a share: from 0 to 100%%)")
        found.insert(0, (proven if row.verdict in blocks.PROVEN else unproven) % amounts)
    if row.share is not None:
        ends = [value for value in (row.share_low, row.share_high) if value is not None]
        shares = [formats.percent(value, 1, labels.locale()) for value in (row.share, *ends)]
        words = {"share": shares[0], "interval": labels.between(*shares[1:]) if len(ends) == 2 else ""}
        found.append(labels.apart(_("Alone it explains %(share)s of the variance, %(interval)s") % words))
    return [*found, *remarks(report, row)]


def _chart(shown: Shown, rows: Sequence[EffectRow]) -> Chart:
    report = shown.report
    drawn = sorted((row for row in rows if row.share is not None), key=lambda row: -(row.share or Decimal(0)))
    named = [replace(dot(report, row), label=_names(report, row)) for row in drawn]
    return Chart(
        SLUG,
        ngettext("%(n)s pair tried on these figures", "%(n)s pairs tried on these figures", len(rows))
        % {"n": formats.number(len(rows), 0, labels.locale())},
        _("Share of the variance that each result explains alone, in percent; bar = 95%% interval · %(quarter)s")
        % {"quarter": labels.quarter(report.quarter)},
        table(shown, rows),
        _("The verdicts hold for all pairs tried together (Benjamini–Hochberg at 5%)"),
        "fattori",
        dots(named, blocks.ticks(axis(drawn))) if drawn else None,
        _("no pair is joined case by case: see the table"),
        _("Association, not proof of cause"),
        evidence=blocks.graded(report, (slug for row in rows for slug in (row.indicator, row.outcome))),
    )


def _names(report: Report, row: EffectRow) -> str:
    return f"{wording.driver(report.indicator(row.indicator))} · {report.indicator(row.outcome).name}"


def table(shown: Shown, rows: Sequence[EffectRow]) -> Table:
    """Every pair tried, the last first, as the page and the file show it."""
    heads = blocks.columns(
        _("Result"), _("Department"), _("Outcome"), _("How"), "#" + _("points per unit"), "#" + _("from"),
        "#" + _("to"), "#" + _("share of variance, %"), "#n", _("Note"),
    )  # fmt: skip
    caption = _("Each pair alone, without the other results; points go with one unit more (a share: 0 to 100%)")
    return Table(SLUG, caption, heads, tuple(_row(shown, row) for row in reversed(rows)))


def _row(shown: Shown, row: EffectRow) -> tuple[Cell, ...]:
    report = shown.report
    department, voice = report.department(row.department), report.indicator(row.outcome)
    acting = report.indicator(row.indicator)
    decimals = labels.slope_decimals(acting)
    points = (row.points if row.verdict in blocks.PROVEN else None, row.low, row.high)
    share = blocks.share_cell(None if row.share is None else row.share * 100)
    return (
        Cell(wording.driver(acting)),
        Cell(department.name, href=blocks.department_link(shown, department.slug)),
        Cell(voice.name, href=blocks.stage_link(shown, voice.stage)),
        Cell(goes(row)),
        *(blocks.points_cell(value, "", decimals) for value in points),
        share,
        blocks.count_cell(row.n),
        Cell(labels.apart(*remarks(report, row))),
    )
