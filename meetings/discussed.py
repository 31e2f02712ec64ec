"""Which indicators the company talked about or decided upon: what the data diet asks."""

from collections.abc import Iterator

from company.models import Company
from journeys.models import Indicator
from meetings.models import AgendaItem, Decision
from metrics.models import Objection


def discussed(company: Company) -> set[tuple[str, str]]:
    """Quarter and slug of each indicator that was contested, stood on an agenda by name, or was a decision's measure.

    A decision on a stage, or on health, is one on the votes it is made of.
    """
    return {*_contested(company), *_on_agendas(company), *_decided(company)}


def _contested(company: Company) -> Iterator[tuple[str, str]]:
    rows = Objection.objects.filter(edition__quarter__company=company).exclude(indicator="")
    for row in rows.select_related("edition__quarter"):
        yield str(row.edition.quarter.code), row.indicator


def _on_agendas(company: Company) -> Iterator[tuple[str, str]]:
    rows = AgendaItem.objects.filter(meeting__quarter__company=company, skipped=False)
    for row in rows.select_related("meeting__quarter").defer("meeting__content", "meeting__history"):
        for name in row.views:
            yield from ((str(row.meeting.quarter.code), part) for part in name.split("."))


def _decided(company: Company) -> Iterator[tuple[str, str]]:
    votes = [(row.slug, row.stage.slug if row.stage else "") for row in _votes(company)]
    rows = Decision.objects.filter(meeting__quarter__company=company).exclude(measure="")
    for row in rows.select_related("meeting__quarter").defer("meeting__content", "meeting__history"):
        kind, _colon, slug = row.measure.partition(":")
        quarter = str(row.meeting.quarter.code)
        if kind == "indicator":
            yield quarter, slug
        else:
            yield from ((quarter, vote) for vote, stage in votes if kind == "health" or stage == slug)


def _votes(company: Company) -> list[Indicator]:
    return list(company.indicators.filter(in_health=True).select_related("stage"))
