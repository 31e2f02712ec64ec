"""Acts of weight ask once more who is there when the sign-in is older than a quarter of an hour."""

import time
from typing import Any

import pytest
from django.test import Client

from company.models import ApiToken, Company, Invitation, Membership, User
from tests import make

AGAIN = "/accedi/ancora/"
KEY = {"name": "foglio", "scopes": ["report"], "days": "30"}
INVITED = {"email": "nuova@prova.example", "name": "Anna Neri", "role": "reader", "language": ""}


@pytest.fixture
def admin(company: Company) -> User:
    return make.user(company, "admin")


@pytest.fixture
def client(admin: User) -> Client:
    """A browser in which the administrator signed in a moment ago."""
    client = Client()
    client.force_login(admin)
    return client


def tired(client: Client, seconds: int = 901) -> Client:
    """The same, that many seconds after the sign-in."""
    session = client.session
    session["started"] = int(time.time()) - seconds
    session.save()
    return client


def said_again(client: Client, answer: Any) -> Any:
    """What follows when the person, sent away by that answer, says who it is."""
    where = answer.headers["Location"]
    assert where.startswith(f"{AGAIN}?next=")
    assert "quarto d’ora" in client.get(where).content.decode()
    return client.post(where, {"password": make.PASSWORD})


def test_who_signed_in_within_a_quarter_of_an_hour_is_not_asked(client: Client) -> None:
    assert tired(client, 800).post("/impostazioni/chiavi/", KEY).status_code == 200
    assert ApiToken.objects.count() == 1


def test_a_key_typed_at_an_old_sign_in_is_made_once_the_password_is_said(client: Client) -> None:
    answer = tired(client).post("/impostazioni/chiavi/", KEY)
    assert not ApiToken.objects.exists()
    assert said_again(client, answer).context["secret"]
    assert ApiToken.objects.get().name == "foglio"


def test_a_wrong_password_makes_nothing(client: Client) -> None:
    answer = tired(client).post("/impostazioni/chiavi/", KEY)
    client.post(answer.headers["Location"], {"password": "un'altra"})
    assert not ApiToken.objects.exists()


def test_revoking_a_key_asks_too(client: Client) -> None:
    client.post("/impostazioni/chiavi/", KEY)
    token = ApiToken.objects.get()
    answer = tired(client).post(f"/impostazioni/chiavi/{token.pk}/revoca/")
    assert ApiToken.objects.get().revoked is None
    assert said_again(client, answer).status_code == 303
    assert ApiToken.objects.get().revoked is not None


def test_an_invitation_typed_at_an_old_sign_in_leaves_as_it_was_typed(client: Client) -> None:
    answer = tired(client).post("/impostazioni/persone/nuova/", INVITED)
    assert not Invitation.objects.exists()
    said_again(client, answer)
    assert Invitation.objects.get().person.get_full_name() == "Anna Neri"


def test_a_role_does_not_change_before_it_is_known_who_asks(client: Client, company: Company) -> None:
    reader = make.user(company, "reader")
    fields = {"name": "", "role": "admin", "language": ""}
    answer = tired(client).post(f"/impostazioni/persone/{reader.pk}/", fields)
    assert Membership.objects.get(user=reader).role == "reader"
    said_again(client, answer)
    assert Membership.objects.get(user=reader).role == "admin"


def test_a_mistake_is_told_before_anything_is_asked(client: Client) -> None:
    assert tired(client).post("/impostazioni/chiavi/", {}).status_code == 422


def test_looking_asks_nothing(client: Client) -> None:
    assert tired(client).get("/impostazioni/persone/").status_code == 200


def test_once_said_nobody_is_asked_again_for_a_while(client: Client, company: Company) -> None:
    said_again(client, tired(client).post("/impostazioni/chiavi/", KEY))
    reader = make.user(company, "reader")
    assert client.post(f"/impostazioni/persone/{reader.pk}/disattiva/").headers["Location"] == "/impostazioni/persone/"


def test_whoever_has_neither_password_nor_factor_here_is_not_sent_in_circles(client: Client, admin: User) -> None:
    admin.set_unusable_password()
    admin.save()
    client.force_login(admin)
    assert tired(client).post("/impostazioni/chiavi/", KEY).status_code == 200


def test_a_session_counts_from_the_sign_in_and_not_from_the_first_page_after_it(admin: User) -> None:
    client = Client()
    client.post("/accedi/", {"login": admin.email, "password": make.PASSWORD})
    assert "started" in client.session
