"""Who forgot the password asks for a link at the sign-in page; the page tells nobody who is known here."""

from datetime import timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.test import Client
from django.utils import timezone

from company import invitations
from company.models import AuditEntry, Invitation, User

PAGE = "/accedi/dimenticata/"
NEW = {"new_password1": "una frase nuova e lunga", "new_password2": "una frase nuova e lunga"}


def ask(client: Client, email: str) -> str:
    answer = client.post(PAGE, {"email": email})
    assert answer.status_code == 200
    return answer.content.decode()


def shown(page: str) -> str:
    return page[page.index("<h1>") : page.index("</main>")]


def link() -> str:
    """The address in the letter, once it has left."""
    invitations.deliver(timezone.now())
    return next(f"/{line.split('/', 3)[3]}" for line in str(mail.outbox[-1].body).splitlines() if "/invito/" in line)


def test_the_link_of_the_letter_opens_once_and_the_new_password_signs_in(client: Client, analyst: User) -> None:
    ask(client, analyst.email.upper())
    address = link()
    assert mail.outbox[-1].to == [analyst.email]
    assert client.post(address, NEW).headers["Location"] == "/accedi/"
    used = client.post(address, NEW)
    assert (used.status_code, f'href="{PAGE}"' in used.content.decode()) == (404, True)
    assert "Questo link non apre più niente" in used.content.decode()
    signed = client.post("/accedi/", {"login": analyst.email, "password": NEW["new_password1"]})
    assert signed.headers["Location"] == "/"


def test_a_known_and_an_unknown_address_read_the_same(client: Client, analyst: User) -> None:
    known, unknown = (shown(ask(client, email)) for email in (analyst.email, "nessuno@prova.example"))
    assert known == unknown
    assert Invitation.objects.count() == 1


def test_who_was_let_go_gets_no_letter(client: Client, analyst: User) -> None:
    User.objects.update(is_active=False)
    ask(client, analyst.email)
    assert not Invitation.objects.exists()


def test_asking_twice_sends_one_letter_and_records_one_line(client: Client, analyst: User) -> None:
    for _ in range(2):
        ask(client, analyst.email)
    assert (Invitation.objects.count(), AuditEntry.objects.filter(action="password.forgotten").count()) == (1, 1)


def test_the_link_dies_after_three_days(client: Client, analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(client, analyst.email)
    address = link()
    assert client.get(address).status_code == 200
    later = default_token_generator._now() + timedelta(days=3, seconds=1)
    monkeypatch.setattr(default_token_generator, "_now", lambda: later)
    assert 'data-test="another"' in client.get(address).content.decode()


def test_the_sessions_of_before_end_with_the_password(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    stranger = Client()
    ask(stranger, analyst.email)
    stranger.post(link(), NEW)
    assert client.get("/dati/").status_code == 302


def test_one_address_is_asked_for_five_times_in_five_minutes(client: Client, analyst: User) -> None:
    answers = [client.post(PAGE, {"email": analyst.email}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_fifteen_addresses_a_minute_from_one_place_are_enough(client: Client, db: None) -> None:
    answers = [client.post(PAGE, {"email": f"p{n}@prova.example"}).status_code for n in range(16)]
    assert (answers[14], answers[15]) == (200, 429)


def test_what_is_no_address_is_said_to_be_none(client: Client, db: None) -> None:
    assert client.post(PAGE, {"email": "non un indirizzo"}).status_code == 422


@pytest.mark.parametrize("language", ["it", "en", "fr"])
def test_the_sign_in_page_leads_there_in_every_language(client: Client, db: None, language: str) -> None:
    client.cookies["language"] = language
    assert f'href="{PAGE}"' in client.get("/accedi/").content.decode()
