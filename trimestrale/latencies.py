"""How long answers take, the doorstep's included: a histogram of all web processes, in Prometheus' own form.

Each process counts by itself and adds what it counted to the shared cache every few seconds, so that an answer costs no
question. A process that ends takes its last seconds' counts with it.
"""

import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.core.cache import cache

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

NAME, WORDS = "answer_seconds", "from a request's arrival to its answer's first byte"
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
PLACES = [*(f"{bound:g}" for bound in BOUNDS), "+Inf"]
EVERY = 5.0  # seconds
MICRO = 1_000_000
Line = tuple[str, str, dict[str, str], float]  # as in trimestrale.gauges


class Timed:
    """The WSGI application with a clock in front of it."""

    def __init__(self, application: "WSGIApplication") -> None:
        self.application = application
        self.counts = dict.fromkeys([*PLACES, "sum"], 0)
        self.told = time.monotonic()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began = time.monotonic()
        try:
            return self.application(environ, start_response)
        finally:
            now = time.monotonic()
            self._note(now - began)
            if now - self.told >= EVERY:
                self.told = now
                self._tell()

    def _note(self, seconds: float) -> None:
        self.counts[PLACES[bisect_left(BOUNDS, seconds)]] += 1
        self.counts["sum"] += round(seconds * MICRO)

    def _tell(self) -> None:
        """Adds what was counted to what all counted; where the cache does not answer, it is kept for the next time."""
        try:
            for name, count in self.counts.items():
                if count:
                    cache.add(_key(name), 0, None)
                    cache.incr(_key(name), count)
                    self.counts[name] = 0
        except Exception:  # counting must never make an answer worse
            return


def lines() -> Iterator[Line]:
    """Every bucket with the ones below it, the sum in seconds, and how many answers; nothing where none was counted."""
    try:
        found = cache.get_many([_key(name) for name in (*PLACES, "sum")])
    except Exception:
        return
    total = 0
    for place in PLACES if found else ():
        total += found.get(_key(place), 0)
        yield f"{NAME}_bucket", WORDS, {"le": place}, total
    if found:
        yield f"{NAME}_sum", WORDS, {}, found.get(_key("sum"), 0) / MICRO
        yield f"{NAME}_count", WORDS, {}, total


def _key(name: str) -> str:
    return f"{NAME}-{name}"
