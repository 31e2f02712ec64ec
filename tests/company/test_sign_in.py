import pytest
from django.test import Client

from company.models import Company, User
from tests import make


def sign_in(client: Client, email: str, password: str = make.PASSWORD) -> int:
    return client.post("/accedi/", {"login": email, "password": password}).status_code


def test_the_right_password_leads_home(client: Client, analyst: User) -> None:
    response = client.post("/accedi/", {"login": analyst.email, "password": make.PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_capitals_in_the_address_do_not_matter(client: Client, analyst: User) -> None:
    assert sign_in(client, analyst.email.upper()) == 302


def test_the_page_asked_for_comes_after_signing_in(client: Client, analyst: User) -> None:
    asked = client.get("/dati/carica/").headers["Location"]
    fields = {"login": analyst.email, "password": make.PASSWORD, "next": "/dati/carica/"}
    assert client.post(asked, fields).headers["Location"] == "/dati/carica/"


def test_nobody_is_led_to_another_site(client: Client, analyst: User) -> None:
    fields = {"login": analyst.email, "password": make.PASSWORD, "next": "//elsewhere.example/"}
    assert client.post("/accedi/", fields).headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_read_the_same(client: Client, analyst: User) -> None:
    pages = [
        client.post("/accedi/", {"login": email, "password": "sbagliata"}).content.decode()
        for email in (analyst.email, "nessuno@prova.example")
    ]
    shown = [page[page.index('role="alert"') : page.index("<form")] for page in pages]
    assert shown[0] == shown[1]


def test_five_wrong_passwords_close_the_account_for_a_while(client: Client, analyst: User) -> None:
    for _ in range(5):
        assert sign_in(client, analyst.email, "sbagliata") == 200
    assert sign_in(client, analyst.email) == 200
    assert "_auth_user_id" not in client.session


def test_fifteen_attempts_a_minute_from_one_place_are_enough(client: Client, db: None) -> None:
    answers = [sign_in(client, f"persona{number}@prova.example", "sbagliata") for number in range(16)]
    assert (answers[14], answers[15]) == (200, 429)


def test_there_is_no_way_to_sign_up(client: Client, db: None) -> None:
    assert client.get("/signup/").status_code in {302, 404}
    assert b"signup" not in client.get("/accedi/").content


def test_signing_out_needs_a_post(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    client.get("/esci/")
    assert "_auth_user_id" in client.session
    client.post("/esci/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("generated", [True, False])
def test_the_demo_people_are_named_only_where_the_data_are_generated(
    client: Client, company: Company, analyst: User, generated: bool
) -> None:
    Company.objects.update(generated=generated)
    assert (analyst.email in client.get("/accedi/").content.decode()) is generated


def test_a_person_without_a_company_reads_why(client: Client, db: None) -> None:
    client.force_login(User.objects.create_user("sola@prova.example", make.PASSWORD))
    assert client.get("/dati/").status_code == 403
