"""The door of programs: JSON read to the letter, a key in the header and nowhere else, limits by the minute.

Routers of ``journeys.api`` and ``metrics.api`` ask for a key with ``auth=Bearer(scope)``; behind it ``member(request)``
is the key's person, narrowed to the key's departments, so that the access modules serve pages and programs alike.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.errors import HttpError
from ninja.parser import Parser
from ninja.security import HttpBearer

from company import tokens
from company.models import ApiToken

OF_EFFECTS = {"kind", "reference", "department", "outcome", "touchpoint", "other"}
PARAMETERS = frozenset({"page", "segmento", "level", "stage", "indicator", "unit", "position", *OF_EFFECTS})
DEPTH = 5
CALLS_A_MINUTE = 60
ROWS_A_MINUTE = 10_000
MINUTE = 60


@dataclass(frozen=True)
class Number:
    """A number as it was written: 9, 9.0 and 9e0 are three texts."""

    text: str


class Refusal(Exception):
    """The answer to a request that is not met: a status, a sentence, and what is wrong in which place (RFC 6901)."""

    def __init__(
        self, status: int, detail: str, errors: Sequence[dict[str, str]] = (), retry_after: int | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors, self.retry_after = status, detail, list(errors), retry_after


class StrictParser(Parser):
    """JSON without repeated keys, NaN, null characters, lone surrogates or depth; no parameter twice."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type != "application/json":
            raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _("Send JSON: Content-Type: application/json."))
        return read(request.body)

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> dict[str, Any]:
        for name, values in data.lists():
            if name not in PARAMETERS or len(values) > 1 or any("\0" in value for value in values):
                raise Refusal(HTTPStatus.BAD_REQUEST, _("The parameter “%(name)s” cannot be read.") % {"name": name})
        return {name: data[name] for name in data}


def read(body: bytes) -> Any:
    """The body's JSON, its numbers as ``Number``; ``Refusal`` with the place of what cannot be taken."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, _("The body is not UTF-8.")) from error
    if _deep(text):
        raise Refusal(HTTPStatus.BAD_REQUEST, _("The JSON is nested too deep."))
    try:
        data = json.loads(
            text, parse_int=Number, parse_float=Number, parse_constant=_no_constant, object_pairs_hook=_once
        )
    except (ValueError, RecursionError) as error:
        place = f" ({error.lineno}:{error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Refusal(HTTPStatus.BAD_REQUEST, _("This is not JSON.") + place) from error
    if bad := next(_unclean(data, ""), None):
        detail = _("A text holds a character that cannot be stored.")
        raise Refusal(
            HTTPStatus.UNPROCESSABLE_ENTITY, detail, [{"pointer": bad, "code": "bad_text", "message": detail}]
        )
    return data


def _deep(text: str) -> bool:
    """Whether brackets are nested deeper than anything we read; those inside texts count only against the sender."""
    depth = 0
    for letter in text:
        if letter in "[{":
            depth += 1
            if depth > DEPTH:
                return True
        elif letter in "]}":
            depth -= 1
    return False


def _no_constant(text: str) -> None:
    raise ValueError(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _unclean(data: Any, place: str) -> Any:
    """Places of texts with a null character or half a surrogate pair."""
    if isinstance(data, str) and ("\0" in data or any("\ud800" <= letter <= "\udfff" for letter in data)):
        yield place or "/"
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from _unclean(name, place)
            yield from _unclean(value, f"{place}/{name}")
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _unclean(value, f"{place}/{number}")


class Bearer(HttpBearer):
    """A living key with the scope; 401 without one, 403 with one that may something else, 429 with one too busy."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        found = tokens.find(token, timezone.now())
        if found is None:
            return None
        if self.scope not in found.scopes:
            raise Refusal(HTTPStatus.FORBIDDEN, _("This key may not do that."))
        spend(found, "calls", 1, CALLS_A_MINUTE)
        request.user = found.owner
        found.owner.membership.token = found
        return found


def spend(token: ApiToken, what: str, amount: int, limit: int) -> None:
    """Count what a key uses in the running minute; ``Refusal`` beyond the limit. A silent cache limits nobody."""
    now = timezone.now()
    key = f"key-{token.pk}-{what}-{int(now.timestamp()) // MINUTE}"
    try:
        cache.add(key, 0, 2 * MINUTE)
        spent = cache.incr(key, amount)
    except Exception:  # the cache is a convenience: whatever its client raises, work goes on
        return
    if spent > limit:
        wait = MINUTE - now.second
        raise Refusal(HTTPStatus.TOO_MANY_REQUESTS, _("Too much in one minute: wait a little."), retry_after=wait)


def refuse_addresses(request: HttpRequest) -> None:
    """401 for a key in the address, whatever stands in the header: addresses are kept in logs and histories."""
    shown = [value for values in request.GET.lists() for value in values[1] if value.startswith(tokens.MARK)]
    for value in shown:
        tokens.expose(value, timezone.now())
    if shown or any(name in request.GET for name in ("token", "access_token", "api_key", "key")):
        raise Refusal(HTTPStatus.UNAUTHORIZED, _("A key goes in the header, never in the address. Revoke this one."))


def guarded(view: Callable[..., Any]) -> Callable[..., Any]:
    """For bodies over the limit, which Django would answer with a page."""

    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            request.body  # noqa: B018  # read once, here, where it may be refused
        except RequestDataTooBig as error:
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("The body is too large.")) from error
        return view(request, *args, **kwargs)

    return inside


def http_error(error: HttpError) -> Refusal:
    """What ninja says of a request, in our form; what our own parser said of it stays as it was."""
    cause = error.__cause__
    return cause if isinstance(cause, Refusal) else Refusal(error.status_code, str(error))
