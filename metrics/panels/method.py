"""The method page's numbers: this quarter's settings, weights, definitions and how large the noise is."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from company import formats
from metrics import labels
from metrics.panels import blocks, robust
from metrics.panels.worked import worked
from metrics.report import METHOD, IndicatorDef
from metrics.shown import Shown
from metrics.tables import Cell, Table

NOISE = (100, 200, 400, 1000)
PERCENT = Decimal(100)


def method_page(shown: Shown) -> dict[str, Any]:
    """Everything the method page shows of the latest edition."""
    report = shown.report
    return {
        "weights": _weights(shown),
        "definitions": _definitions(shown, report.indicators),
        "noise": _noise(),
        "noise_now": robust.noise(shown),
        "sensitivity": robust.sensitivity(shown),
        "depends": robust.depends(report),
        "worked": worked(shown),
        "hidden_under": report.company.hidden_under,
        "reduced_under": report.company.reduced_under,
        "generated": report.company.generated,
        "versions": versions(shown),
    }


def versions(shown: Shown | None) -> dict[str, Any]:
    """Today's version of the method, that of the edition shown where there is one, and what each brought."""
    return {
        "now": METHOD,
        "made": shown.report.method if shown else METHOD,
        "brought": [(number, said) for number, said in sorted(brought().items(), reverse=True)],
    }


def brought() -> dict[int, str]:
    """What each version of the method brought, by number."""
    return {
        1: _("All there was before versions had numbers: editions without a number are of this one."),
        2: _(
            "Medians, percentiles, rates and totals act on votes by the mean of their observations; what those who came"
            " through a touchpoint add to a vote; the heaviest result on health, told by the differences of weights."
        ),
    }


def _weights(shown: Shown) -> Table:
    """Declared weights, and the share of health each component really has this quarter."""
    report = shown.report
    used = report.health.detail.get("weights", {})
    declared = [(row.slug, row.weight) for row in report.stages]
    if any(row.in_health and not row.stage for row in report.indicators):
        declared.append(("", report.company.journey_weight))
    carried = robust.effective(report)
    heads = blocks.columns(
        _("Component"), "#" + _("declared weight"), "#" + _("share of health, %"), "#" + _("effective weight, %"),
        "#" + _("Health"), "#n",
    )  # fmt: skip
    rows = []
    for slug, weight in declared:
        row = report.stage_health(slug)
        part = Decimal(str(used[slug])) * 100 if slug in used else None
        health = blocks.score_cell(row.value) if row.base != "hidden" else Cell("–")
        base = blocks.answers_cell(row, report)
        share = blocks.score_cell(part)
        real = blocks.score_cell(carried.get(slug))
        name = Cell(labels.stage_name(report, slug), href=blocks.lineage_link(shown, row))
        rows.append((name, _weight(weight), share, real, health, base))
    caption = _("What health is made of, %(quarter)s") % {"quarter": labels.quarter(shown.quarter)}
    return Table("pesi", caption, heads, tuple(rows))


def _weight(value: Decimal) -> Cell:
    return Cell(formats.number(value, 1, labels.locale()), formats.rounded(value, 1), 1)


def _definitions(shown: Shown, indicators: Iterable[IndicatorDef]) -> Table:
    heads = blocks.columns(
        _("Measure"), _("Definition"), _("What it is"), _("Where"), _("Department"), _("Evidence"), _("Target")
    )
    return Table(
        "definizioni", _("Every measure of the report"), heads, tuple(_definition(shown, row) for row in indicators)
    )


def _definition(shown: Shown, row: IndicatorDef) -> tuple[Cell, ...]:
    report = shown.report
    better = _("higher is better") if row.higher_is_better else _("lower is better")
    what = labels.apart(labels.kind(row), better)
    if row.worst is not None and row.best is not None:
        ends = {
            name: f"{formats.rounded(value, 2).normalize():f}"
            for name, value in (("worst", row.worst), ("best", row.best))
        }
        what = labels.apart(what, _("0 = %(worst)s, 100 = %(best)s") % ends)
    health = _("makes health") if row.in_health else ""
    return (
        Cell(row.name, note=health, href=blocks.lineage_link(shown, report.indicator_figure(row.slug))),
        Cell(row.definition),
        Cell(what),
        Cell(labels.stage_name(report, row.stage)),
        Cell(report.department(row.department).name),
        Cell(labels.evidence(row.evidence)),
        Cell(labels.measure(report.indicator_figure(row.slug).target, row)),
    )


def _noise() -> Table:
    """How wide the 95 % interval of a share of one half is, and how large a change must be to be seen."""
    heads = blocks.columns(_("Answers"), "#" + _("a level of 50 may be off by"), "#" + _("a change is seen from about"))
    return Table("rumore", _("How large the noise is, in points of 100"), heads, tuple(_noise_row(n) for n in NOISE))


def _noise_row(n: int) -> tuple[Cell, ...]:
    from metrics.stats.kinds import Kind, Moments, estimate  # scipy, which no other page needs

    found = estimate(Kind.SHARE, Moments(n, n // 2 * 1_000_000))
    half = (Decimal(str(found.high)) - Decimal(str(found.low))) * PERCENT / 2 if found.high is not None else Decimal(0)
    seen = half * Decimal(2).sqrt()
    return (Cell(formats.number(n, 0, labels.locale())), blocks.score_cell(half), blocks.score_cell(seen))
