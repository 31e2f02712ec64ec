"""When two things happen to the same customer: the outcome with neither, with one, with the other, with both."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from metrics import labels
from metrics.panels import blocks
from metrics.report import EffectRow, Report
from metrics.shown import Shown
from metrics.tables import Cell, Table


def table(shown: Shown, subject: str) -> Table | None:
    """The department's events, each beside another department's, on every outcome both act on; None without any."""
    report = shown.report
    rows = [row for row in report.effects_of("joint") if subject in _departments(report, row)]
    if not rows:
        return None
    heads = blocks.columns(
        _("When it happened"), _("together with"), _("on"),
        "#" + _("neither"), "#" + _("only this"), "#" + _("only the other"), "#" + _("both"),
    )  # fmt: skip
    caption = _("Mean of the answers by what happened to the same customer, and how many answers")
    return Table(f"insieme.{subject}", caption, heads, tuple(_row(shown, row, subject) for row in rows))


def _departments(report: Report, row: EffectRow) -> tuple[str, str]:
    return report.indicator(row.indicator).department, report.indicator(row.other).department


def _row(shown: Shown, row: EffectRow, subject: str) -> tuple[Cell, ...]:
    """The department's own event first, whichever of the two the document names first."""
    report, own, other = shown.report, row.indicator, row.other
    names = ("first", "second")
    if report.indicator(own).department != subject:
        own, other, names = other, own, ("second", "first")
    cells = {(cell[names[0]], cell[names[1]]): cell for cell in row.detail["cells"]}
    outcome = report.indicator(row.outcome)
    return (
        Cell(report.indicator(own).name),
        Cell(report.indicator(other).name, note=report.department(report.indicator(other).department).name),
        Cell(outcome.name, href=blocks.effect_link(shown, row)),
        *(_mean(report, row, cells[place]) for place in ((0, 0), (1, 0), (0, 1), (1, 1))),
    )


def _mean(report: Report, row: EffectRow, cell: dict[str, Any]) -> Cell:
    if cell["mean"] is None:
        return Cell(labels.hidden(report.company.hidden_under), quiet=True)
    shown = blocks.measure_cell(Decimal(cell["mean"]), report.indicator(row.outcome))
    return Cell(shown.text, shown.value, shown.decimals, note=labels.base(int(cell["n"])))
