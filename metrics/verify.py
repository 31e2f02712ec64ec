"""Recompute what is published from its stored files and compare it, to the last digit; check all that guards it."""

import hashlib
import logging
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from company.audit import broken_at, export_broken
from company.models import Company
from journeys import bell
from metrics import facts
from metrics.derive.report import derive
from metrics.models import Edition, Verification
from metrics.report import Report
from metrics.seals import broken_links

logger = logging.getLogger(__name__)
EVERY = timedelta(days=7)
TASK = "metrics.tasks.verify_company"
OWNED = "metrics_edition"
TRIGGERS = {
    **dict.fromkeys(("metrics_edition", "journeys_quarter"), ("frozen", "frozen_whole")),
    **dict.fromkeys(
        ("metrics_figure", "metrics_effect", "metrics_bridgestep", "metrics_objection"),
        ("frozen", "frozen_additions", "frozen_whole"),
    ),
}


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
    if hashlib.sha256(edition.content.encode()).hexdigest() != edition.digest:
        found.append(Difference("digest", edition.digest, hashlib.sha256(edition.content.encode()).hexdigest()))
    fresh = derive(facts.recomputed(edition))
    if fresh.content() != edition.content:
        found += _rows(Report.parse(edition.content), Report.parse(fresh.content()))
    return found


def _files(edition: Edition, hashed: dict[str, str]) -> Iterator[Difference]:
    for sha256 in sorted({item["part"] for item in edition.provenance}):
        path = facts.path_of(sha256)
        if sha256 not in hashed:
            hashed[sha256] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
        if hashed[sha256] != sha256:
            yield Difference(f"file {path.name}", sha256, hashed[sha256])


def published(company: Company) -> QuerySet[Edition]:
    """Every published edition of the company, in the order of publication."""
    editions = Edition.objects.filter(quarter__company=company, state=Edition.State.PUBLISHED)
    return editions.select_related("quarter__company__journey").order_by("number")


def run(company: Company) -> Verification:
    """Verify all that the company published and all that guards it; the run is stored for the page *Verifica*."""
    started, hashed = time.monotonic(), dict[str, str]()
    results = [
        {
            "quarter": str(edition.quarter.code),
            "version": edition.version,
            "digest": edition.digest,
            "differences": [asdict(item) for item in verify(edition, hashed)],
        }
        for edition in published(company)
    ]
    findings = guards(company)
    return Verification.objects.create(
        company=company,
        seconds=time.monotonic() - started,
        results=results,
        findings=findings,
        identical=not findings and not any(row["differences"] for row in results),
    )


def guards(company: Company) -> list[str]:
    """What is wrong with the chain of publications, the triggers, the role or the audit log; empty when all holds."""
    found = [*broken_links(company), *_triggers(), *export_broken(company)]
    if (place := broken_at(company)) is not None:
        found.append(f"audit log: entry {place} does not fit the chain")
    return found


def _triggers() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'frozen%%' AND tgenabled = 'A'"
        )
        there = set(cursor.fetchall())
        cursor.execute("SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class WHERE relname = %s", [OWNED])
        owner = cursor.fetchone()[0]
    wanted = {(table, name) for table, names in TRIGGERS.items() for name in names}
    missing = [f"trigger {name} of {table} is missing or off" for table, name in sorted(wanted - there)]
    return missing + (["the product connects as the owner of its tables"] if owner else [])


def due(now: datetime) -> None:
    """The chore: each company that published something and was not verified for a week is handed to a worker."""
    for company in Company.objects.filter(quarters__editions__state=Edition.State.PUBLISHED).distinct():
        if not company.verifications.filter(at__gt=now - EVERY).exists():
            bell.ring(TASK, company.pk)


def raise_alarm(found: Verification) -> None:
    """What is wrong goes to the log as an error; ``/readyz`` says ``verified: false`` until all is in order."""
    if not found.identical:
        logger.error("verification of %s: not identical (run %s)", found.company.slug, found.pk)


def _rows(stored: Report, fresh: Report) -> Iterator[Difference]:
    for entry in fields(Report):
        old, new = getattr(stored, entry.name), getattr(fresh, entry.name)
        if old == new:
            continue
        if isinstance(old, tuple) and len(old) == len(new):
            pairs = enumerate(zip(old, new, strict=True))
            yield from (
                Difference(f"{entry.name}[{place}]", _short(before), _short(after))
                for place, (before, after) in pairs
                if before != after
            )
        else:
            yield Difference(entry.name, _short(old), _short(new))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 600 else text[:600] + "…"
