"""PURE: orders of a world, drawn with numpy: their results, their customers' answers, their unit and fold."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from metrics.simulation.company import DURATIONS, World
from metrics.stats.exact import MILLION, FloatArray, IntArray
from metrics.stats.kinds import Kind

FOLDS = 64
SPREAD = 0.6
EVENTS = 0.03
SCALES = {Kind.MEAN: (1, 10, 7.0, 1.7), Kind.TOP_BOX: (1, 5, 3.4, 0.9), Kind.NPS: (0, 10, 7.5, 2.0)}
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Cases:
    """Orders with their fold and unit (n,), each indicator's value in millionths (n,), and who answered."""

    fold: IntArray
    unit: IntArray
    values: Mapping[str, IntArray]
    answered: Mapping[str, BoolArray]


def draw(world: World, chance: np.random.Generator, *, now: bool, exactly: int | None = None) -> Cases:
    """Return a quarter's cases: Poisson many about ``world.cases``, or ``exactly`` so many.

    ``now`` adds the shift of the results; nothing else differs between the two quarters.
    """
    truth = world.truth
    n = int(chance.poisson(world.cases)) if exactly is None else exactly
    unit = chance.choice(world.units, size=n, p=truth.unit_share)
    common = chance.normal(size=(world.departments, n))
    values: dict[str, IntArray] = {}
    answered: dict[str, BoolArray] = {}
    felt = np.zeros((world.departments, n))
    for place, row in enumerate(world.results):
        own = chance.normal(size=n) * np.sqrt(1 - truth.loading**2) + truth.loading * common[place // 4]
        own += truth.unit_level[place, unit]
        level = truth.level[place] + truth.shift[place] * now
        values[row.slug], moved = _result(Kind(row.kind), own, level, chance)
        felt -= truth.weights[place][:, None] * moved
    for place, row in enumerate(world.outcomes):
        mood = felt[place] + truth.unit_effect[unit] + chance.normal(size=n) + truth.base[place]
        values[row.slug] = _answer(Kind(row.kind), mood)
        answered[row.slug] = chance.random(n) < truth.answers[place]
    return Cases(chance.integers(0, FOLDS, n), unit, values, answered)


def _result(kind: Kind, score: FloatArray, level: float, chance: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """The value in millionths of its stored unit, and what of it customers feel, in about standard deviations."""
    if kind is Kind.SHARE:
        met = (score < level).astype(np.int64)
        return met * MILLION, 2.0 * met.astype(np.float64)
    if kind in DURATIONS:
        seconds: FloatArray = np.rint(np.exp(level + SPREAD * score))
        felt: FloatArray = seconds / np.exp(level) - 1.0
        return seconds.astype(np.int64) * MILLION, felt
    events = chance.poisson(EVENTS * np.exp(level - np.log(900.0)), score.shape)
    return events.astype(np.int64) * MILLION, np.zeros(score.shape)


def _answer(kind: Kind, mood: FloatArray) -> IntArray:
    """The customer's answer in millionths: votes 1–10, 1–5, 0–10, or yes and no."""
    if kind is Kind.SHARE:
        return (mood > 0).astype(np.int64) * MILLION
    low, high, middle, step = {Kind.MEAN: (1, 10, 7.0, 1.7), Kind.TOP_BOX: (1, 5, 3.4, 0.9)}.get(
        kind, (0, 10, 7.5, 2.0)
    )
    return np.clip(np.rint(middle + step * mood), low, high).astype(np.int64) * MILLION
