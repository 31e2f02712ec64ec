"""A pair of result and vote is tried in a browser, by hand and on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from company.models import Company, User
from metrics import trying
from metrics.trials import Trial
from tests import make
from tests.chromium import Open
from tests.metrics.tried import draft

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader(company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    """A reader of the small company's quarter, whose observations are at hand."""
    draft(company, tmp_path, monkeypatch)
    return make.user(company)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_pair_is_asked_for_waited_for_and_read(open_page: Open, reader: User, width: int) -> None:
    page = open_page("/t/2026-3/coppie/", reader, viewport={"width": width, "height": 800})
    page.get_by_label("Risultato").select_option("ritardo")
    page.get_by_label("Che cosa dicono o fanno i clienti").select_option("voto_consegna")
    page.get_by_role("button", name="Prova la coppia").click()
    expect(page.locator("[data-test=waiting]")).to_be_visible()
    trying.run(Trial.objects.get().pk)
    expect(page.locator("h1")).to_have_text(
        "A più «ritardo» si accompagna un punteggio più basso di «voto_consegna»", timeout=10_000
    )
    page.locator("[data-fig]").scroll_into_view_if_needed()
    expect(page.locator("[data-fig] .main-svg").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
