"""The fourteen checks of a page (ux 6), each a function of an open page: what is wrong, as a list, empty where nothing.

One load serves them all: the page is drawn once, at a height that holds it whole, then narrowed.
"""

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
UNREADY = re.compile(r"\b(?:ERRORE|invalid|null|NaN|undefined|None)\b|%\(\w+\)s|\{\{|\{%")
WRONG_MARK = {"it": re.compile(r"\d\.\d(?!\d\d)"), "en": re.compile(r"\d,\d(?!\d\d)"), "fr": re.compile(r"\d\.\d")}
PERIOD = re.compile(r"[TQ]\d \d{4}|\d{4}")
UNIT = re.compile(r"punti|points?|100|percent|pour cent|95", re.IGNORECASE)
WIDTHS = (1280, 768, 320)
HTML_BYTES = 120 * 1024

FIGURES = """() => [...document.querySelectorAll("[data-fig]")].map(plot => {
  const figure = plot.closest("figure");
  const json = JSON.parse(document.getElementById(plot.dataset.fig).textContent);
  const slug = figure?.dataset.figure;
  const table = document.querySelector(`[data-table="${slug}"]`);
  return {slug, heading: figure?.querySelector("h2")?.textContent.trim(),
    sub: figure?.querySelector(".sub")?.textContent,
    role: plot.getAttribute("role"), drawn: !!plot.querySelector(".main-svg"), json: JSON.stringify(json),
    texts: (json.layout.annotations || []).map(one => one.text), table: table?.textContent,
    caption: !!table?.caption?.textContent.trim(),
    scopes: table && [...table.querySelectorAll("th")].every(th => th.scope),
    focusable: plot.querySelectorAll("a, button, input, [tabindex]:not([tabindex='-1'])").length,
    exposed: plot.querySelectorAll("svg:not([aria-hidden])").length,
    config: ["displayModeBar", "showSendToCloud", "plotlyServerURL"].map(name => plot._context?.[name])};
})"""
DRAWN = """() => [...document.querySelectorAll("[data-fig]")]
  .every(plot => plot.hidden || plot.querySelector(".main-svg"))"""
VERDICTS = """() => [...document.querySelectorAll("main .verdict")].filter(one => one.offsetParent).map(one => ({
  marks: one.querySelectorAll("svg.mark").length, words: (one.parentElement.textContent || "")}))"""
FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  // A link broken over two lines has its middle between them, where nothing of it stands
  const box = one.getClientRects()[0] || one.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const seen = top && (one.contains(top) || top.contains(one));
  return {name: one.outerHTML.slice(0, 80), outline: style.outlineWidth, covered: !seen};
}"""
MOVING = """() => [...document.querySelectorAll("*")].filter(one => {
  const style = getComputedStyle(one);
  const times = [style.transitionDuration, style.animationDuration].flatMap(time => time.split(","));
  return times.some(time => parseFloat(time) > 0);
}).length"""
FAINT = """() => {
  const paper = getComputedStyle(document.body).backgroundColor;
  const marks = [...document.querySelectorAll("svg.mark")].filter(one => one.checkVisibility());
  return marks.filter(one => ["transparent", paper].includes(getComputedStyle(one).color)).length;
}"""


def drawn(page: Page) -> None:
    """Waits until every figure is drawn; the viewport is high enough to hold them all."""
    assert _becomes(page, DRAWN), "a figure is not drawn"


def _becomes(page: Page, condition: str) -> bool:
    """Whether the condition holds within a few seconds; asked from outside, since the page may not evaluate text."""
    for _attempt in range(100):
        if page.evaluate(condition):
            return True
        page.wait_for_timeout(50)
    return False


def axe(page: Page) -> list[str]:
    """1. No violation of WCAG 2.2 AA nor of best practice."""
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    return [f"axe {rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in results.response["violations"]]


def figures(page: Page) -> list[str]:
    """2. What axe cannot see of a chart: its message, subtitle, table with the same numbers, no focus, no cloud."""
    return [fault for figure in page.evaluate(FIGURES) for fault in _figure(figure)]


def _figure(figure: dict[str, Any]) -> list[str]:
    sub, texts = figure["sub"] or "", figure["texts"]
    held = {
        "no message": 0 < len(figure["heading"] or "") <= 90,
        "no unit or period": bool(PERIOD.search(sub) and UNIT.search(sub)),
        "not an image": figure["role"] == "img",
        "not drawn": figure["drawn"],
        "no table": bool(figure["table"]) and figure["caption"] and figure["scopes"],
        "focusable": figure["focusable"] == 0,
        "exposed": figure["exposed"] == 0,
        "cloud": figure["config"] == [False, False, ""],
        "markup": not re.search(r"<(?:b|i|span)\b", figure["json"]),
        "other numbers": all(_squeezed(text) in _squeezed(figure["table"] or "") for text in texts),
    }
    return [f"{figure['slug']}: {name}" for name, holds in held.items() if not holds]


def _squeezed(text: str) -> str:
    return re.sub(r"<br>|\s|%", "", text)


def verdicts(page: Page) -> list[str]:
    """5. Without colour every verdict still has a mark and a word."""
    faults = []
    for verdict in page.evaluate(VERDICTS):
        if verdict["marks"] != 1 or not re.search(r"[^\W\d]{4,}", verdict["words"]):
            faults.append(f"verdict without mark or word: {verdict['words'].strip()!r}")
    return faults


def sideways(page: Page) -> list[str]:
    """7. At no width does the page scroll sideways, its tables opened."""
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if not _becomes(page, f"document.documentElement.scrollWidth === {width}"):  # charts follow a moment later
            found.append(f"wider than {width}")
    return found


def focus(page: Page, stops: int = 20) -> list[str]:
    """8. By keyboard the focus is always seen and never covered."""
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    found = []
    for _stop in range(stops):
        page.keyboard.press("Tab")
        seen = page.evaluate(FOCUS)
        if seen["outline"] != "3px" or seen["covered"]:
            found.append(f"focus {seen}")
    return found


def still(page: Page) -> list[str]:
    """10. Nothing moves for who asked for stillness, and in forced colours every mark is seen."""
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(MOVING)
    page.emulate_media(forced_colors="active", reduced_motion="no-preference")
    faint = page.evaluate(FAINT)
    page.emulate_media(forced_colors="none")
    return [f"moving: {moving}"] * bool(moving) + [f"faint in forced colours: {faint}"] * bool(faint)


def budget(html: bytes) -> list[str]:
    """12. The page weighs no more than 120 KB."""
    return [f"{len(html)} bytes"] if len(html) > HTML_BYTES else []


def words(page: Page, language: str) -> list[str]:
    """14. No unready word, no number with another language's marks, the page says its language."""
    text = page.locator("main").inner_text()
    found = [*UNREADY.findall(text), *WRONG_MARK[language].findall(text)]
    said = page.locator("html").get_attribute("lang")
    return found if said == language else [*found, f"lang={said}"]
