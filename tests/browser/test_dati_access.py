"""The pages of Dati and of sign-in, for everybody: no axe violation, nothing wider than the screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from company.models import User
from journeys.models import Job, Journey, Upload
from tests import dati, make
from tests.chromium import Guard, Open

pytestmark = pytest.mark.django_db(transaction=True)
PROBLEM = {"column": "voto", "value": "11", "expected": "0–10", "count": 1, "extra": {}}
PAGES = {
    "sign-in": "/accedi/",
    "inactive": "/accedi/inattivo/",
    "sign-out": "/esci/",
    "password": "/password/",
    "board": "/dati/",
    "upload": "/dati/carica/",
    "job": "/dati/lavori/{running}/",
    "refused": "/dati/lavori/{refused}/",
    "receipt": "/dati/caricamenti/{accepted}/",
    "undo": "/dati/caricamenti/{accepted}/annulla/",
    "undone": "/dati/caricamenti/{undone}/",
    "gone": "/dati/lavori/0/",
    "forbidden": "/dati/carica/",
}
ANSWERS = {"gone": "404", "forbidden": "403"}


@pytest.fixture
def places(transactional_db: None) -> dict[str, object]:
    """An upload of every state, by the words that stand in the addresses."""
    company = make.company(generated=True)
    Journey.objects.create(company=company, name="Percorso")
    source, quarter = dati.votes_source(make.department(company)), make.quarter(company)
    running = dati.upload(source, Upload.State.RECEIVED).job
    Job.objects.update(state=Job.State.RUNNING, step=Job.Step.CHECKING, rows_total=12480)
    refused = dati.upload(source, Upload.State.REJECTED)
    refused.problems = [{**PROBLEM, "code": "out_of_range", "row": row} for row in range(2, 140)]
    refused.save()
    return {
        "people": {"analyst": make.user(company, "analyst"), "reader": make.user(company, "reader")},
        "running": running.pk,
        "refused": refused.job.pk,
        "accepted": dati.upload(source, quarter=quarter).pk,
        "undone": dati.upload(source, Upload.State.UNDONE).pk,
    }


def who(places: dict[str, object], page: str) -> User | None:
    people = places["people"]
    assert isinstance(people, dict)
    return None if page == "sign-in" else people["reader" if page == "forbidden" else "analyst"]


def faults_of(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    faults = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found.response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append("wider than the screen")
    return faults


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_are_for_everybody(open_page: Open, guard: Guard, places: dict[str, object], width: int) -> None:
    found = {}
    for name, address in PAGES.items():
        page = open_page(address.format(**places), user=who(places, name), width=width)
        said = [fault for fault in guard.faults if ANSWERS.get(name, "nothing") not in fault]
        found[name] = faults_of(page) + said
        guard.faults.clear()
        page.context.close()
    assert {name: faults for name, faults in found.items() if faults} == {}
