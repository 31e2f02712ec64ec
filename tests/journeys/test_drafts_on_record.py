"""Each step a person takes with a file leaves one line in the audit log, in the transaction that takes it."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from company.audit import broken_at
from company.models import AuditEntry, User
from journeys import drafting, ledger
from journeys.ingest import Refused
from journeys.models import Source, Upload
from tests import make
from tests.journeys.test_drafts import FILE, due, post, send

WRONG = FILE + "B1,2026-07-04,Roma,11\nB2,2026-07-04,Roma,8/10\n"


def recorded(upload: Upload, act: Any) -> list[tuple[str, str, str, dict[str, Any]]]:
    """The lines the act left: who, what, on what, and the details."""
    before = set(AuditEntry.objects.values_list("sequence", flat=True))
    act()
    lines = AuditEntry.objects.exclude(sequence__in=before).order_by("sequence")
    return [(one.actor, one.action, one.subject, one.detail) for one in lines]


def posted(browser: Client, upload: Upload, step: str, **fields: object) -> tuple[str, dict[str, Any]]:
    """Action and details of the one line that posting to the step left; then the check it caused is made."""
    lines = recorded(upload, lambda: browser.post(f"/dati/bozze/{upload.pk}/{step}/", fields))
    ledger.run(upload.job.pk)
    upload.refresh_from_db()
    [(actor, action, subject, detail)] = lines
    assert (actor, subject) == (User.objects.get().reference, f"upload {upload.pk}")
    assert broken_at(upload.company) is None
    return action, detail


def test_answering_doubts(browser: Client, source: Source) -> None:
    text = 'ordine;giorno;negozio;voto\nA1;2026-07-01;Roma;"1.234"\nA2;2026-07-02;Roma;"2.345"\n'
    upload = send(browser, source, text)
    assert posted(browser, upload, "riconosci", q0="no") == ("upload.recognised", {"columns": ["voto"]})


def test_matching_columns(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE.replace("voto", "punteggio"))
    fields = {"c0": "case", "c1": "date", "c2": "unit", "c3": "values[0].column"}
    action, detail = posted(browser, upload, "abbina", **fields)
    assert (action, detail) == ("upload.matched", {"columns": ["giorno", "negozio", "ordine", "punteggio"]})


def test_setting_keys_and_saying_how_an_indicator_is_made(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE)
    action, _ = posted(browser, upload, "indicatori", date="giorno", case="ordine", unit="negozio")
    assert action == "upload.keys_set"
    fields = {"kind": "column", "column": "voto"}
    action, detail = posted(browser, upload, "indicatori/voto", **fields)
    assert (action, detail["indicator"]) == ("upload.derived", "voto")


def test_correcting_cells_and_groups_of_rows(browser: Client, source: Source) -> None:
    upload = send(browser, source, WRONG)
    assert posted(browser, upload, "controlla", r5="10") == ("upload.corrected", {"edits": 1, "columns": ["voto"]})
    assert posted(browser, upload, "controlla", fix="0", like="8") == (
        "upload.corrected",
        {"edits": 1, "columns": ["voto"]},
    )


def test_taking_a_correction_back(browser: Client, source: Source) -> None:
    upload = send(browser, source, WRONG)
    post(browser, upload, "controlla", r5="10")
    assert posted(browser, upload, "controlla", back="0") == ("upload.correction_withdrawn", {"edits": 0})


def test_taking_back_what_is_not_there_changes_nothing_and_leaves_no_line(browser: Client, source: Source) -> None:
    upload = send(browser, source, WRONG)
    assert recorded(upload, lambda: browser.post(f"/dati/bozze/{upload.pk}/controlla/", {"back": "7"})) == []
    assert due(browser, upload) == "controlla"


def test_sending_corrected_rows(browser: Client, source: Source) -> None:
    upload = send(browser, source, WRONG)
    book = load_workbook(io.BytesIO(browser.get(f"/dati/bozze/{upload.pk}/errori.xlsx").content))
    out = io.BytesIO()
    book.save(out)
    rows = SimpleUploadedFile("righe.xlsx", out.getvalue())
    assert posted(browser, upload, "righe", rows=rows) == ("upload.patched", {"size": len(out.getvalue())})


def test_standing_by_warnings_once(browser: Client, source: Source) -> None:
    make.quarter(source.company, "2026-2")
    upload = send(browser, source, FILE + "B1,2026-06-30,Roma,5\n")
    said = {"agree": ["", "some_elsewhere"]}
    assert posted(browser, upload, "controlla", **said) == ("upload.agreed", {"agreed": ["some_elsewhere"]})
    assert recorded(upload, lambda: browser.post(f"/dati/bozze/{upload.pk}/controlla/", said)) == []


def test_letting_a_file_go(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE)
    assert posted(browser, upload, "scarta") == ("upload.discarded", {"file": "voti.csv"})


def test_a_step_that_is_rolled_back_leaves_no_line(
    browser: Client, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = send(browser, source, WRONG)

    def fails(*_: object) -> None:
        raise RuntimeError("no more room")

    monkeypatch.setattr(drafting, "record", fails)
    with pytest.raises(RuntimeError):
        browser.post(f"/dati/bozze/{upload.pk}/controlla/", {"r5": "10"})
    upload.preparation.refresh_from_db()
    assert upload.preparation.edits == []


def test_a_file_that_is_no_draft_any_more_leaves_no_line(browser: Client, source: Source, analyst: User) -> None:
    upload = send(browser, source, FILE)
    post(browser, upload, "conferma", how="add")
    before = AuditEntry.objects.count()
    with pytest.raises(Refused):
        drafting.correct(upload, [{"row": 2, "column": "voto", "to": "9"}], analyst)
    assert AuditEntry.objects.count() == before
