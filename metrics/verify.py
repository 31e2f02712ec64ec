"""Recompute what is published from its stored files and compare it, to the last digit; check all that guards it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from company.audit import broken_at, export_broken
from company.models import Company
from metrics import facts
from metrics.across import ABSENT, Across, Difference, across, version, whole
from metrics.derive.report import derive
from metrics.models import Edition
from metrics.seals import FIRST, Finding, broken_links, seal

OWNED = "metrics_edition"
WHOLE = ("frozen", "frozen_whole")
TRIGGERS = {
    **dict.fromkeys(("metrics_edition", "journeys_quarter"), WHOLE),
    **dict.fromkeys(
        ("metrics_figure", "metrics_effect", "metrics_bridgestep", "metrics_objection"), (*WHOLE, "frozen_additions")
    ),
    "company_auditentry": ("kept",),
}
PUBLISHED = ("quarter.published", "quarter.restated")


@dataclass(frozen=True)
class Checked:
    """An edition looked at: what is wrong with it and, made by another version of the method, how today's compares."""

    differences: list[Difference]
    across: Across | None = None


def verify(edition: Edition, hashed: dict[str, str] | None = None) -> Checked:
    """An edition beside what its files give today.

    Checks the hash of every file first, then the digest of the stored text, then every number. One that another version
    of the method made cannot prove itself by being computed again: its seal and the log's line of its publication must
    hold instead, and only then is what differs the method's. ``hashed`` remembers the files already read in this run.
    """
    damaged = list(_files(edition, {} if hashed is None else hashed))
    if damaged:
        return Checked(damaged)
    found = list(_text(edition))
    content = derive(facts.recomputed(edition)).content()
    if content == edition.content:
        return Checked(found)
    stored, fresh = json.loads(edition.content), json.loads(content)
    if version(stored) == version(fresh):
        return Checked([*found, *whole(stored, fresh)])
    found += _publication(edition)
    compared = across(stored, fresh)
    return Checked([*found, *compared.otherwise]) if found else Checked([], compared)


def _text(edition: Edition) -> Iterator[Difference]:
    if (told := hashlib.sha256(edition.content.encode()).hexdigest()) != edition.digest:
        yield Difference("digest", edition.digest, told)


def _publication(edition: Edition) -> Iterator[Difference]:
    """What does not hold of a published edition's seal, its link to the one before, and the log's line of it."""
    if edition.state != Edition.State.PUBLISHED:
        return
    company = edition.quarter.company
    if (told := seal(edition)) != edition.seal:
        yield Difference("seal", edition.seal, told)
    before = published(company).filter(number=(edition.number or 0) - 1).values_list("seal", flat=True).first()
    if (before or FIRST) != edition.previous:
        yield Difference("link", edition.previous, before or FIRST)
    lines = company.audit_entries.filter(action__in=PUBLISHED, subject=str(edition.quarter.code))
    told = lines.filter(detail__version=edition.version).values_list("detail__seal", flat=True).first() or ABSENT
    if told != edition.seal:
        yield Difference("log", told, edition.seal)


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
