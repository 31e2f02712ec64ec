import pytest
from django.test import Client

from company.models import AuditEntry, User
from tests import make

HOUR = 3600


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time the limits see, in seconds; a test moves it."""
    now = [1_800_000_000.0]
    monkeypatch.setattr("company.middleware.time.time", lambda: now[0])
    return now


def open_board(client: Client, **headers: str) -> int:
    return client.get("/dati/", headers=headers).status_code


def test_a_busy_session_lives_past_half_an_hour(client: Client, analyst: User, clock: list[float]) -> None:
    client.force_login(analyst)
    for _ in range(4):
        assert open_board(client) == 200
        clock[0] += 20 * 60


def test_thirty_idle_minutes_end_the_session(client: Client, analyst: User, clock: list[float]) -> None:
    client.force_login(analyst)
    open_board(client)
    clock[0] += 30 * 60 + 1
    assert open_board(client) == 302
    assert "_auth_user_id" not in client.session


def test_ten_hours_end_even_a_busy_session(client: Client, analyst: User, clock: list[float]) -> None:
    client.force_login(analyst)
    for _ in range(30):
        assert open_board(client) == 200
        clock[0] += 20 * 60
    clock[0] += 20 * 60
    assert open_board(client) == 302


def test_the_poll_of_a_job_page_keeps_nobody_signed_in(client: Client, analyst: User, clock: list[float]) -> None:
    client.force_login(analyst)
    open_board(client)
    for _ in range(3):
        clock[0] += 11 * 60
        open_board(client, hx_request="true")
    assert "_auth_user_id" not in client.session


def test_a_deactivated_person_is_out_at_the_next_request(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    assert open_board(client) == 200
    User.objects.filter(pk=analyst.pk).update(is_active=False)
    assert open_board(client) == 302


def test_a_changed_password_is_on_record(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    new = "un'altra frase, altrettanto lunga"
    client.post("/password/", {"oldpassword": make.PASSWORD, "password1": new, "password2": new})
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, new in str(entry.detail)) == (analyst.reference, "password.changed", False)


def test_another_sessions_sign_in_ends_when_the_password_changes(client: Client, analyst: User) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(analyst)
    new = "un'altra frase, altrettanto lunga"
    fields = {"oldpassword": make.PASSWORD, "password1": new, "password2": new}
    assert client.post("/password/", fields).status_code == 302
    assert (open_board(client), open_board(elsewhere)) == (200, 302)
