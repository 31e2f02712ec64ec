"""A result whose figure is no mean drives votes by its mean: every page and file that names it there says so."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client

from company.models import Company
from metrics.report import EffectRow, IndicatorDef, Report
from metrics.sentences import write
from tests import make, make_report
from tests.metrics.test_pages import text

pytestmark = pytest.mark.django_db
MEDIAN = "Consegne oltre due giorni di ritardo (la media, non la mediana)"
LEVELS = {"now": "11.2", "against": "9.4", "seen": ["8", "13"], "level": "mean"}
NONE: dict[str, Any] = {"points": None, "low": None, "high": None, "stage_points": None}


def changed(kind: str, unit: str = "days", effect: Callable[[EffectRow], EffectRow] = lambda row: row) -> Report:
    """The chain's report with late deliveries measured in another way."""
    report = make_report.aurora()
    own = [
        replace(row, kind=kind, unit=unit, percentile=Decimal(90)) if row.slug == "ritardi" else row
        for row in report.indicators
    ]
    effects = [
        effect(replace(row, detail=row.detail | {name: LEVELS[name] for name in LEVELS if name in row.detail}))
        if row.indicator == "ritardi"
        else row
        for row in report.effects
    ]
    made = replace(report, indicators=tuple(own), effects=tuple(effects))
    return replace(made, messages=write(made))


@pytest.fixture
def median(company: Company, client: Client) -> Company:
    make_report.history(company, changed("median"))
    client.force_login(make.user(company))
    return company


@pytest.mark.parametrize("page", ["percorso/consegna/", "impatto/", "reparti/logistica/"])
def test_a_page_names_the_mean_beside_the_result(median: Company, client: Client, page: str) -> None:
    assert MEDIAN in text(client, f"/t/2026-3/{page}")


def test_levels_then_and_now_are_written_as_a_mean_of_days(median: Company, client: Client) -> None:
    assert "9,4 giorni → 11,2 giorni" in text(client, "/t/2026-3/reparti/logistica/")


def test_the_page_of_impact_shows_the_mean_as_our_figure(median: Company, client: Client) -> None:
    assert "11,2 giorni" in text(client, "/t/2026-3/impatto/")


@pytest.mark.parametrize(
    "name", ["fattori", "fattori.consegna.voto_consegna", "impatto.logistica", "distanza.logistica"]
)
def test_a_file_names_the_mean(median: Company, client: Client, name: str) -> None:
    response = client.get(f"/t/2026-3/tabella/{name}.csv")
    assert response.status_code == 200
    assert MEDIAN in response.content.decode()


def test_slides_name_the_mean(median: Company, client: Client) -> None:
    with ZipFile(BytesIO(client.get("/t/2026-3/trimestrale.pptx").content)) as deck:
        parts = [deck.read(name).decode() for name in deck.namelist() if name.endswith(".xml")]
    assert any(MEDIAN in part for part in parts if "<c:chart" in part)


def test_what_if_moves_the_mean(median: Company, client: Client) -> None:
    said = text(client, "/t/2026-3/reparti/logistica/?leva=ritardi.voto_consegna&valore=10")
    assert f"Con «{MEDIAN}» a 10,0 giorni, a parità del resto" in said


def test_provenance_of_the_weight_names_the_mean_and_its_levels(median: Company, client: Client) -> None:
    which = "kind=impact&reference=before&department=logistica&stage=consegna&outcome=voto_consegna&indicator=ritardi"
    said = text(client, f"/t/2026-3/provenienza/?{which}")
    assert MEDIAN in said
    assert "(11,2 giorni − 9,4 giorni)" in said


def test_the_figure_itself_keeps_its_plain_name(median: Company, client: Client) -> None:
    assert MEDIAN not in text(client, "/t/2026-3/provenienza/?level=indicator&stage=consegna&indicator=ritardi")


@pytest.mark.parametrize(
    ("kind", "words"), [("percentile", "(la media, non il percentile)"), ("total", "(la media, non il totale)")]
)
def test_percentiles_and_totals_are_named_too(company: Company, client: Client, kind: str, words: str) -> None:
    make_report.edition(company, changed(kind, unit=""))
    client.force_login(make.user(company))
    assert words in text(client, "/t/2026-3/reparti/logistica/")


def test_the_mean_of_a_total_keeps_its_decimals(company: Company, client: Client) -> None:
    make_report.edition(company, changed("total", unit="euro"))
    client.force_login(make.user(company))
    assert "9,40 euro → 11,20 euro" in text(client, "/t/2026-3/reparti/logistica/")


def last_row(client: Client, table: str) -> dict[str, str]:
    """The words of a table's last row on the department's page, by the head they stand under."""
    page = client.get("/t/2026-3/reparti/logistica/").content.decode()
    row = re.split(f'data-table="{table}">', page)[1].split("</table>")[0].split("<tr>")[-1]
    found = re.findall(r'<td[^>]*data-label="([^"]*)">(.*?)</td>', row, re.S)
    return {head: " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for head, cell in found}


def without(reference: str, note: str) -> Callable[[EffectRow], EffectRow]:
    """Effects of which those against the reference have no number, for a reason."""
    return lambda row: (
        replace(row, **NONE, note=note, verdict="too_little") if row.indicator and row.reference == reference else row
    )


@pytest.mark.parametrize(
    ("reference", "table", "note", "reason"),
    [
        ("target", "distanza", "statistic", "obiettivo non della media: nessuna distanza"),
        ("before", "impatto", "no_previous", "prima misura"),
        ("before", "impatto", "few_before", "troppo pochi casi nel trimestre precedente"),
    ],
)
def test_a_result_without_a_number_says_why_once_in_place_of_the_number(
    company: Company, client: Client, reference: str, table: str, note: str, reason: str
) -> None:
    make_report.edition(company, changed("median", effect=without(reference, note)))
    client.force_login(make.user(company))
    said = last_row(client, f"{table}.logistica")
    assert (said["Come"], said["Quanto"]) == ("impatto ignoto", reason)


def test_the_file_says_why_a_result_has_no_number(company: Company, client: Client) -> None:
    make_report.edition(company, changed("median", effect=without("target", "statistic")))
    client.force_login(make.user(company))
    head, *rows = client.get("/t/2026-3/tabella/distanza.logistica.csv").content.decode("utf-8-sig").splitlines()
    assert head.endswith(";Nota")
    assert rows[-1].endswith(";obiettivo non della media: nessuna distanza")


def test_a_rate_says_what_one_unit_is(company: Company, client: Client) -> None:
    make_report.edition(company, changed("rate", unit="", effect=lambda row: replace(row, **_small(row))))
    client.force_login(make.user(company))
    said = text(client, "/t/2026-3/percorso/consegna/")
    assert "un’unità: 1 in più su mille" in said
    assert "−0,031" in said


def _small(row: EffectRow) -> dict[str, Any]:
    return {"points": Decimal("-0.031"), "low": Decimal("-0.04"), "high": Decimal("-0.02")} if row.share else {}


@pytest.mark.parametrize("page", ["percorso/consegna/", "reparti/logistica/"])
def test_of_a_vote_that_is_no_average_a_sentence_says_why_nothing_goes_along(
    company: Company, client: Client, page: str
) -> None:
    report = make_report.aurora()

    def voice(row: IndicatorDef) -> IndicatorDef:
        return replace(row, kind="median") if row.slug == "voto_consegna" else row

    effects = tuple(row for row in report.effects if row.outcome != "voto_consegna")
    make_report.edition(company, replace(report, indicators=tuple(map(voice, report.indicators)), effects=effects))
    client.force_login(make.user(company))
    assert "«Voto a Consegna» (mediana)" in text(client, f"/t/2026-3/{page}")
    assert "una regressione spiega la media delle risposte" in text(client, f"/t/2026-3/{page}")
