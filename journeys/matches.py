"""The columns of a draft beside what the source needs: what is suggested, why, and what a person chose."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from journeys.derivations import read_back, sentence_of
from journeys.drafts import Draft
from journeys.models import Indicator
from journeys.reading.mapping import columns_of
from journeys.reading.matching import Match, applied, fields_of

SURE = ("exact", "yours")


@dataclass(frozen=True)
class Line:
    """A column of the file: its first values, the field it is taken for and how that was found."""

    position: int
    column: str
    examples: Sequence[str]
    personal: str
    field: str
    how: str

    @property
    def state(self) -> str:
        """recognised, suggested or unused."""
        return "unused" if not self.field else "recognised" if self.how in SURE else "suggested"


@dataclass(frozen=True)
class Option:
    """Something the source needs, as a choice."""

    key: str
    label: str


def lines(draft: Draft, chosen: Mapping[str, str] | None = None) -> list[Line]:
    """A line for each column; ``chosen`` are a person's choices, key of the field → column."""
    matches = draft.outcome.get("matches", [])
    if chosen is None and draft.found.matched:
        matches = [{"key": f.key, "column": f.names[0], "how": "exact"} for f in fields_of(draft.upload.mapping)]
    found = {item["column"]: (item["key"], item["how"]) for item in matches if item["column"]}
    if chosen is not None:
        found = {column: (key, "yours") for key, column in chosen.items()}
    seen = draft.seen
    return [
        Line(one.position, one.name, one.examples, one.personal, *found.get(one.name, ("", "")))
        for one in (seen.columns if seen else ())
    ]


def options(draft: Draft) -> list[Option]:
    """What the source needs, in its own order, in words."""
    base = _base(draft)
    if not base:
        return []
    words = _words(draft, base)
    return [Option(field.key, words.get(field.names[0], field.names[0])) for field in fields_of(base)]


def chosen_mapping(draft: Draft, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The source's mapping with the chosen columns in the places of its own."""
    base = _base(draft)
    return applied(base, [Match(field, chosen.get(field.key, ""), "yours") for field in fields_of(base)])


def missing(draft: Draft, chosen: Mapping[str, str]) -> list[str]:
    """What the source needs and no column was chosen for."""
    return [option.label for option in options(draft) if not chosen.get(option.key)]


def _base(draft: Draft) -> dict[str, Any]:
    mapping: dict[str, Any] = draft.upload.mapping
    return mapping if mapping.get("values") else {}


def _words(draft: Draft, mapping: Mapping[str, Any]) -> dict[str, str]:
    """Column of the mapping → what it is for."""
    read = read_back(mapping)
    names = dict(Indicator.objects.filter(company=draft.upload.company_id).values_list("slug", "name"))
    words = dict(_keys(mapping))
    for facts, derivation in read.values:
        for column in columns_of(derivation):
            if column not in words:
                found = {"column": column, "indicator": names.get(facts.slug, facts.slug)}
                words[column] = _("%(indicator)s: “%(column)s”") % found
    return words


def _keys(mapping: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    labels = {
        "date": _("Date of each row"),
        "case": _("Customer or case (kept only as a pseudonym)"),
        "unit": _("Unit"),
        "weight": _("Weight"),
    }
    for key, label in labels.items():
        if mapping.get(key):
            yield str(mapping[key]), label
    for column in mapping.get("last_by", ()):
        yield str(column), _("Which row of a case is the last: “%(column)s”") % {"column": column}


def how_made(draft: Draft) -> list[tuple[Indicator, str]]:
    """Each indicator of the source's department and how it is made of this file; empty where it is not in it."""
    mapping = draft.upload.mapping
    made = {facts.slug: sentence_of(one) for facts, one in read_back(mapping).values} if mapping.get("values") else {}
    rows = list(draft.upload.source.department.indicators.all())
    known = {row.slug for row in rows}
    others = draft.upload.company.indicators.filter(slug__in=made.keys() - known)
    return [(row, made.get(row.slug, "")) for row in (*rows, *others)]
