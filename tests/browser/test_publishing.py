"""A quarter's whole way in the browser: file, draft, objection, answer, publication, late file, restatement."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from company.models import Company, User
from journeys.models import Journey, Source, Stage
from metrics.models import Edition
from metrics.verify import Checked, verify
from tests import dati, make
from tests.browser.test_analyst_tasks import Person, file_of, work
from tests.chromium import Open

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/t/2026-3/"


@pytest.fixture
def source(transactional_db: None) -> Source:
    company = make.company(generated=True)
    journey = Journey.objects.create(company=company, name="Percorso")
    stage = Stage.objects.create(journey=journey, slug="consegna", name="Consegna", position=0)
    make.quarter(company)
    made = dati.votes_source(make.department(company, "Logistica"))
    company.indicators.update(stage=stage, in_health=True, worst=0, best=10, higher_is_better=True)
    return made


@pytest.fixture
def analyst(source: Source) -> User:
    return make.user(source.company, "analyst")


def votes(count: int, vote: int) -> list[str]:
    return [f"2026-07-{i % 28 + 1:02},{max(0, vote - i % 3)}" for i in range(count)]


def send(person: Person, source: Source, file: Path) -> None:
    person.page.goto("/dati/")
    person.send(source, file)
    person.click("confirm")
    work()


def settle(company: Company, head: Person, analyst: Person) -> None:
    """The head contests the stage's level, the analyst answers."""
    head.page.goto(f"{PAGE}percorso/consegna/")
    head.click("contest")
    head.page.get_by_label("Perché").fill("Mancano i corrieri del Sud")
    head.click("contest")
    head.page.goto(f"{PAGE}percorso/consegna/")
    expect(head.page.locator("[data-test=contested]")).to_contain_text("Contestato da Logistica il")
    analyst.page.goto(f"{PAGE}contestazioni/")
    analyst.page.get_by_label("Risposta").fill("Arriveranno: per ora il conto è giusto")
    analyst.click("dismiss")


def test_a_quarter_goes_from_its_file_to_its_restatement(
    open_page: Open, analyst: User, source: Source, tmp_path: Path
) -> None:
    company = source.company
    person = Person(open_page("/dati/", user=analyst))
    send(person, source, file_of(tmp_path, votes(60, 9), "giorno,voto", "settembre.csv"))
    head = make.user(company, "head", [source.department])
    settle(company, Person(open_page(PAGE, user=head)), person)
    page, before = person.page, person.clicks
    page.goto(PAGE)
    for step in ("publish", "review", "publish-now"):
        person.click(step)
    expect(page.locator("[data-test=publish-title]")).to_contain_text("Pubblicato il")
    assert person.clicks - before == 3
    first = Edition.objects.get(state="published")
    page.get_by_label("Perché si ridetermina").fill("Il file dei corrieri è arrivato tardi")
    person.click("restate")
    send(person, source, file_of(tmp_path, votes(90, 6), "giorno,voto", "corrieri.csv"))
    page.goto(f"{PAGE}pubblica/")
    expect(page.locator("[data-table=rideterminazione]")).to_be_visible()
    person.click("publish-now")
    page.goto("/archivio/")
    expect(page.locator("[data-test=restated]")).to_contain_text("Il file dei corrieri è arrivato tardi")
    second = Edition.objects.get(state="published", version=2)
    assert (Edition.objects.get(pk=first.pk).digest == first.digest, second.digest == first.digest) == (True, False)
    assert [verify(edition) for edition in (first, second)] == [Checked([])] * 2


@pytest.mark.parametrize("address", ["pubblica/", "contestazioni/"])
def test_the_way_out_fits_a_narrow_screen(
    open_page: Open, analyst: User, source: Source, tmp_path: Path, address: str
) -> None:
    person = Person(open_page("/dati/", user=analyst))
    send(person, source, file_of(tmp_path, votes(60, 9), "giorno,voto"))
    page = open_page(f"{PAGE}{address}", user=analyst, width=320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
