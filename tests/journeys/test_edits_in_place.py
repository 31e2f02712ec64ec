"""Corrections of files that are not plain: several rows of headings, periods as headings, lines above the table."""

from typing import Any

import pytest
from django.test import Client

from company.models import Company, User
from journeys.models import Part, Quarter, Source
from tests import dati, make
from tests.journeys.test_drafts import due, post, read, send

PIVOT = "reparto;lug 2026;ago 2026;set 2026\nA;7,5;8/10;9\nB;6;5;n\nA;8;8/10;8\n"
TALL = "Consegne;;Voti\nordine;giorno;negozio;voto\nA1;2026-07-01;Roma;8\nA2;2026-07-02;Roma;8/10\n"
TITLE = "Report settimanale\n\n;;\nordine;giorno;voto\nA1;2026-07-01;8\n\nA2;2026-07-02;11\nTotale;;19\n"


@pytest.fixture
def browser(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


def source_of(company: Company, mapping: dict[str, Any]) -> Source:
    made = dati.source(company.departments.all()[0], mapping)
    company.indicators.update(lowest=0, highest=10)
    return made


@pytest.fixture
def pivot(company: Company, quarter: Quarter) -> Source:
    """A source with a column for each month."""
    Quarter.objects.update(starts="2026-07-01")
    mapping = {
        "unit": "reparto",
        "unpivot": {"date": "mese", "value": "valore"},
        "format": {"decimal": ","},
        "values": [{"indicator": "voto", "column": "valore"}],
    }
    return source_of(company, mapping)


def test_a_cell_under_a_month_is_corrected_where_it_stands(browser: Client, pivot: Source) -> None:
    upload = send(browser, pivot, PIVOT)
    page = read(browser, upload, "controlla")
    assert "ago 2026" in page
    assert "set 2026" in page
    post(browser, upload, "controlla", r3="4")
    assert {(edit["row"], edit["column"]) for edit in upload.preparation.edits} == {(3, "set 2026")}
    assert "set 2026" not in str(upload.problems)


def test_one_answer_corrects_a_text_under_its_month(browser: Client, pivot: Source) -> None:
    upload = send(browser, pivot, PIVOT.replace(";n\n", ";3\n"))
    assert "Correggi 2 righe" in read(browser, upload, "controlla")
    post(browser, upload, "controlla", fix="0", like="8")
    assert upload.problems == []
    assert upload.observations == 0
    assert upload.preparation.outcome["levels"]["voto"]["n"] == 9


def test_the_rows_of_one_month_are_left_out_and_those_of_the_others_stay(browser: Client, pivot: Source) -> None:
    upload = send(browser, pivot, PIVOT)
    places = [group["column"] for group in upload_groups(upload)]
    post(browser, upload, "controlla", all=str(places.index("ago 2026")))
    assert [problem["column"] for problem in upload.problems] == ["set 2026"]
    assert upload.receipt["left_out"] == 2


def upload_groups(upload: Any) -> list[dict[str, Any]]:
    upload.refresh_from_db()
    found: list[dict[str, Any]] = upload.preparation.outcome["groups"]
    return found


def test_the_sheet_of_a_file_by_months_marks_the_month(browser: Client, pivot: Source) -> None:
    upload = send(browser, pivot, PIVOT)
    upload.refresh_from_db()
    assert upload.preparation.outcome["bad"]["columns"] == ["reparto", "lug 2026", "ago 2026", "set 2026"]
    assert [row[0] for row in upload.preparation.outcome["bad"]["rows"]] == [2, 3, 4]


def test_a_file_with_two_rows_of_headings_is_corrected_in_its_rows(browser: Client, company: Company) -> None:
    make.quarter(company)
    names = ("Consegne – ordine", "Consegne – giorno", "Voti – negozio", "Voti – voto")
    source = source_of(
        company,
        {
            "date": names[1],
            "case": names[0],
            "unit": names[2],
            "values": [{"indicator": "voto", "column": names[3]}],
        },
    )
    upload = send(browser, source, TALL)
    assert due(browser, upload) == "riconosci"
    post(browser, upload, "riconosci", q0="yes")
    assert due(browser, upload) == "controlla"
    post(browser, upload, "controlla", r4="9")
    assert (due(browser, upload), upload.preparation.edits[0]["row"]) == ("conferma", 4)
    post(browser, upload, "conferma", how="add")
    assert (upload.state, Part.objects.get().observations) == ("accepted", 2)


def test_a_file_with_lines_above_and_a_total_below_keeps_its_rows(browser: Client, company: Company) -> None:
    make.quarter(company)
    mapping = {"date": "giorno", "case": "ordine", "values": [{"indicator": "voto", "column": "voto"}]}
    source = source_of(company, mapping)
    upload = send(browser, source, TITLE)
    assert due(browser, upload) == "riconosci"
    post(browser, upload, "riconosci", q0="yes", q1="yes")
    assert [problem["row"] for problem in upload.problems] == [7]
    post(browser, upload, "controlla", r7="10")
    assert due(browser, upload) == "conferma"
    post(browser, upload, "conferma", how="add")
    assert (upload.state, upload.observations) == ("accepted", 2)
