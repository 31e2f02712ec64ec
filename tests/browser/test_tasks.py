"""The tasks of a head and of a newcomer (ux 6), done by the keyboard, counted in key presses of Enter."""

import re

import pytest
from playwright.sync_api import Page

from company.models import Company, User
from tests import make, make_report
from tests.chromium import Open
from tests.meetings import world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def head(company: Company) -> User:
    """The head of Logistica, in a company with the chain's report and seven quarters before it."""
    make_report.history(company, make_report.aurora())
    return make.user(company, "head", [company.departments.get(slug="logistica")])


def seen(page: Page, name: str, bottom: int) -> bool:
    """Whether something stands above the fold, without scrolling."""
    box = page.locator(f"[data-test={name}]").first.bounding_box()
    return box is not None and box["y"] + box["height"] <= bottom


def enter(page: Page, selector: str) -> None:
    """Tab to the first match and press Enter: what a click is to a keyboard."""
    wanted = page.locator(selector).first
    for _stop in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    pytest.fail(f"{selector} is not reached by keyboard")


def test_h1_how_is_the_customer_is_read_without_scrolling(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/", head, viewport={"width": 1280, "height": 720})
    assert all(seen(page, name, 720) for name in ("salute", "interval", "verdict", "message"))


def test_h2_which_stages_get_worse_is_read_without_scrolling(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/", head, viewport={"width": 1280, "height": 900})
    assert seen(page, "strip", 900)
    worse = page.locator(".tile:has(.verdict-worse) h3").all_inner_texts()
    assert worse == ["Consegna", "Assistenza"]


def test_h3_where_how_and_how_much_the_own_department_weighs_is_one_press_away(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/", head, viewport={"width": 1280, "height": 720})
    assert seen(page, "my-department", 720)
    enter(page, "[data-test=my-department]")
    assert [page.locator(f"[data-test={name}]").is_visible() for name in ("where", "how", "much")] == [True] * 3


def test_h4_how_sure_stands_beside_the_number_and_leads_to_the_method(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/reparti/logistica/", head)
    block = page.locator(".triple").inner_text()
    assert "tra −2,6 e −0,8" in block
    assert "n = 377" in block
    enter(page, ".triple a[href*='metodo']")
    assert page.locator(page.url.partition("/metodo/")[2]).is_visible()


def test_h5_what_is_asked_of_me_in_the_meeting_is_one_press_away(open_page: Open, head: User, company: Company) -> None:
    conductor = world.facilitator(company)
    meeting = world.meeting(company, "2026-2", conductor)
    world.decision(meeting, head, "Avvisare chi aspetta da più di due giorni")
    world.decision(meeting, conductor, "Provare gli orari lunghi")
    page = open_page("/t/2026-3/", head)
    assert page.locator("[data-test=mine]").inner_text() == "Le mie decisioni (1)"
    enter(page, "[data-test=mine]")
    asked = page.locator("[data-test=decision] h2").all_inner_texts()
    assert asked == ["Avvisare chi aspetta da più di due giorni"]


def test_h6_the_page_of_the_own_department_prints_on_one_sheet(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/reparti/logistica/", head)
    assert page.locator("[data-test=paper]").is_visible()
    sheet = page.pdf(tagged=True, outline=True, prefer_css_page_size=True)  # as the browser prints it
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", sheet)) == 1
    assert b"/Lang (it)" in sheet
    assert b"/StructTreeRoot" in sheet
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    wide = "[...document.querySelectorAll('.main-svg')].filter(one => one.getBoundingClientRect().width > 670).length"
    assert page.evaluate(wide) == 0


def test_n1_the_marks_are_explained_one_press_away(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/", head)
    enter(page, "a[href*='metodo'][href*='#'], [data-test=marks]")
    text = page.locator("#segni").inner_text()
    assert "non dimostrato" in text
    assert "dati insufficienti" in text


@pytest.mark.parametrize(
    ("language", "title", "quarter"), [("en", "Health falls", "Q3 2026"), ("fr", "La santé", "T3 2026")]
)
def test_n2_another_language_is_two_presses_away(
    open_page: Open, head: User, language: str, title: str, quarter: str
) -> None:
    page = open_page("/t/2026-3/", head)
    enter(page, "[data-test=languages]")
    enter(page, f"[data-test=language-{language}]")
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("[data-test=message]").inner_text().startswith(title)
    assert page.locator("[data-test=quarter]").inner_text() == quarter
    assert page.locator("[data-test=salute]").inner_text() == ("67.2" if language == "en" else "67,2")


@pytest.mark.parametrize(
    ("path", "names"),
    [("/t/2026-3/", ("salute", "strip", "my-department")), ("/t/2026-3/reparti/logistica/", ("where", "how", "much"))],
)
def test_h1_to_h4_need_no_script(open_page: Open, head: User, path: str, names: tuple[str, ...]) -> None:
    page = open_page(path, head, java_script_enabled=False)
    assert all(page.locator(f"[data-test={name}]").first.is_visible() for name in names)


def test_the_what_if_needs_no_script(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/reparti/logistica/", head, java_script_enabled=False)
    page.locator(".whatif input[name=valore]").first.fill("10")
    page.locator(".whatif button").first.click()
    assert page.locator("[data-test=answer]").is_visible()


def test_single_keys_work_only_for_who_switched_them_on(open_page: Open, head: User) -> None:
    page = open_page("/t/2026-3/", head)
    page.keyboard.press("[")
    assert page.url.endswith("/t/2026-3/")
    page.goto("/lingua/")
    page.locator("[data-keys-choice] input").check()
    page.goto("/t/2026-3/")
    for key, address in (("[", "/t/2026-2/"), ("]", "/t/2026-3/"), ("/", "/cerca/")):
        with page.expect_navigation():
            page.keyboard.press(key)
        assert page.url.endswith(address)
    page.keyboard.type("[")
    assert page.locator("#q").input_value() == "["
