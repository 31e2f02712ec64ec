"""What makes an indicator meaningful, whoever says it: a ``company.yml`` or a person in the settings."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from journeys.models.sources import IndicatorKind, IndicatorRole

LINEAR = frozenset({IndicatorKind.MEAN, IndicatorKind.RATE, IndicatorKind.MEDIAN, IndicatorKind.PERCENTILE})
NUMBERS = ("worst", "best", "lowest", "highest", "top_from")
LARGEST = 10**9


def faults(indicator: Any, acts: bool) -> Iterator[tuple[str, str]]:
    """What does not fit together in an indicator, saved or not: field, sentence. ``acts``: it declares influences."""
    for key in NUMBERS:
        value = getattr(indicator, key)
        if value is not None and (abs(value) >= LARGEST or value != round(value, 6)):
            yield key, _("%(value)s: write a number under 10⁹ with at most six decimals") % {"value": value}
    yield from _scale(indicator)
    lowest, highest = indicator.lowest, indicator.highest
    if lowest is not None and highest is not None and lowest >= highest:
        yield "highest", _("the highest value allowed must be above the lowest")
    if indicator.kind == IndicatorKind.TOP_BOX and indicator.top_from is None:
        yield "top_from", _("a top-box needs the lowest answer that counts as satisfied")
    if indicator.in_health and indicator.role and indicator.role != IndicatorRole.OUTCOME:
        yield "in_health", _("health is made only of what customers say or do: role “outcome”")
    if indicator.in_health and indicator.kind == IndicatorKind.TOTAL:
        yield "in_health", _("a total has no score, so it cannot be part of health")
    if acts and indicator.role == IndicatorRole.OUTCOME:
        yield "influences", _("an outcome is what is influenced: only other roles declare influences")


def _scale(indicator: Any) -> Iterator[tuple[str, str]]:
    worst, best = indicator.worst, indicator.best
    if (worst is None) != (best is None):
        key = "best" if best is None else "worst"
        yield key, _("the worst and the best value of the scale go together")
    elif worst is not None and best is not None and worst == best:
        yield "best", _("the best value of the scale must differ from the worst")
    elif worst is not None and best is not None and (best > worst) != indicator.higher_is_better:
        yield "best", _("the scale runs against the direction")
    elif worst is None and indicator.role == IndicatorRole.OUTCOME and indicator.kind in LINEAR:
        yield "worst", _("an outcome of this kind needs a scale: the values worth 0 and 100 points")
