"""Ninety minutes of a meeting at speed: every point and view, notes, timer, reveal, proposal, decision, dots, closing.

Two rooms and the facilitator's console take turns; of each step it is noted when the others show it. Two seconds is the
promise, which ``make faults`` holds; tests only ask that everybody arrives.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle

from playwright.sync_api import Page

VIEW = "id => document.querySelector('.view:not([hidden])')?.id === id"
HERE = "to => document.querySelector('[data-to][aria-current]')?.dataset.to === to"
SAYS = "words => document.querySelector('.view:not([hidden])').innerText.includes(words)"
BLANK = "on => document.querySelector('[data-blank]').hidden !== on"
TABLE = "on => document.querySelector('.view:not([hidden]) .room-instead').hidden !== on"
REVEALED = "on => document.body.classList.contains('revealed') === on"
POLL = "() => document.querySelector('.view-poll') !== null"
PAGE = "end => location.pathname.endsWith(end)"
CLOCK = """([low, high]) => {
  const found = /([+]?)(\\d+):(\\d\\d)/.exec(document.querySelector('[data-time]').textContent);
  const left = found && (found[1] ? -1 : 1) * (60 * Number(found[2]) + Number(found[3]));
  return found !== null && low <= left && left <= high;
}"""
VIEWS = """() => [...document.querySelectorAll('.view')].map(({id, dataset, className, innerHTML}) => [
  id, Number(dataset.item), Number(dataset.view), className === 'view view-guess', innerHTML.includes('"plot"')])"""
SLACK = 60
PROPOSAL = "Avvisare entro le 12 chi aspetta una consegna"
Seen = tuple[Page, str, object]


@dataclass(frozen=True)
class View:
    """A view of the room: its id, its place, whether it has something to reveal or a chart."""

    id: str
    item: int
    view: int
    guess: bool
    chart: bool

    @property
    def to(self) -> str:
        """As the console names it."""
        return str(self.item) if self.view == 1 else f"{self.item}.{self.view}"


@dataclass
class Script:
    """The screens of one meeting and what every step took; ``patience`` seconds for each."""

    rooms: tuple[Page, Page]
    console: Page
    phone: Callable[[str], Page]
    patience: float = 20.0
    steps: list[tuple[str, float]] = field(default_factory=list)

    def hold(self, minutes: Sequence[int], whole: bool = True) -> None:
        """The meeting with its points' minutes, up to its close; not ``whole``: of a point its first view, no timer."""
        hands, keys = cycle(self.rooms), cycle(["ArrowRight", "PageDown", " "])
        self._timed("timer", lambda: self.rooms[0].keyboard.press("p"), 60 * minutes[0])
        for here in self._views():
            if here.view == 1:
                self._point(here, next(hands))
                if whole or here.item == 1:
                    self._timer(here.item, 60 * minutes[here.item - 1])
            elif whole or here.guess:
                self._turned(here, next(hands), next(keys) if whole else "")
            if whole and here.chart:
                self._shown("t", TABLE, f"table {here.to}")
            if here.guess:
                self._shown("r", REVEALED, f"reveal {here.to}")
        self._shown("b", BLANK, "blank")
        self._followed()
        self._decided()
        self._dots()
        self._closed()

    @property
    def slowest(self) -> tuple[str, float]:
        """The step that took longest, and its seconds."""
        return max(self.steps, key=lambda step: step[1])

    def _views(self) -> list[View]:
        return [View(*row) for row in self.rooms[0].evaluate(VIEWS)]

    def _step(self, name: str, act: Callable[[], object], *seen: Seen) -> None:
        began = time.perf_counter()
        act()
        for page, condition, wanted in seen:
            page.wait_for_function(condition, arg=wanted, timeout=1000 * self.patience, polling="raf")
        self.steps.append((name, time.perf_counter() - began))

    def _both(self, name: str, act: Callable[[], object], condition: str, wanted: object) -> None:
        self._step(name, act, *((room, condition, wanted) for room in self.rooms))

    def _at(self, name: str, act: Callable[[], object], here: View) -> None:
        first, second = self.rooms
        self._step(name, act, (first, VIEW, here.id), (second, VIEW, here.id), (self.console, HERE, here.to))

    def _turned(self, here: View, room: Page, key: str) -> None:
        """A further view of a point: by key, or for short by the console's list."""
        link = self.console.locator(f"[data-to='{here.to}']")
        self._at(f"view {here.to}", (lambda: room.keyboard.press(key)) if key else link.click, here)

    def _point(self, here: View, room: Page) -> None:
        """A point: reached by key or from the console, and a note."""
        bring = self.console.locator(f"[data-bring='{here.item}']")
        if here.item % 2:
            self._at(f"point {here.item} by key", lambda: room.keyboard.press(str(here.item)), here)
        else:
            self._at(f"point {here.item} brought here", bring.click, here)
        self.console.locator("textarea[name=notes]").nth(here.item - 1).fill(note(here.item))
        self.console.locator("body").press("Escape")

    def _timer(self, item: int, seconds: int) -> None:
        """The point's minutes on every clock, then five more, then five less."""
        more, less = (self.console.locator(f"[data-timer={name}]") for name in ("more", "less"))
        self._timed(f"timer of point {item}", lambda: None, seconds)
        self._timed(f"timer of point {item} +5", more.click, seconds + 300)
        self._timed(f"timer of point {item} −5", less.click, seconds)

    def _timed(self, name: str, act: Callable[[], object], seconds: int) -> None:
        pages = (*self.rooms, self.console)
        self._step(name, act, *((page, CLOCK, [seconds - SLACK, seconds]) for page in pages))

    def _shown(self, key: str, condition: str, name: str) -> None:
        """On by one room, off by the other."""
        for room, on in zip(self.rooms, (True, False), strict=True):
            self._both(f"{name} {on}", lambda room=room: room.keyboard.press(key), condition, on)  # type: ignore[misc]

    def _followed(self) -> None:
        """What was decided before is answered; a proposal left over is taken up and decided."""
        console = self.console
        self._at("back to the decisions", lambda: self.rooms[1].keyboard.press("2"), View("v2-1", 2, 1, False, False))
        done = console.locator("[data-test=done-partly]").first
        self._both("was it done", done.check, SAYS, "in parte")
        console.locator("[data-test=closed]").first.check()
        console.locator("[data-test=take-up]").click()
        console.get_by_label("Entro il", exact=True).fill("2026-12-15")
        self._both("proposal taken up", lambda: None, SAYS, "ripresa come decisione 1")
        console.locator("[data-test=to-decided]").click()
        console.wait_for_function(PAGE, arg="/conduzione/")

    def _decided(self) -> None:
        """A decision typed over the room while the other room watches."""
        writes, watches = self.rooms
        here = View("v6-1", 6, 1, False, False)
        self._at("the decisions' point", self.console.locator("[data-bring='6']").click, here)
        writes.keyboard.press("d")
        words = writes.locator("[data-dialog] textarea[name=proposal]")
        words.fill(PROPOSAL)
        saved = writes.locator("[data-dialog] [data-saved]")
        saved.filter(has_text="Salvato alle").wait_for()
        self._step("words in the other room", lambda: None, (watches, SAYS, PROPOSAL))
        writes.get_by_label("Figura che la sostiene").select_option("ponte")
        writes.get_by_label("Responsabile").select_option(index=1)
        writes.get_by_label("Entro il", exact=True).fill("2026-12-15")
        decide = writes.locator("[data-dialog] [data-test=to-decided]")
        self._step("decided", decide.click, (watches, SAYS, "2 decisioni prese"), (writes, SAYS, "2 decisioni prese"))

    def _dots(self) -> None:
        """A vote opened from the console, and a phone's dots."""
        console = self.console
        self._both("vote opened", console.locator("[data-test=start-poll]").click, POLL, None)
        here = next(view for view in reversed(self._views()) if view.item == 6)
        self._at("the vote's view", console.locator(f"[data-to='{here.to}']").click, here)
        phone = self.phone(console.locator("#voto code").inner_text())
        phone.locator("[name=dot-2][value='3']").check()
        self._both("dots", phone.locator("button[type=submit], form .button").first.click, SAYS, "1 di ")

    def _closed(self) -> None:
        last = View("v7-1", 7, 1, False, False)
        self._at("closing", lambda: self.rooms[0].keyboard.press("7"), last)
        self._both("read back", lambda: None, SAYS, PROPOSAL)
        self._step("closed", self.console.locator("[data-test=close]").click, (self.console, PAGE, "/verbale/"))


def note(item: int) -> str:
    """What is noted at a point."""
    return f"Parole del punto {item}"
