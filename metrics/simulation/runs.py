"""PURE: the whole simulation, cut into pieces that any number of processes may take; the pieces fix their own seeds."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import numpy as np

from metrics.simulation.audit import Audit, audit_pair, audit_table
from metrics.simulation.company import World
from metrics.simulation.coverage import Trial, population, sightings, tally, trial, worlds
from metrics.simulation.pages import PLANTED, SIZES, Falsehood, Power, Sort, false_verdicts, power
from metrics.simulation.paper import Results
from metrics.stats.kinds import Kind

BATCH = 25
PAGES = {
    "one stage, nothing moved": Sort(1),
    "eight stages, nothing moved": Sort(8),
    "one stage, few answers, nothing moved": Sort(1, sizes=(40, 61)),
    "one stage, the same customers in all figures, nothing moved": Sort(1, together=0.5),
    "one stage, ten of forty moved": Sort(1, 10),
    "eight stages, ten of forty moved": Sort(8, 10),
}

Truths = dict[tuple[str, ...], Decimal]


class Hands(Protocol):
    """Something that applies a function to pieces, in order: ``map`` or a pool's ``imap``."""

    def __call__(self, work: Callable[[Any], Any], pieces: Sequence[Any], /) -> Iterable[Any]: ...


@dataclass(frozen=True)
class Batch:
    """Quarters ``first`` … ``first + count − 1`` of a world."""

    world: World
    truth: Truths
    first: int
    count: int


def run(quarters: int, pages: int, seed: int, hands: Hands) -> Results:
    """Return coverage over so many quarters, false verdicts over so many pages, and power; the same for any hands."""
    results = Results(seed, quarters, pages)
    tried = worlds(seed)
    truths = list(hands(population, tried))
    trials: list[Trial] = [one for batch in hands(_trials, list(_batches(tried, truths, quarters))) for one in batch]
    results.coverage, results.seen = tally(trials), sightings(trials)
    results.false = falsehoods(pages, seed, hands)
    tried_pages = max(20, quarters // 5)
    planted = [(kind, moved, n, tried_pages, seed) for kind, sizes in PLANTED for moved in sizes for n in SIZES]
    results.power = list(hands(_power, planted))
    return results


def falsehoods(pages: int, seed: int, hands: Hands) -> dict[str, Falsehood]:
    """Return what so many pages of every sort say that is false."""
    jobs = [(sort, min(BATCH, pages - first), seed + first) for sort in PAGES.values() for first in _firsts(pages)]
    found: list[Falsehood] = list(hands(_pages, jobs))
    per = len(_firsts(pages))
    return {name: sum(found[k * per : (k + 1) * per], Falsehood()) for k, name in enumerate(PAGES)}


def audit(tables: int, seed: int, hands: Hands) -> Audit:
    """Return the attack on so many tables and as many pairs of filters."""
    jobs = [(min(BATCH, tables - first), seed + first) for first in _firsts(tables)]
    found: Iterator[Audit] = iter(hands(_attacks, jobs))
    return sum(found, Audit())


def _firsts(count: int) -> range:
    return range(0, count, BATCH)


def _batches(tried: Sequence[World], truths: Sequence[Truths], quarters: int) -> Iterator[Batch]:
    for place, (world, truth) in enumerate(zip(tried, truths, strict=True)):
        count = quarters // len(tried) + (place < quarters % len(tried))
        for first in _firsts(count):
            yield Batch(world, truth, first, min(BATCH, count - first))


def _trials(batch: Batch) -> list[Trial]:
    return [trial(batch.world, batch.truth, batch.first + k) for k in range(batch.count)]


def _pages(job: tuple[Sort, int, int]) -> Falsehood:
    return false_verdicts(*job)


def _power(job: tuple[Kind, float, int, int, int]) -> Power:
    return power(*job)


def _attacks(job: tuple[int, int]) -> Audit:
    count, seed = job
    chance = np.random.default_rng([seed, 4])
    return sum((piece(chance) for piece in (audit_table, audit_pair) for _ in range(count)), Audit())
