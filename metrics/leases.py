"""Work that a worker takes on lease: claimed once, taken over when the worker falls silent, given up after three."""

from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

ATTEMPTS = 3
UNHEARD = timedelta(seconds=30)
Row = TypeVar("Row", bound=Model)


def claim(row: QuerySet[Row], lease: timedelta, **given_up: object) -> UUID | None:
    """Ours, or None when it is done or in other hands; after three attempts it has failed, as ``given_up`` says."""
    now, token = timezone.now(), uuid4()
    free = row.filter(Q(state="queued") | Q(state="running", lease_until__lt=now))
    changes: dict[str, Any] = {"state": "running", "token": token, "lease_until": now + lease}
    if free.filter(attempts__lt=ATTEMPTS).update(attempts=F("attempts") + 1, **changes):
        return token
    free.update(state="failed", finished=now, token=None, **given_up)
    return None


def forgotten(rows: QuerySet[Row], asked: str, now: datetime) -> list[Any]:
    """Keys of the rows whose worker fell silent or that nobody heard of; ``asked`` names when they were asked for."""
    silent = Q(state="running", lease_until__lt=now)
    unheard = Q(state="queued", **{f"{asked}__lt": now - UNHEARD})
    return list(rows.filter(silent | unheard).values_list("pk", flat=True)[:50])
