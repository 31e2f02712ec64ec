"""PURE: the bridge — each component's step, inside it what is linked to results and what stays unexplained."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import numpy as np

from metrics.derive.effects import BEFORE, Impact, Points, Weights, counted, summed
from metrics.derive.estimates import FOLDS
from metrics.derive.health import Compared, Voices
from metrics.derive.inputs import Inputs
from metrics.derive.mixing import mix_of
from metrics.report import PLACES, StepRow, fixed
from metrics.stats.bridge import Stage, Step, journey_bridge
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
    then = _weights(Voices(inputs.as_of(inputs.before), inputs.before))
    return Weights(_mean(now.inside, then.inside), _mean(now.component, then.component)), now


def _weights(voices: Voices) -> Weights:
    components = voices.inputs.components
    inside = {slug: weight for component in components for slug, weight in voices.stage(component).weights.items()}
    return Weights(inside, voices.company.weights)


def _mean(first: dict[str, float], second: dict[str, float]) -> dict[str, float]:
    return {name: (first.get(name, 0.0) + second.get(name, 0.0)) / 2 for name in {*first, *second}}


def bridge_rows(inputs: Inputs, compared: Compared, found: Sequence[Impact]) -> list[StepRow]:
    """Start, one step a component, weights and coverage if they moved, end; empty without two healths.

    Inside a component, each by itself adding up to it: its indicators where there are several; its impacts and what
    they leave unexplained; its units' levels (``rate``) and shares (``mix``). All to the last of nine digits.
    """
    if compared.other is None:
        return []
    whole = journey_bridge(_stages(compared.other), _stages(compared.now))
    if whole is None:
        return []
    names = [name for name in whole.by_stage() if any(step.stage == name for step in whole.steps[:-1])]
    components = {name: [step for step in whole.steps[:-1] if step.stage == name] for name in names}
    start, end = (rounded(value, DIGITS) for value in (whole.before, whole.after))
    sums = [*(sum((s.value for s in steps), Fraction(0)) for steps in components.values()), whole.steps[-1].value]
    shown = largest_remainder(sums, DIGITS, Fraction(end) - Fraction(start))
    folds = _Folds(compared.now, compared.other)
    points = [folds.of(steps) for steps in components.values()]
    judged = _judged(inputs, compared, points)
    rows = [StepRow(0, "start", points=start)]
    for place, (name, steps) in enumerate(components.items()):
        rows.append(_step(StepRow(0, "stage", name), shown[place], points[place], judged[place]))
        rows += _indicators(steps, folds, shown[place])
        rows += _inside(folds, name, shown[place], points[place], found)
        rows += _rate_and_mix(folds, name, shown[place], points[place])
    if shown[-1]:
        rows.append(StepRow(0, "weights", points=fixed(shown[-1])))
    rows.append(StepRow(0, "end", points=end))
    return [replace(row, position=place) for place, row in enumerate(rows)]


def _step(row: StepRow, value: Decimal, folds: Points, verdict: str) -> StepRow:
    interval = folds.interval()
    return replace(row, points=fixed(value), low=fixed(interval.low), high=fixed(interval.high), verdict=verdict)


def _stages(voices: Voices) -> list[Stage]:
    """The components with their outcomes' scores and the weights declared for that quarter."""
    return [
        Stage(name, Fraction(weight), tuple(voices.outcomes(name))) for name, weight in voices.inputs.components.items()
    ]


@dataclass(frozen=True)
class _Folds:
    """Steps with their values without each fold: the weights used stay, the scores move."""

    now: Voices
    before: Voices

    @cached_property
    def _outer(self) -> dict[str, float]:
        """Mean weight of each component in health."""
        sides = [used_weights(voices.components) for voices in (self.now, self.before)]
        return {name: float(sides[0][name] + sides[1].get(name, 0)) / 2 for name in sides[0]}

    def weight(self, component: str) -> float:
        return self._outer.get(component, 0.0)

    def of(self, steps: Sequence[Step]) -> Points:
        """The sum of some indicators' steps."""
        full = sum(float(step.value) for step in steps)
        moves = sum((self._moves(step) for step in steps), np.zeros(FOLDS))
        slugs = [step.indicator for step in steps]
        nobody = ~(self.now.present(slugs) | self.before.present(slugs))
        return Points(full, np.where(nobody, np.nan, full + moves))

    def _moves(self, step: Step) -> FloatArray:
        """What leaving out each fold moves an indicator's step by; nothing where nobody of it is in the fold."""
        sides = [used_weights(voices.outcomes(step.stage)) for voices in (self.now, self.before)]
        inside = float(sides[0].get(step.indicator, 0) + sides[1].get(step.indicator, 0)) / 2
        moved = [
            np.nan_to_num(voices.without[step.indicator] - voices.whole[step.indicator])
            for voices in (self.now, self.before)
        ]
        result: FloatArray = self.weight(step.stage) * inside * (moved[0] - moved[1])
        return result

    def told(self, component: str, parts: Sequence[Points]) -> list[str]:
        """Verdicts of the parts of a component's step, a family of their own, on the component's base."""
        bases = self.now.smallest(component), self.before.smallest(component)
        changes = [change_from_folds(part.interval(), *bases) for part in parts]
        least = self.now.inputs.company.reduced_under
        return [verdict.value for verdict in verdicts(changes, [True] * len(parts), least)]


def _indicators(steps: Sequence[Step], folds: _Folds, total: Decimal) -> list[StepRow]:
    """One row an indicator of a component that has several; ``stage`` is the indicator's slug."""
    if len(steps) < 2:
        return []
    points = [folds.of([step]) for step in steps]
    shown = largest_remainder([step.value for step in steps], DIGITS, Fraction(total))
    judged = folds.told(steps[0].stage, points)
    rows = zip(steps, shown, points, judged, strict=True)
    return [
        _step(StepRow(0, "indicator", step.stage, step.indicator), value, own, said) for step, value, own, said in rows
    ]


def _rate_and_mix(folds: _Folds, component: str, total: Decimal, points: Points) -> list[StepRow]:
    """The step as its units' levels and their shares of the answers; none where no unit is told."""
    mix = mix_of(folds.now, folds.before, component)
    if mix is None:
        return []
    mix = mix.times(folds.weight(component))
    parts = {"rate": points + mix.times(-1), "mix": mix}
    shown = largest_remainder([part.full for part in parts.values()], DIGITS, Fraction(total))
    judged = folds.told(component, list(parts.values()))
    rows = zip(parts.items(), shown, judged, strict=True)
    return [_step(StepRow(0, kind, component), value, part, said) for (kind, part), value, said in rows]


def _judged(inputs: Inputs, compared: Compared, steps: Sequence[Points]) -> list[str]:
    n, before = compared.n(None), compared.n_other(None)
    changes = [change_from_folds(step.interval(), n, before) for step in steps]
    return [verdict.value for verdict in verdicts(changes, [True] * len(steps), inputs.company.reduced_under)]


def _inside(folds: _Folds, component: str, step: Decimal, whole: Points, found: Sequence[Impact]) -> list[StepRow]:
    """Impacts on the component by the stage their results land on, and the rest; none where nothing is linked."""
    own = [item for item in found if item.reference == BEFORE and item.outcome.stage == component]
    landing = dict.fromkeys(item.result.stage for item in own)
    sums = {stage: summed(i.company for i in counted(i for i in own if i.result.stage == stage)) for stage in landing}
    groups = {stage: points for stage, points in sums.items() if points is not None}
    if not groups:
        return []
    rest = whole
    for points in groups.values():
        rest = rest + points.times(-1)
    parts = [*groups.items(), (None, rest)]
    shown = largest_remainder([points.full for _, points in parts], DIGITS, Fraction(step))
    judged = folds.told(component, [points for _, points in parts])
    rows = []
    for (stage, points), value, said in zip(parts, shown, judged, strict=True):
        kind = "unexplained" if stage is None else "impact"
        rows.append(_step(StepRow(0, kind, component, stage or ""), value, points, said))
    return rows
