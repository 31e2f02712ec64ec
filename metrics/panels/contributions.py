"""Leave-out contributions as tables: of what happened to a department's customers, of a stage's touchpoints."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from metrics import labels
from metrics.panels import blocks
from metrics.report import EffectRow
from metrics.shown import Shown
from metrics.tables import Cell, Table


def events(shown: Shown, subject: str) -> Table | None:
    """Leave-out contribution of what happened to customers at the department's touchpoints."""
    rows = [row for row in shown.report.effects_of("contribution", department=subject) if row.indicator]
    caption = _(
        "Points the outcome's score has because of these cases: with them minus without them. They do not add up."
    )
    return _table(shown, f"contributi.{subject}", (_("When it happened"), caption), [[row] for row in rows])


def touchpoints(shown: Shown, subject: str) -> Table | None:
    """Leave-out contribution of the customers who came through the stage's touchpoints.

    What is withheld of one touchpoint for one reason is one row, which names all the votes.
    """
    rows: dict[tuple[str, ...], list[EffectRow]] = {}
    for place, _name in shown.report.stage(subject).touchpoints:
        for row in shown.report.effects_of("contribution", stage=subject, touchpoint=place):
            rows.setdefault((place, row.note if row.points is None else row.outcome), []).append(row)
    caption = _(
        "Points the outcome's score has with those who came through the touchpoint, minus without them. "
        "Who came through several counts in each: they do not add up."
    )
    return _table(shown, f"passaggi.{subject}", (_("Who came through"), caption), list(rows.values()))


def _table(shown: Shown, slug: str, words: tuple[str, str], rows: Sequence[Sequence[EffectRow]]) -> Table | None:
    """Rows of effects, under the name of their first column and the caption; None where there is none."""
    if not rows:
        return None
    first, caption = words
    heads = blocks.columns(
        first, _("on"), _("How"), "#" + _("contribution"), ">#" + _("from"), ">#" + _("to"), "<" + _("interval"),
        "#" + _("cases with"), "#" + _("cases without"),
    )  # fmt: skip
    return Table(slug, caption, heads, tuple(_row(shown, one) for one in rows))


def _row(shown: Shown, rows: Sequence[EffectRow]) -> tuple[Cell, ...]:
    report, row = shown.report, rows[0]
    what = labels.touchpoint(report, row) or report.indicator(row.indicator).name
    names = Cell(what), Cell(labels.names(report.indicator(one.outcome).name for one in rows))
    if row.points is None:
        blank = [Cell() for _place in range(6)]
        return *names, Cell(labels.withheld(row) or labels.verdict("too_little"), verdict="too_little"), *blank
    word = labels.impact_word(row.verdict) if row.verdict in blocks.PROVEN else labels.verdict(row.verdict)
    without = int(row.detail.get("without", 0))
    counts = blocks.count_cell(row.n), blocks.count_cell(without)
    few = row.verdict == "too_little"  # a reduced base: no number that could be read as a verdict
    ends = (Cell(), Cell()) if few else (blocks.points_cell(row.low), blocks.points_cell(row.high))
    interval = Cell() if few else Cell(labels.points_interval(row.low, row.high))
    much = blocks.points_cell(row.points) if row.verdict in blocks.PROVEN else Cell(word, quiet=True)
    much = replace(much, href=blocks.effect_link(shown, row))
    return (*names, Cell(word, verdict=row.verdict), much, *ends, interval, *counts)
