"""Observations that come without a file: checked one by one, then written as one, so that they go the way of files.

What is made of them is an upload like any other: its bytes are kept, its job is in the ledger, its receipt is the
same, and undoing it is too. The checks here are those the reading child makes, said at once and with their place.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from company.models import User
from journeys import ingest
from journeys.calendar import QuarterCode
from journeys.models import Indicator, Source, Upload
from journeys.models.sources import IndicatorKind
from journeys.orders import period_of
from journeys.reading import dates
from journeys.reading.derive import LONGEST_CODE, Calendar
from journeys.reading.numbers import BOUND, MOST_CASES, SQUARES
from journeys.reading.personal import identifier, names_a_worker
from journeys.reading.problems import Problem

SUMMED = frozenset({IndicatorKind.SHARE, IndicatorKind.MEAN, IndicatorKind.RATE})
_UNSEEN = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


@dataclass(frozen=True)
class Observation:
    """One value of one indicator: of a case, or of ``n`` cases together with their mean."""

    indicator: str
    day: date
    value: Decimal | None
    n: int = 1
    sd: Decimal | None = None
    case: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one of several observations, and in which of its fields."""

    place: int
    field: str
    problem: Problem


def indicators_of(source: Source) -> dict[str, Indicator]:
    """What may be observed for a source: its department's indicators and those its file brings."""
    brought = {entry["indicator"] for entry in source.mapping.get("values", [])}
    rows = Indicator.objects.filter(company=source.company_id)
    return {row.slug: row for row in rows if row.department_id == source.department_id or row.slug in brought}


def faults(source: Source, observations: Sequence[Observation]) -> list[Fault]:
    """Everything wrong with the observations, in their order; empty when all of them will be taken."""
    known, calendar = indicators_of(source), ingest.calendar_of(source.company)
    found: list[Fault] = []
    said: set[tuple[str, str]] = set()
    for place, one in enumerate(observations):
        indicator = known.get(one.indicator)
        if indicator is None:
            found.append(Fault(place, "indicator", Problem("not_of_source", value=one.indicator, expected=source.name)))
            continue
        wrong = [*_day(one, calendar), *_number(one, indicator), *_codes(one)]
        found += [Fault(place, field, problem) for field, problem in wrong]
        if one.case and (one.case, one.indicator) in said:
            found.append(Fault(place, "case", Problem("case_said_twice", value=one.case)))
        said.add((one.case, one.indicator))
    return found


def send(
    upload: Upload, observations: Sequence[Observation], name: str, salt: str, columns: Sequence[str] = ()
) -> Upload:
    """The upload made of the observations, received; it says whose, for which source and how it joins what is there.

    ``salt`` tells two equal batches apart that are meant twice.
    """
    slugs = list(dict.fromkeys([*columns, *(one.indicator for one in observations)]))
    names = {slug: f"{place}" if names_a_worker(slug) else slug for place, slug in enumerate(slugs, 1)}
    upload.mapping = mapping_of(names)
    return ingest.store(upload, name, [_sheet(names, observations, salt).encode()])


def draft(source: Source, sender: User, way: str, how: str) -> Upload:
    """An upload that is not stored yet."""
    return Upload(source=source, sender=sender, way=way, how=how)


def mapping_of(names: Mapping[str, str]) -> dict[str, object]:
    values = [{"indicator": slug, "column": name, "n": f"{name} n", "sd": f"{name} sd"} for slug, name in names.items()]
    form = {"separator": ";", "encoding": "utf-8", "decimal": ".", "dates": ["%Y-%m-%d"]}
    return {"date": "date", "case": "case", "unit": "unit", "format": form, "null": [""], "values": values}


def _sheet(names: Mapping[str, str], observations: Iterable[Observation], salt: str) -> str:
    """A line each, with the value under its indicator."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    places = {slug: 4 + 3 * place for place, slug in enumerate(names)}
    measures = [text for name in names.values() for text in (name, f"{name} n", f"{name} sd")]
    writer.writerow(["date", "case", "unit", "batch", *measures])
    for one in observations:
        cells = [one.day.isoformat(), one.case, one.unit, salt, *[""] * len(measures)]
        if one.value is not None:
            sd = "" if one.sd is None else f"{one.sd:f}"
            cells[places[one.indicator] : places[one.indicator] + 3] = [f"{one.value:f}", str(one.n), sd]
        writer.writerow(cells)
    return out.getvalue()


def _day(one: Observation, calendar: Calendar) -> Iterable[tuple[str, Problem]]:
    text = one.day.isoformat()
    period = period_of(QuarterCode.of(one.day, calendar.start_month), calendar.start_month)
    if one.day < dates.EARLIEST:
        yield "date", Problem("date_too_old", value=text, expected=str(dates.EARLIEST))
    elif one.day > calendar.latest:
        yield "date", Problem("date_in_future", value=text)
    elif period in calendar.published:
        yield "date", Problem("published_quarter", value=text)
    elif period not in calendar.open:
        yield "date", Problem("unknown_quarter", value=text)


def _number(one: Observation, indicator: Indicator) -> Iterable[tuple[str, Problem]]:
    if one.value is None:
        return
    value, low, high = one.value, indicator.lowest, indicator.highest
    if indicator.kind == IndicatorKind.SHARE:
        low, high = (Decimal(0) if low is None else low), (Decimal(1) if high is None else high)
    text = f"{value:f}"
    if abs(value) * indicator.divisor >= BOUND:
        yield "value", Problem("too_large", value=text)
    elif (low is not None and value < low) or (high is not None and value > high):
        limits = "–".join("" if limit is None else f"{limit.normalize():f}" for limit in (low, high))
        yield "value", Problem("out_of_range", value=text, expected=limits)
    elif indicator.whole and one.n == 1 and "." in text:
        yield "value", Problem("not_whole", value=text)
    if one.n != 1 and indicator.kind not in SUMMED:
        yield "n", Problem("not_summed", value=str(one.n), expected=indicator.name)
    if one.n > MOST_CASES:
        yield "n", Problem("too_large", value=str(one.n))
    elif max(abs(value), one.sd or 0) ** 2 * indicator.divisor**2 * one.n > SQUARES:
        yield "n", Problem("too_large_together", value=str(one.n), expected=text)
    if one.sd is not None and (one.sd < 0 or one.n == 1 or indicator.kind != IndicatorKind.MEAN):
        yield "sd", Problem("negative_sd" if one.sd < 0 else "sd_of_one", value=f"{one.sd:f}")
    elif one.sd is not None and one.sd * indicator.divisor >= BOUND:
        yield "sd", Problem("too_large", value=f"{one.sd:f}")


def _codes(one: Observation) -> Iterable[tuple[str, Problem]]:
    for field, text in (("case", one.case), ("unit", one.unit)):
        if _UNSEEN.search(text):
            yield field, Problem("bad_code", value=_UNSEEN.sub("�", text)[:60])
        elif len(text) > LONGEST_CODE:
            yield field, Problem("code_too_long", value=text[:60], expected=str(LONGEST_CODE))
        elif text != text.strip():
            yield field, Problem("bad_code", value=text[:60])
        elif identifier(text) not in ("", "phone"):  # order numbers look like telephone numbers
            yield field, Problem("personal_code", expected=field)
