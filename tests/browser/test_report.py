"""The report in a real Chromium: on any width, by keyboard, without scripts, on paper; and charts that are honest."""

import json
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from company.models import Company, User
from tests import make, make_report
from tests.chromium import Open

AURORA = (
    "/t/2026-3/",
    "/t/2026-3/percorso/",
    "/t/2026-3/impatto/",
    "/t/2026-3/ponte/",
    "/t/2026-3/percorso/consegna/",
    "/t/2026-3/reparti/logistica/",
    "/archivio/",
    "/metodo/",
)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
UNREADY = re.compile(r"\b(?:ERRORE|invalid|null|NaN|undefined|None)\b")
DECIMAL_POINT = re.compile(r"\d\.\d(?!\d\d)")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def head(company: Company) -> User:
    """The head of Logistica, in a company with the chain's report and seven quarters before it."""
    make_report.history(company, make_report.aurora())
    return make.user(company, "head", [company.departments.get(slug="logistica")])


def drawn(page: Page) -> Page:
    """The page once every figure has been drawn."""
    for plot in page.locator("[data-fig]").all():
        plot.scroll_into_view_if_needed()
        plot.locator(".main-svg").first.wait_for()
    return page


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_no_page_scrolls_sideways(open_page: Open, head: User, width: int) -> None:
    page = open_page(AURORA[0], head, width)
    for path in AURORA:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == width, path


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(open_page: Open, head: User, width: int) -> None:
    page = open_page(AURORA[0], head, width)
    found = {}
    for path in AURORA:
        page.goto(path)
        results = Axe().run(drawn(page), options={"runOnly": {"type": "tag", "values": TAGS}})
        if results.violations_count:
            found[path] = results.generate_report()
    assert found == {}


def test_every_chart_stands_in_a_figure_with_a_message_a_subtitle_and_its_table(open_page: Open, head: User) -> None:
    page = open_page(AURORA[0], head)
    for path in AURORA[:-1]:
        page.goto(path)
        for plot in drawn(page).locator("[data-fig]").all():
            figure = plot.locator("xpath=ancestor::figure")
            heading = figure.locator("h2").inner_text()
            assert 0 < len(heading) <= 90
            assert re.search(r"T\d \d{4}|percento|intervallo", figure.locator(".sub").inner_text())
            assert plot.get_attribute("role") == "img"
            assert plot.locator("a, button, input, [tabindex]:not([tabindex='-1'])").count() == 0
            assert plot.locator("svg:not([aria-hidden])").count() == 0


def test_a_chart_shows_the_numbers_of_its_table(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/", head)
    figure = json.loads(page.locator("#fig-ponte").text_content() or "")
    table = (
        page.locator("[data-table=ponte]")
        .evaluate("table => table.textContent")
        .replace("\u2212", "-")
        .replace(",", ".")
    )
    for annotation in figure["layout"]["annotations"]:
        assert annotation["text"].replace("\u2212", "-").replace(",", ".") in table


def test_sharing_to_a_cloud_is_off(open_page: Open, head: User) -> None:
    page = drawn(open_page("/t/2026-3/", head))
    config: dict[str, Any] = page.evaluate("document.querySelector('[data-fig]')._context")
    assert (config["displayModeBar"], config["showSendToCloud"], config["plotlyServerURL"]) == (False, False, "")
    assert page.locator(".modebar").count() == 0


def test_health_message_and_own_department_stand_above_the_fold(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/", head, viewport={"width": 1280, "height": 720})
    for name in ("salute", "interval", "verdict", "message", "my-department"):
        box = page.locator(f"[data-test={name}]").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 720, name


def test_the_own_department_is_one_click_away(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/", head)
    page.locator("[data-test=my-department]").click()
    assert page.locator("h1").inner_text() == "Logistica toglie 1,7 punti alla salute, tutti in Consegna."
    assert [page.locator(f"[data-test={name}]").is_visible() for name in ("where", "how", "much")] == [True] * 3


def test_the_first_tab_stop_skips_to_the_content(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/", head)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_focus_is_always_visible(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/", head)
    for _stop in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert style == "3px"


def test_without_scripts_the_tables_are_there(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/", head, java_script_enabled=False)
    assert page.locator("[data-test=salute]").inner_text() == "67,2"
    page.locator("[data-figure=ponte] summary").click()
    assert page.locator("[data-table=ponte]").is_visible()


def test_a_figure_that_cannot_be_drawn_gives_way_to_its_table(open_page: Open, head: User) -> None:
    page = open_page("/metodo/", head)
    page.route("**/plotly-basic*", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto("/t/2026-3/")
    page.locator("[data-figure=ponte]").scroll_into_view_if_needed()
    assert page.locator("[data-figure=ponte] .plot-error").is_visible()
    assert page.locator("[data-table=ponte]").is_visible()


def test_a_department_prints_on_one_page_with_no_chart_wider_than_it(open_page: Open, head: User) -> None:
    page = drawn(open_page("/t/2026-3/reparti/logistica/", head))
    paper = page.pdf(tagged=True, outline=True, prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 1
    assert b"/Lang (it)" in paper
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    widths = page.evaluate("[...document.querySelectorAll('.main-svg')].map(svg => svg.getBoundingClientRect().width)")
    assert max(widths) <= 420


def test_italian_pages_hold_no_decimal_point_and_no_unready_word(open_page: Open, head: User) -> None:
    page = open_page(AURORA[0], head)
    for path in AURORA:
        page.goto(path)
        text = page.locator("main").inner_text()
        assert not UNREADY.findall(text), path
        assert not DECIMAL_POINT.findall(text), path


def test_verdicts_have_a_mark_and_a_word(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/percorso/", head)
    for verdict in page.locator(".map-wide .verdict").all():
        assert verdict.locator("svg.mark").count() == 1
        assert re.search(r"[a-z]{4,}", verdict.locator("xpath=..").text_content() or "")


def test_a_narrow_screen_lists_the_stages_one_below_the_other(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/percorso/", head, 360)
    assert not page.locator(".map-wide").is_visible()
    assert page.locator(".map-narrow > li").count() == 6
