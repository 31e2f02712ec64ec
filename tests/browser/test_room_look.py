"""The room on a beamer: letters large enough, nothing scrolls, ink that stands ambient light; pages of meetings."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from company.models import Company, User
from meetings import voting
from meetings.models import Meeting
from tests.chromium import Open
from tests.meetings import world

AMBIENT, ENOUGH, SMALLEST, MESSAGE = 0.1, 4.5, 32, 60
PAGES = ("", "conduzione/", "verbale/", "decisioni/1/")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TEXTS = """() => {
  const view = document.querySelector(".view:not([hidden])");
  const found = [];
  for (const root of [view, document.querySelector(".room-head"), document.querySelector(".room-keys")]) {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const at = walk.currentNode.parentElement;
      if (!walk.currentNode.data.trim() || !at.checkVisibility({visibilityProperty: true})) continue;
      if (at.closest(".ears, script")) continue;
      const style = getComputedStyle(at);
      const ink = at instanceof SVGElement ? style.fill : style.color;
      found.push({text: walk.currentNode.data.trim(), size: parseFloat(style.fontSize), ink});
    }
  }
  return found;
}"""
OVERFLOWS = """() => {
  const view = document.querySelector(".view:not([hidden])");
  const boxes = [document.documentElement, document.body, view, view.querySelector(".view-body")];
  const tall = boxes.filter((box) => box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1);
  const cut = [...view.querySelectorAll("h1, h2, dd, td, th, li, p")].filter((at) => at.checkVisibility())
    .filter((at) => {
      const box = at.getBoundingClientRect();
      return box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
    });
  return [...tall, ...cut].map((box) => `${view.id} ${box.tagName} ${box.className}`);
}"""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def full(company: Company) -> User:
    """A facilitator whose meeting has everything a meeting can have, in long words."""
    world.two_quarters(company)
    sara = world.facilitator(company)
    before = world.meeting(company, "2026-2", sara, opened=True)
    promise = {"measure": "indicator:ritardi", "start": "8.4", "goal": "4", "due_quarter": "2026-3"}
    long = "Dal 1º agosto chi consegna in ritardo avvisa ogni cliente con un messaggio entro le 12 del giorno prima"
    for place in range(5):
        world.decision(before, sara, f"{long} ({place})", **(promise if place else {}))
    world.close(before)
    now = world.meeting(company, "2026-3", sara, opened=True)
    for place in range(4):
        world.decision(now, sara, f"{long} ({place})", obstacles="Il corriere di Bari non ha telefoni. " * 4, **promise)
    voting.start(now, 3, 12)
    return sara


def views(page: Page) -> Any:
    """Every view, one after the other, drawn."""
    page.locator(".room[data-ready]").wait_for()
    for _view in range(page.locator(".view").count()):
        plot = page.locator(".view:visible .plot:visible")
        if plot.count():
            plot.locator(".main-svg").first.wait_for()
        yield page.locator(".view:visible").get_attribute("id")
        page.keyboard.press("ArrowRight")


def lightness(ink: str) -> float:
    red, green, blue = (float(part) / 255 for part in ink[ink.index("(") + 1 : -1].split(",")[:3])
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_at_1080_lines_every_letter_is_large_and_dark_enough(open_page: Open, full: User) -> None:
    page = open_page("/riunioni/2026-3/sala/", full, viewport={"width": 1920, "height": 1080})
    for place in views(page):
        assert page.locator(".view:visible h1").evaluate("at => parseFloat(getComputedStyle(at).fontSize)") >= MESSAGE
        for found in page.evaluate(TEXTS):
            contrast = (1 + AMBIENT) / (lightness(found["ink"]) + AMBIENT)
            assert found["size"] >= SMALLEST, (place, found)
            assert contrast >= ENOUGH, (place, found)


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)])
def test_nothing_scrolls_in_the_room(open_page: Open, full: User, size: tuple[int, int]) -> None:
    page = open_page("/riunioni/2026-3/sala/", full, viewport={"width": size[0], "height": size[1]})
    assert [fault for _place in views(page) for fault in page.evaluate(OVERFLOWS)] == []


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)])
def test_the_decision_form_fits_the_screen(open_page: Open, full: User, size: tuple[int, int]) -> None:
    page = open_page("/riunioni/2026-3/sala/", full, viewport={"width": size[0], "height": size[1]})
    page.locator(".room[data-ready]").wait_for()
    page.keyboard.press("d")
    expect(page.locator("[data-dialog] textarea").first).to_be_visible()
    inside = "at => [at.scrollHeight <= at.clientHeight + 1, at.scrollWidth <= at.clientWidth + 1]"
    assert page.locator("[data-dialog]").evaluate(inside) == [True, True]


def test_a_draft_says_so_on_every_view(open_page: Open, full: User) -> None:
    page = open_page("/riunioni/2026-3/sala/", full, viewport={"width": 1920, "height": 1080})
    for _place in views(page):
        assert page.locator(".room-draft").inner_text().startswith("BOZZA")


@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_the_pages_of_a_meeting(open_page: Open, full: User, width: int) -> None:
    page = open_page("/riunioni/", full, width)
    found = {}
    for path in ("/riunioni/", "/riunioni/decisioni/", *(f"/riunioni/2026-3/{path}" for path in PAGES)):
        page.goto(path)
        results = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
        if results.violations_count or page.evaluate("document.documentElement.scrollWidth") != width:
            found[path] = results.generate_report()
    assert found == {}


def test_axe_finds_nothing_in_the_room_and_on_a_phone_that_votes(open_page: Open, full: User) -> None:
    page = open_page("/riunioni/2026-3/sala/", full, viewport={"width": 1920, "height": 1080})
    key = Meeting.objects.get(quarter__number=3).polls.get().key
    phone = open_page(f"/riunioni/voto/{key}/", None, 360)
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    assert [Axe().run(one, options=options).violations_count for one in (page, phone)] == [0, 0]
