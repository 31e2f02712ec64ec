"""Acts of weight ask once more who is there, when the sign-in is older than a quarter of an hour."""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from company.middleware import SEEN, STARTED


def require_fresh(request: HttpRequest) -> None:
    """Interrupts the request: what was sent waits in the session and goes on once the person has said who it is.

    Whoever has neither password nor second factor here is vouched for elsewhere, and is not asked.
    """
    adapter = get_adapter(request)
    if adapter.is_reauthentication_required(app="account") and adapter.get_reauthentication_methods(request.user):
        raise ReauthenticationRequired


@receiver(user_logged_in)
def begin(request: HttpRequest | None, **_more: Any) -> None:
    """A session counts from the sign-in, not from the first page after it."""
    if request is not None and hasattr(request, "session"):
        request.session[STARTED] = request.session[SEEN] = int(time.time())
