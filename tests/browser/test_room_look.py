"""The room on a beamer: letters large enough, nothing scrolls, ink that stands ambient light; pages of meetings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from company.models import Company, User
from meetings import agenda, voting
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
  const foot = view.querySelector(".view-foot");
  const line = parseFloat(getComputedStyle(foot).lineHeight);
  if (foot.scrollHeight > foot.clientHeight + line / 2) cut.push(foot);
  return [...tall, ...cut].map((box) => `${view.id} ${box.tagName} ${box.className}`);
}"""
DRAWN = "() => [...document.querySelectorAll('.view:not([hidden]) .plot')].every(at => at.querySelector('.main-svg'))"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def full(company: Company) -> User:
    """A facilitator whose meeting has everything a meeting can have, in long words."""
    world.three_quarters(company)
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
    for name in ("fattori.consegna.voto_consegna", "contributi.logistica", "risultati.consegna"):
        agenda.bring(now, name)
    voting.start(now, 3, 12, sara)
    return sara


def views(page: Page) -> Any:
    """Every view, one after the other, drawn."""
    page.locator(".room[data-ready]").wait_for()
    for _view in range(page.locator(".view").count()):
        page.wait_for_function(DRAWN)
        yield page.locator(".view:visible").get_attribute("id")
        page.keyboard.press("ArrowRight")


def lightness(ink: str) -> float:
    red, green, blue = (float(part) / 255 for part in ink[ink.index("(") + 1 : -1].split(",")[:3])
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@dataclass(frozen=True)
class Seen:
    """A view as it stood on a beamer: what is written and how, what does not fit, what the head says of drafts."""

    place: str
    size: tuple[int, int]
    dark: bool
    ground: float
    message: float
    texts: list[dict[str, Any]]
    faults: list[str]
    draft: str


WALKED: list[Seen] = []
DRAFTS = {"it": "BOZZA", "en": "DRAFT", "fr": "BROUILLON"}
LARGE, SMALL = (1920, 1080), (1280, 720)


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> list[Seen]:
    """Every view in every language on both beamers, walked through once for all the tests that look at them."""
    if not WALKED:
        open_page, sara = request.getfixturevalue("open_page"), request.getfixturevalue("full")
        for language in DRAFTS:
            User.objects.filter(pk=sara.pk).update(language=language)
            page = open_page("/riunioni/2026-3/sala/", sara, viewport={"width": LARGE[0], "height": LARGE[1]})
            assert page.locator("html").get_attribute("lang") == language
            for place in views(page):
                WALKED.extend(_everywhere(page, f"{language} {place}", darkened=language == "it"))
    return WALKED


def _everywhere(page: Page, place: str, darkened: bool) -> Iterator[Seen]:
    """The view at hand: large, large and dark, small."""
    yield _seen(page, place, LARGE, dark=False)
    if darkened:
        page.keyboard.press("s")
        yield _seen(page, place, LARGE, dark=True)
        page.keyboard.press("s")
    page.set_viewport_size({"width": SMALL[0], "height": SMALL[1]})
    yield _seen(page, place, SMALL, dark=False)
    page.set_viewport_size({"width": LARGE[0], "height": LARGE[1]})


def _seen(page: Page, place: str, size: tuple[int, int], dark: bool) -> Seen:
    page.wait_for_function(DRAWN)
    ground, message = page.evaluate("""() => [getComputedStyle(document.body).backgroundColor,
      parseFloat(getComputedStyle(document.querySelector(".view:not([hidden]) h1")).fontSize)]""")
    texts, faults = page.evaluate(TEXTS), page.evaluate(OVERFLOWS)
    return Seen(place, size, dark, lightness(ground), message, texts, faults, page.inner_text(".room-draft"))


def test_at_1080_lines_every_letter_is_large_and_stands_out(seen: list[Seen]) -> None:
    assert {view.dark for view in seen if view.ground < 0.1} == {True}
    for view in seen:
        ground = view.ground + AMBIENT
        for found in view.texts if view.size == (1920, 1080) else []:
            ink = lightness(found["ink"]) + AMBIENT
            assert found["size"] >= SMALLEST, (view.place, found)
            assert max(ground, ink) / min(ground, ink) >= ENOUGH, (view.place, view.dark, found)


def test_at_1080_lines_every_message_is_read_from_the_last_row(seen: list[Seen]) -> None:
    assert [view.place for view in seen if view.size == (1920, 1080) and view.message < MESSAGE] == []


def test_nothing_scrolls_in_the_room(seen: list[Seen]) -> None:
    assert [(view.size, fault) for view in seen for fault in view.faults] == []


def test_a_draft_says_so_on_every_view(seen: list[Seen]) -> None:
    assert [view.place for view in seen if not view.draft.startswith(DRAFTS[view.place[:2]])] == []


def test_the_decision_form_fits_the_screen(open_page: Open, full: User) -> None:
    page = open_page("/riunioni/2026-3/sala/", full, viewport={"width": 1920, "height": 1080})
    page.locator(".room[data-ready]").wait_for()
    page.keyboard.press("d")
    expect(page.locator("[data-dialog] textarea").first).to_be_visible()
    inside = "at => [at.scrollHeight <= at.clientHeight + 1, at.scrollWidth <= at.clientWidth + 1]"
    for width, height in ((1920, 1080), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.locator("[data-dialog]").evaluate(inside) == [True, True]


def test_a_key_makes_the_room_dark_and_a_reload_leaves_it_so(open_page: Open, full: User) -> None:
    page = open_page("/riunioni/2026-3/sala/", full, viewport={"width": 1920, "height": 1080})
    for _step in range(2):
        page.locator(".room[data-ready]").wait_for()
        page.keyboard.press("s")
        expect(page.locator("html.scuro")).to_have_count(1 - _step)
        page.reload()
        expect(page.locator("html.scuro")).to_have_count(1 - _step)


def test_axe_finds_nothing_on_the_pages_of_a_meeting(open_page: Open, full: User) -> None:
    page = open_page("/riunioni/", full, 320)
    found = {}
    for path in ("/riunioni/", "/riunioni/decisioni/", *(f"/riunioni/2026-3/{path}" for path in PAGES)):
        page.goto(path)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            results = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
            if results.violations_count or page.evaluate("document.documentElement.scrollWidth") != width:
                found[path, width] = results.generate_report()
    assert found == {}


def test_axe_finds_nothing_in_the_room_and_on_a_phone_that_votes(open_page: Open, full: User) -> None:
    page = open_page("/riunioni/2026-3/sala/", full, viewport={"width": 1920, "height": 1080})
    key = Meeting.objects.get(quarter__number=3).polls.get().key
    phone = open_page(f"/riunioni/voto/{key}/", None, 360)
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    assert [Axe().run(one, options=options).violations_count for one in (page, phone)] == [0, 0]
