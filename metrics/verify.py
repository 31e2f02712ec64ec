"""Recompute what is published from its stored files and compare it, to the last digit; check all that guards it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from company.audit import broken_at, export_broken
from company.models import Company
from metrics import facts
from metrics.derive.report import derive
from metrics.models import Edition
from metrics.report import Report
from metrics.seals import Finding, broken_links

OWNED = "metrics_edition"
WHOLE = ("frozen", "frozen_whole")
TRIGGERS = {
    **dict.fromkeys(("metrics_edition", "journeys_quarter"), WHOLE),
    **dict.fromkeys(
        ("metrics_figure", "metrics_effect", "metrics_bridgestep", "metrics_objection"), (*WHOLE, "frozen_additions")
    ),
    "company_auditentry": ("kept",),
}
IDENTITY = (
    "level", "kind", "reference", "department", "stage", "outcome", "outcome_stage", "indicator", "unit", "touchpoint",
)  # fmt: skip
NAMED = ("slug", "place", "position")
ABSENT = "–"
LONGEST = 200


@dataclass(frozen=True)
class Difference:
    """Something that is not as the edition says: where, what it says, what was found."""

    where: str
    stored: str
    found: str


def verify(edition: Edition, hashed: dict[str, str] | None = None) -> list[Difference]:
    """Every difference between an edition and what its files give today; empty when it is identical.

    Checks the hash of every file first, then the digest of the stored text, then every number. ``hashed`` remembers
    the files already read in this run.
    """
    damaged = list(_files(edition, {} if hashed is None else hashed))
    if damaged:
        return damaged
    found: list[Difference] = []
    if (told := hashlib.sha256(edition.content.encode()).hexdigest()) != edition.digest:
        found.append(Difference("digest", edition.digest, told))
    fresh = derive(facts.recomputed(edition))
    if fresh.content() != edition.content:
        found += _rows(Report.parse(edition.content), Report.parse(fresh.content()))
    return found


def _files(edition: Edition, hashed: dict[str, str]) -> Iterator[Difference]:
    """The files of observations that are not what their name says, each with the file it came from."""
    names = {item["part"]: item["filename"] for item in edition.provenance}
    for sha256 in sorted(names):
        path = facts.path_of(sha256)
        if sha256 not in hashed:
            hashed[sha256] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ABSENT
        if hashed[sha256] != sha256:
            yield Difference(f"file {path.name} {names[sha256]}", sha256, hashed[sha256])


def published(company: Company) -> QuerySet[Edition]:
    """Every published edition of the company, in the order of publication."""
    editions = Edition.objects.filter(quarter__company=company, state=Edition.State.PUBLISHED)
    return editions.select_related("quarter__company__journey").order_by("number")


def guards(company: Company) -> list[Finding]:
    """What is wrong with the chain of publications, the triggers, the role or the audit log; empty when all holds."""
    found = [*broken_links(company), *_triggers()]
    found += [Finding("copy", str(sequence), day) for sequence, day in export_broken(company)]
    if (place := broken_at(company)) is not None:
        found.append(Finding("log", str(place)))
    return found


def _triggers() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE (tgname LIKE 'frozen%%' OR tgname = 'kept') AND tgenabled = 'A'"
        )
        there = set(cursor.fetchall())
        cursor.execute("SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE relname = %s", [OWNED])
        owner = cursor.fetchone()[0]
    wanted = {(table, name) for table, names in TRIGGERS.items() for name in names}
    yield from (Finding("trigger", table, name) for table, name in sorted(wanted - there))
    if owner:
        yield Finding("owner", OWNED)


def _rows(stored: Report, fresh: Report) -> Iterator[Difference]:
    for entry in fields(Report):
        old, new = getattr(stored, entry.name), getattr(fresh, entry.name)
        if old != new and isinstance(old, tuple):
            yield from _lists(entry.name, old, new)
        elif old != new:
            yield from _values(entry.name, old, new)


def _lists(name: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Difference]:
    """Rows are compared with the row of the same name, whatever their place; one side may lack it."""
    before, after = ({_identity(row): row for row in rows} for rows in (old, new))
    known = [*before, *(key for key in after if key not in before)]
    changed = [key for key in known if before.get(key) != after.get(key)]
    for key in changed:
        yield from _values(f"{name} {key}", before.get(key), after.get(key))
    if not changed:
        yield Difference(name, " ".join(before), " ".join(after))


def _identity(row: Any) -> str:
    if not is_dataclass(row):
        return str(row[0])
    for names in (IDENTITY, NAMED):
        words = [str(getattr(row, name, "")) for name in names]
        if any(words):
            return "/".join(word for word in words if word)
    return ""


def _values(where: str, old: Any, new: Any) -> Iterator[Difference]:
    if old is None or new is None or not is_dataclass(old):
        yield Difference(where, _short(old), _short(new))
        return
    for entry in fields(old):
        before, after = getattr(old, entry.name), getattr(new, entry.name)
        if before != after:
            yield Difference(f"{where} {entry.name}", _short(before), _short(after))


def _short(value: Any) -> str:
    text = ABSENT if value is None else str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
