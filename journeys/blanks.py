"""A file to fill in for a source: its columns, three rows of examples, and what each cell may hold."""

import csv
import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import xlsxwriter
from django.utils.translation import gettext as _

from journeys.derivations import described, read_back
from journeys.models import Indicator, Source
from journeys.reading.mapping import Among, Duration, Later, LongerThan, SourceMapping, Value, columns_of

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
        formats = mapping.dates(column)
        return day.strftime(next((form for form in formats if "%H" not in form), formats[0]))
    if column == mapping.case:
        return f"A-{1001 + row}"
    if column == mapping.unit:
        unit = source.company.units.filter(retired=None).first()
        return unit.code if unit else "MI-01"
    for where in mapping.where:
        if where and column == where.column:
            return where.values[0]
    for facts, one in mapping.values:
        if column not in columns_of(one):
            continue
        if isinstance(one, Value):
            found = Indicator.objects.filter(company=source.company_id, slug=facts.slug).first()
            high = found.highest if found and found.highest is not None else Decimal(1)
            return {one.column: f"{int(high)}", one.n: "40", one.sd: "1"}[column]
        if isinstance(one, Among):
            return _("other") if row else one.values[0]
        if isinstance(one, Duration | LongerThan | Later):
            return _moment(mapping, column, day)
    return "1"


def _moment(mapping: SourceMapping, column: str, day: date) -> str:
    """When something began, that day; when it ended, the next day, or twenty minutes later where hours are counted."""
    made = [getattr(one, "duration", one) for _facts, one in mapping.values]
    spans = [one for one in made if isinstance(one, Duration) and column in (one.start, one.end)]
    ended = any(column == one.end for one in spans) or not spans
    formats = mapping.dates(column)
    if any(one.by == "hours" for one in spans) and (timed := [form for form in formats if "%H" in form]):
        return datetime.combine(day, time(10, 20 if ended else 0)).strftime(timed[0])
    plain = next((form for form in formats if "%H" not in form), formats[0])
    return (datetime.combine(day, time()) + timedelta(days=ended)).strftime(plain)
