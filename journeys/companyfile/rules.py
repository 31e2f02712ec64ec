"""What makes an indicator of a ``company.yml`` meaningful: scale, direction, place, and the caps on essential ones."""

from decimal import Decimal

from django.utils.translation import gettext as _

from journeys.companyfile.definitions import IndicatorEntry, StageEntry
from journeys.companyfile.document import Record
from journeys.essential import IN_COMPANY, IN_STAGE
from journeys.meaning import faults
from journeys.models.sources import IndicatorKind


def percentile(record: Record, kind: str) -> Decimal:
    """The percentile an indicator of that kind is about, from 0.1 to 99.9; 50 for other kinds."""
    value = record.number("percentile")
    if kind == IndicatorKind.PERCENTILE and not record.has("percentile"):
        record.wrong("percentile", _("a percentile needs this key: write 90"))
    if value is None:
        return Decimal(50)
    if kind and kind != IndicatorKind.PERCENTILE:
        record.wrong("percentile", _("only an indicator of kind “percentile” has this key"))
    if not 0 < value < 100 or value != round(value, 1):
        record.wrong("percentile", _("%(value)s: write a number from 0.1 to 99.9") % {"value": value})
    return value


def check_indicator(record: Record, entry: IndicatorEntry, stages: tuple[StageEntry, ...]) -> None:
    """Note what does not fit together in one indicator."""
    for key, fault in faults(entry, bool(entry.influences)):
        if not (key == "top_from" and record.has(key) and entry.top_from is None):
            record.wrong(key, fault)
    _check_place(record, entry, stages)


def _check_place(record: Record, entry: IndicatorEntry, stages: tuple[StageEntry, ...]) -> None:
    if not entry.touchpoint:
        return
    points = {point.slug for stage in stages if stage.slug == entry.stage for point in stage.touchpoints}
    if not entry.stage:
        record.wrong("touchpoint", _("a touchpoint belongs to a stage: name the stage too"))
    elif entry.touchpoint not in points:
        words = {"value": entry.touchpoint, "stage": entry.stage}
        record.wrong("touchpoint", _("stage “%(stage)s” has no touchpoint “%(value)s”") % words)


def check_caps(indicators: list[tuple[Record, IndicatorEntry]]) -> None:
    """Note each essential indicator beyond twelve for the company and three for a stage."""
    essential = [(record, entry) for record, entry in indicators if entry.essential]
    inside: dict[str, int] = {}
    for place, (record, entry) in enumerate(essential, start=1):
        inside[entry.stage] = inside.get(entry.stage, 0) + 1
        if place > IN_COMPANY:
            words = {"cap": IN_COMPANY, "name": entry.name}
            record.wrong(
                "essential",
                _("the company already has %(cap)d essential indicators: before “%(name)s”, retire one") % words,
            )
        elif entry.stage and inside[entry.stage] > IN_STAGE:
            words = {"cap": IN_STAGE, "name": entry.name, "stage": entry.stage}
            record.wrong(
                "essential",
                _("stage “%(stage)s” already has %(cap)d essential indicators: before “%(name)s”, retire one") % words,
            )
