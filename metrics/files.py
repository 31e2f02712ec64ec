"""The report as files of other programs: every table in a workbook, every message on a slide."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics import labels, panels
from metrics.leaves import Leaf, leaves, neutral
from metrics.panels.blocks import Chart
from metrics.shown import Shown
from metrics.slides import Slide, deck
from metrics.tables import Table
from metrics.workbook import workbook


def every_table(shown: Shown) -> list[Table]:
    """The tables of all pages in the report's order, each once."""
    known: dict[str, Table] = {}
    for leaf in leaves(shown.report):
        for table in panels.tables_of(panels.build(leaf.page, shown, leaf.subject)):
            known.setdefault(table.slug, table)
    return list(known.values())


def workbook_of(shown: Shown) -> bytes:
    """Every table of the report, one a sheet."""
    return workbook(every_table(neutral(shown)))


def deck_of(shown: Shown) -> bytes:
    """Every message of the report, one a slide."""
    shown = neutral(shown)
    return deck([_slide(shown, leaf) for leaf in leaves(shown.report)], labels.locale())


def _more(rows: int) -> str:
    return ngettext("%(n)s more row on the page", "%(n)s more rows on the page", rows) % {"n": rows}


def _slide(shown: Shown, leaf: Leaf) -> Slide:
    content = panels.build(leaf.page, shown, leaf.subject)
    charts = [chart for chart in panels.charts_of(content) if chart.figure]
    chart: Chart | None = charts[0] if charts else None
    tables = panels.tables_of(content)
    report, marks = shown.report, [_("DRAFT")] if shown.draft else []
    marks += [_("GENERATED DATA")] if report.company.generated else []
    kicker = " · ".join([report.company.name, labels.quarter(shown.quarter), *marks])
    where = f"{settings.SITE_URL}/t/{shown.quarter}/ · SHA-256 {shown.digest[:12]} · {labels.method(report)}"
    source = [chart.source, chart.caveat] if chart else []
    foot = " · ".join(filter(None, [*source, where]))
    message = panels.message_of(content)
    if chart is None:
        table = tables[0] if tables else None
        missing = " ".join(f"{labels.headed(one.name)} {one.why}" for one in content.get("unknown") or ())
        return Slide(kicker, message, table.caption if table else missing, foot, table=table, more=_more)
    names = tuple(column.label for column in chart.table.columns if column.numeric)
    said = chart.slide or chart.subtitle
    text = said if chart.heading == message else f"{chart.heading}. {said}"
    return Slide(kicker, message, text, foot, chart.figure, names=names or (chart.heading,))
