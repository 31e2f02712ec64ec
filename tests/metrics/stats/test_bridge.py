"""The bridge closes to the last digit."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.bridge import Bridge, Stage, StepKind, bridge, journey_bridge
from metrics.stats.health import Component, exact_health

scores = st.one_of(st.none(), st.floats(0, 100), st.decimals(0, 100, places=3))
weights = st.floats(0, 3)
outcomes = st.dictionaries(st.sampled_from("abcd"), st.tuples(scores, weights), min_size=1).map(
    lambda found: tuple(Component(name, value, weight) for name, (value, weight) in found.items())
)
journeys = st.dictionaries(
    st.sampled_from(["order", "delivery", "support"]), st.tuples(weights, outcomes), min_size=1
).map(lambda found: [Stage(name, weight, inside) for name, (weight, inside) in found.items()])


def full(a: float, b: float, weight: float = 0.5) -> list[Component]:
    return [Component("a", a, weight), Component("b", b, 1 - weight)]


def closes(found: Bridge) -> bool:
    return found.before + sum((step.value for step in found.steps), Fraction(0)) == found.after


@given(outcomes, outcomes)
def test_the_steps_sum_exactly_to_the_change(before: tuple[Component, ...], after: tuple[Component, ...]) -> None:
    found = bridge(before, after)
    if found is None:
        assert None in (exact_health(before), exact_health(after))
    else:
        assert (found.before, found.after) == (exact_health(before), exact_health(after))
        assert closes(found)


@given(journeys, journeys)
def test_the_two_level_bridge_closes_exactly(before: list[Stage], after: list[Stage]) -> None:
    found = journey_bridge(before, after)
    assert found is None or closes(found)


@given(outcomes, outcomes)
def test_the_way_back_has_the_opposite_steps(before: tuple[Component, ...], after: tuple[Component, ...]) -> None:
    there, back = bridge(before, after), bridge(after, before)
    if there is not None and back is not None:
        assert there.by_stage() == {name: -value for name, value in back.by_stage().items()}


def test_with_equal_weights_a_step_is_the_weight_times_the_change() -> None:
    found = bridge(full(70, 60), full(74, 50))
    assert found is not None
    assert found.by_stage() == {"a": 2, "b": -5, "": 0}


def test_changed_weights_are_a_step_of_their_own() -> None:
    found = bridge(full(80, 60), full(80, 60, weight=0.75))
    assert found is not None
    assert found.by_stage() == {"a": 0, "b": 0, "": 5}


def test_an_outcome_that_appears_moves_only_the_step_of_coverage() -> None:
    before = [Component("a", 80, 8), Component("b", None, 2)]
    after = [Component("a", 80, 8), Component("b", 60, 2)]
    found = bridge(before, after)
    assert found is not None
    assert [(step.kind, step.value) for step in found.steps] == [
        (StepKind.SCORE, Fraction(0)),
        (StepKind.WEIGHTS, Fraction(-4)),
    ]


def test_without_health_in_a_quarter_there_is_no_bridge() -> None:
    assert bridge(full(70, 60), [Component("a", None), Component("b", 50)]) is None


def test_a_stages_step_is_the_sum_of_its_indicators() -> None:
    before = [Stage("order", 1, tuple(full(70, 60))), Stage("delivery", 1, (Component("late", 50),))]
    after = [Stage("order", 1, tuple(full(74, 50))), Stage("delivery", 1, (Component("late", 56),))]
    found = journey_bridge(before, after)
    assert found is not None
    assert found.by_stage() == {"order": Fraction(-3, 2), "delivery": 3, "": 0}
