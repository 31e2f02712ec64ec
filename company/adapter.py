"""How allauth fits the house: people are invited by their administrator, nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitationOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """No sign-up, by any address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """False, always."""
        return False
