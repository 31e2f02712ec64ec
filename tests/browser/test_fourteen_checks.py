"""The fourteen checks of every page of the report, in three languages and three widths, in each of its states.

Each page is loaded once a language and state. Axe runs at the widest of every page and at the narrowest of those whose
arrangement changes there; the way of the focus is followed at the narrowest, in every language. Checks 3 and 4
are of words and colours alone: tests/metrics/test_honesty.py and tests/house/test_tokens.py. 6 is held by the guard of
every page, 9 by test_tasks.py. 11 and 13 stand with the paper and with the room.
"""

from collections.abc import Iterable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from company.models import Company, User
from metrics.models import Remark
from tests import make, make_report
from tests.browser import checks
from tests.chromium import Open

REPORT = (
    "/t/2026-3/",
    "/t/2026-3/percorso/",
    "/t/2026-3/percorso/consegna/",
    "/t/2026-3/reparti/logistica/",
    "/t/2026-3/reparti/marketing/",
    "/t/2026-3/impatto/",
    "/t/2026-3/ponte/",
    "/t/2026-3/coppie/",
    "/archivio/",
    "/metodo/",
)
BEFORE = ("/", "/archivio/", "/metodo/", "/cerca/?q=consegna")
FORMS = (
    "/t/2026-3/note/",
    "/t/2026-3/titoli/",
    "/cerca/?q=consegna",
    "/lingua/",
    "/impostazioni/",
    "/impostazioni/soglie/",
    "/impostazioni/struttura/fasi/",
    "/impostazioni/struttura/punti-di-contatto/",
    "/impostazioni/pubblicazione/",
    "/impostazioni/indicatori/",
    "/impostazioni/nuovo-indicatore/",
    "/impostazioni/nuovo-indicatore/?role=result&kind=mean&department=logistica&stage=consegna",
    "/impostazioni/persone/",
    "/impostazioni/persone/nuova/",
    "/secondo-fattore/",
    "/t/2026-4/",
    "/non-esiste/",
)
NARROW = (*REPORT[:4], *BEFORE[:1], *FORMS[:1])
LANGUAGES = {"it": "it-IT", "en": "en-GB", "fr": "fr-FR"}
HIGH = {"width": 1280, "height": 5000}

pytestmark = pytest.mark.django_db(transaction=True)
in_each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture
def head(company: Company) -> User:
    """The head of Logistica, in a company with the chain's report, seven quarters before it and a note."""
    make_report.history(company, make_report.aurora())
    Remark.objects.create(
        quarter=company.quarters.get(year=2026, number=3), kind="note", text="Sciopero dei corrieri", author="Anna"
    )
    return make.user(company, "head", [company.departments.get(slug="logistica")])


def wrong(open_page: Open, user: User, language: str, paths: Iterable[str]) -> dict[str, list[str]]:
    """What is wrong with each page."""
    page = open_page("/lingua/", user, viewport=HIGH, locale=LANGUAGES[language])
    found = {path: list(_faults(page, path, language)) for path in paths}
    return {path: faults for path, faults in found.items() if faults}


def _faults(page: Page, path: str, language: str) -> Iterator[str]:
    page.set_viewport_size(HIGH)  # type: ignore[arg-type]
    response = page.goto(path)
    assert response is not None
    checks.drawn(page)
    yield from checks.budget(response.body())
    yield from checks.words(page, language)
    yield from checks.figures(page)
    yield from checks.verdicts(page)
    yield from checks.axe(page)
    yield from checks.still(page)
    yield from checks.sideways(page)
    yield from checks.focus(page)
    if path in NARROW:
        yield from checks.axe(page)


@in_each_language
def test_every_page_of_a_full_report_holds(open_page: Open, head: User, language: str) -> None:
    assert wrong(open_page, head, language, REPORT) == {}


@in_each_language
def test_every_page_of_a_report_of_too_few_answers_holds(open_page: Open, company: Company, language: str) -> None:
    make_report.edition(company, make_report.empty(make_report.aurora()))
    head = make.user(company, "head", [company.departments.get(slug="logistica")])
    assert wrong(open_page, head, language, REPORT) == {}


@in_each_language
def test_every_page_before_the_first_report_holds(open_page: Open, company: Company, language: str) -> None:
    assert wrong(open_page, make.user(company, "analyst"), language, BEFORE) == {}


@in_each_language
def test_every_form_and_every_dead_end_holds(open_page: Open, head: User, language: str, guard: object) -> None:
    stage = make.journey(head.membership.company, "Consegna", "Uso").stages.all()[0]
    make.quarter(head.membership.company, "2026-4")
    analyst = make.user(head.membership.company, "admin")
    found = wrong(open_page, analyst, language, (*FORMS, f"/impostazioni/struttura/fasi/{stage.pk}/"))
    guard.faults[:] = [fault for fault in guard.faults if "404" not in fault]  # type: ignore[attr-defined]
    assert found == {}


def test_a_published_report_has_no_draft_ribbon_and_holds(open_page: Open, head: User) -> None:
    quarter = head.membership.company.quarters.get(year=2026, number=3)
    at = timezone.now()
    quarter.editions.update(state="published", number=1, published=at, visible_from=at)
    page = open_page("/t/2026-3/", head)
    assert page.locator(".ribbon").inner_text() == "DATI GENERATI questa azienda non esiste."
    assert wrong(open_page, head, "it", REPORT[:1]) == {}


def test_one_unit_alone_holds(open_page: Open, company: Company) -> None:
    from tests.metrics.test_narrowing import with_shops

    make_report.edition(company, with_shops())
    paths = ["/t/2026-3/?segmento=N01", "/t/2026-3/percorso/?segmento=N01", "/t/2026-3/percorso/consegna/?segmento=N01"]
    assert wrong(open_page, make.user(company), "it", paths) == {}
