"""The second factor: set up with a code, asked at sign-in, required of roles that could do harm."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from pytest_django import Settings

from company import people
from company.models import AuditEntry, Company, Membership, User
from tests import make


def signed_in(user: User) -> Client:
    """A browser that has just come in by password."""
    client = Client()
    client.post("/accedi/", {"login": user.email, "password": make.PASSWORD})
    return client


def code(secret: str) -> str:
    """What the phone shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def turned_on(client: Client) -> str:
    """The secret, after the person has set the second factor up."""
    page = client.get("/secondo-fattore/attiva/")
    secret = str(page.context["form"].secret)
    assert client.post("/secondo-fattore/attiva/", {"code": code(secret)}).status_code == 302
    return secret


@pytest.fixture
def strict(settings: Settings) -> None:
    settings.SECOND_FACTOR = "roles"


@pytest.mark.parametrize("role", ["analyst", "facilitator", "admin"])
@pytest.mark.usefixtures("strict")
def test_without_a_second_factor_such_a_role_reaches_only_its_set_up(company: Company, role: str) -> None:
    client = signed_in(make.user(company, role))
    for address in ("/", "/dati/", "/archivio/", "/impostazioni/", "/cerca/", "/password/", "/non-esiste/"):
        answer = client.get(address)
        assert (address, answer.status_code in {302, 404}) == (address, True)
        assert answer.status_code == 404 or answer.headers["Location"] == "/secondo-fattore/attiva/"
    assert client.get("/secondo-fattore/attiva/").status_code == 200


@pytest.mark.parametrize(("rule", "role", "free"), [("roles", "reader", True), ("everybody", "reader", False)])
def test_the_rule_says_of_whom_it_is_asked(
    company: Company, settings: Settings, rule: str, role: str, free: bool
) -> None:
    settings.SECOND_FACTOR = rule
    assert (signed_in(make.user(company, role)).get("/archivio/").status_code == 200) is free


@pytest.mark.usefixtures("strict")
def test_once_set_up_everything_opens_and_signing_in_asks_for_a_code(admin: User) -> None:
    client = signed_in(admin)
    secret = turned_on(client)
    assert client.get("/impostazioni/").status_code == 200
    later = Client()
    first = later.post("/accedi/", {"login": admin.email, "password": make.PASSWORD})
    assert first.headers["Location"].startswith("/accedi/codice/")
    assert later.get("/impostazioni/").status_code == 302
    assert later.post("/accedi/codice/", {"code": "000000"}).status_code == 200
    assert later.get("/impostazioni/").status_code == 302
    later.post("/accedi/codice/", {"code": code(secret)})
    assert later.get("/impostazioni/").status_code == 200


def test_a_recovery_code_opens_once(admin: User) -> None:
    client = signed_in(admin)
    turned_on(client)
    kept = client.get("/secondo-fattore/codici/").context["unused_codes"]
    assert client.get("/secondo-fattore/codici/").context["unused_codes"] == ["****"] * len(kept)
    for entered in (True, False):
        later = signed_in(admin)
        later.post("/accedi/codice/", {"code": kept[0]})
        assert (later.get("/impostazioni/").status_code == 200) is entered


def test_no_table_holds_what_codes_are_made_from(admin: User) -> None:
    secret = turned_on(signed_in(admin))
    kept = " ".join(str(row.data) for row in Authenticator.objects.all())
    assert secret not in kept
    assert "seed" in kept


def test_a_wrong_first_code_turns_nothing_on(admin: User) -> None:
    client = signed_in(admin)
    client.get("/secondo-fattore/attiva/")
    assert client.post("/secondo-fattore/attiva/", {"code": "000000"}).status_code == 200
    assert User.objects.get().second_factor is None


@pytest.mark.parametrize(("rule", "stays"), [("off", False), ("roles", True)])
def test_it_is_turned_off_only_where_the_role_does_not_ask_for_it(
    admin: User, settings: Settings, rule: str, stays: bool
) -> None:
    client = signed_in(admin)
    turned_on(client)
    settings.SECOND_FACTOR = rule
    client.post("/secondo-fattore/togli/")
    assert Authenticator.objects.exists() is stays
    assert (User.objects.get().second_factor is not None) is stays


def test_what_happens_to_it_is_recorded(admin: User, company: Company) -> None:
    other = make.user(company, "admin")
    client = signed_in(admin)
    turned_on(client)
    people.forget_second_factor(Membership.objects.get(user=admin), other)
    assert not Authenticator.objects.exists()
    actions = list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))
    assert actions == ["second_factor.on", "second_factor.removed"]


def test_setting_it_up_asks_who_has_been_here_for_long_again(admin: User) -> None:
    client = Client()
    client.force_login(admin)
    session = client.session
    session["started"] = int(time.time()) - 901
    session.save()
    answer = client.get("/secondo-fattore/attiva/")
    assert answer.headers["Location"].startswith("/accedi/ancora/")


@pytest.fixture
def admin(company: Company) -> User:
    return make.user(company, "admin")
