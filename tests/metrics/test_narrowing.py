"""One unit alone: its figures under the rule of bases, and nothing that is of the whole company only."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client

from company.models import Company, User
from metrics.report import Report
from tests import make, make_report
from tests.metrics.test_pages import text, titles


def with_shops() -> Report:
    """The chain's report with two shops that have a voice, and one that has none."""
    whole = make_report.aurora()
    own = [
        replace(row, level={"company": "unit_whole", "stage": "unit_stage"}[row.level], unit=code)
        for row in whole.figures
        if row.level in ("company", "stage")
        for code in ("N01", "N02")
    ]
    units = (("N01", "Ancona"), ("N02", "Bari"), ("N03", "Como"))
    return replace(whole, units=units, figures=(*whole.figures, *own))


@pytest.fixture
def reader(company: Company, client: Client) -> User:
    make_report.edition(company, with_shops())
    user = make.user(company, "head", [company.departments.get(slug="logistica")])
    client.force_login(user)
    return user


def test_only_units_with_something_to_show_are_offered(reader: User, client: Client) -> None:
    page = text(client, "/t/2026-3/")
    assert "Ancona" in page
    assert "Como" not in page


def test_a_unit_s_page_has_its_figures_and_no_bridge_and_no_impacts(reader: User, client: Client) -> None:
    page = text(client, "/t/2026-3/?segmento=N01")
    assert "Solo Ancona" in page
    assert "67,2 su 100" in page
    assert "spiegano la discesa" not in page
    assert "I reparti: dove, come, quanto" not in page
    assert titles(client, "/t/2026-3/?segmento=N01") == "La salute scende di 2,6 punti."


@pytest.mark.parametrize("page", ["percorso/", "percorso/consegna/"])
def test_the_unit_stays_from_page_to_page(reader: User, client: Client, page: str) -> None:
    assert "?segmento=N01" in client.get(f"/t/2026-3/{page}?segmento=N01").content.decode()


@pytest.mark.parametrize("address", ["?segmento=N03", "?segmento=X", "impatto/?segmento=N01", "ponte/?segmento=N01"])
def test_what_may_not_be_narrowed_is_not_found(reader: User, client: Client, address: str) -> None:
    assert client.get(f"/t/2026-3/{address}").status_code == 404


def test_a_unit_s_table_is_a_file_of_the_unit(reader: User, client: Client) -> None:
    assert client.get("/t/2026-3/tabella/fasi.csv?segmento=N01").status_code == 200
    assert client.get("/t/2026-3/tabella/ponte.csv?segmento=N01").status_code == 404


WHAT_IF = "/t/2026-3/reparti/logistica/?leva=ritardi.voto_consegna&valore="


def test_the_what_if_answers_with_an_interval(reader: User, client: Client) -> None:
    page = text(client, WHAT_IF + "10,0")
    assert "Con «Consegne oltre due giorni di ritardo» a 10,0%" in page
    assert "Consegna: +1,8 punti, tra +1,4 e +2,3" in page


def test_the_what_if_says_nothing_outside_what_was_seen(reader: User, client: Client) -> None:
    assert "fuori non si è visto nulla" in text(client, WHAT_IF + "40")


@pytest.mark.parametrize("typed", ["molto", "", "1e9", "9" * 40])
def test_the_what_if_refuses_what_is_not_a_number(reader: User, client: Client, typed: str) -> None:
    assert "non è un numero" in text(client, WHAT_IF + typed)


def test_a_result_that_is_not_demonstrated_gets_no_number(reader: User, client: Client) -> None:
    page = text(client, "/t/2026-3/reparti/logistica/?leva=danneggiati.voto_consegna&valore=10")
    assert "Consegna: non dimostrato, tra" in page


def test_numbers_are_read_as_the_language_writes_them() -> None:
    from company.formats import parsed

    assert [parsed(given, "it") for given in ("3,5", "3.5", "−2,0 %")] == [Decimal("3.5"), Decimal("3.5"), Decimal(-2)]
    assert parsed("1.234,5", "it") is None
