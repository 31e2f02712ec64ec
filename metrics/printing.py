"""A document becomes a tagged PDF in Chromium, which gets everything from this process and nothing from a network."""

import mimetypes
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Unfinished
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Page, Route, sync_playwright

OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND"
WIDTH, HEIGHT = 794, 1123  # A4 in CSS pixels
PATIENCE = 60_000
BEAT = 1.0
DRAWN = "document.body.dataset.drawn === 'yes' || !document.querySelector('[data-fig]')"


class NoBrowser(RuntimeError):
    """This machine has no Chromium."""


def pdf(document: str, style: str, beat: Callable[[str], object] = lambda step: None) -> bytes:
    """The document on paper. ``beat`` is called every second with the step just begun, or with nothing.

    Chromium's loop runs in a thread of its own, where Django is not; ``beat`` in the caller's, which may ask the
    database. NoBrowser where this machine has none, Playwright's Error where it gives up.
    """
    if not settings.CHROMIUM:
        raise NoBrowser
    steps: SimpleQueue[str] = SimpleQueue()
    with ThreadPoolExecutor(1) as drawer:
        printing = drawer.submit(_print, document, style, steps.put)
        while not _finished(printing):
            beat(_last(steps))
    return printing.result()


def _finished(printing: "Future[bytes]") -> bool:
    try:
        printing.exception(timeout=BEAT)
    except Unfinished:
        return False
    return True


def _last(steps: "SimpleQueue[str]") -> str:
    last = ""
    while True:
        try:
            last = steps.get_nowait()
        except Empty:
            return last


def _print(document: str, style: str, tell: Callable[[str], object]) -> bytes:
    address = f"{settings.SITE_URL or 'http://localhost'}/"
    given = {"": (document, "text/html"), "stampa.css": (style, "text/css")}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=settings.CHROMIUM, args=[*settings.CHROMIUM_ARGUMENTS, OFFLINE]
        )
        try:
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.route("**/*", lambda route: _answer(route, given))
            tell("drawing")
            _draw(page, address)
            tell("printing")
            return page.pdf(tagged=True, outline=True, prefer_css_page_size=True)
        finally:
            browser.close()


def _draw(page: Page, address: str) -> None:
    page.emulate_media(media="print")
    page.goto(address, wait_until="load", timeout=PATIENCE)
    page.wait_for_function(DRAWN, timeout=PATIENCE)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function("document.body.dataset.fitted === 'yes'", timeout=PATIENCE)


def _answer(route: Route, given: dict[str, tuple[str, str]]) -> None:
    """The document, its margins and the static files; every other address does not exist."""
    path = urlsplit(route.request.url).path
    file = _static(path)
    text = None if file else given.get(path.rpartition("/")[2])
    if text is not None:
        route.fulfill(body=text[0], content_type=f"{text[1]}; charset=utf-8")
        return
    if file is None:
        route.abort()
    else:
        route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0])


def _static(path: str) -> Path | None:
    """The file behind a static address: of the checkout by its own name, collected by the name with its hash."""
    if not path.startswith(settings.STATIC_URL):
        return None
    name = unquote(path.removeprefix(settings.STATIC_URL))
    found = finders.find(name)
    if isinstance(found, str):
        return Path(found)
    root = Path(settings.STATIC_ROOT).resolve()
    collected = (root / name).resolve()
    return collected if collected.is_relative_to(root) and collected.is_file() else None
