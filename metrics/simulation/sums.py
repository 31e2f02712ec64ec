"""PURE: the exact sums of drawn cases, as an engine would give them."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.derive.inputs import measures, questions
from metrics.engine.moments import Facts, Measure, Ordered, Question
from metrics.simulation.cases import FOLDS, Cases
from metrics.simulation.company import World
from metrics.stats.crossproducts import CrossProducts
from metrics.stats.exact import MILLION, IntArray
from metrics.stats.kinds import ORDERED, Kind, Moments

LIMB = 18


def facts(world: World, cases: Cases) -> Facts:
    """Return the quarter's facts: moments by fold and unit, ordered values, cross-products by fold."""
    found = Facts()
    asked = questions(world.indicators)
    outcomes = {question.outcome for question in asked}
    for measure in measures(world.indicators):
        slug = measure.slug
        known = cases.answered.get(slug, np.ones(len(cases.fold), dtype=np.bool_))
        values, fold, unit = cases.values[slug][known], cases.fold[known], cases.unit[known]
        found.folds[slug] = dict(_filled(grouped(measure, values, fold, FOLDS)))
        by_unit = _filled(grouped(measure, values, unit, world.units))
        found.units[slug] = {world.shops[u][0]: moments for u, moments in by_unit}
        if slug in outcomes:
            found.unit_folds[slug] = _unit_folds(world, measure, values, (unit, fold))
        if measure.kind in ORDERED:
            order = np.argsort(values, kind="stable")
            found.ordered[slug] = Ordered(values[order], fold[order].astype(np.uint8))
    by_slug = {measure.slug: measure for measure in measures(world.indicators)}
    for question in asked:
        _lay_wide(found, world, cases, question, by_slug[question.outcome])
    return found


def grouped(measure: Measure, values: IntArray, group: IntArray, size: int) -> list[Moments]:
    """Return the moments of each of ``size`` groups, exact: 18-bit limbs add up in float64 without rounding."""
    high, low = (None if end is None else int(end * MILLION) for end in (measure.high, measure.low))
    counts = np.bincount(group, minlength=size)
    limbs = [values & ((1 << LIMB) - 1), values >> LIMB & ((1 << LIMB) - 1), values >> 2 * LIMB]
    sums, squares = [0] * size, [0] * size
    for a, first in enumerate(limbs):
        _add(sums, np.bincount(group, first, size), a * LIMB)
        for b, second in enumerate(limbs):
            _add(squares, np.bincount(group, first * second, size), (a + b) * LIMB)
    his = np.bincount(group[values >= high], minlength=size) if high is not None else np.zeros(size)
    los = np.bincount(group[values <= low], minlength=size) if low is not None else np.zeros(size)
    return [Moments(int(counts[g]), sums[g], squares[g], int(his[g]), int(los[g])) for g in range(size)]


def _add(totals: list[int], partial: npt.NDArray[np.number[Any]], shift: int) -> None:
    if partial.any():
        for g, part in enumerate(partial.tolist()):
            totals[g] += int(part) << shift


def _filled(groups: Iterable[Moments]) -> list[tuple[int, Moments]]:
    return [(place, moments) for place, moments in enumerate(groups) if moments.n]


def _unit_folds(
    world: World, measure: Measure, values: IntArray, place: tuple[IntArray, IntArray]
) -> dict[str, dict[int, Moments]]:
    cells = grouped(measure, values, place[0] * FOLDS + place[1], world.units * FOLDS)
    split = [cells[u * FOLDS : (u + 1) * FOLDS] for u in range(world.units)]
    return {code: dict(_filled(folds)) for (code, _), folds in zip(world.shops, split, strict=True)}


def _lay_wide(found: Facts, world: World, cases: Cases, question: Question, outcome: Measure) -> None:
    """Cross-products of the drivers, and votes by event; results are known of every case."""
    answered = cases.answered[outcome.slug]
    names = (outcome.slug, *question.drivers)
    columns = [outcome.worth(cases.values[outcome.slug][answered])]
    columns += [cases.values[name][answered] for name in question.drivers]
    if question.drivers:
        rows = np.column_stack(columns)
        found.joined.drivers[outcome.slug] = _by_group(names, rows, cases.fold[answered], FOLDS)
        units = _by_group(names, rows, cases.unit[answered], world.units)
        found.joined.driver_units[outcome.slug] = {world.shops[unit][0]: sums for unit, sums in units.items()}
    everyone = _plain(columns[0], cases.fold[answered])
    for event in question.events:
        met = cases.values[event][answered] >= MILLION
        pairs = zip(_plain(columns[0][met], cases.fold[answered][met]), everyone, strict=True)
        found.joined.events[outcome.slug, event] = {fold: pair for fold, pair in enumerate(pairs) if pair[1].n}
    for first, second in question.pairs:
        cell = (cases.values[first][answered] * 2 + cases.values[second][answered]) // MILLION
        cells = _filled(grouped(Measure(outcome.slug, Kind.MEAN), columns[0], cell, 4))
        found.joined.cells[outcome.slug, first, second] = {(at >> 1, at & 1): moments for at, moments in cells}


def _plain(values: IntArray, folds: IntArray) -> list[Moments]:
    """How many and their sum in each fold."""
    return [Moments(one.n, one.s) for one in grouped(Measure("", Kind.MEAN), values, folds, FOLDS)]


def _by_group(names: tuple[str, ...], rows: IntArray, group: IntArray, size: int) -> dict[int, CrossProducts]:
    order = np.argsort(group, kind="stable")
    ends = np.cumsum(np.bincount(group, minlength=size))
    parts = np.split(rows[order], ends[:-1])
    return {number: CrossProducts.of(names, part) for number, part in enumerate(parts) if len(part)}
