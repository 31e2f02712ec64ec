"""A result joined by unit and week has no bar on its stage's page: a line says what goes along with it, or why not."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from company.models import Company
from tests import make, make_report
from tests.metrics.test_pages import text

pytestmark = pytest.mark.django_db
WEEK = {"join": "week", "correction": "wild_cluster_bootstrap", "units": 24, "weeks": 26}
PAGE = "/t/2026-3/percorso/consegna/"


def page(company: Company, client: Client, **fields: Any) -> str:
    """The stage's page with damaged parcels told by shop and week only."""
    report = make_report.aurora()
    plain = {"share": None, "share_low": None, "share_high": None, "detail": WEEK, "n": 428}
    effects = [
        replace(row, **plain | fields) if row.kind == "driver" and row.indicator == "danneggiati" else row
        for row in report.effects
    ]
    make_report.edition(company, replace(report, effects=tuple(effects)))
    client.force_login(make.user(company))
    return text(client, PAGE)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"verdict": "worse", "points": Decimal(-20), "low": Decimal(-28), "high": Decimal(-12)},
            "«Colli danneggiati»: −20,0 punti con uno in più, tra −28,0 e −12,0, nella settimana e nelle quattro",
        ),
        ({"verdict": "unproven"}, "«Colli danneggiati»: non dimostrato (n = 428)"),
        (
            {"verdict": "unproven", "points": None, "note": "placebo"},
            "«Colli danneggiati»: spiegherebbe il voto anche il suo futuro",
        ),
    ],
)
def test_a_stage_says_what_goes_along_by_unit_and_week(
    company: Company, client: Client, fields: dict[str, Any], words: str
) -> None:
    assert f"Per unità e settimana, {words}" in page(company, client, **fields)


def test_its_table_names_units_weeks_and_correction(company: Company, client: Client) -> None:
    said = page(company, client, verdict="unproven")
    assert "unito per unità e settimana, 24 unità e 26 settimane: wild bootstrap per unità" in said


def test_a_share_from_random_orders_is_told_with_its_error(company: Company, client: Client) -> None:
    fields = {"share": Decimal("0.2"), "detail": {"se": "0.004"}}
    assert "quota estratta da ordini casuali, errore standard 0,40%" in page(company, client, **fields)
