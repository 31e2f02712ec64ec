"""A department's impact on a stage: where, how and how much, closing exactly on the stage's change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .exact import MILLION, FloatArray, Number, exact
from .jackknife import Interval
from .kinds import Moments

REDRAWN = 200


@dataclass(frozen=True, slots=True)
class Driver:
    """A department's result with its coefficient and its level now and at the reference.

    ``beta`` is in points of the stage's score per unit of the driver (coefficient times the slope of the score);
    ``None`` where the coefficient is unstable or was dropped, and then the driver explains nothing. ``reference`` is
    last quarter's level for *variazione*, the target or the best quartile of units for *distanza*; ``None`` where
    unknown.
    """

    name: str
    department: str
    beta: Number | None
    now: Number | None
    reference: Number | None


@dataclass(frozen=True, slots=True)
class Impact:
    """Points of the stage's score per driver and per department; with ``unexplained`` they make ``total`` exactly.

    Without a total, as for a distance from a target, ``total`` and ``unexplained`` are ``None``.
    """

    drivers: dict[str, Fraction]
    departments: dict[str, Fraction]
    unexplained: Fraction | None
    total: Fraction | None


def impact(drivers: Sequence[Driver], stage_change: Number | None = None) -> Impact:
    """Return ``I_d = Σ_{j∈d} β_j·(now_j − reference_j)`` and what the drivers leave unexplained of the stage's change.

    A driver without coefficient or level has no entry, and a department with none of them neither: *impatto ignoto* is
    not 0. Raises ``ValueError`` on a repeated driver.
    """
    if len({driver.name for driver in drivers}) != len(drivers):
        raise ValueError("a driver appears twice")
    points: dict[str, Fraction] = {}
    departments: dict[str, Fraction] = {}
    for driver in drivers:
        if driver.beta is None or driver.now is None or driver.reference is None:
            continue
        points[driver.name] = exact(driver.beta) * (exact(driver.now) - exact(driver.reference))
        departments[driver.department] = departments.get(driver.department, Fraction(0)) + points[driver.name]
    total = None if stage_change is None else exact(stage_change)
    unexplained = None if total is None else total - sum(points.values(), Fraction(0))
    return Impact(points, departments, unexplained, total)


def company_points(stages: Sequence[tuple[Number, Mapping[str, Fraction]]]) -> dict[str, Fraction]:
    """Return ``Σ_s W_s·I_{d,s}`` per department, points of company health; each item is (W_s, points by department)."""
    sums: dict[str, Fraction] = {}
    for weight, departments in stages:
        for name, points in departments.items():
            sums[name] = sums.get(name, Fraction(0)) + exact(weight) * points
    return sums


def best_quartile(units: Sequence[Number], higher_is_better: bool) -> float | None:
    """Return the level that the best quarter of units reaches (type-7 quartile); ``None`` without units."""
    if not units:
        return None
    ordered = sorted((exact(unit) for unit in units), reverse=not higher_is_better)
    position = Fraction(3 * (len(ordered) - 1), 4)
    rank = int(position)
    following = ordered[min(rank + 1, len(ordered) - 1)]
    return float(ordered[rank] + (position - rank) * (following - ordered[rank]))


@dataclass(frozen=True, slots=True)
class Goal:
    """A level to be reached and its standard error, natural units; a declared target has none."""

    level: float
    se: float = 0.0


def goal_of_units(units: Sequence[Moments], higher_is_better: bool, counts: bool = False) -> Goal | None:
    """Return the level that the best quarter of units reaches, chance set aside; ``None`` without units.

    Chance alone makes no unit the best: each mean is first drawn towards that of all (:func:`drawn_in`). The error is
    that of the same rule on 200 seeded redrawings of the units about their levels. With ``counts`` a unit's sum is a
    number of events, whose variance is its mean (Poisson), else answers vary as they do inside the units. Raises
    ``ValueError`` on an empty unit.
    """
    if any(unit.n <= 0 for unit in units):
        raise ValueError("a level needs answers")
    if not units:
        return None
    units = [unit.effective() for unit in units]
    values = np.array([float(unit.mean()) for unit in units])
    apart = _events(units) if counts else _answers(units)
    if len(units) < 2 or apart <= 0:
        found = best_quartile([float(value) for value in values], higher_is_better)
        return None if found is None else Goal(found)
    noise = apart / np.array([unit.n for unit in units], dtype=np.float64)
    levels = drawn_in(values[None, :], noise)
    redrawn = levels + np.random.default_rng(REDRAWN).normal(size=(REDRAWN, len(units))) * np.sqrt(noise)
    share = 0.75 if higher_is_better else 0.25
    goals = np.quantile(drawn_in(redrawn, noise), share, axis=1)
    return Goal(float(np.quantile(levels[0], share)), float(goals.std(ddof=1)))


def _answers(units: Sequence[Moments]) -> float:
    """The variance of one answer about its unit's mean."""
    within = sum((unit.n * unit.ss - unit.s * unit.s) / (MILLION * MILLION * unit.n) for unit in units)
    spare = sum(unit.n - 1 for unit in units)
    return float(within / spare) if spare else 0.0


def _events(units: Sequence[Moments]) -> float:
    """The variance of the events of one of the base."""
    return float(Moments.merged(units).mean())


def drawn_in(values: FloatArray, noise: FloatArray) -> FloatArray:
    """Return the means of units drawn towards their common mean, row by row: (rows, units), ``noise`` (units,).

    The spread τ² between units is what their noise variance leaves (DerSimonian & Laird 1986); a mean keeps
    √(τ²/(τ² + noise)) of its distance, so that levels spread as units really do (Louis 1984). Units that differ by
    chance alone all get the common mean.
    """
    exactness = 1 / noise
    total = exactness.sum()
    common = values @ exactness / total
    surplus = (values - common[:, None]) ** 2 @ exactness - (values.shape[1] - 1)
    between = np.maximum(0.0, surplus / (total - (exactness**2).sum() / total))[:, None]
    weights = 1 / (between + noise)
    centre = ((weights * values).sum(axis=1) / weights.sum(axis=1))[:, None]
    levels: FloatArray = centre + np.sqrt(between / (between + noise)) * (values - centre)
    return levels


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Points of the stage's score gained by moving one result, with the interval its coefficient gives."""

    value: float
    low: float | None
    high: float | None


def what_if(beta: Interval, now: float, moved: float, observed: Sequence[float]) -> WhatIf:
    """Return ``β·(moved − now)`` with its interval.

    ``observed`` holds the result's levels in the last 8 quarters. Raises ``ValueError`` when ``moved`` lies outside
    them: nothing was seen there.
    """
    if not observed or not min(observed) <= moved <= max(observed):
        raise ValueError("outside the range observed in the last quarters")
    distance = moved - now
    ends = [None if end is None else end * distance for end in (beta.low, beta.high)]
    low, high = ends if distance >= 0 else ends[::-1]
    return WhatIf(beta.value * distance, low, high)
