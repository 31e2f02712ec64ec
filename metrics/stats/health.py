"""Health of a stage and of the company: weighted scores, what is missing, and how much the weights matter."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from .exact import FloatArray, Number, exact
from .jackknife import jackknife

FULL_ENOUGH = Fraction(4, 5)


@dataclass(frozen=True, slots=True)
class Component:
    """An outcome of a stage, or a stage of the company: its 0–100 score (``None`` without data) and declared weight."""

    name: str
    score: Number | None
    weight: Number = 1


@dataclass(frozen=True, slots=True)
class StageHealth:
    """A weighted score 0–100, the share of weight with data, the names without, and the weights used (sum 1).

    ``exact`` is the same score before it was rounded to a binary float.
    """

    value: float | None
    coverage: float
    missing: tuple[str, ...]
    weights: dict[str, float]
    exact: Fraction | None = None


def used_weights(components: Sequence[Component]) -> dict[str, Fraction]:
    """Return the exact weights of the components with data, summing to 1; empty when they carry under 80 %.

    Raises ``ValueError`` on a negative weight or a repeated name.
    """
    return dict(_used(*_told(components))[0])


def _told(components: Sequence[Component]) -> tuple[tuple[tuple[str, Number], ...], tuple[str, ...]]:
    """Return every name with its weight, and the names without data."""
    missing = tuple(c.name for c in components if c.score is None)
    return tuple((c.name, c.weight) for c in components), missing


@lru_cache(maxsize=1024)
def _used(named: Sequence[tuple[str, Number]], missing: Sequence[str]) -> tuple[dict[str, Fraction], float]:
    """Return the weights used and the share of the declared weight that has data: the same for units alike."""
    weights = {name: exact(weight) for name, weight in named}
    if len(weights) != len(named) or any(weight < 0 for weight in weights.values()):
        raise ValueError("components need different names and weights of at least 0")
    present = {name: weight for name, weight in weights.items() if name not in missing}
    carried, declared = sum(present.values(), Fraction(0)), sum(weights.values(), Fraction(0))
    used = {} if carried <= 0 or carried < FULL_ENOUGH * declared else present
    return {name: weight / carried for name, weight in used.items()}, float(carried / declared) if declared else 0.0


def exact_health(components: Sequence[Component]) -> Fraction | None:
    """Return Σ w·score over the components with data as a fraction; ``None`` under 80 % of the weight."""
    return _weighted(components, used_weights(components))


def _weighted(components: Sequence[Component], weights: Mapping[str, Fraction]) -> Fraction | None:
    if not weights:
        return None
    return sum((weights[c.name] * exact(c.score) for c in components if c.score is not None), Fraction(0))


def stage_health(components: Sequence[Component]) -> StageHealth:
    """Return ``H_s = Σ w·score`` with the weights of the missing components shared among the others.

    Without health (value ``None``) when components with data carry less than 80 % of the declared weight. Raises
    ``ValueError`` on a negative weight or a repeated name.
    """
    named, missing = _told(components)
    weights, coverage = _used(named, missing)
    value = _weighted(components, weights)
    return StageHealth(
        value=None if value is None else float(value),
        coverage=coverage,
        missing=missing,
        weights={name: float(weight) for name, weight in weights.items()},
        exact=value,
    )


def company_health(stages: Sequence[Component]) -> StageHealth:
    """Return ``H = Σ W_s·H_s`` over the stages that have outcomes, by the same rule as :func:`stage_health`.

    A stage without any outcome is left out by the caller: it has no weight to miss.
    """
    return stage_health(stages)


def geometric_mean(scores: Sequence[float], weights: Sequence[float]) -> float:
    """Return Π score^w with weights brought to sum 1 (UNDP 2010); 0 as soon as a weighted score is 0.

    Raises ``ValueError`` on a negative score or when no weight is positive.
    """
    pairs = [(s, w) for s, w in zip(scores, weights, strict=True) if w > 0]
    if not pairs or any(s < 0 for s, _ in pairs):
        raise ValueError("a geometric mean needs positive weights and no negative score")
    if any(s == 0 for s, _ in pairs):
        return 0.0
    return math.exp(math.fsum(w * math.log(s) for s, w in pairs) / math.fsum(w for _, w in pairs))


@dataclass(frozen=True, slots=True)
class Variant:
    """Health under another rule: ``rule`` is declared, equal, geometric, plus or minus (that stage's weight ±25 %).

    ``direction`` is 1, −1 or 0: what the jackknife demonstrates of the change, 0 also when it cannot tell.
    """

    rule: str
    stage: str | None
    before: float
    now: float
    direction: int


def sensitivity(
    now: Sequence[Component],
    before: Sequence[Component],
    folds: Sequence[tuple[Sequence[Component], Sequence[Component]]] = (),
) -> list[Variant]:
    """Return the change of health under declared and equal weights, each weight ±25 %, and as a geometric mean.

    ``folds`` holds (now, before) recomputed without each fold. Components without data in any of them are left out.
    The verdict depends on the weights when the directions are not all equal. Empty when nothing is comparable.
    """
    columns = [now, before, *(side for fold in folds for side in fold)]
    common = [c.name for c in now if all(any(o.name == c.name and o.score is not None for o in k) for k in columns)]
    if not common:
        return []
    scores = np.array([[_score(column, name) for name in common] for column in columns])
    declared = np.array([next(float(c.weight) for c in now if c.name == name) for name in common])
    if declared.sum() <= 0:
        return []
    rules: list[tuple[str, str | None, FloatArray]] = [("declared", None, declared), ("equal", None, declared * 0 + 1)]
    for place, name in enumerate(common):
        for rule, factor in (("plus", 1.25), ("minus", 0.75)):
            rules.append((rule, name, declared * np.where(np.arange(len(common)) == place, factor, 1.0)))
    found = [_variant(rule, stage, scores @ (w / w.sum())) for rule, stage, w in rules]
    return [
        *found,
        _variant("geometric", None, np.array([geometric_mean(list(row), list(declared)) for row in scores])),
    ]


def _score(components: Sequence[Component], name: str) -> float:
    return next(float(c.score) for c in components if c.name == name and c.score is not None)


def _variant(rule: str, stage: str | None, values: FloatArray) -> Variant:
    changes = values[0::2] - values[1::2]
    interval = jackknife(float(changes[0]), changes[1:])
    direction = int(np.sign(interval.value)) if interval.excludes_zero() else 0
    return Variant(rule, stage, float(values[1]), float(values[0]), direction)


def effective_weights(weights: FloatArray, scores: FloatArray) -> FloatArray | None:
    """Return ``w·cov(x, H)/var(H)``, the share of health's variance each component carries (Paruolo et al. 2013).

    ``weights`` (k,) sum to 1 with ``scores`` (m, k) over m units or quarters; the result (k,) sums to 1. ``None`` with
    fewer than two rows or when health does not vary.
    """
    if scores.shape[0] < 2:
        return None
    centred = scores - scores.mean(axis=0)
    health = centred @ weights
    variance = float(health @ health)
    if variance <= 1e-18 * max(1.0, float((scores**2).sum())):
        return None
    effective: FloatArray = weights * (centred.T @ health) / variance
    return effective
