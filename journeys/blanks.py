"""A file to fill in for a source: its columns, three rows of examples, and what each cell may hold."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import xlsxwriter
from django.utils.translation import gettext as _

from journeys.derivations import described, read_back
from journeys.models import Indicator, Source
from journeys.reading.mapping import Among, Duration, Later, LongerThan, Over, SourceMapping, Value

EXAMPLES = 3
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
LAST_ROW = 10_000


def as_csv(source: Source, first: date) -> bytes:
    """The columns and examples as the source's mapping reads them, dated from a day on."""
    mapping = read_back(source.mapping)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mapping.format.separator or ";")
    writer.writerow(mapping.columns)
    for place in range(EXAMPLES):
        writer.writerow([_example(mapping, source, column, first, place) for column in mapping.columns])
    return ("\ufeff" + out.getvalue()).encode()


def as_xlsx(source: Source, first: date) -> bytes:
    """The same as a workbook of texts, with the limits of each measure on its column and a sheet that explains it."""
    mapping, out = read_back(source.mapping), io.BytesIO()
    limits = {row.slug: row for row in Indicator.objects.filter(company=source.company_id)}
    with xlsxwriter.Workbook(out, PLAIN) as book:
        bold, sheet = book.add_format({"bold": True}), book.add_worksheet(_("Data"))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(mapping.columns):
            sheet.write_string(0, place, column, bold)
            sheet.set_column(place, place, max(14, len(column) + 2))
            for row in range(EXAMPLES):
                sheet.write_string(row + 1, place, _example(mapping, source, column, first, row))
        for facts, derivation in mapping.values:
            one = limits.get(facts.slug)
            if isinstance(derivation, Value) and one and one.lowest is not None and one.highest is not None:
                place = mapping.columns.index(derivation.column)
                rule: dict[str, object] = {"validate": "decimal", "criteria": "between", "error_type": "warning"}
                rule |= {"minimum": float(one.lowest), "maximum": float(one.highest), "error_title": one.name[:32]}
                sheet.data_validation(1, place, LAST_ROW, place, rule)
        about = book.add_worksheet(_("What goes where"))
        about.set_column(0, 1, 50)
        for row, (slug, how) in enumerate(described(mapping)):
            about.write_string(row, 0, limits[slug].name if slug in limits else slug, bold)
            about.write_string(row, 1, how)
    return out.getvalue()


def _example(mapping: SourceMapping, source: Source, column: str, first: date, row: int) -> str:
    """What a cell of the column may hold."""
    day = first + timedelta(days=row)
    if column == mapping.date:
        return day.strftime(mapping.format.dates[0])
    if column == mapping.case:
        return f"A-{1001 + row}"
    if column == mapping.unit:
        unit = source.company.units.first()
        return unit.code if unit else "MI-01"
    for facts, one in mapping.values:
        if isinstance(one, Value) and column in (one.column, one.n, one.sd):
            found = Indicator.objects.filter(company=source.company_id, slug=facts.slug).first()
            high = found.highest if found and found.highest is not None else Decimal(1)
            return {one.column: f"{int(high)}", one.n: "40", one.sd: "1"}[column]
        if isinstance(one, Among) and column == one.column:
            return one.values[0]
        if isinstance(one, Over) and column == one.column:
            return "1"
        if isinstance(one, Duration | LongerThan | Later):
            later = column in (getattr(one, "end", ""), getattr(getattr(one, "duration", None), "end", ""))
            return (day + timedelta(days=later)).strftime(mapping.format.dates[0])
    return "1"
