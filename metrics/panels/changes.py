"""What changes between two reports: figures old → new with their verdicts, and verdicts of other quarters."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from metrics import labels
from metrics.differences import Changed, Key, changed
from metrics.models import Figure
from metrics.panels import blocks
from metrics.report import FigureRow, Report
from metrics.tables import Cell, Table


def changes(slug: str, caption: str, old: Report, new: Report) -> Table | None:
    """Every figure of company, stages and indicators that is not the same; None where all are."""
    rows = [row for row in changed(old, new) if not row.key[3] and (row.moved or row.turned)]
    heads = blocks.columns(_("Which figure"), "#" + _("was"), "#" + _("is now"), _("verdict then"), _("verdict now"))
    return Table(slug, caption, heads, tuple(_row(row, old, new) for row in rows)) if rows else None


def _row(row: Changed, old: Report, new: Report) -> tuple[Cell, ...]:
    whose = new if row.new else old
    return (
        Cell(name(whose, row.key)),
        Cell(value(old, row.old)),
        Cell(value(new, row.new)),
        _verdict(row.old.verdict if row.old else ""),
        _verdict(row.new.verdict if row.new else ""),
    )


def _verdict(code: str) -> Cell:
    return Cell(labels.verdict(code), verdict=code) if code else Cell("–")


def name(report: Report, key: Key) -> str:
    """What a figure is of, in words: health, a stage, an indicator."""
    level, stage, indicator, unit = key
    if level == "indicator" or indicator:
        words = report.indicator(indicator).name
    else:
        whole = level in (Figure.Level.COMPANY, Figure.Level.UNIT_WHOLE)
        words = _("Health") if whole else labels.stage_name(report, stage)
    return f"{words} · {unit}" if unit else words


def value(report: Report, row: FigureRow | None) -> str:
    """A figure as it is shown: with its unit, or what stands where it is hidden."""
    if row is None:
        return "–"
    if row.base == "hidden" or row.value is None:
        return labels.figure_base(row, report)
    return labels.measure(row.value, report.indicator(row.indicator)) if row.indicator else labels.level(row.value)


def consequences(found: Sequence[dict[str, Any]], report: Report) -> Table | None:
    """Verdicts of later published quarters that a restatement would turn; None where it turns none."""
    if not found:
        return None
    heads = blocks.columns(_("Quarter"), _("Which figure"), _("verdict then"), _("verdict now"))
    rows = tuple(
        (
            Cell(labels.quarter(item["quarter"])),
            Cell(name(report, tuple(item["key"]))),
            _verdict(item["old"]),
            _verdict(item["new"]),
        )
        for item in found
    )
    return Table("conseguenze", _("Verdicts of later quarters that would turn"), heads, rows)
