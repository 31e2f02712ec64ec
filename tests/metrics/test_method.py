"""The method page: this quarter's own numbers worked through, and every link to it lands on its paragraph."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from django.test import Client

from company.models import Company
from metrics.derive.report import derive
from metrics.panels import robust
from metrics.report import Report
from metrics.shown import Shown
from tests import make, make_report
from tests.metrics.derive.company import Truth, facts, inputs, observations

PAGES = (
    "",
    "percorso/",
    "percorso/consegna/",
    "percorso/uso/",
    "reparti/logistica/",
    "reparti/marketing/",
    "ponte/",
    "fattori/",
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A report made from observations: deliveries late three times as often as the quarter before."""
    folder = tmp_path_factory.mktemp("method")
    now = facts(folder / "now", observations(Truth(late=0.3, seed=2), "now"))
    return derive(inputs(now, facts(folder / "before", observations(Truth(seed=1), "before"))))


@pytest.fixture
def page(company: Company, client: Client, report: Report) -> str:
    make_report.edition(company, report)
    client.force_login(make.user(company))
    return client.get("/metodo/").content.decode()


def words(page: str, section: str) -> str:
    """A section of the page without its tags."""
    found = re.search(rf'<section[^>]*id="{section}".*?</section>', page, re.S)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


@pytest.mark.parametrize("made", [make_report.aurora, make_report.olist], ids=["aurora", "olist"])
def test_every_link_to_the_method_lands_on_its_paragraph(company: Company, client: Client, made: object) -> None:
    assert callable(made)
    found = made()
    make_report.history(company, found)
    client.force_login(make.user(company))
    anchors = set(re.findall(r'\bid="([\w-]+)"', client.get("/metodo/").content.decode()))
    pages = [client.get(f"/t/{found.quarter}/{path}").content.decode() for path in PAGES]
    linked = {anchor for text in pages for anchor in re.findall(r'href="/metodo/#([\w-]+)"', text)}
    assert linked - anchors == set()
    assert {"verdetti", "impatto"} <= linked


def test_its_own_contents_land_on_its_paragraphs(page: str) -> None:
    linked = set(re.findall(r'href="#([\w-]+)"', page)) - {"content"}
    assert linked - set(re.findall(r'\bid="([\w-]+)"', page)) == set()


def test_a_stage_is_worked_from_its_counts_to_points(page: str) -> None:
    text = words(page, "salute")
    assert "Con i numeri di T3 2026" in text
    assert re.search(r"Salute di \w+ = .+ · [\d,]+ = [\d,]+", text)


def test_the_interval_is_worked_for_the_answer_and_for_the_stage(page: str) -> None:
    assert "ricalcolata 64 volte" in words(page, "intervalli")


def test_the_interval_is_worked_with_the_groups_that_hold_somebody(
    company: Company, client: Client, tmp_path: Path
) -> None:
    rows = [row for row in observations(Truth(cases=1200, seed=2), "now") if int(str(row.record(0)["fold"])) < 40]
    make_report.edition(company, derive(inputs(facts(tmp_path, rows))))
    client.force_login(make.user(company))
    text = words(client.get("/metodo/").content.decode(), "intervalli")
    assert "ricalcolata 40 volte" in text
    assert "± 2,02 ·" in text


def test_a_thin_quarter_before_says_nothing_of_the_change_that_would_be_seen(
    company: Company, client: Client, tmp_path: Path
) -> None:
    now = facts(tmp_path / "now", observations(Truth(late=0.3, seed=2), "now"))
    for place, cases in enumerate((25, 600)):
        before = facts(tmp_path / str(place), observations(Truth(cases=cases, seed=1), "before"))
        report = derive(inputs(now, before))
        assert report.indicator_figure("voto_consegna").before_n == cases
        assert report.indicator_figure("voto_consegna").change_low is not None
        found = robust.noise(cast(Shown, SimpleNamespace(report=report, quarter=report.quarter)))
        assert (found is None) == (cases < 30)


def test_every_difference_of_the_stage_stands_beside_its_threshold(page: str) -> None:
    text = words(page, "verdetti")
    assert "soglia" in text
    assert re.search(r"p (&lt;|=) 0,\d{4}", text)
    assert re.search(r"voto_consegna &lt; 0,0001 1 0,0250 peggiora ritardo &lt; 0,0001 2 0,0500 peggiora", text)


def test_the_contribution_is_worked_with_its_cases(page: str) -> None:
    assert re.search(r"\d+ / \d+ · \([−+][\d,]+\) = [−+][\d,]+ punti", words(page, "contributo"))


def test_shares_of_drivers_are_added_up_to_the_variance_explained(page: str) -> None:
    assert re.search(r"[\d,]+ \+ [\d,]+.* = [\d,]+% della varianza spiegata", words(page, "fattori"))


def test_impacts_are_worked_and_close_on_the_step(page: str) -> None:
    text = words(page, "impatto")
    assert re.search(r"ritardo: −[\d,]+ punti per unità · \([\d,]+% − [\d,]+%\) · peso 0,50 = −[\d,]+ punti", text)
    assert "non spiegati: insieme" in text


def test_other_weights_are_tried_and_the_page_says_whether_they_matter(page: str) -> None:
    text = words(page, "pesi")
    assert "Il verdetto sulla salute" in text
    assert "media geometrica" in text


def test_the_noise_of_this_quarters_answers_is_told(page: str) -> None:
    assert "risposte prima" in words(page, "rumore")


def test_what_is_not_claimed_is_listed(page: str) -> None:
    assert "Non diciamo mai che un risultato causa un voto" in words(page, "limiti")


def test_before_the_first_report_the_page_has_its_rules_and_no_numbers(company: Company, client: Client) -> None:
    client.force_login(make.user(company))
    page = client.get("/metodo/").content.decode()
    assert "Con i numeri di" not in page
    assert 'id="impatto"' in page
