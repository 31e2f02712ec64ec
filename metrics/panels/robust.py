"""The method page's tables about weights and noise: other rules tried, what components carry, what would be seen."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from company import formats
from metrics import labels
from metrics.panels import blocks
from metrics.report import Report
from metrics.shown import Shown
from metrics.tables import Cell, Table

HUNDRED = Decimal(100)
DIRECTIONS = {1: "better", 0: "unproven", -1: "worse"}


def sensitivity(shown: Shown) -> Table | None:
    """Health and its change under other rules; None in a first quarter."""
    found = shown.report.health.detail.get("sensitivity") or ()
    if not found:
        return None
    heads = blocks.columns(
        _("Rule"), "#" + _("before"), "#" + _("now"), "#" + _("difference"), _("Verdict"),
    )  # fmt: skip
    caption = _("Health under other rules, on the components known in both quarters")
    return Table("sensibilita", caption, heads, tuple(_variant(shown.report, row) for row in found))


def depends(report: Report) -> bool | None:
    """Whether the verdict on health hangs on the weights; None where there is nothing to compare."""
    found = report.health.detail.get("sensitivity") or ()
    return len({row["direction"] for row in found}) > 1 if found else None


def _variant(report: Report, row: dict[str, Any]) -> tuple[Cell, ...]:
    names = {
        "declared": _("declared weights"),
        "equal": _("equal weights"),
        "geometric": _("geometric mean"),
        "plus": _("%(name)s: weight +25%%"),
        "minus": _("%(name)s: weight −25%%"),
    }
    name = names[row["rule"]]
    if row["component"] is not None:
        name %= {"name": labels.stage_name(report, row["component"])}
    before, now = Decimal(row["before"]), Decimal(row["now"])
    code = DIRECTIONS[row["direction"]]
    change = blocks.points_cell(now - before)
    return (
        Cell(name),
        blocks.score_cell(before),
        blocks.score_cell(now),
        change,
        Cell(labels.verdict(code), verdict=code),
    )


def noise(shown: Shown) -> Table | None:
    """For each outcome with enough answers in both quarters, the change they could show; None in a first quarter."""
    report = shown.report
    rows = []
    for indicator in report.indicators:
        row = report.indicator_figure(indicator.slug)
        thin = row.base != "full" or row.before_n < report.company.reduced_under
        if not indicator.in_health or thin or row.change_low is None or row.change_high is None:
            continue
        half = (row.change_high - row.change_low) / 2
        bases = [blocks.count_cell(n) for n in (row.before_n, row.n)]
        least = Cell(labels.measure(half, indicator), formats.rounded(labels.shown(half, indicator) or half, 2), 2)
        rows.append((Cell(indicator.name), *bases, least))
    if not rows:
        return None
    heads = blocks.columns(
        _("Measure"), "#" + _("answers before"), "#" + _("answers now"), "#" + _("a change is seen from about")
    )
    caption = _("With this quarter's answers, at %(quarter)s") % {"quarter": labels.quarter(shown.quarter)}
    return Table("rumore-trimestre", caption, heads, tuple(rows))


def effective(report: Report) -> dict[str, Decimal]:
    """Share of the variance of health over units that each component carries, in percent."""
    found = report.health.detail.get("effective") or {}
    return {name: Decimal(value) * HUNDRED for name, value in found.items()}
