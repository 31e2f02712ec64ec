"""Trust in clicks (ux 6): A7 from a figure to its receipt, A8 from Dati to a frozen edition, H7 old and new."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from company.models import User
from journeys.models import Journey, Source, Stage, Upload
from metrics.models import Edition
from tests import dati, make
from tests.browser.test_analyst_tasks import Person, file_of, work
from tests.chromium import Guard, Open

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/t/2026-3/"
OLD, NEW = "80,0", "50,0"
WHY = "Il file dei corrieri è arrivato tardi"


@pytest.fixture
def source(transactional_db: None) -> Source:
    """Votes of one stage, of a quarter that is open."""
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


def send(person: Person, source: Source, folder: Path, values: tuple[int, int], name: str) -> None:
    """So many votes around one, sent and confirmed from the data room."""
    count, vote = values
    rows = [f"2026-07-{place % 28 + 1:02},{vote + place % 3 - 1}" for place in range(count)]
    person.page.goto("/dati/")
    person.send(source, file_of(folder, rows, "giorno,voto", name))
    person.click("confirm")
    work()


def test_a7_from_any_figure_to_the_receipt_of_its_file(
    open_page: Open, analyst: User, source: Source, tmp_path: Path
) -> None:
    person = Person(open_page("/dati/", user=analyst))
    send(person, source, tmp_path, (60, 8), "settembre.csv")
    for address, name in ((PAGE, "hero-lineage"), (f"{PAGE}percorso/consegna/", "head-lineage"), (PAGE, "lineage")):
        person.page.goto(address)
        before = person.clicks
        person.click(name)
        expect(person.page.locator("[data-test=formula]")).to_contain_text(OLD)
        person.click("to-receipt")
        expect(person.page.locator("[data-test=receipt-title]")).to_be_visible()
        assert person.page.url.endswith(f"{Upload.objects.get().pk}/")
        assert person.clicks - before == 2


def test_a8_from_the_data_room_to_an_edition_that_a_later_file_does_not_change(
    open_page: Open, guard: Guard, analyst: User, source: Source, tmp_path: Path
) -> None:
    person = Person(open_page("/dati/", user=analyst))
    send(person, source, tmp_path, (60, 8), "settembre.csv")
    person.page.goto("/dati/")
    before = person.clicks
    person.click("to-publish")
    checks = person.page.locator("[data-test^=check-]")
    names = {checks.nth(place).get_attribute("data-test") for place in range(checks.count())}
    assert {"check-owners", "check-sources", "check-objections", "check-warnings", "check-essential"} <= names
    person.click("review")
    person.click("publish-now")
    expect(person.page.locator("[data-test=publish-title]")).to_contain_text("Pubblicato il")
    assert person.clicks - before == 3
    digest = Edition.objects.get(state="published").digest
    person.page.goto("/dati/")
    late = [f"2026-07-{day + 1:02},{day % 3}" for day in range(20)]
    person.send(source, file_of(tmp_path, late, "giorno,voto", "tardi.csv"))
    assert Edition.objects.get(state="published").digest == digest
    person.page.goto(PAGE)
    expect(person.page.locator("[data-test=salute]")).to_have_text(OLD)
    guard.faults[:] = [fault for fault in guard.faults if "409" not in fault]  # refused at the door: Chromium logs it


def test_h7_what_was_said_what_was_corrected_and_why(
    open_page: Open, analyst: User, source: Source, tmp_path: Path
) -> None:
    person = Person(open_page("/dati/", user=analyst))
    send(person, source, tmp_path, (60, 8), "settembre.csv")
    person.page.goto("/dati/")
    for step in ("to-publish", "review", "publish-now"):
        person.click(step)
    person.page.get_by_label("Perché si ridetermina").fill(WHY)
    person.click("restate")
    send(person, source, tmp_path, (90, 5), "corrieri.csv")
    person.page.goto(f"{PAGE}pubblica/")
    person.click("publish-now")
    head = Person(open_page(PAGE, user=make.user(source.company, "head", [source.department])))
    expect(head.page.locator("[data-test=restated]")).to_contain_text(f"prima {OLD}, ora {NEW}")
    head.page.get_by_role("link", name="Archivio").click()
    expect(head.page.locator("[data-test=restated]")).to_contain_text(f"prima {OLD}, ora {NEW} – {WHY}")
    head.click("differences")
    expect(head.page.locator("[data-test=message]")).to_contain_text(f"pubblicata a {OLD}, rideterminata a {NEW}")
    expect(head.page.locator("[data-test=reason]")).to_contain_text(WHY)
    head.click("read-1")
    expect(head.page.locator("[data-test=salute]")).to_have_text(OLD)
