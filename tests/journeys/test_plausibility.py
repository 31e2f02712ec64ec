"""Input 54 of the catalogue: a file without a fault that makes one look twice waits until a person stands by it."""

import pytest
from django.test import Client

from company.models import Company, User
from journeys.models import Quarter, Source
from tests import dati, make
from tests.journeys.conftest import VOTES
from tests.journeys.test_drafts import due, post, read, send


@pytest.fixture
def source(company: Company, quarter: Quarter) -> Source:
    return dati.source(company.departments.all()[0], VOTES)


@pytest.fixture
def browser(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


def votes(rows: int, month: str = "2026-07", lowest: int = 6) -> str:
    """So many votes of a month: three in a row, one after the other."""
    lines = [f"{month}-{i},{month}-{1 + i % 28:02d},Roma,{lowest + i % 3}" for i in range(rows)]
    return "ordine,giorno,negozio,voto\n" + "\n".join(lines) + "\n"


def confirm(browser: Client, source: Source, text: str) -> None:
    post(browser, send(browser, source, text), "conferma")


def must_agree(browser: Client, source: Source, text: str, code: str) -> None:
    """The file waits at its check for this warning alone."""
    upload = send(browser, source, text)
    assert due(browser, upload) == "controlla"
    post(browser, upload, "controlla", agree=["", code])
    assert due(browser, upload) == "conferma"


def test_ten_times_the_usual_rows_need_a_tick(browser: Client, source: Source) -> None:
    confirm(browser, source, votes(4))
    must_agree(browser, source, votes(40), "many_rows")


def test_thirty_equal_votes_need_a_tick(browser: Client, source: Source) -> None:
    text = votes(90).replace(",7\n", ",6\n").replace(",8\n", ",6\n")
    must_agree(browser, source, text, f"all_alike {source.mapping['values'][0]['indicator']}")


def test_a_mean_far_from_the_quarter_before_needs_a_tick(browser: Client, source: Source) -> None:
    make.quarter(source.company, "2026-2")
    earlier = send(browser, source, votes(60, "2026-05", 1))
    post(browser, earlier, "controlla", agree=["", "all_elsewhere"])
    post(browser, earlier, "conferma")
    must_agree(browser, source, votes(60), f"mean_far {source.mapping['values'][0]['indicator']}")


def test_units_like_none_that_is_known_are_asked_about_together(browser: Client, source: Source) -> None:
    confirm(browser, source, votes(20))
    towns = ("Palermo", "Catania", "Lecce", "Foggia", "Matera", "Crotone")
    lines = [f"x{i},2026-07-0{i + 1},{town},{6 + i % 3}\n" for i, town in enumerate(towns)]
    strange = "ordine,giorno,negozio,voto\n" + "".join(lines)
    upload = send(browser, source, strange)
    text = "6 unità non sono fra quelle note finora: Catania, Crotone, Foggia, Lecce, Matera…. Sono nuove?"
    assert text in read(browser, upload, "controlla")
    post(browser, upload, "controlla", agree=["", "new_units"])
    assert due(browser, upload) == "conferma"


def test_the_first_units_a_company_names_are_no_question(browser: Client, source: Source) -> None:
    assert due(browser, send(browser, source, votes(20))) == "conferma"
