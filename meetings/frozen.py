"""The edition a meeting carries with it: taken once, read back the same however often quarters are computed anew."""

from collections.abc import Container, Iterable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from journeys.calendar import QuarterCode
from journeys.forecasting import told
from journeys.models import Forecast
from meetings.models import Meeting
from metrics.models import Edition, Remark
from metrics.report import FigureRow, Report
from metrics.shown import DRAWN, QUARTERS, Past, Shown, history, report_of, titled

NUMBERS = ("value", "low", "high")


def freeze(meeting: Meeting, editions: Iterable[Edition]) -> None:
    """Put the latest edition of the meeting's quarter and the line of the quarters before it into the meeting.

    ``editions`` are the company's; the meeting is changed, not saved. ValueError where its quarter has none.
    """
    code = meeting.quarter.code
    past = [row for row in editions if code.plus(-QUARTERS) < row.quarter.code <= code]
    edition = next((row for row in past if row.quarter.code == code), None)
    if edition is None:
        raise ValueError(f"{code} has no edition")
    meeting.content = report_of(edition.digest, edition.pk).content()
    meeting.digest, meeting.computed = edition.digest, edition.computed
    meeting.draft = edition.state == Edition.State.DRAFT
    meeting.history = [_past(row) for row in history(past)]
    remarks = tuple(Remark.objects.filter(quarter=edition.quarter_id))
    meeting.content = titled(replace(shown(meeting), remarks=remarks)).content()


def report(meeting: Meeting) -> Report:
    """The report the meeting is about."""
    return _parsed(meeting.digest, meeting.content)


def shown(meeting: Meeting, hidden: Container[str] = ()) -> Shown:
    """The frozen edition as panels want it, for nobody in particular; its line without the ``hidden`` quarters."""
    return Shown(
        report=report(meeting),
        digest=meeting.digest,
        draft=meeting.draft,
        computed=meeting.computed,
        history=tuple(_line(row) for row in meeting.history if row["quarter"] not in hidden),
        before="",
        after="",
        mine=(),
        forecasts=forecasts(meeting),
    )


def forecasts(meeting: Meeting) -> tuple[Forecast, ...]:
    """What departments had given of the quarter when the meeting began; until then, what they have given."""
    given = told(meeting.quarter.company, meeting.quarter.code)
    return tuple(row for row in given if meeting.opened_at is None or row.given <= meeting.opened_at)


@lru_cache(maxsize=16)
def _parsed(digest: str, content: str) -> Report:
    return Report.parse(content)


def _past(row: Past) -> dict[str, Any]:
    return {
        "quarter": row.quarter,
        "company": None if row.company is None else _kept(row.company),
        "stages": {slug: _kept(figure) for slug, figure in row.stages.items()},
    }


def _kept(figure: FigureRow) -> dict[str, Any]:
    kept = {name: getattr(figure, name) for name in DRAWN}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in kept.items()}


def _line(row: dict[str, Any]) -> Past:
    company = row["company"]
    stages = {slug: _figure("stage", slug, kept) for slug, kept in row["stages"].items()}
    return Past(row["quarter"], None if company is None else _figure("company", "", company), stages)


def _figure(level: str, stage: str, kept: dict[str, Any]) -> FigureRow:
    numbers = {name: None if kept[name] is None else Decimal(kept[name]) for name in NUMBERS}
    return FigureRow(level, stage, **{**kept, **numbers})


def later(code: str, other: str) -> bool:
    """Whether the first quarter comes after the second."""
    return QuarterCode.parse(code) > QuarterCode.parse(other)
