"""A verification at work: asked for, done once, told where something is wrong; and the page that shows it."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from company.models import Company, User
from journeys.models import Quarter
from metrics import alarm, verifying
from metrics.across import Difference
from metrics.leases import claim
from metrics.models import Edition, Verification
from metrics.publish import Order, publish
from metrics.seals import Finding
from metrics.verify import Checked, guards
from tests import make, owner
from tests.make_report import aurora as report
from tests.make_report import edition as stored


@pytest.fixture
def published(company: Company, analyst: User, monkeypatch: pytest.MonkeyPatch) -> Edition:
    """A published edition; that its files give these very figures is another test's affair."""
    monkeypatch.setattr(verifying, "verify", lambda edition, hashed: Checked([]))
    draft = stored(company, report())
    Quarter.objects.filter(pk=draft.quarter_id).update(state=Quarter.State.REVIEW)
    return publish(draft.quarter, analyst, Order(draft.digest))


@pytest.mark.parametrize("typed", ["T3-2026", "Q3-2026", "t3-2026", "2026-3"])
def test_a_quarter_is_verified_by_any_of_its_names(company: Company, typed: str) -> None:
    make.quarter(company)
    out = StringIO()
    call_command("verify", typed, stdout=out)
    assert out.getvalue().startswith("2026-3 ")


@pytest.mark.parametrize("typed", ["T5-2026", "2026", "T3-26", "xT3-2026"])
def test_what_is_no_quarter_is_refused_in_a_sentence(company: Company, typed: str) -> None:
    with pytest.raises(CommandError, match="un trimestre si scrive T3-2026 o 2026-3"):
        call_command("verify", typed)


@pytest.mark.parametrize("typed", [("verify",), ("verify", "--all"), ("verify", "T3-2026"), ("refresh", "--all")])
def test_nothing_of_a_company_that_is_not_there_passes_for_identical(company: Company, typed: tuple[str, ...]) -> None:
    make.quarter(company)
    with pytest.raises(CommandError, match="L’azienda «azienda-assente» non esiste"):
        call_command(*typed, company="azienda-assente")


@pytest.fixture
def damaged(published: Edition, monkeypatch: pytest.MonkeyPatch) -> Difference:
    """One of its files is not what it was."""
    found = Difference("file ab12.parquet voti.csv", "a" * 64, "b" * 64)
    monkeypatch.setattr(verifying, "verify", lambda edition, hashed: Checked([found]))
    return found


def text(client: Client, address: str = "/verifica/") -> str:
    """A page, its blanks made one."""
    return " ".join(client.get(address).content.decode().split())


def done(company: Company, actor: User | None = None) -> Verification:
    return verifying.run(verifying.ask(company, actor).pk)


def test_an_identical_quarter_is_said_to_be_so(
    company: Company, published: Edition, analyst: User, client: Client
) -> None:
    found = done(company, analyst)
    client.force_login(analyst)
    page = text(client)
    assert (found.state, found.identical, found.done, found.total) == ("done", True, 1, 1)
    assert 'data-identical="yes"' in page
    assert f"chiesta da {analyst.email}" in page


def test_what_differs_is_named_on_the_page_and_in_a_letter_to_administrators(
    company: Company, damaged: Difference, client: Client
) -> None:
    admin, _analyst = make.user(company, "admin"), make.user(company, "analyst")
    done(company)
    for _round in range(2):
        alarm.tell(timezone.now())
    client.force_login(admin)
    assert [message.to for message in mail.outbox] == [[admin.email]]
    assert "file di osservazioni ab12.parquet voti.csv" in mail.outbox[0].body
    page = text(client)
    assert 'data-identical="no"' in page
    assert "file di osservazioni ab12.parquet voti.csv" in page


def test_the_alarm_stands_on_every_page_of_who_publishes_until_all_is_in_order(
    company: Company, damaged: Difference, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, reader = make.user(company, "admin"), make.user(company)
    done(company)
    for person, warned in ((admin, True), (reader, False)):
        client.force_login(person)
        assert ['data-test="alarm"' in text(client, page) for page in ("/archivio/", "/t/2026-3/")] == [warned, warned]
    monkeypatch.setattr(verifying, "verify", lambda edition, hashed: Checked([]))
    done(company)
    client.force_login(admin)
    assert 'data-test="alarm"' not in text(client, "/t/2026-3/")


def test_an_edition_that_cannot_be_computed_again_is_a_difference(
    company: Company, published: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(edition: Edition, hashed: dict[str, str]) -> Checked:
        raise OSError("gone")

    monkeypatch.setattr(verifying, "verify", breaks)
    assert done(company).results[0]["differences"][0]["found"] == "OSError"


def test_two_who_ask_at_once_get_one_run_and_it_is_done_once(company: Company, published: Edition) -> None:
    first, second = verifying.ask(company), verifying.ask(company)
    assert first.pk == second.pk
    ended = verifying.run(first.pk)
    assert verifying.run(first.pk).finished == ended.finished


def test_a_worker_that_fell_silent_is_replaced_three_times(company: Company, published: Edition) -> None:
    asked = verifying.ask(company)
    for _death in range(3):
        assert claim(Verification.objects.filter(pk=asked.pk), verifying.LEASE) is not None
        assert claim(Verification.objects.filter(pk=asked.pk), verifying.LEASE) is None
        Verification.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert verifying.run(asked.pk).state == "failed"


def test_it_runs_by_itself_once_a_week(company: Company, published: Edition) -> None:
    now = timezone.now()
    for _minute in range(2):
        verifying.due(now)
    assert company.verifications.count() == 1
    done(company)
    verifying.due(now + timedelta(days=7, minutes=1))
    assert company.verifications.count() == 2


def test_the_page_asks_a_worker_and_shows_how_far_it_is(
    company: Company, published: Edition, analyst: User, client: Client
) -> None:
    client.force_login(analyst)
    assert client.post("/verifica/").status_code == 303
    assert company.audit_entries.filter(action="verification.asked", actor=analyst.reference).count() == 1
    Verification.objects.update(state="running", done=3, total=8)
    part = client.get("/verifica/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "3 di 8" in part
    assert 'hx-trigger="every 2s"' in part


def test_the_command_prints_every_edition_and_fails_where_one_differs(
    company: Company, damaged: Difference, tmp_path: Path
) -> None:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify", "--all", stdout=out)
    assert "ab12.parquet" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_trigger_that_was_switched_off_is_named() -> None:
    company = make.company()
    with owner.cursor() as run:
        run.execute("ALTER TABLE metrics_figure DISABLE TRIGGER frozen")
    try:
        assert guards(company) == [Finding("trigger", "metrics_figure", "frozen")]
    finally:
        with owner.cursor() as run:
            run.execute("ALTER TABLE metrics_figure ENABLE ALWAYS TRIGGER frozen")
