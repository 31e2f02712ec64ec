"""The department's forecast beside the customers' vote."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from company.models import Company
from journeys.models import Forecast
from metrics.figures import Pair, Tick, dumbbell, validate
from tests import make, make_report
from tests.forecasts import IN_TIME, forecast


@pytest.fixture
def aurora(company: Company) -> Company:
    """The company with the chain's report of T3 2026."""
    make_report.history(company, make_report.aurora(), levels=(68.9, 69.8))
    make.journey(company, "Acquisto", "Consegna", "Assistenza")
    return company


def page(client: Client, company: Company, path: str = "reparti/logistica/") -> str:
    client.force_login(make.user(company, "reader"))
    return client.get(f"/t/2026-3/{path}").content.decode()


def test_a_department_without_a_forecast_has_no_gap(aurora: Company, client: Client) -> None:
    assert "divario.logistica" not in page(client, aurora)


def test_the_gap_is_forecast_minus_vote_with_the_customers_interval(aurora: Company, client: Client) -> None:
    forecast(aurora, "logistica", "consegna", "79")
    table = page(client, aurora, "tabella/divario.logistica.csv")
    assert table.splitlines()[-1] == "Consegna;79,0;data il 25/09/2026;61,0;59,0;63,0;18,0;377"


def test_the_heading_says_where_we_are_farthest(aurora: Company, client: Client) -> None:
    forecast(aurora, "logistica", "consegna", "79")
    forecast(aurora, "logistica", "acquisto", "70")
    assert "Consegna: ci vediamo 18,0 punti meglio di come ci vede il cliente" in page(client, aurora)


def test_a_forecast_inside_the_customers_interval_agrees_with_them(aurora: Company, client: Client) -> None:
    forecast(aurora, "logistica", "consegna", "62")
    assert "Consegna: ci vediamo come ci vede il cliente" in page(client, aurora)


def test_a_late_forecast_says_a_posteriori(aurora: Company, client: Client) -> None:
    forecast(aurora, "logistica", "consegna", "79", at=("2026-3", datetime(2026, 10, 4, 9, tzinfo=UTC)))
    assert "a posteriori, 04/10/2026" in page(client, aurora)


def test_what_was_said_afterwards_is_never_the_heading(aurora: Company, client: Client) -> None:
    late = ("2026-3", datetime(2026, 10, 4, 9, tzinfo=UTC))
    forecast(aurora, "logistica", "consegna", "95", at=late)
    assert "Nessuna previsione è stata data in tempo" in page(client, aurora)
    forecast(aurora, "logistica", "acquisto", "62")
    assert "Acquisto: ci vediamo" in page(client, aurora)


def test_a_new_forecast_makes_a_new_page(aurora: Company, client: Client) -> None:
    first = page(client, aurora)
    forecast(aurora, "logistica", "consegna", "79")
    assert "divario.logistica" not in first
    assert "divario.logistica" in client.get("/t/2026-3/reparti/logistica/").content.decode()


def test_nobody_is_named(aurora: Company, client: Client) -> None:
    head = make.user(aurora, "head", [aurora.departments.get(slug="logistica")], email="testa@prova.example")
    forecast(aurora, "logistica", "consegna", "79")
    assert head.email not in page(client, aurora)


def test_another_quarters_forecast_is_not_shown(aurora: Company, client: Client) -> None:
    forecast(aurora, "logistica", "consegna", "79", at=("2026-2", IN_TIME))
    assert Forecast.objects.get().ends == date(2026, 6, 30)
    assert "divario.logistica" not in page(client, aurora)


def test_a_stage_whose_vote_is_hidden_keeps_its_diamond_alone() -> None:
    rows = [Pair("Consegna", 79.0, 61.0, 59.0, 63.0, "+18,0"), Pair("Uso", 70.0, None, None, None, "meno di 10")]
    figure = dumbbell(rows, [Tick(60, "60"), Tick(80, "80")])
    validate(figure)
    assert [trace["y"] for trace in figure["data"][-2:]] == [[0], [0, 1]]


def test_the_head_finds_the_form_on_the_departments_page(aurora: Company, client: Client) -> None:
    client.force_login(make.user(aurora, "head", [aurora.departments.get(slug="logistica")]))
    assert 'href="/previsioni/logistica/"' in client.get("/t/2026-3/reparti/logistica/").content.decode()


def test_on_the_scale_only_numbers_from_0_to_100_are_kept(aurora: Company) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError, match="forecast_on_the_scale"), transaction.atomic():
        forecast(aurora, "logistica", "consegna", str(Decimal(101)))


def test_the_gap_leads_to_where_the_customers_score_comes_from(aurora: Company, client: Client) -> None:
    forecast(aurora, "logistica", "consegna", "79")
    text = page(client, aurora)
    figure = text[text.index('data-figure="divario.logistica"') :]
    assert "/t/2026-3/provenienza/?level=stage&amp;stage=consegna" in figure[: figure.index("</figure>")]
