"""What is given again at the doorstep: the very same bytes, to the very same request, while no row has changed."""

import re
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from company.models import Company, Membership, User
from journeys.models import Quarter
from meetings.models import Decision, FollowUp, Meeting
from metrics import doorstep
from metrics.models import Edition, Objection, Remark
from metrics.publish import Order, publish, restate, review
from tests import make, make_report

FRONT = "/t/2026-3/"
HANGING = {"metrics_figure", "company_apitoken"}  # written with their edition alone; a session has no key


class Door:
    """The doorstep before Django, asked as the web server asks it; ``inside`` counts how often Django was."""

    def __init__(self, client: Client) -> None:
        self.client, self.inside, self.django = client, 0, WSGIHandler()
        self.application = doorstep.Doorstep(self._count)

    def _count(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        self.inside += 1
        response = self.django.get_response(WSGIRequest(environ))
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return response

    def ask(self, path: str = FRONT, method: str = "GET", **headers: str) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body of the answer."""
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.client.cookies.items())
        environ = RequestFactory().generic(method, path, headers={"Cookie": cookies, **headers}).environ
        told: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Callable[[bytes], object]:
            told.extend((status, headers))
            return told.append

        body = b"".join(self.application(environ, start))
        return told[0], told[1], body

    def settle(self, path: str = FRONT, **headers: str) -> tuple[str, list[tuple[str, str]], bytes]:
        """The answer once it is given without Django: the third of its session, or the test fails."""
        self.ask(path, **headers)
        self.ask(path, **headers)
        before = self.inside
        answer = self.ask(path, **headers)
        assert self.inside == before
        return answer

    def fresh(self, path: str = FRONT, **headers: str) -> tuple[str, list[tuple[str, str]], bytes]:
        """What Django answers now, whatever is kept."""
        other = Door(self.client)
        return other.ask(path, **headers)


@pytest.fixture
def edition(company: Company) -> Edition:
    """The chain's report with a year before it, published."""
    make_report.history(company, make_report.aurora(), (66.8, 68.1, 69.8))
    return out(Edition.objects.get(quarter__year=2026, quarter__number=3), make.user(company, "admin"))


@pytest.fixture
def reader(company: Company) -> User:
    """A reader of the company."""
    return make.user(company)


@pytest.fixture
def door(edition: Edition, reader: User, client: Client) -> Door:
    """The doorstep, the reader being signed in."""
    client.force_login(reader)
    return Door(client)


def out(edition: Edition, actor: User, **order: object) -> Edition:
    """The edition published."""
    edition.quarter.refresh_from_db()
    if edition.quarter.state == Quarter.State.OPEN:
        review(edition.quarter, actor)
    return publish(edition.quarter, actor, Order(edition.digest, **order))  # type: ignore[arg-type]


@pytest.mark.parametrize("path", [FRONT, "/t/2026-3/reparti/logistica/", "/metodo/", "/t/2026-3/tabelle.xlsx"])
@pytest.mark.parametrize("encoding", ["", "br"])
def test_what_is_given_again_is_what_the_whole_chain_answers(door: Door, path: str, encoding: str) -> None:
    again = door.settle(path, Accept_Encoding=encoding)
    assert again == door.fresh(path, Accept_Encoding=encoding)
    assert again[0] == "200 OK"


def test_a_copy_that_still_holds_is_confirmed_at_the_doorstep(door: Door) -> None:
    etag = dict(door.settle()[1])["ETag"]
    again = door.settle(If_None_Match=etag)
    assert again == door.fresh(If_None_Match=etag)
    assert (again[0], again[2]) == ("304 Not Modified", b"")


@pytest.mark.parametrize("encoding", ["", "br"])
def test_a_confirmed_copy_keeps_its_own_headers_and_is_sent_none_of_them_again(door: Door, encoding: str) -> None:
    whole = dict(door.settle(Accept_Encoding=encoding)[1])
    confirmed = dict(door.settle(Accept_Encoding=encoding, If_None_Match=whole["ETag"])[1])
    assert confirmed == {name: whole[name] for name in ("ETag", "Cache-Control", "Vary")}


def _deactivated(reader: User, client: Client) -> None:
    User.objects.filter(pk=reader.pk).update(is_active=False)


def _removed(reader: User, client: Client) -> None:
    Membership.objects.filter(user=reader).delete()


def _moved(reader: User, client: Client) -> None:
    Membership.objects.filter(user=reader).update(company=make.company("Altra"))


def _new_password(reader: User, client: Client) -> None:
    reader.set_password("un'altra parola d'ordine")
    reader.save()


def _signed_out(reader: User, client: Client) -> None:
    client.session.flush()


@pytest.mark.parametrize(
    ("revoke", "status"),
    [(_deactivated, 302), (_removed, 403), (_moved, 404), (_new_password, 302), (_signed_out, 302)],
)
def test_who_may_no_longer_read_gets_nothing_at_the_next_request(
    door: Door, reader: User, client: Client, revoke: Callable[[User, Client], None], status: int
) -> None:
    door.settle()
    cookies = str(client.cookies[settings.SESSION_COOKIE_NAME].value)
    revoke(reader, client)
    client.cookies[settings.SESSION_COOKIE_NAME] = cookies
    assert int(door.ask()[0][:3]) == status


def test_another_role_is_another_page_at_the_next_request(door: Door, reader: User, company: Company) -> None:
    door.settle()
    membership = Membership.objects.get(user=reader)
    membership.role = "head"
    membership.save()
    membership.departments.set([company.departments.all()[0]])
    assert b"Il mio impatto" in door.ask()[2]
    door.settle()
    membership.departments.clear()
    assert b"Il mio impatto" not in door.ask()[2]


def test_another_language_is_another_page(door: Door, client: Client) -> None:
    door.settle()
    client.cookies["lang"] = "en"
    assert b'<html lang="en">' in door.settle()[2]


def test_two_sessions_never_share_an_answer(door: Door, company: Company, reader: User) -> None:
    mine = door.settle()[2].decode()
    other = make.user(company, email="altra@prova.example")
    door.client.force_login(other)
    theirs = door.settle()[2].decode()
    assert (reader.email in mine, other.email in mine) == (True, False)
    assert (reader.email in theirs, other.email in theirs) == (False, True)


def test_an_idle_session_ends_at_the_doorstep_too(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.settle()
    later = time.time() + 31 * 60
    monkeypatch.setattr("time.time", lambda: later)
    assert door.ask()[0].startswith("302")


def test_reading_on_keeps_the_session_awake(door: Door, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    door.settle()
    seen, later = client.session["seen"], time.time() + 61
    monkeypatch.setattr("time.time", lambda: later)
    door.ask()
    assert client.session["seen"] > seen


def test_the_end_of_an_embargo_changes_the_page_though_no_row_does(
    door: Door, edition: Edition, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, hour = User.objects.get(membership__role="admin"), timezone.now() + timedelta(hours=1)
    restate(edition.quarter, admin, "un file in ritardo")
    out(make_report.edition(company, make_report.empty(make_report.aurora())), admin, visible_from=hour)
    before = door.settle()
    assert b"n = 1.797" in before[2]
    monkeypatch.setattr("django.utils.timezone.now", lambda: hour)
    after = door.ask()
    assert b"n = 24" in after[2]
    assert after == door.fresh()


def _note(edition: Edition, person: User) -> None:
    Remark.objects.create(quarter=edition.quarter, kind="note", text="Sciopero dei corrieri", author="A")


def _renamed(edition: Edition, person: User) -> None:
    Company.objects.filter(pk=edition.quarter.company_id).update(name="Catena Nuova")


def _called(edition: Edition, person: User) -> None:
    User.objects.filter(pk=person.pk).update(first_name="Nadia", last_name="Nuova")


def _meeting(edition: Edition, person: User) -> None:
    fields = {"content": "{}", "digest": edition.digest, "computed": timezone.now(), "draft": False}
    Meeting.objects.create(quarter=edition.quarter, **fields)


def _earlier(edition: Edition, person: User) -> None:
    make_report.edition(edition.quarter.company, make_report.past(make_report.aurora(), "2025-3", 60.0))
    chain = Edition.objects.get(quarter__year=2025, quarter__number=3)
    out(chain, User.objects.get(membership__role="admin"))


@pytest.mark.parametrize("change", [_note, _renamed, _called, _meeting, _earlier])
def test_whatever_the_page_is_made_of_changes_it_at_once(
    door: Door, edition: Edition, reader: User, change: Callable[[Edition, User], None]
) -> None:
    before = door.settle()
    change(edition, reader)
    after = door.ask()
    assert after == door.fresh()
    assert after[2] != before[2]


def test_an_answered_objection_changes_the_draft_at_once(company: Company, client: Client, head: User) -> None:
    edition = make_report.edition(company, make_report.aurora())
    department = company.departments.all()[0].slug
    objection = Objection.objects.create(
        edition=edition, department=department, level="stage", stage="consegna", reason="Errato", author=head.email
    )
    client.force_login(head)
    door, page = Door(client), "/t/2026-3/percorso/consegna/"
    before = door.settle(page)
    objection.state, objection.answer = Objection.State.UPHELD, "Rifatto"
    objection.save()
    after = door.ask(page)
    assert after == door.fresh(page)
    assert after[2] != before[2]


def test_a_decision_that_is_done_changes_the_front_page_at_once(
    edition: Edition, company: Company, client: Client
) -> None:
    owner = make.user(company, "facilitator")
    client.force_login(owner)
    door = Door(client)
    fields = {"content": "{}", "digest": edition.digest, "computed": timezone.now(), "draft": False}
    before = Meeting.objects.create(quarter=Quarter.objects.get(year=2026, number=2), **fields)
    today = timezone.now().date()
    taken = {"proposal": "P", "owner": owner, "due": today, "decided_on": today, "opinion": True, "state": "decided"}
    decision = Decision.objects.create(meeting=before, number=1, **taken)
    first = door.settle()
    decision.state, decision.done_on = Decision.State.DONE, today
    decision.save()
    second = door.settle()
    FollowUp.objects.create(meeting=before, decision=decision, outcome="reached", done="yes", answer="closed")
    third = door.ask()
    assert third == door.fresh()
    assert len({first[2], second[2], third[2]}) == 3


def test_a_part_of_a_page_is_never_given_here(door: Door) -> None:
    door.settle()
    before = door.inside
    door.ask(HX_Request="true")
    assert door.inside == before + 1


@pytest.mark.parametrize("role", ["reader", "head", "analyst", "facilitator", "admin"])
def test_every_row_that_pages_read_is_asked_for(edition: Edition, company: Company, client: Client, role: str) -> None:
    client.force_login(make.user(company, role))
    pages = ("", "percorso/", "percorso/consegna/", "reparti/logistica/", "impatto/", "ponte/", "stampa/")
    with CaptureQueriesContext(connection) as queries:
        for path in (*(f"/t/2026-3/{page}" for page in pages), "/metodo/", "/t/2026-3/tabella/fasi.csv"):
            assert client.get(path).status_code == 200
    read = {name for query in queries for name in re.findall(r'(?:FROM|JOIN) "(\w+)"', query["sql"])}
    asked = set(re.findall(r"(?:FROM|JOIN|,) (\w+) \w", doorstep.statement()))
    assert {"metrics_edition", "meetings_meeting", "django_session"} <= read
    assert read - HANGING <= asked


def test_a_database_that_does_not_answer_leaves_it_to_django(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    first = door.settle()
    monkeypatch.setattr(doorstep, "versions", lambda session, person: "")
    before = door.inside
    assert door.ask() == first
    assert door.inside == before + 1
