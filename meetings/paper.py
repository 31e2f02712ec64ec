"""Pages on paper: a tagged PDF printed by Chromium, which gets everything from this machine and asks nobody else."""

import mimetypes
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import Route, sync_playwright

HOME = "http://paper.invalid/"
WIDTH = 680


def pdf(html: str) -> bytes | None:
    """The page as a PDF with bookmarks and language; None where the machine has no Chromium."""
    program = settings.CHROMIUM
    if not program:
        return None
    with ThreadPoolExecutor(max_workers=1) as alone:  # Playwright's loop wants a thread that Django does not use
        return alone.submit(_printed, program, html).result()


def _printed(program: str, html: str) -> bytes:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=settings.CHROMIUM_ARGUMENTS)
        try:
            page = browser.new_page(viewport={"width": WIDTH, "height": 900}, java_script_enabled=False)
            page.route("**/*", lambda route: _serve(route, html))
            page.goto(HOME)
            page.emulate_media(media="print")
            return page.pdf(tagged=True, outline=True, prefer_css_page_size=True)
        finally:
            browser.close()


def _serve(route: Route, html: str) -> None:
    """The page itself and our static files; nothing else."""
    address = route.request.url
    if address == HOME:
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
        return
    file = _static(urlsplit(address).path) if address.startswith(HOME) else None
    if file is None:
        route.abort()
    else:
        route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "font/woff2")


def _static(path: str) -> Path | None:
    if not path.startswith(settings.STATIC_URL):
        return None
    name = path.removeprefix(settings.STATIC_URL)
    collected = (Path(settings.STATIC_ROOT) / name).resolve()
    if collected.is_file() and collected.is_relative_to(Path(settings.STATIC_ROOT).resolve()):
        return collected
    found = finders.find(name)
    return Path(str(found)) if found else None
