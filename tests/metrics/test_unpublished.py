"""A quarter that is not out: its pages say when it comes and what to read meanwhile; its files are not found."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from company.models import Company, User
from journeys.models import Quarter
from tests import make, make_report

PAGES = ("", "percorso/", "percorso/consegna/", "reparti/logistica/", "impatto/", "ponte/", "provenienza/", "stampa/")


@pytest.fixture
def waiting(company: Company) -> Quarter:
    """T3 2026 is a draft due on 12 October; the quarter before is out."""
    make_report.history(company, make_report.aurora())
    at = timezone.now()
    before = company.quarters.get(year=2026, number=2)
    before.editions.update(state="published", number=1, published=at, visible_from=at)
    company.quarters.filter(year=2026, number=3).update(due=date(2026, 10, 12))
    return company.quarters.get(year=2026, number=3)


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_is_told_when_it_comes_and_led_to_the_same_page_of_the_last_one(
    waiting: Quarter, company: Company, client: Client, page: str
) -> None:
    client.force_login(make.user(company, "reader"))
    answer = client.get(f"/t/2026-3/{page}")
    text = answer.content.decode()
    assert answer.status_code == 404
    assert "T3 2026 esce il 12 ottobre 2026." in text
    assert f'href="/t/2026-2/{page}" data-test="meanwhile"' in text


@pytest.mark.parametrize("file", ["tabella/fasi.csv", "tabelle.xlsx", "edizione.json"])
def test_its_files_are_plainly_not_found(waiting: Quarter, company: Company, client: Client, file: str) -> None:
    client.force_login(make.user(company, "reader"))
    answer = client.get(f"/t/2026-3/{file}")
    assert answer.status_code == 404
    assert "esce il" not in answer.content.decode()


def test_who_prepares_is_told_that_a_quarter_has_no_figures_yet(
    waiting: Quarter, company: Company, client: Client, analyst: User
) -> None:
    make.quarter(company, "2026-4")
    client.force_login(analyst)
    text = client.get("/t/2026-4/percorso/").content.decode()
    assert "T4 2026 non ha ancora cifre." in text
    assert 'href="/t/2026-3/percorso/"' in text
    assert 'href="/dati/carica/"' in text


def test_a_quarter_the_company_does_not_have_is_plainly_not_found(
    waiting: Quarter, client: Client, analyst: User
) -> None:
    client.force_login(analyst)
    assert 'data-test="unpublished"' not in client.get("/t/2031-1/").content.decode()
