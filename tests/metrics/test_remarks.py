"""What people write on a quarter: notes beside the lines, titles in the place of the generated ones."""

import pytest
from django.test import Client

from company.models import AuditEntry, Company, User
from journeys.models import Quarter
from metrics import honesty
from metrics.models import Remark
from tests import make, make_report
from tests.metrics.test_pages import text, titles


@pytest.fixture
def aurora(company: Company) -> Company:
    make_report.history(company, make_report.aurora())
    return company


@pytest.fixture
def analyst(aurora: Company, client: Client) -> User:
    user = make.user(aurora, "analyst")
    client.force_login(user)
    return user


def write(client: Client, title: str, place: str = "front") -> int:
    return client.post("/t/2026-3/titoli/", {"place": place, "text": title}).status_code


def test_a_note_stands_under_the_line_of_every_quarter_that_draws_it(analyst: User, client: Client) -> None:
    client.post("/t/2026-2/note/", {"text": "Sciopero dei corrieri, marzo"})
    assert "T2 2026 Sciopero dei corrieri, marzo" in text(client, "/t/2026-3/")
    assert "Sciopero" not in text(client, "/t/2026-1/")


def test_a_note_on_a_stage_stands_on_that_stage(analyst: User, client: Client) -> None:
    client.post("/t/2026-3/note/", {"text": "Corriere nuovo", "stage": "consegna"})
    assert "Corriere nuovo" in text(client, "/t/2026-3/percorso/consegna/")
    assert "Corriere nuovo" not in text(client, "/t/2026-3/percorso/uso/")


def test_a_note_is_removed_and_the_log_keeps_it(analyst: User, client: Client) -> None:
    client.post("/t/2026-3/note/", {"text": "Corriere nuovo"})
    client.post("/t/2026-3/note/", {"remove": Remark.objects.get().pk})
    assert not Remark.objects.exists()
    written = list(AuditEntry.objects.filter(action__startswith="note.").values_list("action", flat=True))
    assert written == ["note.written", "note.removed"]


def test_a_reader_s_copy_does_not_survive_a_new_note(analyst: User, client: Client) -> None:
    tag = client.get("/t/2026-3/")["ETag"]
    client.post("/t/2026-3/note/", {"text": "Corriere nuovo"})
    assert client.get("/t/2026-3/", headers={"If-None-Match": tag}).status_code == 200


def test_a_title_of_ones_own_says_whose_it_is(analyst: User, client: Client) -> None:
    assert write(client, "La salute scende: guardiamo Consegna e Assistenza.") == 303
    assert titles(client, "/t/2026-3/") == "La salute scende: guardiamo Consegna e Assistenza."
    assert f"titolo redatto da {analyst}" in text(client, "/t/2026-3/")


def test_a_title_is_of_one_language(analyst: User, client: Client) -> None:
    write(client, "La salute scende: guardiamo Consegna e Assistenza.")
    page = client.get("/t/2026-3/", headers={"accept-language": "en"}).content.decode()
    assert "Health falls by 2.6 points" in page


def test_an_empty_title_gives_the_place_back_to_the_data(analyst: User, client: Client) -> None:
    write(client, "La salute scende: guardiamo Consegna e Assistenza.")
    write(client, "")
    assert titles(client, "/t/2026-3/").startswith("La salute scende di 2,6 punti")


def test_when_the_data_say_something_else_the_title_is_to_be_read_again(
    analyst: User, aurora: Company, client: Client
) -> None:
    write(client, "La salute scende: guardiamo Consegna e Assistenza.")
    assert "da rivedere" not in text(client, "/t/2026-3/")
    make_report.edition(aurora, make_report.empty(make_report.aurora()))
    assert "da rivedere" in text(client, "/t/2026-3/")


def test_a_title_that_says_more_than_the_data_is_refused(analyst: User, client: Client) -> None:
    assert write(client, "La salute migliora grazie a Logistica") == 422
    assert not Remark.objects.exists()


def test_the_titles_of_a_published_quarter_do_not_change(analyst: User, client: Client) -> None:
    Quarter.objects.filter(year=2026, number=3).update(state=Quarter.State.PUBLISHED)
    assert write(client, "La salute scende.") == 422


@pytest.mark.parametrize(
    ("title", "code", "language", "found"),
    [
        ("La salute scende di 2,6 punti: pesa Consegna.", "front.worse", "it", []),
        ("x" * 91, "front.worse", "it", ["long"]),
        ("Da 70,1 a 69,2 a 67,3", "front.worse", "it", ["numbers"]),
        ("Consegna causa la discesa", "front.worse", "it", ["cause"]),
        ("Health falls because of delivery", "front.worse", "en", ["cause"]),
        ("La santé baisse à cause de la livraison", "front.worse", "fr", ["cause"]),
        ("La salute migliora", "front.unproven", "it", ["change"]),
        ("Health improves", "front.worse", "en", ["against"]),
        ("La santé se dégrade", "front.better", "fr", ["against"]),
    ],
)
def test_a_title_is_held_to_the_rules_of_the_generated_ones(
    title: str, code: str, language: str, found: list[str]
) -> None:
    assert honesty.faults(title, code, language) == found


def test_search_finds_a_page_by_any_of_its_names(analyst: User, client: Client) -> None:
    page = text(client, "/cerca/?q=ritardo%20consegne")
    assert "Consegne oltre due giorni di ritardo Misura" in page
    assert "Nessuna pagina trovata Prova con una sola parola del nome." in text(client, "/cerca/?q=zzz")
