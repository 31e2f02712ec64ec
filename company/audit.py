"""The audit log: one entry a state-changing action, in the same transaction, chained by hash from a locked head."""

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from company.models import AuditEntry, AuditHead, Company, User


def record(
    company: Company,
    actor: User | str | None,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """The entry, written inside the caller's transaction: it is there exactly when the action is.

    The actor is a user, a name, or None for the product itself. A user is kept by number: who that is, ``people.named``
    says as long as the person is not erased.
    """
    with transaction.atomic():
        AuditHead.objects.get_or_create(company=company)
        head = AuditHead.objects.select_for_update().get(company=company)
        entry = AuditEntry(
            company=company,
            sequence=head.sequence + 1,
            at=timezone.now(),
            actor=str(getattr(actor, "reference", actor) or ""),
            action=action,
            subject=subject[:200],
            detail=detail or {},
            previous=head.digest,
        )
        entry.digest = digest(entry)
        entry.save(force_insert=True)
        head.sequence, head.digest = entry.sequence, entry.digest
        head.save()
    return entry


def digest(entry: AuditEntry) -> str:
    """SHA-256 of the entry's content and of the digest before it."""
    content = {
        "sequence": entry.sequence,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": entry.detail,
        "previous": entry.previous,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def broken_at(company: Company) -> int | None:
    """Sequence number of the first entry that does not fit the chain, or None; a cut tail breaks at the head."""
    head = AuditHead.objects.filter(company=company).first()
    previous, expected = "0" * 64, 0
    for entry in company.audit_entries.order_by("sequence").iterator():
        expected += 1
        if entry.sequence != expected or entry.previous != previous or digest(entry) != entry.digest:
            return expected
        previous = entry.digest
    if head is not None and (head.sequence, head.digest) != (expected, previous):
        return expected + 1
    return None


def export_heads(now: datetime) -> None:
    """The chore: once a day each log's head is written to a file apart from the database, one line a day."""
    day = now.date().isoformat()
    for head in AuditHead.objects.select_related("company"):
        file = _exported(head.company)
        lines = file.read_text().splitlines() if file.exists() else []
        if not any(line.startswith(day) for line in lines[-1:]):
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a") as out:
                out.write(f"{day} {head.sequence} {head.digest}\n")


def export_broken(company: Company) -> list[tuple[int, str]]:
    """The exported heads the log does not pass through, entry and day: whoever rewrote it whole is found here."""
    file = _exported(company)
    said = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    known = dict(
        company.audit_entries.filter(sequence__in=[int(sequence) for _day, sequence, _digest in said]).values_list(
            "sequence", "digest"
        )
    )
    return [
        (int(sequence), day) for day, sequence, digest in said if int(sequence) and known.get(int(sequence)) != digest
    ]


def forget_export(company: Company) -> None:
    """The heads of a generated company that is taken away go with it: its next log would not pass through them."""
    if not company.generated:
        raise ValueError("only a generated company's log is forgotten")
    _exported(company).unlink(missing_ok=True)


def exported_on(company: Company) -> date | None:
    """The day of the last copy of the head kept apart from the database."""
    file = _exported(company)
    lines = file.read_text().splitlines() if file.exists() else []
    return date.fromisoformat(lines[-1].split()[0]) if lines else None


def _exported(company: Company) -> Path:
    return Path(settings.AUDIT_DIR) / f"{company.slug}.heads"
