"""Keys of programs: made once and shown once, kept as a hash, dead at once when revoked or when their person goes."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from company.audit import record
from company.models import ApiToken, Department, Membership, User

MARK = "tri_"
SEEN_EVERY = timedelta(minutes=1)
MOST_KEYS = 10


class TooMany(Exception):
    """The person has as many living keys as one may have."""


def make(
    membership: Membership, name: str, scopes: Iterable[str], departments: Iterable[Department], days: int
) -> tuple[ApiToken, str]:
    """The key's row and its text, which nobody can read again; ``TooMany`` beyond ten living keys of one person."""
    now = timezone.now()
    with transaction.atomic():
        owner = User.objects.select_for_update().get(pk=membership.user_id)
        if owner.tokens.filter(revoked=None, expires__gt=now).count() >= MOST_KEYS:
            raise TooMany
        prefix = secrets.token_hex(5)
        secret = f"{MARK}{prefix}_{secrets.token_urlsafe(32)}"
        token = ApiToken.objects.create(
            company=membership.company,
            owner=owner,
            name=name,
            prefix=prefix,
            digest=_digest(secret),
            scopes=sorted(scopes),
            expires=now + timedelta(days=days),
        )
        token.departments.set(departments)
        detail = {"key": prefix, "scopes": token.scopes, "days": days}
        record(membership.company, membership.user, "key.made", f"key {token.pk}", detail)
    return token, secret


def find(secret: str, now: datetime) -> ApiToken | None:
    """The living key with this text, its person's membership and company loaded; None for any other text."""
    token = _known(secret)
    if token is None or not token.alive(now) or not token.owner.is_active or not hasattr(token.owner, "membership"):
        return None
    if token.owner.membership.company_id != token.company_id:
        return None
    if token.last_used is None or now - token.last_used > SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used=now)
    return token


def expose(text: str, now: datetime) -> None:
    """Note that a key stood in an address, where logs and histories keep it; what is no key is let pass."""
    token = _known(text)
    if token is not None and token.exposed is None:
        with transaction.atomic():
            ApiToken.objects.filter(pk=token.pk).update(exposed=now)
            record(token.company, None, "key.exposed", f"key {token.pk}", {"key": token.prefix})


def revoke(token: ApiToken, actor: User) -> None:
    """The key opens nothing from now on; revoking it twice does it once."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked=None).update(revoked=timezone.now()):
            record(token.company, actor, "key.revoked", f"key {token.pk}", {"key": token.prefix})


def _known(secret: str) -> ApiToken | None:
    prefix, _mark, rest = secret.removeprefix(MARK).partition("_")
    if not secret.startswith(MARK) or not rest or not prefix.isalnum() or not secret.isascii():
        return None
    rows = ApiToken.objects.select_related("company", "owner__membership__company").prefetch_related("departments")
    token = rows.filter(prefix=prefix).first()
    return token if token is not None and hmac.compare_digest(token.digest, _digest(secret)) else None


def _digest(secret: str) -> str:
    """A plain hash is enough: the text holds 256 random bits, and keys then outlive a change of SECRET_KEY."""
    return hashlib.sha256(secret.encode()).hexdigest()
