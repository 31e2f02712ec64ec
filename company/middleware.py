"""Sessions that end: after thirty idle minutes, and ten hours after sign-in however busy they were."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

STARTED, SEEN = "started", "seen"
GRANULARITY = 60


class SessionLimits:
    """Signs a person out when the session is too old or was idle too long; placed after authentication.

    The moment last seen is written at most once a minute, so that reading pages costs no write. The poll of a job
    page (an htmx request) keeps nobody signed in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            self._check(request, int(time.time()))
        return _for_the_window(request, self.get_response(request))

    def _check(self, request: HttpRequest, now: int) -> None:
        started = request.session.setdefault(STARTED, now)
        seen = request.session.setdefault(SEEN, now)
        if now - started > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_SECONDS:
            logout(request)
        elif now - seen >= GRANULARITY and "HX-Request" not in request.headers:
            request.session[SEEN] = now


def _for_the_window(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A redirect to sign-in that answers a part of a page must move the window, not fill the part with a form."""
    if "HX-Request" in request.headers and isinstance(response, HttpResponseRedirect):
        return HttpResponse(headers={"HX-Redirect": response.url})
    return response
