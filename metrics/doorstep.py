"""Answers given again before Django is asked, while every row they were made of is still the very same one.

The whole chain answers first and decides everything: session, person, role, what may be seen. Its answer is given
again only to the very same request, and only while one statement finds the same versions of the session's row, the
person's, the membership's and all that pages are drawn from (decision 69). A row's version is PostgreSQL's own: each
change of a row, whatever the column and whoever makes it, is a new ``xmin`` or ``ctid`` – as long as the server runs.
One that starts anew, restored or promoted in another's place, may have lost changes and number new ones like them: the
moment it started is part of the versions.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.utils import timezone
from django.utils.module_loading import import_string

from company.middleware import GRANULARITY, SEEN, STARTED
from metrics.kept import Kept

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PLACES = ("/t/", "/metodo/")
ASKED = (  # all of a request that an answer can depend on; a request of htmx is never answered here
    *("REQUEST_METHOD", "wsgi.url_scheme", "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "HTTP_X_FORWARDED_PROTO"),
    *("HTTP_COOKIE", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MATCH"),
)
PEOPLE = 10_000
SINCE = "pg_postmaster_start_time()::text"
EDITIONS = "ARRAY(SELECT e.id FROM metrics_edition e WHERE e.quarter_id = ANY(quarters.ids))"
DEPARTMENTS = "ARRAY(SELECT d.id FROM company_department d WHERE d.company_id = m.company_id)"
ROWS = (  # ``m`` is the membership, ``quarters.ids`` are its company's
    "company_membership_departments r WHERE r.membership_id = m.id",
    "company_department r WHERE r.company_id = m.company_id",
    "journeys_quarter r WHERE r.company_id = m.company_id",
    f"journeys_forecast r WHERE r.department_id = ANY({DEPARTMENTS})",
    "metrics_edition r WHERE r.quarter_id = ANY(quarters.ids)",
    f"metrics_objection r WHERE r.edition_id = ANY({EDITIONS})",
    "metrics_remark r WHERE r.quarter_id = ANY(quarters.ids)",
    "metrics_edition r WHERE r.quarter_id = ANY(quarters.ids) AND r.visible_from <= $3",
    "metrics_verification r WHERE r.company_id = m.company_id",
)
QUESTION = """
SELECT md5(array_to_string(ARRAY[{}], ' ', '-'))
FROM django_session s, company_user u
    JOIN company_membership m ON m.user_id = u.id
    JOIN company_company c ON c.id = m.company_id
    CROSS JOIN LATERAL (SELECT array_agg(q.id) AS ids FROM journeys_quarter q WHERE q.company_id = c.id) quarters
WHERE s.session_key = $1 AND s.expire_date > $3 AND u.id = $2 AND u.is_active
"""

_prepared: "WeakSet[Any]" = WeakSet()


@dataclass(frozen=True)
class Standing:
    """Whose session an answer was made in, when it began and when it was last seen."""

    person: int
    started: int
    seen: int

    def holds(self, now: float) -> bool:
        """Whether the session's clocks need not be looked at: not too old, and seen in this minute."""
        return now - self.started <= settings.SESSION_COOKIE_AGE and now - self.seen < GRANULARITY


@dataclass(frozen=True)
class Given:
    """An answer as it went out, and the versions of all it was made of."""

    session: str
    standing: Standing
    versions: str
    status: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def size(self) -> int:
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


class Doorstep:
    """The WSGI application in front of Django's."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application
        self.given: Kept[Given] = Kept()
        self.people: OrderedDict[str, int] = OrderedDict()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PLACES) or "HTTP_HX_REQUEST" in environ:
            return self.application(environ, start_response)
        key = "\n".join([environ.get(name, "") for name in ASKED])
        found = self.given.get(key)
        if found is None:
            session = parse_cookie(environ.get("HTTP_COOKIE", "")).get(settings.SESSION_COOKIE_NAME, "")
            standing = versions(session, self.people[session]) if session in self.people else ""
            return self._ask(key, session, standing, environ, start_response)
        now = versions(found.session, found.standing.person)
        if now == found.versions and found.standing.holds(time.time()):
            start_response(found.status, found.headers)
            return [found.body]
        return self._ask(key, found.session, now, environ, start_response)

    def _ask(
        self, key: str, session: str, now: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        response = self.application(environ, start_response)
        standing = getattr(response, "standing", None)
        if standing is not None and isinstance(response, HttpResponse):
            self._know(session, standing.person)
            if now and not response.cookies:
                status = f"{response.status_code} {response.reason_phrase}"
                headers = list(response.items())
                self.given.put(key, Given(session, standing, now, status, headers, response.content))
        return response

    def _know(self, session: str, person: int) -> None:
        self.people[session] = person
        while len(self.people) > PEOPLE:
            self.people.popitem(last=False)


def repeatable(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer, marked: it depends on the request, the rows named here and nothing else."""
    session = request.session
    if request.user.pk is not None and STARTED in session and SEEN in session:
        response.standing = Standing(request.user.pk, session[STARTED], session[SEEN])  # type: ignore[attr-defined]
    return response


def versions(session: str, person: int) -> str:
    """Versions of every row the person's pages are made of; empty where the session or the membership is no more."""
    try:
        connection.ensure_connection()
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            if connection.connection not in _prepared:
                cursor.execute(f"PREPARE doorstep (text, bigint, timestamptz) AS {statement()}")
                _prepared.add(connection.connection)
            cursor.execute("EXECUTE doorstep (%s, %s, %s)", (session, person, timezone.now()))
            found = cursor.fetchone()
    except Error:  # the whole chain will say what is wrong
        return ""
    return found[0] if found else ""


@cache
def statement() -> str:
    """The one question: whoever draws on these pages from above names its rows in ``PAGES_STAND_ON``."""
    rows = chain(ROWS, *(import_string(name) for name in settings.PAGES_STAND_ON))
    own = [SINCE, *(f"{name}.xmin || {name}.ctid::text" for name in ("s", "u", "m", "c"))]
    counted = [f"(SELECT string_agg(r.xmin || r.ctid::text, '') FROM {row})" for row in rows]  # noqa: S608  # ours alone
    return QUESTION.format(", ".join([*own, *counted]))
