import csv
import io
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from company.models import AuditEntry, Company, User
from journeys import ingest, ledger
from journeys.models import Part, Quarter, Source, Upload
from tests import dati, make


@pytest.fixture
def source(company: Company, quarter: Quarter) -> Source:
    return dati.votes_source(company.departments.all()[0])


@pytest.fixture
def browser(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


@pytest.fixture
def taken(source: Source, analyst: User) -> Upload:
    """Three votes, one of them blank, received and taken by a worker."""
    upload = ingest.receive(source, "voti di luglio.csv", [dati.votes(8, "", 9)], analyst)
    ledger.run(upload.job.pk)
    upload.refresh_from_db()
    return upload


@pytest.fixture
def refused(source: Source, analyst: User) -> Upload:
    """Four votes, of which two are out of range and one no number."""
    upload = ingest.receive(source, "voti.csv", [dati.votes(8, 11, 12, "=cmd()")], analyst)
    ledger.run(upload.job.pk)
    upload.refresh_from_db()
    return upload


def read(browser: Client, upload: Upload, page: str = "") -> str:
    return " ".join(browser.get(f"/dati/caricamenti/{upload.pk}/{page}").content.decode().split())


def test_the_receipt_says_what_arrived_and_what_became_of_it(browser: Client, taken: Upload, analyst: User) -> None:
    page = read(browser, taken)
    assert "2 righe caricate, 1 senza osservazioni" in page
    for text in (taken.sha256, "voti di luglio.csv", str(analyst), "3º trimestre 2026", "il numero in «voto»"):
        assert text in page


def test_the_receipt_counts_the_rows_without_a_value(browser: Client, taken: Upload) -> None:
    assert 'data-label="Righe senza valore">1<' in read(browser, taken)


def test_the_quarter_it_feeds_is_a_click_away(browser: Client, taken: Upload) -> None:
    assert 'href="/t/2026-3/"' in read(browser, taken)


def test_receipts_are_numbered_in_the_order_of_arrival(browser: Client, source: Source, taken: Upload) -> None:
    other = dati.upload(dati.votes_source(make.department(make.company("Altra"))))
    second = dati.upload(source)
    assert f"{taken.received.year}-0001" in read(browser, taken)
    assert f"{second.received.year}-0002" in read(browser, second)
    assert other.pk != second.pk


def test_what_is_wrong_is_listed_by_row_column_and_value(browser: Client, refused: Upload) -> None:
    page = read(browser, refused)
    assert "Il file è da correggere: nulla è stato salvato" in page
    for row, value in ((3, "11"), (4, "12"), (5, "=cmd()")):
        assert f'data-label="Riga">{row}</td>' in page
        assert f"<bdi>{value}</bdi>" in page


def test_problems_of_one_kind_stand_together(browser: Client, refused: Upload) -> None:
    assert "2 volte" in read(browser, refused)


def test_the_downloaded_problems_are_safe_to_open(browser: Client, refused: Upload) -> None:
    response = browser.get(f"/dati/caricamenti/{refused.pk}/problemi.csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Riga", "Colonna", "Valore", "Volte", "Che cosa non va"]
    assert [row[:3] for row in rows[1:]] == [["3", "voto", "11"], ["4", "voto", "12"], ["5", "voto", "'=cmd()"]]
    assert response.headers["Content-Disposition"] == f'attachment; filename="problemi-{refused.pk}.csv"'


def test_undoing_takes_the_observations_out_and_keeps_the_receipt(
    browser: Client, taken: Upload, quarter: Quarter
) -> None:
    response = browser.post(f"/dati/caricamenti/{taken.pk}/annulla/")
    taken.refresh_from_db()
    quarter.refresh_from_db()
    assert (response.status_code, taken.state, Part.objects.count(), quarter.stale) == (303, "undone", 0, True)
    page = read(browser, taken)
    assert "Annullato: le sue osservazioni non sono più nella trimestrale" in page
    assert "annulla/" not in page


def test_undoing_is_on_record_once(browser: Client, taken: Upload, analyst: User) -> None:
    for _ in range(2):
        browser.post(f"/dati/caricamenti/{taken.pk}/annulla/")
    entry = AuditEntry.objects.get(action="upload.undone")
    assert (entry.actor, entry.subject) == (analyst.reference, f"upload {taken.pk}")


def test_undoing_twice_is_a_conflict(browser: Client, taken: Upload) -> None:
    answers = [browser.post(f"/dati/caricamenti/{taken.pk}/annulla/").status_code for _ in range(2)]
    assert answers == [303, 409]


def test_a_published_quarter_keeps_its_facts(browser: Client, taken: Upload) -> None:
    Quarter.objects.update(state=Quarter.State.PUBLISHED)
    response = browser.post(f"/dati/caricamenti/{taken.pk}/annulla/")
    taken.refresh_from_db()
    assert (response.status_code, taken.state, Part.objects.count()) == (409, "accepted", 1)
    assert 'href="/dati/caricamenti/' not in read(browser, taken)
    assert "si corregge solo rideterminandolo" in read(browser, taken, "annulla/")


def test_asking_whether_to_undo_changes_nothing(browser: Client, taken: Upload) -> None:
    assert "2 osservazioni escono dalla trimestrale" in read(browser, taken, "annulla/")
    taken.refresh_from_db()
    assert taken.state == "accepted"


def test_an_undone_file_can_be_sent_again(browser: Client, taken: Upload, source: Source, analyst: User) -> None:
    browser.post(f"/dati/caricamenti/{taken.pk}/annulla/")
    again = ingest.receive(source, "voti.csv", [dati.votes(8, "", 9)], analyst)
    ledger.run(again.job.pk)
    again.refresh_from_db()
    assert again.state == "accepted"


def test_a_twin_is_answered_with_the_first_receipt(browser: Client, taken: Upload, source: Source) -> None:
    file = io.BytesIO(dati.votes(8, "", 9))
    file.name = "copia.csv"
    page = browser.post("/dati/carica/", {"source": source.slug, "file": file}).content.decode()
    assert f'href="/dati/bozze/{taken.pk}/"' in page


def test_hostile_texts_are_shown_as_texts(browser: Client, source: Source, analyst: User) -> None:
    upload = ingest.receive(source, "a.csv", [dati.votes('"<img src=x onerror=alert(1)>"')], analyst)
    ledger.run(upload.job.pk)
    page = read(browser, upload)
    assert "<img" not in page
    assert "&lt;img" in page


def test_a_receipt_that_is_not_there_is_not_found(browser: Client, source: Source) -> None:
    assert browser.get(f"/dati/caricamenti/{uuid4()}/").status_code == 404


def test_the_receipt_costs_at_most_eight_queries(
    browser: Client, taken: Upload, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    browser.get("/dati/")
    with django_assert_max_num_queries(8):
        browser.get(f"/dati/caricamenti/{taken.pk}/")
