"""What may end an answer at the doorstep, one threat each: the reader, the session, the clock, the rows, the server."""

import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from company import people
from company.models import Company, Membership, User
from journeys.models import Quarter
from metrics import doorstep
from metrics.models import Edition, Remark, Verification
from tests import make, make_report
from tests.metrics.test_doorstep import Door, door, edition, reader

__all__ = ["door", "edition", "reader"]  # fixtures


def seconds_later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    moment = time.time() + seconds
    monkeypatch.setattr("time.time", lambda: moment)


def test_a_session_is_over_after_ten_hours_at_the_doorstep_too(
    door: Door, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = client.session
    session["started"] = int(time.time()) - configured.SESSION_COOKIE_AGE + 30
    session.save()
    door.settle()
    seconds_later(monkeypatch, 31)
    assert door.ask()[0].startswith("302")


def test_a_session_whose_row_has_expired_gets_nothing(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.settle()
    over = Session.objects.get().expire_date + timedelta(seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: over)
    assert door.ask()[0].startswith("302")


def test_signing_in_as_another_on_the_same_browser_never_shows_the_first_one_s_page(
    door: Door, client: Client, company: Company, reader: User
) -> None:
    door.settle()
    other = make.user(company, email="altra@prova.example")
    client.logout()
    client.force_login(other)
    page = door.ask()[2].decode()
    assert (reader.email in page, other.email in page) == (False, True)


def test_who_must_have_a_second_factor_and_lost_it_is_sent_to_set_it_up(
    door: Door, reader: User, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR = "everybody"
    User.objects.filter(pk=reader.pk).update(second_factor=timezone.now())
    door.settle()
    User.objects.filter(pk=reader.pk).update(second_factor=None)
    assert door.ask()[0].startswith("302")


def test_a_language_chosen_in_the_settings_is_spoken_at_the_next_request(door: Door, reader: User) -> None:
    door.settle()
    people.speak(reader, "fr")
    assert b'<html lang="fr">' in door.ask()[2]


def test_a_message_for_this_moment_is_shown_once(door: Door, client: Client) -> None:
    before = door.settle()
    session = client.session
    session["_messages"] = '[["__json_message",0,25,"Fatto una volta",""]]'
    session.save()
    assert "Fatto una volta" in door.ask()[2].decode()
    assert door.ask()[2] == before[2]


def _titled(edition: Edition, author: User) -> None:
    fields = {"kind": "title", "place": "front", "language": "it", "text": "Un titolo", "said": {}}
    Remark.objects.create(quarter=edition.quarter, author=author.reference, **fields)


def test_another_person_s_new_name_is_read_at_once_and_an_erased_one_no_more(
    door: Door, edition: Edition, company: Company
) -> None:
    admin = User.objects.get(membership__role="admin")
    author = make.user(company, "analyst", email="autrice@prova.example")
    User.objects.filter(pk=author.pk).update(first_name="Nadia Vecchia")
    _titled(edition, author)
    assert "Nadia Vecchia" in door.settle()[2].decode()
    held = Membership.objects.get(user=author)
    person = people.Person("Nadia Nuova", "analyst")
    people.change(held, admin, person)
    assert "Nadia Nuova" in door.ask()[2].decode()
    door.settle()
    people.erase(held, admin)
    assert "Nadia" not in door.ask()[2].decode()


def test_a_title_taken_back_is_gone_at_once(door: Door, edition: Edition, reader: User) -> None:
    before = door.fresh()
    _titled(edition, reader)
    assert b"Un titolo" in door.settle()[2]
    Remark.objects.all().delete()
    assert door.ask()[2] == before[2]


def test_a_row_taken_away_and_put_back_is_another_row(door: Door, edition: Edition, reader: User) -> None:
    _titled(edition, reader)
    door.settle()
    held = Remark.objects.get()
    held.delete()
    held.text = "Un altro titolo"
    held.save(force_insert=True)
    assert b"Un altro titolo" in door.ask()[2]


def test_a_draft_computed_again_is_read_at_once(company: Company, client: Client, head: User) -> None:
    report = make_report.aurora()
    make_report.edition(company, report)
    client.force_login(head)
    door = Door(client)
    before = door.settle()
    figures = tuple(
        replace(row, value=Decimal("12.300000000")) if row.level == "company" else row for row in report.figures
    )
    make_report.edition(company, replace(report, figures=figures))
    after = door.ask()
    assert after == door.fresh()
    assert after[2] != before[2]


def test_an_alarm_stands_on_the_next_page_of_who_publishes(edition: Edition, company: Company, client: Client) -> None:
    client.force_login(User.objects.get(membership__role="admin"))
    door = Door(client)
    door.settle()
    now = timezone.now()
    Verification.objects.create(company=company, state="done", finished=now, identical=False)
    assert b'data-test="alarm"' in door.ask()[2]


def test_a_quarter_with_another_date_is_asked_for_again(door: Door, edition: Edition) -> None:
    door.settle()
    inside = door.inside
    Quarter.objects.filter(pk=edition.quarter_id).update(due=timezone.now().date())
    door.ask()
    assert door.inside == inside + 1


def test_a_row_written_again_without_another_value_costs_one_request_and_no_more(door: Door, company: Company) -> None:
    before = door.settle()
    Company.objects.filter(pk=company.pk).update(name=company.name)
    assert door.ask()[2] == before[2]
    door.settle()


def test_a_database_server_that_started_anew_is_not_taken_at_its_numbers(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.settle()
    inside, told = door.inside, doorstep.statement().replace(doorstep.SINCE, "'another start'")
    assert told != doorstep.statement()
    monkeypatch.setattr(doorstep, "statement", lambda: told)
    _prepare_again()
    try:
        door.ask()
        assert door.inside == inside + 1
    finally:
        _prepare_again()


def _prepare_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE doorstep")
    doorstep._prepared.clear()


@pytest.mark.parametrize("method", ["POST", "HEAD"])
def test_another_method_is_another_request(door: Door, method: str) -> None:
    door.settle()
    inside = door.inside
    door.ask(method=method)
    assert door.inside == inside + 1


def test_a_condition_that_fails_is_said_and_not_passed_over(door: Door) -> None:
    door.settle()
    assert door.ask(If_Match='"another"')[0].startswith("412")


@pytest.mark.parametrize("wrong", ["sid=nobody", "sid=", ""])
def test_without_the_very_cookies_nothing_is_given(door: Door, client: Client, wrong: str) -> None:
    door.settle()
    assert door.ask(Cookie=wrong)[0].startswith("302")
