"""At the door: what the first lines of a file already say, so that nobody prepares what cannot be taken."""

from datetime import date
from typing import Any

from journeys.calendar import QuarterCode
from journeys.derivations import read_back
from journeys.ingest import Refused
from journeys.models import Quarter, Source
from journeys.reading import dates
from journeys.reading.layout import split
from journeys.reading.mapping import SourceMapping
from journeys.reading.problems import Problem, Unreadable
from journeys.reading.shape import HEAD, locate, other_kind, read_shape
from journeys.reading.survey import head_encoding


def refuse_published(source: Source, file: Any) -> None:
    """``Refused`` when every date in sight is of published quarters; what no glance can tell is left to the check."""
    head = file.read(HEAD)
    file.seek(0)
    days = _days(head, read_back(source.mapping)) if source.mapping.get("values") else []
    month = source.company.fiscal_start_month
    codes = {QuarterCode.of(day, month) for day in days}
    rows = Quarter.objects.filter(company=source.company_id, year__in={code.year for code in codes})
    closed = {quarter.code for quarter in rows if quarter.closed}
    if codes and codes <= closed:
        raise Refused(Problem("quarter_closed", value=", ".join(map(str, sorted(codes)))))


def _days(head: bytes, mapping: SourceMapping) -> list[date]:
    """The days of the first rows of a text whose headings are the source's own."""
    if other_kind(head) or not mapping.date or mapping.unpivot:
        return []
    try:
        text = head[: len(head) - len(head) % 2].decode(head_encoding(head, mapping.format.encoding), "replace")
        shape = read_shape(text, mapping.headings, mapping.format.separator)
        place = locate(shape.columns, [mapping.date])[mapping.date]
    except Unreadable:
        return []
    rows, known = split(text, shape.separator)[shape.header_row :], mapping.dates(mapping.date)
    found = (dates.parse(row[place].strip(), known) for row in rows if len(row) == len(shape.columns))
    return [moment.date() for moment in found if moment]
