"""What a browser sees of a page: bytes over the wire, when there is text, when the charts are drawn."""

import contextlib
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from trimestrale import chromium

TIMES, PATIENCE = 5, 60_000
WATCH = """
(() => {
  window.drawnAt = [];
  const known = new Set();
  const look = () => {
    for (const plot of document.querySelectorAll(".js-plotly-plot"))
      if (!known.has(plot) && plot.querySelector(".main-svg .trace")) {
        known.add(plot);
        window.drawnAt.push(performance.now());
      }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
})();
"""
TEXT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


@dataclass(frozen=True)
class Seen:
    """One view: bytes received, milliseconds from its start to the first text, to load, to the first and last chart."""

    received: float
    text: float
    loaded: float
    first: float
    last: float


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Chromium; AssertionError where the machine has none."""
    program = chromium.find()
    if program is None:
        raise AssertionError(f"no Chromium: {chromium.ADVICE}")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=chromium.ARGUMENTS)
        yield opened
        opened.close()


def first_views(chrome: Browser, address: str, cookies: list[Any], charts: int) -> Seen:
    """The page in a browser that knows nothing, the median of some views."""
    seen = []
    for _ in range(TIMES):
        context = _context(chrome, cookies)
        seen.append(_view(context, address, charts))
        context.close()
    return Seen(*(statistics.median(values) for values in zip(*map(_values, seen), strict=True)))


def second_view(chrome: Browser, addresses: tuple[str, ...], cookies: list[Any]) -> float:
    """The most bytes that any address needs after the first one was seen."""
    context = _context(chrome, cookies)
    views = [_view(context, address, 0).received for address in addresses]
    context.close()
    return max(views[1:])


def _values(seen: Seen) -> tuple[float, ...]:
    return seen.received, seen.text, seen.loaded, seen.first, seen.last


def _context(chrome: Browser, cookies: list[Any]) -> BrowserContext:
    context = chrome.new_context(viewport={"width": 1280, "height": 900}, locale="it-IT")
    context.add_cookies(cookies)
    context.add_init_script(WATCH)
    return context


def _view(context: BrowserContext, address: str, charts: int) -> Seen:
    page = context.new_page()
    wire = context.new_cdp_session(page)
    received: list[float] = []
    wire.send("Network.enable")
    wire.on("Network.loadingFinished", lambda told: received.append(told["encodedDataLength"]))
    page.goto(address, wait_until="load", timeout=PATIENCE)
    page.wait_for_function(f"window.drawnAt.length >= {charts}", timeout=PATIENCE)
    page.wait_for_load_state("networkidle")
    drawn = page.evaluate("window.drawnAt") or [0.0]
    seen = Seen(sum(received), page.evaluate(TEXT), page.evaluate(LOADED), drawn[0], drawn[-1])
    page.close()
    return seen
