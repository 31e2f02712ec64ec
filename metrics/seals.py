"""The seal of a published edition: a hash over all that came out with it and over the seal before (decision 51)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from company.models import Company
from metrics.models import Edition

FIRST = "0" * 64


@dataclass(frozen=True)
class Finding:
    """Something that guards what is published and does not hold: a code, and what it is about."""

    code: str
    about: str
    more: str = ""


def seal(edition: Edition) -> str:
    """SHA-256 of the canonical JSON of what the edition says and of how it came out."""
    said = {
        "quarter": str(edition.quarter.code),
        "version": edition.version,
        "number": edition.number,
        "digest": edition.digest,
        "provenance": edition.provenance,
        "titles": edition.titles,
        "published": edition.published,
        "visible_from": edition.visible_from,
        "publisher": edition.publisher,
        "proposer": edition.proposer,
        "author": edition.author,
        "reason": edition.reason,
        "redefined": edition.redefined,
        "consequences": edition.consequences,
        "objections": [_objection(row) for row in edition.objections.order_by("id").values(*OBJECTION, "effect")],
        "previous": edition.previous,
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_text)
    return hashlib.sha256(text.encode()).hexdigest()


OBJECTION = ("department", "level", "stage", "indicator", "unit", "reason", "author", "state", "answer", "answered_by")


def _objection(row: dict[str, str]) -> dict[str, str]:
    """Its words; an effect's only where it is one, so that seals from before there were any stay as they are."""
    return {name: text for name, text in row.items() if text or name != "effect"}


def _text(value: object) -> str:
    """A moment is written as the database keeps it, in whichever zone it was given."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def broken_links(company: Company) -> list[Finding]:
    """What is wrong with the company's chain of publications; empty when every link holds."""
    previous, found = FIRST, []
    editions = Edition.objects.filter(quarter__company=company, state=Edition.State.PUBLISHED)
    for place, edition in enumerate(editions.select_related("quarter").order_by("number"), start=1):
        name, version = str(edition.quarter.code), str(edition.version)
        if edition.number != place:
            found.append(Finding("number", name, version))
        if edition.previous != previous:
            found.append(Finding("link", name, version))
        if seal(edition) != edition.seal:
            found.append(Finding("seal", name, version))
        previous = edition.seal
    return found
