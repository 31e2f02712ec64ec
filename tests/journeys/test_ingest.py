"""An upload is received whole or not at all, accepted with everything it changes, and undone while it may be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from company.models import AuditEntry, Company, Unit, User
from journeys import ingest, ledger
from journeys.files import place_of
from journeys.models import Job, Part, Quarter, Source, Upload
from tests import dati, make

MAPPING = {"date": "day", "unit": "shop", "values": [{"indicator": "vote", "column": "vote"}]}
FILE = b"day,shop,vote\n2026-07-15,Roma,8\n2026-06-30,Milano,\n"


@pytest.fixture
def source(company: Company) -> Source:
    for code in ("2026-2", "2026-3", "2026-4", "2028-2", "2028-3"):
        make.quarter(company, code)
    return dati.source(company.departments.all()[0], MAPPING)


def send(source: Source, content: bytes = FILE, name: str = "votes.csv", sender: User | None = None) -> Upload:
    """The upload after its job is done."""
    upload = ingest.receive(source, name, iter([content]), sender)
    ledger.run(upload.job.pk)
    upload.refresh_from_db()
    return upload


def stored(folder: Path | str) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def revisions(company: Company) -> dict[str, tuple[int, bool]]:
    return {str(row): (row.revision, row.stale) for row in Quarter.objects.filter(company=company)}


def test_a_received_file_lies_under_its_number_with_a_job_that_waits(source: Source, analyst: User) -> None:
    upload = ingest.receive(source, "votes.csv", iter([FILE[:10], FILE[10:]]), analyst)
    assert upload.path.read_bytes() == FILE
    assert (upload.size, upload.state, upload.job.state) == (len(FILE), "received", "queued")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.detail["sha256"]) == ("upload.received", analyst.reference, upload.sha256)


def test_an_accepted_file_gives_parts_units_a_receipt_and_a_line_in_the_log(source: Source, settings: Settings) -> None:
    upload = send(source)
    assert (upload.state, upload.rows_in, upload.rows_out, upload.observations) == ("accepted", 2, 1, 1)
    assert upload.receipt["indicators"] == {"vote": {"observations": 1, "missing": 1}}
    assert upload.receipt["quarters"] == {"2026-3": 1}
    part = Part.objects.get()
    assert place_of(Path(settings.LAKE_DIR), part.sha256).stat().st_size == part.size
    assert set(Unit.objects.values_list("code", "name")) == {("Roma", "Roma"), ("Milano", "Milano")}
    assert AuditEntry.objects.filter(action="upload.accepted").count() == 1
    assert upload.job.state == Job.State.DONE


def test_an_accepted_file_marks_its_quarter_and_the_seven_after_it(source: Source) -> None:
    send(source)
    assert revisions(source.company) == {
        "2026-2": (0, False),
        "2026-3": (1, True),
        "2026-4": (1, True),
        "2028-2": (1, True),
        "2028-3": (0, False),
    }


def test_a_file_with_one_bad_row_changes_nothing(source: Source, settings: Settings) -> None:
    upload = send(source, FILE + b"2026-07-16,Roma,boh\n")
    assert (upload.state, upload.job.state) == ("rejected", "done")
    assert [(item["code"], item["row"], item["column"]) for item in upload.problems] == [("not_a_number", 4, "vote")]
    assert (Part.objects.count(), Unit.objects.count(), stored(settings.LAKE_DIR)) == (0, 0, [])
    assert set(revisions(source.company).values()) == {(0, False)}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"PK\x03\x04 letter.doc", "other_kind"), (b"%PDF-1.4", "other_kind")],
)
def test_a_file_that_is_none_is_refused_at_the_door(
    source: Source, settings: Settings, content: bytes, code: str
) -> None:
    with pytest.raises(ingest.Refused) as refusal:
        ingest.receive(source, "x.csv", iter([content] if content else []), None)
    assert refusal.value.problem.code == code
    assert (Upload.objects.count(), AuditEntry.objects.count(), stored(settings.UPLOADS_DIR)) == (0, 0, [])


def test_a_file_over_the_limit_is_refused_at_the_door(source: Source, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = len(FILE)
    ingest.receive(source, "x.csv", iter([FILE]), None)
    with pytest.raises(ingest.Refused) as refusal:
        ingest.receive(source, "x.csv", iter([FILE, b"\n"]), None)
    assert refusal.value.problem.code == "file_too_large"
    assert len(stored(settings.UPLOADS_DIR)) == 1


def test_an_upload_that_breaks_off_leaves_nothing(source: Source, settings: Settings) -> None:
    def broken() -> Iterator[bytes]:
        yield FILE
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        ingest.receive(source, "x.csv", broken(), None)
    assert (Upload.objects.count(), stored(settings.UPLOADS_DIR)) == (0, [])


def test_the_same_bytes_are_refused_and_point_to_the_first(source: Source, settings: Settings) -> None:
    first = send(source)
    with pytest.raises(ingest.Refused) as refusal:
        send(source, name="again.csv")
    assert refusal.value.problem.code == "same_bytes"
    assert refusal.value.problem.extra["upload"] == str(first.pk)
    assert len(stored(settings.UPLOADS_DIR)) == 1


def test_rejected_bytes_may_be_sent_again(source: Source) -> None:
    bad = FILE + b"boh,,\n"
    assert [send(source, bad).state, send(source, bad).state] == ["rejected", "rejected"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\votes.csv", "votes.csv"),
        ("a\0b\r\n.csv", "ab.csv"),
        ("e\u202evsc.exe", "evsc.exe"),
        ("x" * 300, "x" * 150),
        ("", "file"),
    ],
)
def test_a_files_name_is_made_fit_to_be_shown(source: Source, name: str, kept: str) -> None:
    assert ingest.receive(source, name, iter([FILE]), None).filename == kept


def test_a_file_is_read_by_the_mapping_of_the_day_it_came(source: Source) -> None:
    upload = ingest.receive(source, "x.csv", iter([FILE]), None)
    source.mapping = {"date": "elsewhere", "values": MAPPING["values"]}
    source.save()
    ledger.run(upload.job.pk)
    upload.refresh_from_db()
    assert upload.state == "accepted"


def test_a_mapping_whose_indicator_is_gone_rejects_the_file(source: Source) -> None:
    upload = ingest.receive(source, "x.csv", iter([FILE]), None)
    source.company.indicators.all().delete()
    ledger.run(upload.job.pk)
    upload.refresh_from_db()
    assert [item["code"] for item in upload.problems] == ["bad_mapping"]


def test_a_quarter_published_while_the_file_was_read_rejects_it(source: Source) -> None:
    upload = ingest.receive(source, "x.csv", iter([FILE]), None)
    beat = ledger.Claim.lock

    def publish(claim: ledger.Claim) -> Job | None:
        Quarter.objects.filter(year=2026, number=3).update(state=Quarter.State.PUBLISHED)
        return beat(claim)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger.Claim, "lock", publish)
        ledger.run(upload.job.pk)
    upload.refresh_from_db()
    assert ([item["code"] for item in upload.problems], Part.objects.count()) == (["published_quarter"], 0)


def test_undoing_takes_the_parts_away_and_marks_the_quarters_again(source: Source, analyst: User) -> None:
    upload = send(source)
    ingest.undo(upload, analyst)
    upload.refresh_from_db()
    assert (upload.state, Part.objects.count()) == ("undone", 0)
    assert revisions(source.company)["2026-3"] == (2, True)
    assert AuditEntry.objects.get(action="upload.undone").actor == analyst.reference


def test_the_same_bytes_may_come_again_after_an_undo(source: Source) -> None:
    ingest.undo(send(source), None)
    assert send(source).state == "accepted"


def test_nothing_is_undone_once_its_quarter_is_published(source: Source) -> None:
    upload = send(source)
    Quarter.objects.filter(year=2026, number=3).update(state=Quarter.State.PUBLISHED)
    with pytest.raises(ingest.Refused) as refusal:
        ingest.undo(upload, None)
    assert (refusal.value.problem.code, Part.objects.count()) == ("published_quarter", 1)


def test_only_an_accepted_file_is_undone(source: Source) -> None:
    upload = send(source)
    ingest.undo(upload, None)
    with pytest.raises(ingest.Refused) as refusal:
        ingest.undo(upload, None)
    assert refusal.value.problem.code == "not_accepted"


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_neither_fails_nor_holds_up_an_upload(settings: Settings) -> None:
    from time import perf_counter

    from celery import current_app

    company = make.company()
    make.quarter(company)
    source = dati.source(make.department(company), MAPPING)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
        patch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
        start = perf_counter()
        upload = ingest.receive(source, "x.csv", iter([FILE]), None)
        seconds = perf_counter() - start
    assert not connection.in_atomic_block
    assert (upload.job.state, seconds < 1.0) == ("queued", True)
