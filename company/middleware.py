"""What holds for every signed-in request: sessions end, pages speak the person's language, a second factor is set up.

Sessions end after thirty idle minutes, and ten hours after sign-in however busy they were.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import translation

from company.models import Role, User

FACTOR_ROLES = frozenset({Role.ANALYST, Role.FACILITATOR, Role.ADMIN})
WITHOUT_FACTOR = frozenset(
    {"second_factor_on", "again", "again_code", "ask_code", "invited", "logout", "login", "language"}
    | {"alive", "ready", "gauges"}
)
STARTED, SEEN = "started", "seen"
GRANULARITY = 60


class SessionLimits:
    """Signs a person out when the session is too old or was idle too long; placed after authentication.

    A session counts from the sign-in: the request that signs in begins it.

    The moment last seen is written at most once a minute, so that reading pages costs no write. The poll of a job
    page (an htmx request) keeps nobody signed in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            self._check(request, int(time.time()))
        response = self.get_response(request)
        if request.user.is_authenticated:
            request.session.setdefault(STARTED, int(time.time()))
        return _for_the_window(request, response)

    def _check(self, request: HttpRequest, now: int) -> None:
        started = request.session.setdefault(STARTED, now)
        seen = request.session.setdefault(SEEN, now)
        if now - started > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_SECONDS:
            logout(request)
        elif now - seen >= GRANULARITY and "HX-Request" not in request.headers:
            request.session[SEEN] = now


class OwnLanguage:
    """The language a person chose goes before the browser's; placed after authentication."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = getattr(request.user, "language", "")
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        return self.get_response(request)


class SecondFactor:
    """Who must have a second factor and has none sees only the page that sets it up, until it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: object, kwargs: object
    ) -> HttpResponseBase | None:
        """The way there, or None where the address may be reached."""
        name = request.resolver_match.url_name if request.resolver_match else ""
        if name in WITHOUT_FACTOR or not lacks_factor(request.user):
            return None
        return redirect("second_factor_on")


def needs_factor(user: User | AnonymousUser) -> bool:
    """Whether the person's role, or the rule for everybody, asks for a second factor."""
    membership = getattr(user, "membership", None)
    if membership is None or settings.SECOND_FACTOR == "off":
        return False
    return settings.SECOND_FACTOR == "everybody" or membership.role in FACTOR_ROLES


def lacks_factor(user: User | AnonymousUser) -> bool:
    """Whether a second factor is asked for and the person has none."""
    return needs_factor(user) and not getattr(user, "second_factor", None)


def _for_the_window(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A redirect to sign-in that answers a part of a page must move the window, not fill the part with a form."""
    if "HX-Request" in request.headers and isinstance(response, HttpResponseRedirect):
        return HttpResponse(headers={"HX-Redirect": response.url})
    return response
