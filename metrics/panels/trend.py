"""The line of the last eight quarters, of the company or of a stage."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _

from company import formats
from journeys.calendar import QuarterCode
from metrics import labels, wording
from metrics.figures import Point, line, places
from metrics.panels import blocks
from metrics.panels.blocks import Chart
from metrics.report import FigureRow
from metrics.shown import Shown
from metrics.tables import Cell, Table

Row = tuple[str, FigureRow | None]


def company(shown: Shown, subject: str) -> Chart:
    """Health over the quarters."""
    rows = [(past.quarter, past.company) for past in shown.history]
    least = shown.report.company.reduced_under
    found = chart(least, "andamento", wording.place(shown.report, "trend"), rows, blocks.voices(shown.report))
    lineage = blocks.lineage_link(shown, shown.report.health)
    return replace(found, notes=tuple(shown.notes()), lineage=lineage, evidence=blocks.heard(shown.report))


def stage(shown: Shown, subject: str) -> Chart | None:
    """A stage's health over the quarters; None where no customer speaks in it."""
    row = shown.report.stage_health(subject)
    if row.note == "no_voice":
        return None
    rows = [(past.quarter, past.stages.get(subject)) for past in shown.history]
    least = shown.report.company.reduced_under
    found = chart(least, f"andamento.{subject}", _year(row, least), rows, blocks.voices(shown.report, subject))
    lineage, evidence = blocks.lineage_link(shown, row), blocks.heard(shown.report, subject)
    return replace(found, notes=tuple(shown.notes(subject)), lineage=lineage, evidence=evidence)


def _year(row: FigureRow, least: int) -> str:
    if row.base != "full":
        needed = {"needed": formats.number(least, 0, labels.locale())}
        return _("To compare, at least %(needed)s answers a quarter are needed") % needed
    if row.year_change is None:
        return _("A year of measures is still missing for the comparison")
    points = {"points": labels.points(abs(row.year_change)).lstrip("+")}
    if row.year_verdict == "better":
        return labels.agreed(_("In a year it rises by %(points)s points") % points)
    if row.year_verdict == "worse":
        return labels.agreed(_("In a year it falls by %(points)s points") % points)
    return _("In a year no demonstrable change")


def chart(least: int, slug: str, heading: str, rows: Sequence[Row], source: str) -> Chart:
    """The line of some quarters; without any value, how many answers are missing to the ``least``."""
    points = [_point(code, row, place) for place, (code, row) in enumerate(rows)]
    ends = [value for point in points for value in (point.value, point.low, point.high) if value is not None]
    span = {"first": labels.quarter(rows[0][0]), "last": labels.quarter(rows[-1][0])}
    subtitle = _("Health from 0 to 100, %(first)s to %(last)s; band = 95%% interval") % span
    slide = _("Health from 0 to 100, %(first)s to %(last)s; bar = 95%% interval") % span
    table = _table(slug, rows)
    if not ends:
        row = rows[-1][1]
        return Chart(slug, heading, subtitle, table, source, "salute", empty=labels.needed(row.n if row else 0, least))
    axis = [place for place in places(ends, below=0.7, above=0.15) if 0 <= place <= 100]
    return Chart(slug, heading, subtitle, table, source, "salute", line(points, blocks.ticks(axis)), slide=slide)


def _point(code: str, row: FigureRow | None, place: int) -> Point:
    parsed = QuarterCode.parse(code)
    name, year = formats.quarter_short(parsed.year, parsed.number, labels.locale()).rsplit(" ", 1)
    label = f"{name}<br>{year}" if place == 0 or parsed.number == 1 else name
    if row is None or row.base == "hidden" or row.value is None:
        return Point(label, None, None, None)
    value, low, high = (_tenth(number) for number in (row.value, row.low, row.high))
    return Point(label, value, low, high, labels.level(row.value))


def _tenth(value: Decimal | None) -> float | None:
    """The number the table shows: the figure draws no other."""
    return None if value is None else float(formats.rounded(value, 1))


def _table(slug: str, rows: Sequence[Row]) -> Table:
    heads = blocks.columns(_("Quarter"), "#" + _("Health"), "#" + _("from"), "#" + _("to"), "#n")
    caption = _("Health by quarter with its 95% interval")
    return Table(slug, caption, heads, tuple(_row(code, row) for code, row in rows))


def _row(code: str, row: FigureRow | None) -> tuple[Cell, ...]:
    name = Cell(labels.quarter(code))
    if row is None or row.base == "hidden" or row.value is None:
        return (name, Cell(labels.verdict("too_little")), Cell(), Cell(), Cell())
    scores = [blocks.score_cell(value) for value in (row.value, row.low, row.high)]
    return (name, *scores, blocks.count_cell(row.n))
