"""A file is prepared in five steps, and nothing of it counts before it is confirmed."""

import io
import re
from typing import cast

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from openpyxl import Workbook, load_workbook
from pytest_django import DjangoCaptureOnCommitCallbacks

from company.models import Unit, User
from journeys import drafting, ledger
from journeys.models import Part, Quarter, Source, Upload
from tests import make

FILE = "ordine,giorno,negozio,voto\nA1,2026-07-01,Roma,8\nA2,2026-07-02,Roma,9\nA3,2026-07-03,Milano,7\n"


def send(browser: Client, source: Source, text: str, name: str = "voti.csv") -> Upload:
    """The draft, checked."""
    fields = {"source": source.slug, "file": SimpleUploadedFile(name, text.encode())}
    response = browser.post("/dati/carica/", fields)
    assert response.status_code == 303, response.content.decode()
    made = Upload.objects.order_by("-received")[0]
    ledger.run(made.job.pk)
    return made


def post(browser: Client, upload: Upload, step: str, **fields: object) -> HttpResponse:
    """The answer to a step, after the check it caused."""
    response = cast(HttpResponse, browser.post(f"/dati/bozze/{upload.pk}/{step}/", fields))
    ledger.run(upload.job.pk)
    upload.refresh_from_db()
    return response


def due(browser: Client, upload: Upload) -> str:
    """The step that is due."""
    return str(browser.get(f"/dati/bozze/{upload.pk}/").headers["Location"]).rstrip("/").rsplit("/", 1)[-1]


def read(browser: Client, upload: Upload, step: str) -> str:
    return " ".join(browser.get(f"/dati/bozze/{upload.pk}/{step}/").content.decode().split())


def test_a_file_whose_columns_are_known_waits_only_for_its_confirmation(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE)
    assert (due(browser, upload), Part.objects.count()) == ("conferma", 0)
    post(browser, upload, "conferma", how="update")
    assert (upload.state, Part.objects.count(), upload.observations) == ("accepted", 1, 3)


def test_a_confirmed_file_is_checked_no_longer_wherever_its_state_is_told(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE)
    answer = browser.post(f"/dati/bozze/{upload.pk}/conferma/", {"how": "update"})
    job, receipt, data = (
        " ".join(browser.get(address).content.decode().split())
        for address in (answer.headers["Location"], f"/dati/caricamenti/{upload.pk}/", "/dati/")
    )
    words = "Confermato: il file entra nella trimestrale"
    assert all(re.search(rf"<h1[^>]*> ?{words} ?</h1>", page) for page in (job, receipt))
    assert 'data-test="at-work">confermato</a>' in data
    assert 'class="standing standing-confirmed">confermato<' in data
    assert not any(word in page for word in ("in controllo", "Stiamo controllando") for page in (job, receipt, data))


def test_nothing_counts_before_the_confirmation(browser: Client, source: Source, quarter: Quarter) -> None:
    send(browser, source, FILE)
    quarter.refresh_from_db()
    assert (Part.objects.count(), Unit.objects.count(), quarter.revision) == (0, 0, 0)


def test_other_column_names_are_suggested_and_remembered(browser: Client, source: Source) -> None:
    other = FILE.replace("ordine", "order id").replace("giorno", "data").replace("negozio", "punto vendita")
    upload = send(browser, source, other)
    assert due(browser, upload) == "abbina"
    page = read(browser, upload, "abbina")
    assert page.count("selected") == 4
    post(browser, upload, "abbina", c0="case", c1="date", c2="unit", c3="values[0].column")
    assert due(browser, upload) == "conferma"
    post(browser, upload, "conferma", how="add")
    again = send(browser, source, other.replace("A", "B"))
    assert due(browser, again) == "conferma"


def test_a_column_the_source_needs_must_be_found(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE.replace("voto", "altro"))
    post(browser, upload, "abbina", c0="case", c1="date", c2="unit")
    assert due(browser, upload) == "abbina"


def test_one_answer_corrects_every_row_with_the_same_text(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE + "".join(f"B{i},2026-07-04,Roma,8/10\n" for i in range(57)))
    assert due(browser, upload) == "controlla"
    page = read(browser, upload, "controlla")
    assert "Correggi 57 righe" in page
    post(browser, upload, "controlla", fix="0", like="8")
    assert due(browser, upload) == "conferma"
    assert upload.path.read_bytes().count(b"8/10") == 57


def test_a_unit_one_slip_away_is_asked_about(browser: Client, source: Source) -> None:
    for code in ("Assistenza", "Milano"):
        Unit.objects.create(company=source.company, code=code, name=code)
    upload = send(browser, source, FILE.replace("Roma", "Assistnza"))
    page = read(browser, upload, "controlla")
    assert "Assistenza" in page
    post(browser, upload, "controlla", unit="unit Assistnza")
    assert due(browser, upload) == "conferma"
    assert upload.preparation.outcome["units"] == {"Assistenza": 2, "Milano": 1}


def test_a_unit_without_its_leading_zero_is_the_one_with_it(browser: Client, source: Source) -> None:
    for code in ("N01", "N10", "N21"):
        Unit.objects.create(company=source.company, code=code, name=code)
    upload = send(browser, source, FILE.replace("Roma", "N1"))
    assert "Intendevi «N01»?" in read(browser, upload, "controlla")


def test_a_day_that_does_not_exist_is_the_only_one_asked_about(browser: Client, source: Source) -> None:
    rows = [f"A{i},{i:02}/07/2026,Roma,{i % 10}" for i in range(1, 29)]
    upload = send(browser, source, "\n".join(["ordine,giorno,negozio,voto", *rows, "B1,31/09/2026,Roma,5", ""]))
    upload.refresh_from_db()
    assert [(one["code"], one["row"]) for one in upload.problems] == [("no_such_day", 30)]


def test_the_word_shown_to_judge_the_accents_has_one(browser: Client, source: Source) -> None:
    text = "ordine;giorno;negozio;voto\nA1 – B;2026-07-01;Forlì;8\n".encode("cp1252")
    fields = {"source": source.slug, "file": SimpleUploadedFile("voti.csv", text)}
    assert browser.post("/dati/carica/", fields).status_code == 303
    upload = Upload.objects.get()
    ledger.run(upload.job.pk)
    assert "Forlì" in upload.preparation.outcome["questions"][0]["example"]


def test_the_error_of_a_formula_is_never_taken_for_a_number(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE + "B1,2026-07-04,Roma,#DIV/0!\nB2,2026-07-04,Roma,#RIF!\n")
    page = read(browser, upload, "controlla")
    assert page.count("La formula dà #DIV/0!: correggerla in Excel") == 2
    assert 'data-test="fix"' not in page
    assert "riga 5" in page


def test_cells_are_corrected_one_by_one(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE + "B1,2026-07-04,Roma,11\nB2,2026-07-04,Roma,12\n")
    post(browser, upload, "controlla", r5="10", r6="9")
    assert (due(browser, upload), len(upload.preparation.edits)) == ("conferma", 2)


def test_rows_with_the_same_problem_are_left_out_together(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE + "B1,2019-07-04,Roma,5\nB2,2018-07-04,Roma,5\n")
    post(browser, upload, "controlla", all="0")
    assert due(browser, upload) == "conferma"
    assert upload.receipt["left_out"] == 2


def test_rows_that_give_nothing_are_counted_before_the_confirmation(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE + "B1,2019-07-04,Roma,5\nB2,2026-07-04,Roma,\nB3,2026-07-05,Roma,\n")
    post(browser, upload, "controlla", all="0")
    facts = re.findall(r'data-test="(new|out|silent)">(\d+)<', read(browser, upload, "conferma"))
    assert facts == [("new", "3"), ("out", "1"), ("silent", "2")]
    assert 'data-test="silent"' not in read(browser, send(browser, source, FILE.replace("A", "C")), "conferma")


def test_a_correction_is_taken_back(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE + "B1,2026-07-04,Roma,11\n")
    post(browser, upload, "controlla", r5="10")
    post(browser, upload, "controlla", back="0")
    assert (due(browser, upload), upload.preparation.edits) == ("controlla", [])


def test_the_sheet_of_bad_rows_comes_back_and_changes_only_those(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE + "B1,2026-07-04,Roma,11\nB2,2026-07-04,Roma,12\n")
    book = load_workbook(io.BytesIO(browser.get(f"/dati/bozze/{upload.pk}/errori.xlsx").content))
    sheet = book.active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["Riga", "ordine", "giorno", "negozio", "voto", "Errore"]
    assert [sheet.cell(2, 1).value, sheet.cell(2, 5).value] == [5, "11"]
    assert sheet.cell(2, 5).fill.fgColor.rgb == "FFFCEBDF"
    sheet.cell(2, 5).value, sheet.cell(3, 5).value = 10, 9
    out = io.BytesIO()
    book.save(out)
    post(browser, upload, "righe", rows=SimpleUploadedFile("righe.xlsx", out.getvalue()))
    assert upload.preparation.edits == [
        {"row": 5, "column": "voto", "to": "10"},
        {"row": 6, "column": "voto", "to": "9"},
    ]
    assert due(browser, upload) == "conferma"


def test_a_sheet_that_is_none_says_so_and_changes_nothing(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE + "B1,2026-07-04,Roma,11\n")
    post(browser, upload, "righe", rows=SimpleUploadedFile("x.xlsx", b"niente"))
    assert "numero di riga" in read(browser, upload, "controlla")
    assert upload.preparation.edits == []


def confirmed(browser: Client, source: Source, text: str, how: str = "update") -> Upload:
    upload = send(browser, source, text)
    assert due(browser, upload) == "conferma", read(browser, upload, "controlla")
    post(browser, upload, "conferma", how=how)
    return upload


def counted() -> list[tuple[str, int]]:
    return sorted(Part.objects.counted().values_list("sha256", "observations"))


def test_a_corrected_file_is_version_two_and_undoing_it_brings_the_first_back(
    browser: Client, source: Source, analyst: User
) -> None:
    first = confirmed(browser, source, FILE)
    before = counted()
    second = confirmed(browser, source, FILE.replace("Roma,8", "Roma,10").replace("A3", "A4"))
    assert second.receipt["diff"] == {"new": 1, "changed": 1, "equal": 1, "gone": 1}
    assert (second.version, second.previous) == (2, first)
    assert sum(count for _, count in counted()) == 4
    browser.post(f"/dati/caricamenti/{second.pk}/annulla/")
    assert counted() == before


def test_a_file_that_replaces_the_quarter_is_all_that_counts(browser: Client, source: Source) -> None:
    confirmed(browser, source, FILE)
    confirmed(browser, source, FILE.replace("A3", "A4"), "replace")
    assert [count for _, count in counted()] == [3]


def test_the_earlier_file_is_undone_only_after_the_later(browser: Client, source: Source) -> None:
    first = confirmed(browser, source, FILE)
    second = confirmed(browser, source, FILE.replace("Roma,8", "Roma,10"))
    assert browser.post(f"/dati/caricamenti/{first.pk}/annulla/").status_code == 409
    assert browser.post(f"/dati/caricamenti/{second.pk}/annulla/").status_code == 303
    assert browser.post(f"/dati/caricamenti/{first.pk}/annulla/").status_code == 303
    assert counted() == []


def test_the_same_rows_in_other_bytes_add_nothing(browser: Client, source: Source) -> None:
    confirmed(browser, source, FILE)
    again = send(browser, source, FILE + "\n")
    assert due(browser, again) == "controlla"
    assert "Nessuna riga nuova" in read(browser, again, "controlla")


def test_rows_outside_the_quarter_need_a_tick(browser: Client, source: Source) -> None:
    make.quarter(source.company, "2026-2")
    upload = send(browser, source, FILE + "B1,2026-06-30,Roma,5\n")
    assert due(browser, upload) == "controlla"
    post(browser, upload, "controlla", agree=["", "some_elsewhere"])
    assert due(browser, upload) == "conferma"


def test_going_on_without_the_tick_says_what_is_missing(browser: Client, source: Source) -> None:
    make.quarter(source.company, "2026-2")
    upload = send(browser, source, FILE + "B1,2026-06-30,Roma,5\n")
    post(browser, upload, "controlla", agree=[""])
    assert "Non tutti gli avvisi sono spuntati" in read(browser, upload, "controlla")


def test_a_null_character_in_a_bad_row_is_shown_as_unreadable(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE.replace("A1", "A\0"))
    assert "A\ufffd" in str(upload.preparation.outcome["bad"])


def test_a_doubtful_number_is_asked_about_once(browser: Client, source: Source) -> None:
    text = 'ordine;giorno;negozio;voto\nA1;2026-07-01;Roma;"1.234"\nA2;2026-07-02;Roma;"2.345"\n'
    upload = send(browser, source, text)
    assert due(browser, upload) == "riconosci"
    post(browser, upload, "riconosci", q0="no")
    assert due(browser, upload) != "riconosci"


def test_a_draft_let_go_may_be_sent_again(
    browser: Client, source: Source, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    upload = send(browser, source, FILE)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"/dati/bozze/{upload.pk}/scarta/")
    upload.refresh_from_db()
    assert (upload.state, upload.path.exists()) == ("discarded", False)
    assert send(browser, source, FILE).pk != upload.pk


def test_a_draft_nobody_touches_is_let_go_after_a_fortnight(browser: Client, source: Source) -> None:
    upload = send(browser, source, FILE)
    touched = upload.preparation.touched
    assert drafting.collect(touched + drafting.KEPT) == 0
    assert drafting.collect(touched + drafting.KEPT * 1.01) == 1


def test_an_unreadable_file_is_explained_and_leads_to_another(browser: Client, source: Source) -> None:
    upload = send(browser, source, "\n\n\n \n")
    assert due(browser, upload) == "controlla"
    assert f"/dati/carica/?fonte={source.slug}" in read(browser, upload, "controlla")


def test_a_workbook_is_prepared_like_a_text(browser: Client, source: Source) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in FILE.replace("Roma,8", "Roma,11").splitlines():
        sheet.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    fields = {"source": source.slug, "file": SimpleUploadedFile("voti.xlsx", out.getvalue())}
    assert browser.post("/dati/carica/", fields).status_code == 303
    upload = Upload.objects.get()
    ledger.run(upload.job.pk)
    assert due(browser, upload) == "controlla", read(browser, upload, "riconosci")
    upload.refresh_from_db()
    post(browser, upload, "controlla", r2="10")
    assert due(browser, upload) == "conferma"
    post(browser, upload, "conferma", how="add")
    assert (upload.state, upload.observations) == ("accepted", 3)
