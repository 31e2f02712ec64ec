"""Who came through a touchpoint: on the stage's page, in the method, in lineage, for programs, and contested."""

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from company import tokens
from company.models import Company, Scope, User
from metrics.models import Edition, Effect
from metrics.panels.lineage import effect_address
from metrics.report import EffectRow
from tests import make_report

PAGE = "/t/2026-3/percorso/consegna/"


@pytest.fixture
def edition(company: Company, analyst: User, client: Client) -> Edition:
    client.force_login(analyst)
    return make_report.edition(company, make_report.aurora())


def passing(touchpoint: str) -> EffectRow:
    return make_report.aurora().effects_of("contribution", touchpoint=touchpoint)[0]


def section(client: Client, address: str = PAGE, ends: str = "h-passaggi") -> str:
    """The section without its tags, or nothing."""
    page = client.get(address).content.decode()
    found = re.search(rf'<section[^>]*="{ends}".*?</section>', page, re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else ""


def test_the_stages_page_says_what_those_who_came_through_a_touchpoint_add(edition: Edition, client: Client) -> None:
    text = section(client)
    assert "Chi è passato da" in text
    assert "Consegna a casa Voto a Consegna toglie −2,1 tra −3,4 e −0,8 228 149" in text


def test_it_says_that_contributions_do_not_add_up_and_that_nothing_is_a_cause(edition: Edition, client: Client) -> None:
    text = section(client)
    assert "i contributi non si sommano" in text
    assert "Associazione, non prova di causa" in text
    assert "caus" not in text.replace("non prova di causa", "")


def test_what_everybody_came_through_is_one_row_for_all_votes(edition: Edition, client: Client) -> None:
    text = section(client)
    votes = "Ritiro in negozio Voto a Consegna, Voto a Uso e Voto a Assistenza ci sono passati tutti"
    assert votes in text
    assert text.count("Ritiro in negozio") == 1


@pytest.mark.parametrize("stage", ["acquisto", "uso"])
def test_a_stage_whose_touchpoints_have_none_has_no_such_section(edition: Edition, client: Client, stage: str) -> None:
    assert section(client, f"/t/2026-3/percorso/{stage}/") == ""


def test_the_file_has_the_same_digits(edition: Edition, client: Client) -> None:
    text = client.get(reverse("table", args=["2026-3", "passaggi.consegna"])).content.decode("utf-8-sig")
    assert re.search(r"Consegna a casa.Voto a Consegna.toglie.-2,1.-3,4.-0,8.228.149", text.replace("−", "-"))


def test_the_method_works_one_through_beside_an_event(edition: Edition, client: Client) -> None:
    text = section(client, "/metodo/", "contributo")
    assert "Consegna a casa: ci sono passati 228 casi, il cui punteggio di «Voto a" in text
    assert "228 / 149 ·" in text
    assert "Consegne oltre due giorni di ritardo: è successo in 60 casi" in text


def test_its_lineage_names_the_touchpoint_and_what_says_who_met_it(edition: Edition, client: Client) -> None:
    page = html.unescape(client.get(effect_address("2026-3", passing("a-casa"))).content.decode())
    assert "Consegna a casa · Voto a Consegna" in page
    assert "Punti del voto con chi è passato dal punto di contatto" in page
    for measure in ("Consegne oltre due giorni di ritardo", "Colli danneggiati"):
        assert measure in page
    assert "Attesa al ritiro" not in page


def test_the_lineage_of_one_that_is_withheld_says_why(edition: Edition, client: Client) -> None:
    page = client.get(effect_address("2026-3", passing("ritiro"))).content.decode()
    assert "ci sono passati tutti: niente da confrontare" in page


def test_programs_ask_for_it_by_its_touchpoint(edition: Edition, analyst: User) -> None:
    _token, secret = tokens.make(analyst.membership, "prova", [Scope.REPORT], [], 30)
    program = Client(headers={"authorization": f"Bearer {secret}"})
    words = {"kind": "contribution", "stage": "consegna", "outcome": "voto_uso", "touchpoint": "a-casa"}
    found = program.get(reverse("api_effect", args=["2026-3"]), words)
    assert (found.status_code, found.json()["title"]) == (200, "Consegna a casa · Voto a Uso")
    other = program.get(reverse("api_effect", args=["2026-3"]), words | {"touchpoint": "sportello"})
    assert other.status_code == 404


def test_its_row_in_the_database_has_the_touchpoint(edition: Edition) -> None:
    rows = Effect.objects.filter(edition=edition, touchpoint="a-casa").values_list("stage", "outcome")
    assert sorted(rows) == [("consegna", f"voto_{stage}") for stage in ("assistenza", "consegna", "uso")]
    assert not Effect.objects.exclude(kind="contribution").exclude(touchpoint="").exists()


def test_it_is_contested_by_its_eight_words(edition: Edition, head: User, client: Client) -> None:
    client.force_login(head)
    answer = client.post(
        "/t/2026-3/contestazioni/",
        {"figure": "|".join(passing("a-casa").key), "department": "logistica", "reason": "Mancano i corrieri"},
    )
    assert answer.status_code == 303
    objection = edition.objections.get()
    assert objection.key == passing("a-casa").key
    assert "Consegna a casa · Voto a Consegna (contributo)" in html.unescape(
        client.get("/t/2026-3/contestazioni/").content.decode()
    )
