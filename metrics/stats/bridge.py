"""The bridge: a change of health split into steps that add up to the last digit."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from .exact import exact
from .health import Component, exact_health, used_weights


class StepKind(StrEnum):
    """A step comes from a score that moved, or from weights and coverage that did."""

    SCORE = "score"
    WEIGHTS = "weights"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage with its weight in the company and its outcomes; a whole-journey outcome is a stage of one."""

    name: str
    weight: Fraction | int | float
    outcomes: tuple[Component, ...]

    def health(self) -> Fraction | None:
        """Return the stage's exact health, ``None`` under 80 % of its weight."""
        return exact_health(self.outcomes)


@dataclass(frozen=True, slots=True)
class Step:
    """One step in exact points; ``stage`` and ``indicator`` are empty for the one step of weights and coverage."""

    kind: StepKind
    stage: str
    indicator: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Bridge:
    """``before + Σ steps = after``, exactly."""

    before: Fraction
    after: Fraction
    steps: tuple[Step, ...]

    @property
    def total(self) -> Fraction:
        """The change, ``after − before``."""
        return self.after - self.before

    def by_stage(self) -> dict[str, Fraction]:
        """Return the score steps added up per stage, in order of appearance; weights are under the empty name."""
        sums: dict[str, Fraction] = {}
        for step in self.steps:
            sums[step.stage] = sums.get(step.stage, Fraction(0)) + step.value
        return sums


def bridge(before: Sequence[Component], after: Sequence[Component]) -> Bridge | None:
    """Return the one-level bridge: per component ``mean(w)·Δscore`` and one step ``Σ Δw·mean(score)``.

    Order-free (Marshall–Edgeworth, Shapley of two factors). The weights are those used after sharing out missing ones,
    so a component that appears or disappears is a step of coverage. Steps have the component as ``stage``. ``None``
    when either quarter has no health.
    """
    first, second = exact_health(before), exact_health(after)
    if first is None or second is None:
        return None
    steps, weights_step = _split(before, after)
    named = [Step(StepKind.SCORE, name, "", value) for name, value in steps.items()]
    return Bridge(first, second, (*named, Step(StepKind.WEIGHTS, "", "", weights_step)))


def _split(before: Sequence[Component], after: Sequence[Component]) -> tuple[dict[str, Fraction], Fraction]:
    """Return mean(w)·Δscore per component present in both quarters and Σ Δw·mean(score)."""
    w0, w1 = used_weights(before), used_weights(after)
    s0 = {c.name: exact(c.score) for c in before if c.score is not None}
    s1 = {c.name: exact(c.score) for c in after if c.score is not None}
    steps: dict[str, Fraction] = {}
    weights_step = Fraction(0)
    for name in dict.fromkeys([*s0, *s1]):
        old = s0[name] if name in s0 else s1[name]
        new = s1[name] if name in s1 else s0[name]
        earlier, later = w0.get(name, Fraction(0)), w1.get(name, Fraction(0))
        weights_step += (later - earlier) * (old + new) / 2
        if name in s0 and name in s1:
            steps[name] = (earlier + later) / 2 * (new - old)
    return steps, weights_step


def journey_bridge(before: Sequence[Stage], after: Sequence[Stage]) -> Bridge | None:
    """Return the two-level bridge of company health: one step an indicator of each stage, and one for all weights.

    A stage's step is the sum of its indicators' (:meth:`Bridge.by_stage`); a stage with health in one quarter only
    goes to the step of weights and coverage. ``None`` when either quarter has no company health.
    """
    tops = [[Component(s.name, s.health(), s.weight) for s in stages] for stages in (before, after)]
    first, second = exact_health(tops[0]), exact_health(tops[1])
    if first is None or second is None:
        return None
    _, weights_step = _split(tops[0], tops[1])
    w0, w1 = used_weights(tops[0]), used_weights(tops[1])
    old = {stage.name: stage for stage in before}
    steps: list[Step] = []
    for stage in after:
        if stage.name not in w0 or stage.name not in w1:
            continue
        mean_weight = (w0[stage.name] + w1[stage.name]) / 2
        inner, inner_weights = _split(old[stage.name].outcomes, stage.outcomes)
        weights_step += mean_weight * inner_weights
        steps += [Step(StepKind.SCORE, stage.name, name, mean_weight * value) for name, value in inner.items()]
    return Bridge(first, second, (*steps, Step(StepKind.WEIGHTS, "", "", weights_step)))
