"""PURE: why a component's score moved — its units' levels (rate) or their shares of the answers (mix). Kitagawa 1955.

Exact for every score that is an average: rate and mix add up to the component's step to the last digit. Sums over all
units only are given, so no unit is told.
"""

from dataclasses import dataclass

import numpy as np

from metrics.derive.effects import Points
from metrics.derive.estimates import FOLDS
from metrics.derive.health import Voices
from metrics.derive.inputs import scale
from metrics.engine.moments import Facts
from metrics.report import IndicatorDef
from metrics.stats.exact import MILLION, FloatArray
from metrics.stats.folds import numerator
from metrics.stats.health import used_weights
from metrics.stats.kinds import Kind, slope

EXACT = 1e-7


@dataclass(frozen=True)
class Cells:
    """Answers and sums of a quarter by unit, whole (units,) and of each fold (units, 64); the last unit is the rest."""

    n: FloatArray
    total: FloatArray
    fold_n: FloatArray
    fold_total: FloatArray


def mix_of(now: Voices, before: Voices, component: str) -> Points | None:
    """Points of the component's score that its units' shares account for; None where no unit is told, or no average.

    None too where the scores are cut off at 0 or 100, for then they are no averages of the units' any more.
    """
    outcomes = [row for row in now.inputs.outcomes if row.stage == component]
    inside = [used_weights(voices.outcomes(component)) for voices in (now, before)]
    if set(inside[0]) != set(inside[1]):
        return None
    whole = Points(0.0, np.zeros(FOLDS))
    for row in outcomes:
        if row.slug not in inside[0]:
            continue
        found = _mix(row, now.facts, before.facts)
        if found is None or not _average(row, now, before):
            return None
        whole = whole + found.times(float(inside[0][row.slug] + inside[1][row.slug]) / 2)
    return whole


def _average(row: IndicatorDef, now: Voices, before: Voices) -> bool:
    """Whether the score moved by just its slope times the value's change."""
    points = slope(Kind(row.kind), scale(row), row.higher_is_better) or 0.0
    values = [
        numerator(Kind(row.kind), voices.facts.total(row.slug)) / MILLION / voices.facts.total(row.slug).weight
        for voices in (now, before)
    ]
    return abs(now.whole[row.slug] - before.whole[row.slug] - points * (values[0] - values[1])) < EXACT


def _mix(row: IndicatorDef, now: Facts, before: Facts) -> Points | None:
    codes = sorted({*now.unit_folds.get(row.slug, {}), *before.unit_folds.get(row.slug, {})})
    if len(codes) < 2:
        return None
    points = slope(Kind(row.kind), scale(row), row.higher_is_better) or 0.0
    sides = [_cells(row, facts, codes) for facts in (now, before)]
    full = _effect(sides[0].n[:, None], sides[0].total[:, None], sides[1].n[:, None], sides[1].total[:, None])
    left = [(side.n[:, None] - side.fold_n, side.total[:, None] - side.fold_total) for side in sides]
    folds = _effect(*left[0], *left[1])
    nobody = (sides[0].fold_n.sum(axis=0) + sides[1].fold_n.sum(axis=0)) == 0
    return Points(float(full[0]), np.where(nobody, np.nan, folds)).times(points)


def _cells(row: IndicatorDef, facts: Facts, codes: list[str]) -> Cells:
    n, total = np.zeros((len(codes) + 1, FOLDS)), np.zeros((len(codes) + 1, FOLDS))
    for place, code in enumerate(codes):
        for fold, moments in facts.unit_folds.get(row.slug, {}).get(code, {}).items():
            n[place, fold], total[place, fold] = moments.weight, numerator(Kind(row.kind), moments) / MILLION
    for fold, moments in facts.folds.get(row.slug, {}).items():
        n[-1, fold] = float(moments.weight) - n[:-1, fold].sum()
        total[-1, fold] = (
            float(numerator(Kind(row.kind), moments) / MILLION) - total[:-1, fold].sum() if n[-1, fold] else 0.0
        )
    return Cells(n.sum(axis=1), total.sum(axis=1), n, total)


def _effect(n1: FloatArray, t1: FloatArray, n0: FloatArray, t0: FloatArray) -> FloatArray:
    """Σ Δshare·(mean of the two values − mean of the two averages) over units, for each column.

    A unit heard in one quarter only has the same value in both: all it does is mix.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        own1, own0 = t1 / n1, t0 / n0
        own1, own0 = np.where(n1 > 0, own1, own0), np.where(n0 > 0, own0, own1)
        share1, share0 = n1 / n1.sum(axis=0), n0 / n0.sum(axis=0)
        level = (t1.sum(axis=0) / n1.sum(axis=0) + t0.sum(axis=0) / n0.sum(axis=0)) / 2
        parts = (share1 - share0) * ((own1 + own0) / 2 - level)
    effect: FloatArray = np.nansum(parts, axis=0)
    return effect
