"""PURE: how much the declared weights matter — other rules tried on health, and what each component really carries."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from metrics.derive.effects import text
from metrics.derive.estimates import FOLDS
from metrics.derive.health import Compared, Voices
from metrics.derive.inputs import Inputs
from metrics.report import FigureRow
from metrics.stats.exact import FloatArray
from metrics.stats.health import Component, effective_weights, sensitivity

FEWEST_UNITS = 5


def with_robustness(inputs: Inputs, figures: Sequence[FigureRow], units: Iterable[FigureRow]) -> list[FigureRow]:
    """The figures, the company's with ``detail.sensitivity`` and ``detail.effective``.

    ``sensitivity``: under each rule (declared, equal, a component's weight ±25 %, geometric mean) health before and
    now, and the direction of its change that is demonstrated. ``effective``: share of the variance of health over units
    that each component carries; empty under five units with every component.
    """
    company, *others = figures
    if company.value is None:
        return list(figures)
    detail = {"sensitivity": _sensitivity(inputs), "effective": _effective(inputs, units)}
    return [replace(company, detail=company.detail | detail), *others]


def _sensitivity(inputs: Inputs) -> list[dict[str, Any]]:
    compared = Compared(inputs, inputs.before)
    if compared.other is None:
        return []
    sides = [voices.components for voices in (compared.now, compared.other)]
    left = [_left_out(voices) for voices in (compared.now, compared.other)]
    heard = ~np.isnan([voices.folds.get(None, np.full(FOLDS, np.nan)) for voices in (compared.now, compared.other)])
    folds = [(left[0][g], left[1][g]) for g in np.flatnonzero(heard.any(axis=0))]
    return [
        {
            "rule": variant.rule,
            "component": variant.stage,
            "before": text(variant.before),
            "now": text(variant.now),
            "direction": variant.direction,
        }
        for variant in sensitivity(sides[0], sides[1], folds)
    ]


def _left_out(voices: Voices) -> list[list[Component]]:
    """The components without each fold; one that nobody of the fold spoke of stays as it is."""
    whole = voices.components
    columns: list[FloatArray] = []
    for component in whole:
        score = np.nan if component.score is None else float(component.score)
        folds = voices.folds.get(component.name, np.full(FOLDS, score))
        columns.append(np.where(np.isnan(folds), score, folds))
    return [
        [
            replace(component, score=None if component.score is None else float(column[g]))
            for component, column in zip(whole, columns, strict=True)
        ]
        for g in range(FOLDS)
    ]


def _effective(inputs: Inputs, units: Iterable[FigureRow]) -> dict[str, str | None]:
    voices = Voices(inputs, inputs.now)
    weights = voices.company.weights
    scores: dict[str, dict[str, float]] = {}
    for row in units:
        if row.level == "unit_stage" and row.value is not None:
            scores.setdefault(row.unit, {})[row.stage] = float(row.value)
    table = [[known[name] for name in weights] for known in scores.values() if set(weights) <= set(known)]
    if len(table) < FEWEST_UNITS:
        return {}
    found = effective_weights(np.array(list(weights.values())), np.array(table))
    return {} if found is None else {name: text(float(value)) for name, value in zip(weights, found, strict=True)}
