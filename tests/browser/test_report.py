"""The report in a real Chromium: by keyboard, without scripts, on paper, on a narrow screen. The rest is in the
fourteen checks."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page

from company.models import Company, User
from tests import make, make_report
from tests.chromium import Open

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


def test_the_first_tab_stop_skips_to_the_content(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/", head)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


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


def test_a_narrow_screen_lists_the_stages_one_below_the_other(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/percorso/", head, 360)
    assert not page.locator(".map-wide").is_visible()
    assert page.locator(".map-narrow > li").count() == 6


def test_a_window_made_narrow_draws_its_figures_for_the_new_width(open_page: Open, head: User) -> None:
    ticks = "[...document.querySelectorAll('[data-figure=ponte] .xtick')].map(tick => tick.getBoundingClientRect())"
    page = open_page("/t/2026-3/ponte/", head)
    drawn(page)
    page.set_viewport_size({"width": 360, "height": 780})
    page.locator("[data-figure=ponte] [data-narrow=true] .main-svg").first.wait_for()
    places = sorted((box["left"], box["right"]) for box in page.evaluate(ticks))
    assert len(places) > 1
    assert all(before[1] < after[0] for before, after in pairwise(places))
