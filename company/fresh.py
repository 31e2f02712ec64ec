"""Acts of weight ask once more who is there, when the sign-in is older than a quarter of an hour."""

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.http import HttpRequest


def require_fresh(request: HttpRequest) -> None:
    """Interrupts the request: what was sent waits in the session and goes on once the person has said who it is.

    Whoever has neither password nor second factor here is vouched for elsewhere, and is not asked.
    """
    adapter = get_adapter(request)
    if adapter.is_reauthentication_required(app="account") and adapter.get_reauthentication_methods(request.user):
        raise ReauthenticationRequired
