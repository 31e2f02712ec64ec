"""A task of ux 6 done on a page: every key and click the browser takes, and the seconds it lasts, within its bounds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

COUNT = """(() => {
    if (window.counted) return;
    window.counted = true;
    const note = (what) => {
        sessionStorage.presses = JSON.stringify([...JSON.parse(sessionStorage.presses ?? "[]"), what]);
    };
    const typed = (event) => event.target.matches("input, textarea, select")
        && (event.key.length === 1 || ["Tab", "Shift", "Backspace"].includes(event.key));
    addEventListener("click", (event) => { if (event.isTrusted && event.detail) note("click"); }, true);
    addEventListener("keydown", (event) => { if (event.isTrusted && !typed(event)) note(event.key); }, true);
})()"""


@contextmanager
def task(page: Page, presses: int, seconds: float) -> Iterator[None]:
    """Fails where what is done inside takes more presses or more seconds; writing into fields is not counted.

    A field that is filled or chosen from by the test's own hand counts as typing, like a letter or Tab in a field.
    The presses are the browser's own events, so a page that needs one more than the test thinks shows it.
    """
    page.context.add_init_script(COUNT)
    page.evaluate(COUNT)
    page.evaluate("sessionStorage.presses = '[]'")
    began = time.monotonic()
    yield
    lasted = time.monotonic() - began
    done: list[str] = page.evaluate("JSON.parse(sessionStorage.presses)")
    assert done, "nothing was pressed"
    assert len(done) <= presses, f"{len(done)} presses, {presses} allowed: {done}"
    assert lasted <= seconds, f"{lasted:.1f} s, {seconds} allowed"
