"""PURE: the bridge — each component's step, inside it what is linked to results and what stays unexplained."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from metrics.derive.effects import BEFORE, Impact, Points, Weights
from metrics.derive.estimates import FOLDS
from metrics.derive.health import Compared, Voices
from metrics.derive.inputs import Inputs
from metrics.report import PLACES, StepRow, fixed
from metrics.stats.bridge import Bridge, StepKind, bridge
from metrics.stats.change import change_from_folds, verdicts
from metrics.stats.exact import FloatArray
from metrics.stats.health import used_weights
from metrics.stats.rounding import largest_remainder, rounded

DIGITS = -int(PLACES.as_tuple().exponent)


def mean_weights(inputs: Inputs) -> tuple[Weights, Weights]:
    """Weights a change is worth (mean of the two quarters), and those of this quarter's levels."""
    now = _weights(Voices(inputs, inputs.now))
    if inputs.before is None:
        return now, now
    then = _weights(Voices(inputs, inputs.before))
    return Weights(_mean(now.inside, then.inside), _mean(now.component, then.component)), now


def _weights(voices: Voices) -> Weights:
    components = voices.components(voices.whole)
    inside = {slug: weight for component in components for slug, weight in voices.stage(component.name).weights.items()}
    return Weights(inside, {name: float(weight) for name, weight in used_weights(components).items()})


def _mean(first: dict[str, float], second: dict[str, float]) -> dict[str, float]:
    return {name: (first.get(name, 0.0) + second.get(name, 0.0)) / 2 for name in {*first, *second}}


def bridge_rows(inputs: Inputs, compared: Compared, found: Sequence[Impact]) -> list[StepRow]:
    """Start, one step a component with its impacts and rest, weights if they moved, end; empty without two healths.

    Steps sum to the change, and the parts of a step to the step, to the last of nine digits.
    """
    if compared.other is None:
        return []
    whole = bridge(compared.other.components(compared.other.whole), compared.now.components(compared.now.whole))
    if whole is None:
        return []
    start, end = (rounded(value, DIGITS) for value in (whole.before, whole.after))
    steps = largest_remainder([step.value for step in whole.steps], DIGITS, Fraction(end) - Fraction(start))
    replicates = _step_folds(compared, compared.other, whole)
    rows = [StepRow(0, "start", points=start)]
    judged = _judged(inputs, compared, replicates)
    for place, (step, points) in enumerate(zip(whole.steps, steps, strict=True)):
        if step.kind is StepKind.WEIGHTS:
            rows += [StepRow(len(rows), "weights", points=fixed(points))] if points else []
            continue
        interval = replicates[place].interval()
        rows.append(
            StepRow(
                len(rows),
                "stage",
                step.stage,
                "",
                fixed(points),
                fixed(interval.low),
                fixed(interval.high),
                judged[place],
            )
        )
        rows += _inside(len(rows), step.stage, points, replicates[place], found)
    return [*rows, StepRow(len(rows), "end", points=end)]


def _step_folds(compared: Compared, other: Voices, whole: Bridge) -> list[Points]:
    """Each step with its value without each fold: the weights used stay, the scores move."""
    now, then = compared.now, other
    later, earlier = (used_weights(voices.components(voices.whole)) for voices in (now, then))
    weights = np.zeros(FOLDS)
    found: dict[str, FloatArray] = {}
    for name in {*later, *earlier}:
        w1, w0 = float(later.get(name, 0)), float(earlier.get(name, 0))
        sides = [_moves(voices, name) for voices in (now, then)]
        mean = sides[0] + sides[1] if name in later and name in earlier else (sides[0] + sides[1]) * 2
        weights = weights + (w1 - w0) * mean / 2
        found[name] = (w1 + w0) / 2 * (sides[0] - sides[1])
    nobody = np.isnan(now.folds[None]) & np.isnan(then.folds[None])
    rows = []
    for step in whole.steps:
        moves = weights if step.kind is StepKind.WEIGHTS else found[step.stage]
        rows.append(Points(float(step.value), np.where(nobody, np.nan, float(step.value) + moves)))
    return rows


def _moves(voices: Voices, name: str) -> FloatArray:
    """What leaving out each fold moves a component's score by; 0 where it has no score or nobody is in the fold."""
    if name not in voices.folds:
        return np.zeros(FOLDS)
    return np.nan_to_num(voices.folds[name] - float(voices.stage(name).value or 0.0))


def _judged(inputs: Inputs, compared: Compared, steps: Sequence[Points]) -> list[str]:
    n, before = compared.n(None), compared.n_other(None)
    changes = [change_from_folds(step.interval(), n, before) for step in steps]
    return [verdict.value for verdict in verdicts(changes, [True] * len(steps), inputs.company.reduced_under)]


def _inside(position: int, component: str, step: Decimal, folds: Points, found: Sequence[Impact]) -> list[StepRow]:
    """Impacts on the component by the stage their results land on, and the rest; none where nothing is linked."""
    groups: dict[str, Points] = {}
    for item in found:
        if item.reference == BEFORE and item.outcome.stage == component and item.company is not None:
            groups[item.result.stage] = (
                groups[item.result.stage] + item.company if item.result.stage in groups else item.company
            )
    if not groups:
        return []
    rest = folds
    for points in groups.values():
        rest = rest + points.times(-1)
    parts = [*groups.items(), (None, rest)]
    shown = largest_remainder([points.full for _, points in parts], DIGITS, Fraction(step))
    changes = [change_from_folds(points.interval(), 0, 0) for _, points in parts]
    judged = verdicts(changes, [True] * len(parts), minimum=0)
    rows = []
    for place, ((stage, points), value) in enumerate(zip(parts, shown, strict=True)):
        interval = points.interval()
        kind = "unexplained" if stage is None else "impact"
        ends = fixed(interval.low), fixed(interval.high)
        rows.append(StepRow(position + place, kind, component, stage or "", fixed(value), *ends, judged[place].value))
    return rows
