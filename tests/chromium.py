"""A real Chromium whose pages fail the test when they break the content policy, log an error or call outside."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from company.models import User
from trimestrale import chromium

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """Chromium, started once; the test is skipped where the machine has none."""
    program = chromium.find()
    if program is None:
        pytest.skip(f"skipped: no Chromium ({chromium.ADVICE})")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this very thread, and Django would take it for ours
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=program, args=chromium.ARGUMENTS)
        yield browser
        browser.close()


class Guard:
    """What a page did that it must not do."""

    def __init__(self, home: str) -> None:
        self.host = urlsplit(home).netloc
        self.faults: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        """Follows every page of the context, now and later."""
        context.route("**/*", self._route)
        context.on("console", lambda said: self._note("console", said.text) if said.type == "error" else None)
        context.on("weberror", lambda error: self._note("error", str(error.error)))

    def _route(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        if parts.scheme in {"http", "https"} and parts.netloc != self.host:
            self._note("outside", route.request.url)
            route.abort()
        else:
            route.continue_()

    def _note(self, kind: str, text: str) -> None:
        self.faults.append(f"{kind}: {text}")


@pytest.fixture
def guard(live_server: object) -> Iterator[Guard]:
    """The guard of the test's pages; at the end it must have noted nothing (a test may empty ``guard.faults``)."""
    guard = Guard(str(live_server))
    yield guard
    assert guard.faults == []


@pytest.fixture
def open_page(chrome: Browser, live_server: object, guard: Guard) -> Iterator[Open]:
    """Opens an address of the live server: ``open_page("/t/2026-3/", user=analyst, width=360)``."""
    contexts: list[BrowserContext] = []

    def open_it(path: str = "/", user: User | None = None, width: int = 1280, **options: object) -> Page:
        made = {"base_url": str(live_server), "viewport": {"width": width, "height": 900}, "locale": "it-IT", **options}
        context = chrome.new_context(**made)  # type: ignore[arg-type]
        contexts.append(context)
        guard.watch(context)
        if user is not None:
            sign_in(context, user, str(live_server))
        page = context.new_page()
        page.goto(path, wait_until="load")
        return page

    yield open_it
    for context in contexts:
        context.close()


def sign_in(context: BrowserContext, user: User, home: str) -> None:
    """The context's cookies are those of the signed-in person."""
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": name, "value": morsel.value, "url": home} for name, morsel in client.cookies.items()])
