"""The catalogue of bad inputs, as requests: what the door answers at once, and what is left on the disk."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from pytest_django.live_server_helper import LiveServer

from company.models import AuditEntry, Company, Role, User
from journeys import ingest, ledger
from journeys.models import Part, Quarter, Source, Upload
from tests import dati, make
from tests.journeys.test_api_inputs import GOOD, program_of
from tests.journeys.test_drafts import due, post
from tests.journeys.workbooks import altered, workbook

GRID = {"date": "giorno", "values": [{"indicator": "voto", "column": "voto"}]}


@pytest.fixture
def source(company: Company, quarter: Quarter) -> Source:
    make.quarter(company, "2026-2", state="published")
    return dati.source(company.departments.all()[0], GRID)


@pytest.fixture
def browser(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


def send(browser: Client, source: Source, content: bytes, name: str = "voti.csv", **more: Any) -> HttpResponse:
    fields = {"source": source.slug, "file": SimpleUploadedFile(name, content), **more}
    return cast(HttpResponse, browser.post("/dati/carica/", fields))


def left(settings: Settings) -> list[Path]:
    return [path for path in Path(settings.UPLOADS_DIR).rglob("*") if path.is_file()]


def large_workbook() -> bytes:
    """A workbook of a byte more than 20 MB, of which none is looked at."""
    return workbook() + b"\0" * (20 << 20)


DOOR: list[tuple[int, bytes, str, int, str]] = [
    (9, b"", "voti.csv", 422, "Il file è vuoto"),
    (27, b"<html><table></table></html>", "voti.xls", 415, "una pagina web (HTML)"),
    (28, b"%PDF-1.7 ...", "voti.csv", 415, "un PDF"),
    (28, b"PK\x03\x04 letter", "voti.csv", 415, "un archivio compresso"),
    (28, b"\xff\xd8\xff\xe0 JFIF", "voti.csv", 415, "un’immagine"),
    (62, b"\xd0\xcf\x11\xe0 old", "voti.xls", 415, "salvalo come .xlsx senza password"),
    (78, large_workbook(), "voti.xlsx", 413, "il file supera 20,0"),
]


@pytest.mark.parametrize(("number", "content", "name", "status", "words"), DOOR)
def test_what_is_no_table_is_refused_at_the_door(
    browser: Client, source: Source, settings: Settings, number: int, content: bytes, name: str, status: int, words: str
) -> None:
    answer = send(browser, source, content, name)
    assert (answer.status_code, Upload.objects.count(), left(settings)) == (status, 0, [])
    assert words.casefold() in " ".join(answer.content.decode().replace("\xa0", " ").split()).casefold()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (workbook()[:900], "non è un Excel leggibile"),
        (altered({"xl/workbook.bin": b"x"}), "salvarlo come .xlsx senza password"),
    ],
)
def test_61_and_62_a_workbook_that_is_none_says_so_on_its_page(
    browser: Client, source: Source, content: bytes, words: str
) -> None:
    send(browser, source, content, "voti.xlsx")
    upload = Upload.objects.get()
    ledger.run(upload.job.pk)
    assert words in browser.get(f"/dati/bozze/{upload.pk}/controlla/").content.decode()
    assert Part.objects.count() == 0


def test_61_a_text_with_a_workbook_s_name_is_the_text_it_is(browser: Client, source: Source) -> None:
    send(browser, source, dati.votes(8), "voti.xlsx")
    upload = Upload.objects.get()
    ledger.run(upload.job.pk)
    assert due(browser, upload) == "conferma"


def test_62_an_opendocument_sheet_is_read(browser: Client, source: Source) -> None:
    """Its own test of reading is in ``test_tools``; here it passes the door."""
    ods = b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
    assert send(browser, source, ods, "voti.ods").status_code == 303


def test_47_a_file_that_tells_workers_apart_is_not_kept(
    browser: Client,
    source: Source,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    send(browser, source, b"giorno,voto,operatore\n2026-07-15,8,Anna\n")
    upload = Upload.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        ledger.run(upload.job.pk)
    upload.refresh_from_db()
    assert (upload.state, left(settings)) == ("rejected", [])
    assert "art. 4 L. 300/1970" in browser.get(f"/dati/caricamenti/{upload.pk}/").content.decode()


def test_51_a_file_for_another_department_is_refused_by_name_and_on_record(
    client: Client, company: Company, source: Source, head: User
) -> None:
    other = dati.votes_source(company.departments.all()[1])
    client.force_login(head)
    answer = send(client, other, dati.votes(8))
    assert (answer.status_code, Upload.objects.count()) == (422, 0)
    assert f"«{other.name}» è un file del reparto {other.department}" in answer.content.decode()
    entry = AuditEntry.objects.get(action="upload.refused")
    assert (entry.actor, entry.subject) == (f"user {head.pk}", f"source {other.slug}")


def test_56_the_same_bytes_lead_to_the_first_upload(browser: Client, source: Source) -> None:
    send(browser, source, dati.votes(8))
    answer = send(browser, source, dati.votes(8), "altro.csv")
    assert answer.status_code == 409
    assert f"/{Upload.objects.get().pk}/" in answer.content.decode()


def test_59_a_file_of_a_published_quarter_is_refused_at_the_door(
    browser: Client, source: Source, settings: Settings
) -> None:
    answer = send(browser, source, dati.votes(8, 9, day="2026-05-04"))
    assert (answer.status_code, Upload.objects.count(), left(settings)) == (409, 0, [])
    assert "Il trimestre 2026-2 è pubblicato: proponi una rideterminazione" in answer.content.decode()


def test_59_a_published_quarter_that_is_being_restated_takes_files(browser: Client, source: Source) -> None:
    Quarter.objects.filter(number=2).update(restating=True)
    assert send(browser, source, dati.votes(8, day="2026-05-04")).status_code == 303


def prepared(browser: Client, source: Source) -> Upload:
    send(browser, source, dati.votes(8, 9))
    upload = Upload.objects.get()
    ledger.run(upload.job.pk)
    assert due(browser, upload) == "conferma"
    return upload


def test_59_a_quarter_published_meanwhile_refuses_the_confirmation(browser: Client, source: Source) -> None:
    upload = prepared(browser, source)
    Quarter.objects.filter(number=3).update(state=Quarter.State.PUBLISHED)
    answer = post(browser, upload, "conferma")
    assert (answer.status_code, upload.state, Part.objects.count()) == (409, "draft", 0)
    assert "Il trimestre 2026-3 è pubblicato: proponi una rideterminazione" in answer.content.decode()


def test_59_observations_of_a_published_quarter_are_refused(company: Company, analyst: User) -> None:
    program = program_of(company, analyst)
    answer = program.send({**GOOD, "date": "2026-05-04"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (409, "published_quarter")


@pytest.fixture
def busy(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """A company one of whose quarters is being published all the time."""
    monkeypatch.setattr(ingest, "PATIENCE", "100ms")
    company = make.company()
    make.department(company)
    quarter, held, over = make.quarter(company), Event(), Event()

    def publish() -> None:
        with transaction.atomic():
            Quarter.objects.select_for_update().get(pk=quarter.pk)
            held.set()
            over.wait(30)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(publish)
        assert held.wait(30)
        try:
            yield company
        finally:
            over.set()


def test_60_a_file_meets_a_quarter_that_is_being_published(busy: Company, client: Client) -> None:
    source, analyst = dati.source(busy.departments.all()[0], GRID), make.user(busy, Role.ANALYST)
    client.force_login(analyst)
    upload = prepared(client, source)
    answer = client.post(f"/dati/bozze/{upload.pk}/conferma/")
    upload.refresh_from_db()
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "60")
    assert (upload.state, Part.objects.count()) == ("draft", 0)


def test_60_observations_meet_a_quarter_that_is_being_published(busy: Company) -> None:
    source = dati.source(busy.departments.all()[0], GRID)
    from company import tokens
    from company.models import Scope
    from tests.journeys.test_api_inputs import Program

    token, secret = tokens.make(make.user(busy, Role.ANALYST).membership, "magazzino", list(Scope.values), (), 30)
    answer = Program(source, token, secret).send(GOOD)
    assert (answer.status_code, answer.headers["Retry-After"], Upload.objects.count()) == (409, "60", 0)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("a\0b\r\n.csv", "ab.csv"), (".htaccess", ".htaccess"), ("n" * 300, "n" * 150)],
)
def test_77_a_file_s_name_is_shown_and_never_a_place(source: Source, settings: Settings, name: str, kept: str) -> None:
    upload = ingest.receive(source, name, iter([dati.votes(8)]), None)
    assert (upload.filename, left(settings)) == (kept, [Path(settings.UPLOADS_DIR) / str(upload.pk)])


def test_78_a_workbook_of_twenty_megabytes_passes_the_door(browser: Client, source: Source) -> None:
    assert send(browser, source, large_workbook()[: 20 << 20], "voti.xlsx").status_code == 303


def test_80_a_hundred_files_or_a_thousand_fields_are_refused(browser: Client, source: Source) -> None:
    files = [SimpleUploadedFile(f"{i}.csv", dati.votes(i)) for i in range(101)]
    assert browser.post("/dati/carica/", {"source": source.slug, "file": files[:2]}).status_code == 400
    assert browser.post("/dati/carica/", {"source": source.slug, "file": files}).status_code == 400
    fields = {f"x{i}": "1" for i in range(1001)}
    assert send(browser, source, dati.votes(8), **fields).status_code == 400
    assert Upload.objects.count() == 0


def test_81_no_token_another_host_and_plain_http_are_refused(source: Source, analyst: User, settings: Settings) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(analyst)
    assert send(strict, source, dati.votes(8)).status_code == 403
    fields = {"source": source.slug, "file": SimpleUploadedFile("voti.csv", dati.votes(8))}
    strict = Client()
    strict.force_login(analyst)
    assert strict.post("/dati/carica/", fields, HTTP_HOST="altrove.example").status_code == 400
    settings.HTTPS = True
    assert Client().get("/api/quarters").status_code == 403
    assert Upload.objects.count() == 0


def raw(server: LiveServer, lines: list[str], body: bytes) -> str:
    """The first line of the answer to bytes sent as they are, after which nothing more is sent."""
    address = server.url.removeprefix("http://").rsplit(":", 1)
    with socket.create_connection((address[0], int(address[1])), timeout=20) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        wire.shutdown(socket.SHUT_WR)
        return wire.makefile("rb").readline().decode()


@pytest.mark.parametrize("claimed", ["honest", "too long"])
def test_79_a_body_that_stops_half_way_leaves_nothing(
    live_server: LiveServer, settings: Settings, claimed: str
) -> None:
    company = make.company()
    make.quarter(company)
    source, client = dati.source(make.department(company), GRID), Client()
    client.force_login(make.user(company, Role.ANALYST))
    client.get("/dati/carica/")
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    part = "--x\r\nContent-Disposition: form-data; name="
    body = f'{part}"source"\r\n\r\n{source.slug}\r\n{part}"file"; filename="a.csv"\r\n\r\n'.encode() + dati.votes(8, 9)
    lines = ["POST /dati/carica/ HTTP/1.1", f"Host: {live_server.url[7:]}", f"Cookie: {cookies}"]
    lines += [f"X-CSRFToken: {token}", "Content-Type: multipart/form-data; boundary=x"]
    lines += [f"Content-Length: {len(body) + (400 if claimed == 'too long' else 0)}", "Connection: close"]
    answer = raw(live_server, lines, body if claimed == "too long" else body[:-10] + b"          ")
    assert answer.split(" ")[1:2] != ["500"]
    assert (Upload.objects.count(), left(settings)) == (0, [])
