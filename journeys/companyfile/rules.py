"""What makes an indicator of a ``company.yml`` meaningful: scale, direction, place, and the caps on essential ones."""

from decimal import Decimal

from django.utils.translation import gettext as _

from journeys.companyfile.definitions import IndicatorEntry, StageEntry
from journeys.companyfile.document import Record
from journeys.essential import IN_COMPANY, IN_STAGE
from journeys.models.sources import IndicatorKind, IndicatorRole

LINEAR = {IndicatorKind.MEAN, IndicatorKind.RATE, IndicatorKind.MEDIAN, IndicatorKind.PERCENTILE}
LARGEST = 10**9


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
    _check_scale(record, entry)
    _check_place(record, entry, stages)
    if entry.lowest is not None and entry.highest is not None and entry.lowest >= entry.highest:
        record.wrong("highest", _("the highest value allowed must be above the lowest"))
    if entry.kind == IndicatorKind.TOP_BOX and entry.top_from is None and not record.has("top_from"):
        record.wrong("top_from", _("a top-box needs this key: the lowest answer that counts as satisfied"))
    if entry.in_health and entry.role and entry.role != IndicatorRole.OUTCOME:
        record.wrong("in_health", _("health is made only of what customers say or do: role “outcome”"))
    if entry.in_health and entry.kind == IndicatorKind.TOTAL:
        record.wrong("in_health", _("a total has no score, so it cannot be part of health"))
    if entry.influences and entry.role == IndicatorRole.OUTCOME:
        record.wrong("influences", _("an outcome is what is influenced: only other roles declare influences"))


def _check_scale(record: Record, entry: IndicatorEntry) -> None:
    worst, best = entry.worst, entry.best
    for key in ("worst", "best", "lowest", "highest", "top_from"):
        value = record.number(key) if record.has(key) else None
        if value is not None and (abs(value) >= LARGEST or value != round(value, 6)):
            record.wrong(key, _("%(value)s: write a number under 10⁹ with at most six decimals") % {"value": value})
    if (worst is None) != (best is None):
        key = "best" if best is None else "worst"
        record.wrong(key, _("the worst and the best value of the scale go together"))
    elif worst is not None and best is not None and worst == best:
        record.wrong("best", _("the best value of the scale must differ from the worst"))
    elif worst is not None and best is not None and (best > worst) != entry.higher_is_better:
        record.wrong("best", _("worst and best run against “higher_is_better”"))
    elif worst is None and entry.role == IndicatorRole.OUTCOME and entry.kind in LINEAR:
        record.wrong("worst", _("an outcome of this kind needs a scale: the values worth 0 and 100 points"))


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
