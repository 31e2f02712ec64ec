"""Where a figure comes from: two clicks from the figure to its files, each reader as far as theirs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from company import tokens
from company.models import Company, Scope, User
from journeys.companyfile.loading import load_file
from journeys.models import Journey, Source, Stage, Upload
from meetings import running
from meetings.access import room_token
from metrics.access import editions_of
from metrics.models import Edition
from metrics.panels.lineage import effect_address
from metrics.refresh import refresh
from metrics.report import EFFECT, EffectRow, Report
from tests import dati, make, make_report
from tests.metrics.test_pages import text

PAGE = "/t/2026-3/provenienza/"
LED = 'data-test="lineage"'
VOTE = "?level=indicator&stage=consegna&indicator=logistica-voti-0"


@pytest.fixture
def edition(company: Company, analyst: User, client: Client) -> Edition:
    client.force_login(analyst)
    return make_report.edition(company, make_report.aurora())


@pytest.fixture
def source(company: Company, analyst: User, client: Client) -> Source:
    """Forty votes of the stage Consegna and two rows without one, and a quarter computed from them."""
    client.force_login(analyst)
    journey = Journey.objects.create(company=company, name="Percorso")
    stage = Stage.objects.create(journey=journey, slug="consegna", name="Consegna", position=0)
    made = dati.votes_source(company.departments.get(slug="logistica"))
    company.indicators.update(stage=stage, in_health=True, worst=0, best=10, higher_is_better=True)
    return made


@pytest.fixture
def taken(source: Source, tmp_path: Path) -> Upload:
    quarter = make.quarter(source.company)
    source.company.indicators.update(kind="mean")
    rows = [f"2026-07-{day % 28 + 1:02},{day % 2 * 10}" for day in range(40)]
    file = tmp_path / "voti.csv"
    file.write_text("\n".join(["giorno,voto", *rows, "2026-07-01,", "2026-07-02,", ""]))
    found = load_file(source, file).upload
    assert found is not None
    assert refresh(quarter.pk) is not None
    return found


def test_without_a_name_it_is_the_companys_health_and_what_it_is_made_of(edition: Edition, client: Client) -> None:
    page = text(client, PAGE)
    assert "67,2" in page
    assert "Voto a Consegna" in page


def test_a_row_of_a_stage_leads_to_its_definition_and_formula(edition: Edition, client: Client) -> None:
    link = "provenienza/?level=indicator&amp;stage=consegna&amp;indicator=voto_consegna"
    assert link in client.get("/t/2026-3/percorso/consegna/").content.decode()
    assert "Voto a Consegna" in text(client, "/t/2026-3/" + link.replace("&amp;", "&"))


@pytest.mark.parametrize(
    "query",
    [
        "?level=indicator&indicator=no", "?level=%00", "?stage=nowhere", "?unit=x", "?kind=impact", "?kind=%00",
        "?step=0", "?step=999", "?step=x",
    ],
)  # fmt: skip
def test_a_figure_the_report_has_not_is_not_found(edition: Edition, client: Client, query: str) -> None:
    assert client.get(PAGE + query).status_code == 404


def test_the_formula_holds_its_numbers_and_the_rows_left_out_their_reason(taken: Upload, client: Client) -> None:
    page = text(client, PAGE + VOTE)
    assert "somma 200 / 40 = 5,00" in page
    assert "100 · (5,00 − 0) / (10 − 0) = 50,0" in page
    assert "40 osservazioni, 2 righe senza valore" in page
    assert "2 senza valore" in page


def test_health_names_each_weight_and_score(taken: Upload, client: Client) -> None:
    assert "Consegna 1,000 · 50,0 = 50,0" in text(client, PAGE)
    assert "Voto Logistica 1,000 · 50,0 = 50,0" in text(client, f"{PAGE}?level=stage&stage=consegna")


def test_who_handles_the_file_gets_receipt_and_rows_and_a_reader_neither(
    taken: Upload, company: Company, client: Client
) -> None:
    page = client.get(PAGE + VOTE).content.decode()
    assert f"/dati/caricamenti/{taken.pk}/" in page
    assert "righe.csv" in page
    client.force_login(make.user(company, "reader"))
    page = client.get(PAGE + VOTE).content.decode()
    assert taken.sha256[:32] in page
    assert not [word for word in (taken.filename, f"/dati/caricamenti/{taken.pk}/", "righe.csv") if word in page]


def test_the_rows_are_the_figures_own_and_only_of_files_the_reader_handles(
    taken: Upload, company: Company, client: Client
) -> None:
    address = f"{PAGE}righe.csv{VOTE}"
    lines = b"".join(client.get(address)).decode().splitlines()
    assert len(lines) == 41
    assert lines[1].startswith("voti.csv;2026-07-01;")
    assert lines[1].endswith(";0;1;;2;sì")
    client.force_login(make.user(company, "head", [company.departments.get(slug="assistenza")]))
    assert len(b"".join(client.get(address)).splitlines()) == 1
    client.force_login(make.user(company, "reader"))
    assert client.get(address).status_code == 403


def test_what_employees_answered_has_no_rows(source: Source, client: Client, request: pytest.FixtureRequest) -> None:
    source.company.indicators.update(role="employee", in_health=False)
    request.getfixturevalue("taken")
    assert client.get(f"{PAGE}{VOTE}").status_code == 200
    assert client.get(f"{PAGE}righe.csv{VOTE}").status_code == 404


def test_a_hidden_figure_says_no_count_and_has_no_rows(taken: Upload, company: Company, client: Client) -> None:
    Company.objects.filter(pk=company.pk).update(hidden_under=50, reduced_under=60)
    assert refresh(company.quarters.get().pk) is not None
    page = text(client, PAGE + VOTE)
    assert "meno di 50 risposte" in page
    assert not [word for word in ("osservazioni", "senza valore", "/ 40", "n = 40") if word in page]
    assert client.get(f"{PAGE}righe.csv{VOTE}").status_code == 404


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("reparti/logistica/", "pendenza"),
        ("ponte/", "Passo del ponte"),
        ("percorso/consegna/", "Definizione"),
        ("", "Salute"),
    ],
)
def test_every_chart_and_effect_leads_to_its_own_lineage(
    page: str, said: str, edition: Edition, client: Client
) -> None:
    links = set(_links(client.get(f"/t/2026-3/{page}").content.decode()))
    assert links
    answers = [client.get(link) for link in links]
    assert {answer.status_code for answer in answers} == {200}
    assert any(said in answer.content.decode() for answer in answers)


def test_the_archive_leads_to_each_quarter_s_lineage_and_its_line_to_the_last(
    company: Company, analyst: User, client: Client
) -> None:
    make_report.history(company, make_report.aurora(), levels=(68.9, 69.8))
    client.force_login(analyst)
    page = client.get("/archivio/").content.decode()
    assert {PAGE, PAGE.replace("-3", "-2")} <= set(_links(page))
    assert 'data-test="lineage"' in page


def test_the_method_page_leads_from_its_numbers_to_their_lineage(edition: Edition, client: Client) -> None:
    links = set(_links(client.get("/metodo/").content.decode()))
    assert len(links) > 5
    assert {client.get(link).status_code for link in links} == {200}


def test_the_room_leads_to_lineage_as_long_as_the_pages_show_the_meeting_s_figures(
    edition: Edition, company: Company, client: Client
) -> None:
    sara = make.user(company, "facilitator")
    meeting = running.create(edition.quarter, editions_of(sara.membership), sara)
    running.link(meeting, on=True, actor=sara)
    room = client.get("/riunioni/2026-3/sala/").content.decode()
    links = set(_links(room))
    assert LED in room
    assert {client.get(link).status_code for link in links} == {200}
    meeting.refresh_from_db()
    alone = Client().get(reverse("room-link", args=[room_token(meeting)]))
    assert LED not in alone.content.decode()
    make_report.edition(company, make_report.past(make_report.aurora(), "2026-3", 60.0))
    assert LED not in client.get("/riunioni/2026-3/sala/").content.decode()


def _links(page: str) -> list[str]:
    return [
        part.partition('"')[0].replace("&amp;", "&") for part in page.split('href="') if "/provenienza/" in part[:40]
    ]


def test_programs_get_formula_files_and_rows(taken: Upload, analyst: User) -> None:
    _token, secret = tokens.make(analyst.membership, "prova", [Scope.REPORT], [], 30)
    client = Client(headers={"authorization": f"Bearer {secret}"})
    found = client.get(reverse("api_figure", args=["2026-3"]) + VOTE).json()
    assert found["formula"][0] == "somma 200 / 40 = 5,00"
    assert [file["counts"][0] for file in found["files"]] == [{"name": "Voto Logistica", "taken": 40, "without": 2}]
    assert len(b"".join(client.get(found["rows"])).splitlines()) == 41


def test_programs_get_the_lineage_of_a_step_of_the_bridge(edition: Edition, analyst: User) -> None:
    _token, secret = tokens.make(analyst.membership, "prova", [Scope.REPORT], [], 30)
    client = Client(headers={"authorization": f"Bearer {secret}"})
    step = next(row for row in make_report.aurora().bridge if row.kind not in ("start", "end", "weights"))
    address = reverse("api_step", args=["2026-3"])
    assert "Passo del ponte" in client.get(address, {"position": step.position}).json()["title"]
    assert client.get(address, {"position": 999}).status_code == 404


def test_programs_get_the_lineage_of_an_effect_by_its_words(edition: Edition, analyst: User) -> None:
    _token, secret = tokens.make(analyst.membership, "prova", [Scope.REPORT], [], 30)
    client = Client(headers={"authorization": f"Bearer {secret}"})
    effect = next(row for row in make_report.aurora().effects_of("impact", reference="before") if row.indicator)
    words = {name: getattr(effect, name) for name in EFFECT if getattr(effect, name)}
    found = client.get(reverse("api_effect", args=["2026-3"]), words)
    assert (found.status_code, found.json()["formula"] != []) == (200, True)


def paired() -> Report:
    """The chain's report with one event of Logistica beside two of others, on the vote of delivery."""
    report = make_report.aurora()
    outcome = next(row for row in report.indicators if row.in_health and row.stage == "consegna")
    events = [row for row in report.indicators if row.role == "result"]
    own = next(row for row in events if row.department == "logistica")
    cells: list[dict[str, Any]] = [
        {"first": a, "second": b, "n": 40 + a + b, "mean": "3.5"} for a in (0, 1) for b in (0, 1)
    ]
    cells[3] = {**cells[3], "n": None, "mean": None}
    rows = [
        EffectRow("joint", "", "logistica", own.stage, outcome.slug, outcome.stage, own.slug, n=160,
                  detail={"other": other.slug, "cells": cells})
        for other in [row for row in events if row.department != "logistica"][:2]
    ]  # fmt: skip
    return replace(report, effects=(*report.effects, *rows))


def test_what_two_events_do_together_leads_to_its_own_lineage(company: Company, analyst: User, client: Client) -> None:
    report = paired()
    make_report.edition(company, report)
    client.force_login(analyst)
    page = client.get("/t/2026-3/reparti/logistica/").content.decode()
    for row in report.effects_of("joint"):
        address = effect_address("2026-3", row)
        assert escape(address) in page
        text_of = text(client, address)
        assert report.indicator(row.other).name in text_of
        assert "n = 40" in text_of
    assert text(client, effect_address("2026-3", report.effects_of("joint")[0])) != text_of


def test_programs_ask_for_two_events_by_the_second_too(company: Company, analyst: User) -> None:
    report = paired()
    make_report.edition(company, report)
    _token, secret = tokens.make(analyst.membership, "prova", [Scope.REPORT], [], 30)
    program = Client(headers={"authorization": f"Bearer {secret}"})
    for row in report.effects_of("joint"):
        words = {name: getattr(row, name) for name in (*EFFECT, "other") if getattr(row, name)}
        found = program.get(reverse("api_effect", args=["2026-3"]), words)
        assert report.indicator(row.other).name in found.json()["title"]
