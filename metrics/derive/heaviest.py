"""PURE: whether one result weighs more on health than any other, over all outcomes, told by the differences."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from metrics.derive.effects import Fitted, Points
from metrics.derive.estimates import FOLDS
from metrics.derive.fits import Fit
from metrics.derive.weekly import WeeklyFit
from metrics.report import EffectRow
from metrics.stats.change import Verdict
from metrics.stats.distributions import t_quantile
from metrics.stats.jackknife import independent_error

PROVEN = (Verdict.BETTER.value, Verdict.WORSE.value)


def with_heaviest(fitted: Sequence[Fitted], rows: Sequence[Sequence[EffectRow]]) -> list[EffectRow]:
    """The drivers' rows in one line, with ``detail.heaviest`` for the one that outweighs all others, if any does.

    A weight is what the way from the worst to the best level seen is worth in points of health, whatever its sign. It
    outweighs another where the interval of the difference excludes 0.
    """
    found = list(zip(fitted, rows, strict=True))
    line = [(row, _weight(fit, place, row)) for fit, part in found for place, row in enumerate(part)]
    known = [place for place, (_row, weight) in enumerate(line) if weight is not None]
    proven = [place for place in known if line[place][0].verdict in PROVEN]
    first = max(proven, key=lambda place: _full(line[place][1]), default=None)
    others = [line[place][1] for place in known if place != first]
    outweighs = first is not None and bool(others) and all(_larger(line[first][1], other) for other in others)
    return [
        replace(row, detail={**row.detail, "heaviest": True}) if outweighs and place == first else row
        for place, (row, _weight) in enumerate(line)
    ]


def _weight(fit: Fitted, place: int, row: EffectRow) -> Points | None:
    """A driver's weight without its sign, whole and without each fold; None where it has none."""
    if row.points is None or "seen" not in row.detail:
        return None
    low, high = map(float, row.detail["seen"])
    slope = Points(float(fit.beta[place]), fit.beta_folds[:, place]) if isinstance(fit, Fit) else _by_week(fit, place)
    return slope.times(math.copysign(float(row.detail["worth"][1]) * (high - low), slope.full))


def _by_week(fit: WeeklyFit, place: int) -> Points:
    """A slope whose error is known from units and weeks, carried into folds; without one nothing can be told of it."""
    driver = fit.drivers[place]
    slope = fit.slopes[driver.slug]
    if slope.low is None or slope.high is None:
        return Points(slope.beta, np.full(FOLDS, np.nan))
    se = (slope.high - slope.low) / 2 / t_quantile(FOLDS - 1)
    number = 1 + fit.inputs.indicators.index(driver) % (FOLDS - 1)
    return Points(slope.beta, slope.beta + independent_error(se, FOLDS, number))


def _full(weight: Points | None) -> float:
    return 0.0 if weight is None else weight.full


def _larger(first: Points | None, other: Points | None) -> bool:
    if first is None or other is None:
        return False
    low = (first + other.times(-1.0)).interval().low
    return low is not None and low > 0
