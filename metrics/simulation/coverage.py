"""PURE: how often a nominal 95 % interval holds the truth, over quarters drawn from worlds whose truth is known."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from metrics.derive.inputs import Inputs
from metrics.derive.report import derive
from metrics.engine.moments import Facts
from metrics.report import EffectRow, FigureRow, Report
from metrics.simulation.cases import draw
from metrics.simulation.company import COMPANY, World
from metrics.simulation.sums import facts

POPULATION = 500_000
SMALL = Decimal("0.05")

Ends = tuple[Decimal | None, Decimal | None]
Statement = tuple[str, tuple[str, ...], Decimal, Ends]


def inputs(world: World, now: Facts, before: Facts | None) -> Inputs:
    """Return what a report of the world's quarter is made of."""
    return Inputs(
        quarter="2026-3",
        starts="2026-07-01",
        ends="2026-09-30",
        previous="2026-2" if before is not None else "",
        company=COMPANY,
        stages=world.stages,
        departments=world.owners,
        indicators=world.indicators,
        units=world.shops,
        targets=world.targets,
        now=now,
        before=before,
        year=None,
    )


def report(world: World, chance: np.random.Generator, exactly: int | None = None) -> Report:
    """Return the report of one drawn quarter and the one before it."""
    now = facts(world, draw(world, chance, now=True, exactly=exactly))
    before = facts(world, draw(world, chance, now=False, exactly=exactly))
    return derive(inputs(world, now, before))


@dataclass(frozen=True)
class Tally:
    """Intervals of one statistic: how many were given, held the truth, lay wholly under or over it, were withheld."""

    given: int = 0
    held: int = 0
    under: int = 0
    over: int = 0
    withheld: int = 0

    @property
    def coverage(self) -> float:
        return self.held / self.given if self.given else float("nan")


def worlds(seed: int) -> list[World]:
    """Return the truths tried: small, middling and large quarters, quiet and violent."""
    sizes = (150, 300, 600, 1000, 1500, 2000, 3000, 5000)
    return [
        World(
            seed * 100 + place,
            cases,
            departments=4,
            units=4 + 2 * place,
            moved=0.5 + place % 3,
            differing=0.15 * (place % 3),
        )
        for place, cases in enumerate(sizes)
    ]


def population(world: World) -> dict[tuple[str, ...], Decimal]:
    """Return the truth of every statement: what the report says of half a million cases in each quarter.

    At that size its own error is under a tenth of that of the largest quarter tried. Totals are per ``world.cases``.
    """
    found = report(world, np.random.default_rng([world.seed, 2]), POPULATION)
    totals = {row.slug for row in world.results if row.kind == "total"}
    factor = Decimal(world.cases) / POPULATION
    return {
        key: value * (factor if key[-1] in totals and key[0] in ("value", "change") else 1)
        for _, key, value, _ in statements(world, found)
    }


@dataclass(frozen=True)
class Trial:
    """One drawn quarter: by statistic the fate of its intervals, and by distance whether true impacts were found."""

    fates: dict[str, Counter[str]]
    seen: dict[int, Counter[str]]


def trial(world: World, truth: dict[tuple[str, ...], Decimal], seed: int) -> Trial:
    """Return what one drawn quarter says of the truth."""
    fates: dict[str, Counter[str]] = {}
    seen: dict[int, Counter[str]] = {}
    chance = np.random.default_rng([world.seed, 3, seed])
    said = {key: (name, ends) for name, key, _, ends in statements(world, report(world, chance))}
    for key, true in truth.items():
        if key not in said:
            continue
        name, (low, high) = said[key]
        if name == "LMG":
            name = "LMG share under 0.05" if true < SMALL else "LMG share"
        fate = "withheld"
        if low is not None and high is not None:
            fate = "under" if high < true else "over" if low > true else "held"
            if name == "department impact against before" and true and high > low:
                distance = min(5, int(abs(true) / (high - low) * 4))
                seen.setdefault(distance, Counter())[_sight(true, low, high)] += 1
        fates.setdefault(name, Counter())[fate] += 1
    return Trial(fates, seen)


def _sight(true: Decimal, low: Decimal, high: Decimal) -> str:
    if low <= 0 <= high:
        return "missed"
    return "found" if (low > 0) == (true > 0) else "wrong"


def sightings(trials: Iterable[Trial]) -> dict[int, Counter[str]]:
    """Return, by distance of a department's true impact from 0 in standard errors, how many were found."""
    sums: dict[int, Counter[str]] = {}
    for one in trials:
        for distance, counts in one.seen.items():
            sums.setdefault(distance, Counter()).update(counts)
    return dict(sorted(sums.items()))


def tally(trials: Iterable[Trial]) -> dict[str, Tally]:
    """Return the sums of many trials, by statistic."""
    sums: dict[str, Counter[str]] = {}
    for one in trials:
        for name, fates in one.fates.items():
            sums.setdefault(name, Counter()).update(fates)
    return {
        name: Tally(
            fates["held"] + fates["under"] + fates["over"],
            fates["held"],
            fates["under"],
            fates["over"],
            fates["withheld"],
        )
        for name, fates in sorted(sums.items())
    }


def statements(world: World, found: Report) -> Iterator[Statement]:
    """Yield every interval of a report: statistic, key, value, ends."""
    kinds = {row.slug: row.kind.replace("_", " ") for row in world.indicators}
    for row in found.figures:
        if row.value is not None:
            yield from _figure(row, kinds.get(row.indicator, "health"))
    for effect in found.effects:
        yield from _effect(effect)
    for step in found.bridge:
        if step.points is not None and step.kind in ("stage", "unexplained"):
            name = "bridge step" if step.kind == "stage" else "unexplained"
            yield name, ("bridge", step.kind, step.component), step.points, (step.low, step.high)


def _figure(row: FigureRow, name: str) -> Iterator[Statement]:
    key = (row.level, row.stage, row.unit, row.indicator)
    name = f"{name} of a unit" if row.unit else name
    if row.value is not None:
        yield name, ("value", *key), row.value, (row.low, row.high)
    if row.change is not None:
        yield f"change of {name}", ("change", *key), row.change, (row.change_low, row.change_high)


def _effect(row: EffectRow) -> Iterator[Statement]:
    key = (row.kind, row.reference, row.department, row.stage, row.outcome, row.unit, row.touchpoint, row.indicator)
    if row.kind == "driver" and row.share is not None:
        yield "LMG", ("share", *key), row.share, (row.share_low, row.share_high)
    if row.points is not None:
        kind = "department impact" if row.kind == "impact" and not row.indicator else row.kind
        of = " of a unit" if row.unit else " of a touchpoint" if row.touchpoint else ""
        about = f" against {row.reference}" if row.reference else of
        yield kind + about, ("points", *key), row.points, (row.low, row.high)
