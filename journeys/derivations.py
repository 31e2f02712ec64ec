"""A mapping in words: which columns an indicator's observations were made of, and how."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from journeys.reading.mapping import (
    Among,
    CountRows,
    Derivation,
    Duration,
    Filled,
    IndicatorFacts,
    Later,
    LongerThan,
    Over,
    SourceMapping,
    Value,
    parse_mapping,
)


def read_back(mapping: Mapping[str, Any]) -> SourceMapping:
    """A mapping that was checked when it was stored, as its classes."""
    slugs = [entry["indicator"] for entry in mapping["values"]]
    return parse_mapping(mapping, {slug: IndicatorFacts(slug) for slug in slugs})


def described(mapping: SourceMapping) -> Iterator[tuple[str, str]]:
    """Indicator's slug and how its observations are made, for every entry."""
    for facts, derivation in mapping.values:
        yield facts.slug, sentence_of(derivation)


def sentence_of(derivation: Derivation) -> str:
    """The derivation as a short phrase with the file's column names."""
    match derivation:
        case Value(column):
            return _("the number in “%(column)s”") % {"column": column}
        case Duration():
            return _span(derivation)
        case LongerThan(duration, threshold):
            return _("%(span)s: more than %(threshold)s") % {"span": _span(duration), "threshold": f"{threshold:f}"}
        case Later(column, than, by):
            text = (
                _("whether the day of “%(column)s” comes after that of “%(than)s”")
                if by == "day"
                else _("whether “%(column)s” comes after “%(than)s”")
            )
            return text % {"column": column, "than": than}
        case Among(column, values):
            return _("whether “%(column)s” is one of: %(values)s") % {"column": column, "values": ", ".join(values)}
        case Over(column, threshold):
            found = {"column": column, "threshold": f"{threshold:f}"}
            return _("whether “%(column)s” is over %(threshold)s") % found
        case Filled(column, blank):
            text = _("whether “%(column)s” is empty") if blank else _("whether “%(column)s” is filled in")
            return text % {"column": column}
        case CountRows():
            return _("the number of rows of each case")


def _span(duration: Duration) -> str:
    text = {
        "hours": _("hours from “%(start)s” to “%(end)s”"),
        "days": _("days from “%(start)s” to “%(end)s”"),
        "working_days": _("working days from “%(start)s” to “%(end)s”"),
    }[duration.by]
    return text % {"start": duration.start, "end": duration.end}
