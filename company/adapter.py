"""How allauth fits the house: people are invited by their administrator; seeds of second factors are kept encrypted."""

import base64
import hashlib
import hmac
import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest

from company.middleware import STARTED, needs_factor


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """No sign-up, by any address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """False, always."""
        return False

    def is_reauthentication_required(self, *, app: str, **more: object) -> bool:
        """Not of who signed in, or said so again, within a quarter of an hour."""
        request = context.request
        said = [row["at"] for row in get_authentication_records(request, request.user)]
        latest: float = max([request.session.get(STARTED, 0), *said])
        return time.time() - latest >= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """What codes are made from is useless to whoever has only the database, and stays where the role asks for it."""

    def encrypt(self, text: str) -> str:
        """For the database."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """As it was; an exception for what another installation encrypted."""
        return _seal().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """False for the factor of who must have one."""
        return not needs_factor(authenticator.user)


def _seal() -> Fernet:
    """Under a key of its own, derived from the one that is never changed and lies apart from the database."""
    key = hmac.digest(settings.PSEUDONYM_KEY.encode(), b"second factors", hashlib.sha256)
    return Fernet(base64.urlsafe_b64encode(key))
