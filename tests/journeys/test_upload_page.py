from pathlib import Path
from typing import cast

import pytest
from celery import current_app
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from company.models import Company, User
from journeys.incoming import TOO_LARGE
from journeys.models import Job, Quarter, Source, Upload
from tests import dati, make


@pytest.fixture
def source(company: Company, quarter: Quarter) -> Source:
    return dati.votes_source(company.departments.all()[0])


@pytest.fixture
def browser(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


def send(browser: Client, source: str, content: bytes, name: str = "voti.csv") -> HttpResponse:
    fields = {"source": source, "file": SimpleUploadedFile(name, content)}
    return cast(HttpResponse, browser.post("/dati/carica/", fields))


def stored(settings: Settings) -> list[Path]:
    return [path for path in Path(settings.UPLOADS_DIR).rglob("*") if path.is_file()]


def test_a_file_that_arrives_leads_to_its_steps(browser: Client, source: Source, analyst: User) -> None:
    response = send(browser, source.slug, dati.votes(8, 9))
    upload = Upload.objects.get()
    assert (response.status_code, response.headers["Location"]) == (303, f"/dati/bozze/{upload.pk}/")
    assert (upload.source, upload.sender, upload.path.read_bytes()) == (source, analyst, dati.votes(8, 9))


def test_another_departments_source_is_refused_by_name(
    client: Client, company: Company, head: User, settings: Settings
) -> None:
    other = dati.votes_source(company.departments.all()[1])
    client.force_login(head)
    response = send(client, other.slug, dati.votes(8))
    assert response.status_code == 422
    assert f"«{other.name}» è un file del reparto {other.department}" in response.content.decode()
    assert (Upload.objects.count(), stored(settings)) == (0, [])


@pytest.mark.parametrize("slug", ["", "boh", "\0", "x" * 5000])
def test_an_unknown_source_is_refused(browser: Client, source: Source, slug: str) -> None:
    assert send(browser, slug, dati.votes(8)).status_code == 422
    assert Upload.objects.count() == 0


def test_another_companys_source_is_as_unknown_as_any(browser: Client, quarter: Quarter) -> None:
    foreign = dati.votes_source(make.department(make.company("Altra")))
    page = send(browser, foreign.slug, dati.votes(8)).content.decode()
    assert "Questa fonte non esiste" in page
    assert foreign.name not in page


def test_a_file_without_a_byte_is_refused(browser: Client, source: Source, settings: Settings) -> None:
    response = send(browser, source.slug, b"")
    assert response.status_code == 422
    assert "vuoto" in response.content.decode()
    assert (Upload.objects.count(), stored(settings)) == (0, [])


def test_the_same_bytes_are_taken_once(browser: Client, source: Source) -> None:
    send(browser, source.slug, dati.votes(8))
    response = send(browser, source.slug, dati.votes(8), "altro-nome.csv")
    assert response.status_code == 409
    assert Upload.objects.count() == 1


def test_a_file_at_the_limit_is_taken_and_one_byte_more_is_not(
    browser: Client, source: Source, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = len(dati.votes(8, 9))
    assert send(browser, source.slug, dati.votes(8, 9)).status_code == 303
    response = send(browser, source.slug, dati.votes(8, 10))
    assert response.status_code == 413
    assert "Il file è troppo grande" in response.content.decode()
    assert len(stored(settings)) == 1


def test_no_other_address_takes_files(browser: Client) -> None:
    fields = {"oldpassword": "x", "file": SimpleUploadedFile("voti.csv", dati.votes(8))}
    response = browser.post("/password/", fields)
    assert response.wsgi_request.META[TOO_LARGE]
    assert not response.wsgi_request.FILES


def test_two_files_at_once_are_refused(browser: Client, source: Source) -> None:
    two = [SimpleUploadedFile(f"voti{n}.csv", dati.votes(n)) for n in range(2)]
    assert browser.post("/dati/carica/", {"source": source.slug, "file": two}).status_code == 400
    assert Upload.objects.count() == 0


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        (".htaccess", ".htaccess"),
        ("voti\u202evsc.csv", "votivsc.csv"),
        ("n" * 300 + ".csv", "n" * 150),
        ("<script>alert(1)</script>.csv", "script>.csv"),
    ],
)
def test_a_hostile_name_is_only_ever_shown(
    browser: Client, source: Source, settings: Settings, sent: str, kept: str
) -> None:
    send(browser, source.slug, dati.votes(8), sent)
    upload = Upload.objects.get()
    assert upload.filename == kept
    assert stored(settings) == [Path(settings.UPLOADS_DIR) / str(upload.pk)]


def test_twenty_files_an_hour_are_enough(browser: Client, source: Source, settings: Settings) -> None:
    settings.UPLOADS_AN_HOUR = 2
    answers = [send(browser, source.slug, dati.votes(number)).status_code for number in range(3)]
    assert answers == [303, 303, 429]


def test_only_sources_one_may_feed_are_offered(client: Client, company: Company, head: User, source: Source) -> None:
    other = dati.votes_source(company.departments.all()[1], "Reclami")
    client.force_login(head)
    page = client.get("/dati/carica/").content.decode()
    assert source.name in page
    assert other.name not in page


def test_a_head_of_nothing_reads_why_there_is_no_form(client: Client, company: Company) -> None:
    client.force_login(make.user(company, "head"))
    assert "<form" not in client.get("/dati/carica/").content.decode().split("<main", 1)[1]


def test_the_job_is_queued_before_the_answer_goes_out(browser: Client, source: Source) -> None:
    send(browser, source.slug, dati.votes(8))
    assert Job.objects.get().state == Job.State.QUEUED


def test_a_broker_that_is_down_delays_the_work_and_nothing_else(
    browser: Client,
    source: Source,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        response = send(browser, source.slug, dati.votes(8))
    assert (response.status_code, len(callbacks), Job.objects.get().state) == (303, 1, Job.State.QUEUED)


def test_a_file_sent_to_another_host_is_refused(browser: Client, source: Source) -> None:
    fields = {"source": source.slug, "file": SimpleUploadedFile("voti.csv", dati.votes(8))}
    assert browser.post("/dati/carica/", fields, HTTP_HOST="altrove.example").status_code == 400
    assert Upload.objects.count() == 0


def test_the_form_offers_files_to_fill_in_and_shows_what_was_sent(
    browser: Client, source: Source, analyst: User
) -> None:
    send(browser, source.slug, dati.votes(8, 9), "luglio.csv")
    page = browser.get("/dati/carica/").content.decode()
    assert f'href="/dati/modelli/{source.slug}.xlsx"' in page
    assert f'<a href="/dati/bozze/{Upload.objects.get().pk}/"><bdi>luglio.csv</bdi></a>' in page


def test_the_form_names_every_kind_of_file_that_is_read(browser: Client, source: Source) -> None:
    assert "CSV, TSV, Excel (.xlsx) o OpenDocument (.ods)" in browser.get("/dati/carica/").content.decode()
