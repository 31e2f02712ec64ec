"""Pseudonyms of cases: who an order or respondent is can be matched between files, and found again by nobody else."""

import hashlib
import hmac
import unicodedata
from uuid import UUID

from django.conf import settings

FOLDS = 64


def installation_key() -> bytes:
    """The key of this installation's pseudonyms; changing it makes every case a new one."""
    return str(settings.PSEUDONYM_KEY).encode()


def pseudonym(key: bytes, raw: str) -> UUID:
    """The first 128 bits of HMAC-SHA-256 (RFC 2104) of the identifier, trimmed and in NFC."""
    return UUID(bytes=hmac.digest(key, _plain(raw), "sha256")[:16])


def fold(raw: str) -> int:
    """The first byte of SHA-256 of the identifier, modulo 64: one of the jackknife's groups (method, 1 and 5)."""
    return hashlib.sha256(_plain(raw)).digest()[0] % FOLDS


def _plain(raw: str) -> bytes:
    return unicodedata.normalize("NFC", raw.strip(" \t\u00a0")).encode()
