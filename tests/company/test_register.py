"""Registro: the audit log in words, filtered, as a file, and whether its chain holds."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from company import logbook
from company.audit import digest, export_heads, record
from company.audited import known
from company.models import Company, Role, User
from tests import make, owner
from tests.house import files
from trimestrale.env import BASE_DIR


@pytest.fixture(autouse=True)
def checked_afresh() -> None:
    """No test sees another's answer about the chain."""
    logbook._chain.cache_clear()


@pytest.fixture
def reading(client: Client, analyst: User) -> Client:
    """An analyst's browser."""
    client.force_login(analyst)
    return client


def text(client: Client, question: str = "") -> str:
    """The page, its blanks made one."""
    return " ".join(client.get(f"/registro/{question}").content.decode().split())


RECORDS = ("record", "audit.record", "log", "running.log")


def recorded() -> Iterator[str]:
    """The codes of actions as the program records them; one that is put together ends with a star."""
    for file in files.python():
        if file.is_relative_to(BASE_DIR / "tests"):
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in RECORDS and node.args[2:]:
                code = node.args[2]
                if isinstance(code, ast.Constant):
                    yield str(code.value)
                elif isinstance(code, ast.JoinedStr) and isinstance(code.values[0], ast.Constant):
                    yield f"{code.values[0].value!s}*"


def test_every_action_that_is_recorded_has_words() -> None:
    unnamed = {
        code for code in recorded() if not any(name == code or name.startswith(code.rstrip("*")) for name in known())
    }
    assert unnamed == set()


def test_an_entry_says_who_did_what_on_what(reading: Client, company: Company, analyst: User) -> None:
    record(company, analyst, "upload.received", "upload 8f0c9a52-1111-4222-8333-444455556666", {"file": "voti.csv"})
    page = text(reading)
    assert "File ricevuto" in page
    assert analyst.email in page
    assert '<a href="/dati/caricamenti/8f0c9a52-1111-4222-8333-444455556666/"><bdi>voti.csv</bdi></a>' in page


def test_what_changed_stands_with_its_value_before(reading: Client, company: Company, analyst: User) -> None:
    record(company, analyst, "settings.changed", "pesi", {"Consegna": ["1", "2"]})
    page = text(reading)
    assert "<del>1</del> → <bdi>2</bdi>" in page
    assert '<a href="/impostazioni/pesi/">' in page


def test_details_are_named_in_the_reader_s_language(reading: Client, company: Company, head: User) -> None:
    head.first_name = "Elena"
    head.save()
    said = {"role": "head", "departments": ["assistenza", "logistica"]}
    record(company, None, "person.invited", head.reference, said)
    record(company, None, "people.invited", "meeting 2026-3", {"added": [head.reference, "user 0"]})
    record(company, None, "decision.written", "decision 2026-3 2", {"fields": ["proposal", "due"]})
    record(company, None, "settings.changed", "pesi", {"Consegna": ["1", "2"], "restated": ["2026-1", "2026-2"]})
    page = text(reading)
    for words in (
        f"<bdi>{Role.HEAD.label}</bdi>",
        "<bdi>Assistenza, Logistica</bdi>",
        "<bdi>Elena, user 0</bdi>",
        "<bdi>Decisione 2 del T3 2026</bdi>",
        "<bdi>Proposta chiara, Entro il</bdi>",
        "<bdi>T1 2026, T2 2026</bdi>",
    ):
        assert words in page
    told = reading.get("/registro/registro.csv").content.decode()
    assert "Consegna: 1 → 2; rideterminazioni aperte: T1 2026, T2 2026" in told


def test_a_hostile_name_is_shown_as_text(reading: Client, company: Company) -> None:
    record(company, "<script>x</script>", "upload.received", "upload 1", {"file": "=cmd()"})
    assert "<script>x" not in text(reading)
    assert ";'=cmd();" in reading.get("/registro/registro.csv").content.decode()


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("?person=anna", [1, 3]),
        ("?action=note.written", [2, 3]),
        ("?subject=voti", [1, 2]),
        ("?subject=2026-4", [3]),
        ("?since=2026-03-02&until=2026-03-02", [2]),
        ("?person=anna&until=2026-03-01", [1]),
        ("", [1, 2, 3]),
    ],
)
def test_the_log_is_asked_by_person_action_object_and_day(
    company: Company, question: str, found: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", partial(next, (datetime(2026, 3, day, 12, tzinfo=UTC) for day in (1, 2, 3))))
    record(company, "anna", "upload.received", "upload 1", {"file": "Voti di marzo.csv"})
    record(company, "bruno", "note.written", "upload 1")
    record(company, "anna", "note.written", "quarter 2026-4")
    form = logbook.LogFilter(company, QueryDict(question.strip("?")))
    assert sorted(form.entries().values_list("sequence", flat=True)) == found


def test_a_wrong_question_is_answered_400(reading: Client, company: Company) -> None:
    for question in ("?person=%00", "?action=nothing", "?since=yesterday", "?subject=%00"):
        assert reading.get(f"/registro/{question}").status_code == 400
        assert reading.get(f"/registro/registro.csv{question}").status_code == 400


def test_fifty_actions_stand_on_a_page(reading: Client, company: Company) -> None:
    for number in range(51):
        record(company, "anna", "note.written", f"quarter {number}")
    assert reading.get("/registro/").content.decode().count("<time ") == 50
    assert reading.get("/registro/?p=2&person=anna").content.decode().count("<time ") == 1
    assert {reading.get(f"/registro/?p={page}").status_code for page in ("3", "0", "x", "9" * 5000)} == {404}


def test_the_page_says_whether_the_chain_holds(reading: Client, company: Company) -> None:
    record(company, "anna", "note.written", "quarter 2026-3")
    assert "seal-holds" in text(reading)


@pytest.mark.django_db(transaction=True)
def test_the_page_says_where_the_chain_breaks(client: Client) -> None:
    company = make.company()
    client.force_login(make.user(company, "admin"))
    for _number in range(3):
        record(company, "anna", "note.written", "quarter 2026-3")
    with owner.cursor() as run:
        run.execute("UPDATE company_auditentry SET actor = 'bruno' WHERE sequence = 2")
    assert "riga 2" in text(client)


def test_the_head_is_copied_once_a_day(reading: Client, company: Company, settings: Settings) -> None:
    record(company, "anna", "note.written", "quarter 2026-3")
    for hour in (9, 10):
        export_heads(datetime(2026, 11, 25, hour, tzinfo=UTC))
    assert len((settings.AUDIT_DIR / f"{company.slug}.heads").read_text().splitlines()) == 1
    assert "25/11/2026" in text(reading)


@pytest.mark.django_db(transaction=True)
def test_a_log_written_anew_head_and_all_does_not_pass_through_the_copies_of_its_head() -> None:
    company = make.company()
    entry = record(company, "anna", "note.written", "quarter 2026-3")
    export_heads(datetime(2026, 11, 25, 9, tzinfo=UTC))
    entry.actor = "bruno"
    forged = {"actor": entry.actor, "digest": digest(entry)}
    with owner.cursor() as run:
        run.execute("UPDATE company_auditentry SET actor = %(actor)s, digest = %(digest)s", forged)
        run.execute("UPDATE company_audithead SET digest = %(digest)s", forged)
    found = logbook.chain(company)
    assert (found.broken, found.copies_broken, found.holds) == (None, 1, False)
