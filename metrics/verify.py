"""Recompute a quarter from its stored files and compare it, to the last digit, with its edition."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from metrics import facts
from metrics.derive.report import derive
from metrics.models import Edition
from metrics.report import Report


@dataclass(frozen=True)
class Difference:
    """Something that is not as the edition says: where, what it says, what was found."""

    where: str
    stored: str
    found: str


def verify(edition: Edition) -> list[Difference]:
    """Every difference between an edition and what its files give today; empty when it is identical.

    Checks the hash of every file first, then the digest of the stored text, then every number.
    """
    quarter = edition.quarter
    damaged = list(_files(edition))
    if damaged:
        return damaged
    found: list[Difference] = []
    if hashlib.sha256(edition.content.encode()).hexdigest() != edition.digest:
        found.append(Difference("digest", edition.digest, hashlib.sha256(edition.content.encode()).hexdigest()))
    fresh = derive(facts.inputs(quarter))
    if fresh.content() != edition.content:
        found += _rows(Report.parse(edition.content), Report.parse(fresh.content()))
    return found


def _files(edition: Edition) -> Iterator[Difference]:
    for part in facts.parts(edition.quarter):
        path = facts.path_of(part.sha256)
        if not path.is_file():
            yield Difference(f"file {path.name}", part.sha256, "missing")
        elif (digest := hashlib.sha256(path.read_bytes()).hexdigest()) != part.sha256:
            yield Difference(f"file {path.name}", part.sha256, digest)


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
