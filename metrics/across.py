"""PURE: an edition's text beside what today's program makes of the same files: whole, or across versions of the method.

Both are canonical JSON read back as plain values, so that what a row did not have then is told from what it left empty.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from metrics.report import FIRST

IDENTITY = (
    "level", "kind", "reference", "department", "component", "stage", "outcome", "outcome_stage", "indicator", "unit",
    "touchpoint",
)  # fmt: skip
NAMED = ("slug", "place", "position")
COUNTED = ("figures", "effects", "bridge", "messages")
PLACE = "position"  # where a step stands among others, not what it says
ABSENT = "–"
LONGEST = 200

Document = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """Something that is not as the edition says: where, what it says, what was found."""

    where: str
    stored: str
    found: str


@dataclass(frozen=True)
class Across:
    """An edition beside what another version of the method makes of its files.

    ``made`` and ``now`` are the versions; ``same`` counts the rows that still say all they said, ``otherwise`` is what
    does not; ``rows`` and ``values`` name what only today's version says, the latter in rows that both have.
    """

    made: int
    now: int
    same: int
    otherwise: tuple[Difference, ...]
    rows: tuple[str, ...]
    values: tuple[str, ...]


def version(document: Document) -> int:
    """The version of the method that made the document."""
    return int(document.get("method", FIRST))


def whole(stored: Document, fresh: Document) -> Iterator[Difference]:
    """Everything that is not the same in both, by list, row and value."""
    for name in sorted({*stored, *fresh}):
        old, new = stored.get(name), fresh.get(name)
        if old != new and isinstance(old, list) and isinstance(new, list):
            yield from _lists(name, old, new)
        elif old != new:
            yield from _values(name, old, new)


def across(stored: Document, fresh: Document) -> Across:
    """What both versions say is held equal to the last digit; what only today's says is named."""
    same, otherwise, rows, values = 0, list[Difference](), list[str](), dict[str, None]()
    for name in sorted({*stored, *fresh} - {"method"}):
        before, after = _keyed(stored.get(name)), _keyed(fresh.get(name))
        for key, old in before.items():
            place = f"{name} {key}".rstrip()
            lost = list(_lost(place, old, after.get(key)))
            otherwise += lost
            same += not lost and name in COUNTED
            values.update(dict.fromkeys(_added(name, old, after.get(key))))
        rows += [f"{name} {key}".rstrip() for key in after if key not in before]
    return Across(version(stored), version(fresh), same, tuple(otherwise), tuple(rows), tuple(values))


def _lists(name: str, old: list[Any], new: list[Any]) -> Iterator[Difference]:
    """Rows are compared with the row of the same name, whatever their place; one side may lack it."""
    before, after = _keyed(old), _keyed(new)
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    for key in changed:
        yield from _values(f"{name} {key}", before.get(key), after.get(key))
    if not changed:
        yield Difference(name, " ".join(before), " ".join(after))


def _keyed(value: Any) -> dict[str, Any]:
    """Rows by name, those of one name numbered; a value that is no list has none; what is not there is no row."""
    found: dict[str, Any] = {}
    for row in [] if value is None else value if isinstance(value, list) else [value]:
        name = _identity(row) if isinstance(value, list) else ""
        key, number = name, 2
        while key in found:
            key, number = f"{name} ({number})", number + 1
        found[key] = row
    return found


def _identity(row: Any) -> str:
    if not isinstance(row, dict):
        return str(row[0])
    detail = row.get("detail")
    other = detail.get("other", "") if isinstance(detail, dict) else ""
    for names in (IDENTITY, NAMED):
        words = [str(row.get(name, "")) for name in names]
        if any(words):
            return "/".join(word for word in (*words, str(other)) if word)
    return ""


def _values(where: str, old: Any, new: Any) -> Iterator[Difference]:
    if not isinstance(old, dict) or not isinstance(new, dict):
        yield Difference(where, _short(old), _short(new))
        return
    for name in {**old, **new}:
        if old.get(name) != new.get(name) or (name in old) != (name in new):
            yield Difference(f"{where} {name}", _short(old.get(name)), _short(new.get(name)))


def _lost(where: str, old: Any, new: Any) -> Iterator[Difference]:
    """What the old value says and the new one does not say alike."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        if old != new:
            yield Difference(where, _short(old), _short(new))
        return
    for name, value in old.items():
        if name != PLACE and (name in new or _says(value)):
            yield from _lost(f"{where} {name}", value, new.get(name))


def _added(where: str, old: Any, new: Any) -> Iterable[str]:
    """The names of the values that only the new one has."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return
    for name, value in new.items():
        if name in old:
            yield from _added(f"{where} {name}", old[name], value)
        elif _says(value):
            yield f"{where} {name}"


def _says(value: Any) -> bool:
    return value not in (None, "", [], {})


def _short(value: Any) -> str:
    text = ABSENT if value is None else str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
