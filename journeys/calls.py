"""Requests that may be repeated: the same request with the same key gets the first answer, and does nothing twice."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from company.bearer import Refusal
from company.models import ApiToken
from journeys.models import Call

KEPT = timedelta(days=30)
WAIT = 2


def once(token: ApiToken, key: str, body: bytes, act: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """The answer, and whether it was given before. What the act writes and its answer are committed together.

    ``Refusal``: 409 while the same request is being answered, 422 when the key came with something else.
    """
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        if not _alone(token, key):
            raise Refusal(HTTPStatus.CONFLICT, _("This request is being answered right now."), retry_after=WAIT)
        call = Call.objects.filter(token=token, key=key).first()
        if call is not None and call.body != digest:
            detail = _("This Idempotency-Key came with another body before.")
            raise Refusal(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
        if call is not None:
            return call.answer, True
        answer = act()
        Call.objects.create(token=token, key=key, body=digest, answer=answer)
        return answer, False


def forget(now: datetime) -> None:
    """A chore: answers older than a month are remembered no longer."""
    Call.objects.filter(at__lt=now - KEPT).delete()


def _alone(token: ApiToken, key: str) -> bool:
    """Whether nobody else answers the same request; a lock that ends with the transaction, or with its process."""
    number = int.from_bytes(hashlib.sha256(f"{token.pk}:{key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return bool(cursor.fetchone()[0])
