"""PURE: which column of a file is which field of a source, suggested for a person to look over.

In this order: the heading itself, a known other name, what this person matched last time, what the company did, and
what the column holds. The first that fits takes the column; a column serves one field.
"""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from journeys.reading.described import Column, Recognised
from journeys.reading.shape import plain

How = Literal["exact", "alias", "yours", "company", "content", ""]
KINDS: Mapping[str, tuple[str, ...]] = {
    "date": ("date",),
    "case": ("code", "text", "number"),
    "unit": ("text", "code"),
    "number": ("number",),
    "any": ("number", "date", "text", "code", "comment"),
}
ALIASES: Mapping[str, tuple[str, ...]] = {
    "date": ("data", "giorno", "date", "day", "data contatto", "data risposta", "data ordine", "timestamp", "quando",
             "submitdate", "informazioni cronologiche", "creato", "creato il", "data apertura"),
    "case": ("id", "codice", "ordine", "order id", "ticket", "pratica", "id risposta", "response id", "respondent id",
             "caso", "numero ordine", "segnalazione"),
    "unit": ("unita", "negozio", "punto vendita", "sede", "filiale", "canale", "regione", "store", "shop", "agenzia"),
    "weight": ("peso", "weight", "ponderazione"),
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """Something a mapping needs: its key (``date``, ``case``, ``unit``, ``weight``, or ``values[0].column`` …).

    ``names``: headings it is known by, the mapping's own first; ``kind``: one of ``KINDS``.
    """

    key: str
    names: tuple[str, ...]
    kind: str = "any"
    required: bool = True


@dataclass(frozen=True)
class Match:
    """A field and its column (empty: none); ``how`` it was found."""

    field: Field
    column: str
    how: How

    @property
    def sure(self) -> bool:
        """True when nobody need look."""
        return self.how in ("exact", "yours")


def fields_of(mapping: Mapping[str, Any]) -> tuple[Field, ...]:
    """Every place of a raw mapping that names a column of the file, with the name that stands there now."""
    made: dict[str, Field] = {}
    unpivoted = dict(mapping.get("unpivot") or {}).values()
    for key, name, kind in _named(mapping, ""):
        if name not in made and name not in unpivoted:
            made[name] = Field(key, (name, *ALIASES.get(key, ())), kind)
    return tuple(made.values())


def suggest(
    found: Recognised,
    fields: Sequence[Field],
    mine: Sequence[Mapping[str, str]] = (),
    company: Sequence[Mapping[str, str]] = (),
) -> tuple[Match, ...]:
    """A match for each field. ``mine`` and ``company``: earlier choices, field's first name → heading, newest first."""
    free = {plain(column.name).casefold(): column for column in found.columns if column.personal != "worker"}
    taken: dict[str, Match] = {}
    steps: tuple[tuple[How, Any], ...] = (
        ("exact", lambda field: field.names[:1]),
        ("alias", lambda field: field.names[1:]),
        ("yours", lambda field: [one[field.names[0]] for one in mine if field.names[0] in one]),
        ("company", lambda field: [one[field.names[0]] for one in company if field.names[0] in one]),
        ("alias", lambda field: _like(field, list(free))),
        ("content", lambda field: _by_content(field, found, list(free.values()))),
    )
    for how, names in steps:
        for field in fields:
            if field.key in taken:
                continue
            name = next((key for one in names(field) if (key := plain(one).casefold()) in free), None)
            if name is not None:
                taken[field.key] = Match(field, free.pop(name).name, how)
    return tuple(taken.get(field.key, Match(field, "", "")) for field in fields)


def applied(mapping: Mapping[str, Any], matches: Sequence[Match]) -> dict[str, Any]:
    """The mapping with the matched headings in the place of the names it was written with."""
    names = {match.field.names[0]: match.column for match in matches if match.column}
    made: dict[str, Any] = _renamed(mapping, "", names)
    return made


def _like(field: Field, free: Sequence[str]) -> list[str]:
    """The heading most like one of the field's names: a slip of the pen apart, or the only one that begins with it."""
    for name in field.names:
        begun = [heading for heading in free if heading.startswith(f"{plain(name).casefold()} ")]
        if len(begun) == 1:
            return begun
        close = difflib.get_close_matches(plain(name).casefold(), free, 1, 0.85)
        if close:
            return close
    return []


def _by_content(field: Field, found: Recognised, free: Sequence[Column]) -> list[str]:
    """The only free column of the right kind; the survey tool's own for date and case."""
    told = {"date": found.date, "case": found.case}.get(field.key, "")
    if told:
        return [told]
    if field.kind == "any":
        return []
    fitting = [column.name for column in free if column.kind in KINDS[field.kind] and not column.personal]
    return fitting if len(fitting) == 1 else []


_PLACES = {"date": "date", "case": "case", "unit": "unit", "weight": "number"}
_INSIDE = re.compile(r"(?:^|\.)(?:column|n|sd|start|end|than|filled|blank)$")


def _named(data: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """Path, name and kind of every column a mapping names."""
    for key, value, at in _walk(data, path):
        if path == "" and key in _PLACES and isinstance(value, str):
            yield at, value, _PLACES[key]
        elif path == "" and key == "last_by" and isinstance(value, list):
            yield from ((f"{at}[{i}]", str(name), "any") for i, name in enumerate(value))
        elif path and _INSIDE.search(at) and isinstance(value, str):
            yield at, value, _kind(key, at)
        elif isinstance(value, Mapping | list) and key not in ("format", "columns", "null", "unpivot"):
            yield from _named(value, at)


def _kind(key: str, at: str) -> str:
    if key in ("start", "end") or ".later." in at:
        return "date"
    return "number" if key in ("n", "sd") or re.fullmatch(r"values\[[0-9]+\]\.column", at) or ".over." in at else "any"


def _walk(data: Any, path: str) -> Iterator[tuple[str, Any, str]]:
    if isinstance(data, Mapping):
        yield from ((str(key), value, f"{path}.{key}" if path else str(key)) for key, value in data.items())
    elif isinstance(data, list):
        yield from ((str(i), value, f"{path}[{i}]") for i, value in enumerate(data))


def _renamed(data: Any, path: str, names: Mapping[str, str]) -> Any:
    if isinstance(data, Mapping):
        made = {}
        for key, value in data.items():
            at = f"{path}.{key}" if path else str(key)
            here = at in _PLACES or (path and _INSIDE.search(at) and not path.startswith(("format", "columns")))
            made[key] = names.get(value, value) if here and isinstance(value, str) else _renamed(value, at, names)
        if path == "columns":
            made = {names.get(key, key): value for key, value in made.items()}
        return made
    if isinstance(data, list):
        if path == "last_by":
            return [names.get(str(name), name) for name in data]
        return [_renamed(value, f"{path}[{i}]", names) for i, value in enumerate(data)]
    return data
