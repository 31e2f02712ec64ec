"""Health, what is missing from it, and how much the weights matter."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.health import (
    Component,
    company_health,
    effective_weights,
    exact_health,
    geometric_mean,
    sensitivity,
    stage_health,
)
from metrics.stats.kinds import Kind, Scale, score

from .published import case


def tenths(present: int) -> list[Component]:
    return [Component(f"i{k}", 50.0 if k < present else None, 0.1) for k in range(10)]


def test_health_is_the_weighted_mean_of_the_scores() -> None:
    got = stage_health([Component("csat", 80, 3), Component("fcr", 60, 1)])
    assert (got.value, got.coverage, got.missing) == (75.0, 1.0, ())


def test_exactly_eighty_percent_of_the_weight_is_enough_whatever_floats_say() -> None:
    got = stage_health(tenths(8))
    assert (got.value, got.coverage, got.missing) == (50.0, 0.8, ("i8", "i9"))


def test_under_eighty_percent_of_the_weight_there_is_no_health() -> None:
    got = stage_health(tenths(7))
    assert (got.value, got.coverage, got.weights) == (None, 0.7, {})


def test_the_weight_of_a_missing_outcome_is_shared_among_the_others() -> None:
    got = company_health([Component("a", 90, 0.5), Component("b", 50, 0.3), Component("c", None, 0.2)])
    assert got.value == 75.0
    assert got.weights == {"a": 0.625, "b": 0.375}


def test_a_stage_without_any_outcome_has_no_health() -> None:
    assert stage_health([]).value is None


@pytest.mark.parametrize("weights", [(1, -1), (math.nan, 1)])
def test_impossible_weights_are_refused(weights: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match=r"weights|fraction|literal"):
        stage_health([Component(str(k), 50, weight) for k, weight in enumerate(weights)])


def test_two_components_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="different names"):
        stage_health([Component("a", 50), Component("a", 60)])


@given(st.lists(st.floats(0, 100), min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_health_does_not_depend_on_the_order_of_its_components(scores: list[float], chance: object) -> None:
    components = [Component(str(k), value, 0.1 + 0.3 * k) for k, value in enumerate(scores)]
    assert exact_health(components) == exact_health(components[::-1])


def test_the_human_development_index_is_a_geometric_mean_of_linear_scores() -> None:
    found = case("t5_hdi_undp")
    given_ = found["inputs"]
    scale = Scale(math.log(given_["gni_min"]), math.log(given_["gni_max"]))
    income = score(Kind.MEAN, math.log(given_["gni"]), scale)
    assert income is not None
    assert income / 100 == pytest.approx(found["expected"]["income"], abs=found["tolerance_abs"])
    hdi = geometric_mean([given_["health"], given_["education"], income / 100], [1, 1, 1])
    assert hdi == pytest.approx(found["expected"]["hdi"], abs=found["tolerance_abs"])


def test_one_score_of_zero_makes_a_geometric_mean_zero() -> None:
    assert geometric_mean([0, 80], [0.5, 0.5]) == 0.0


def test_effective_weights_sum_to_one_and_follow_the_variance() -> None:
    scores = np.random.default_rng(3).normal(60, [1, 10, 5], (40, 3))
    got = effective_weights(np.array([1 / 3] * 3), scores)
    assert got is not None
    assert got.sum() == pytest.approx(1)
    assert got.argmax() == 1


def test_health_that_does_not_vary_has_no_effective_weights() -> None:
    assert effective_weights(np.array([0.5, 0.5]), np.full((5, 2), 70.0)) is None


def quarter(a: float, b: float) -> list[Component]:
    return [Component("a", a, 0.5), Component("b", b, 0.5)]


def test_sensitivity_recomputes_health_under_seven_rules() -> None:
    got = {(v.rule, v.stage): (v.before, v.now) for v in sensitivity(quarter(80, 50), quarter(70, 60))}
    assert got[("declared", None)] == pytest.approx((65, 65))
    assert got[("plus", "a")] == pytest.approx((60 + 10 * 1.25 / 2.25, 50 + 30 * 1.25 / 2.25))
    assert got[("geometric", None)] == pytest.approx((math.sqrt(4200), math.sqrt(4000)))
    assert len(got) == 7


def test_sensitivity_says_where_the_verdict_depends_on_the_weights() -> None:
    folds = [(quarter(80 + e, 50 - e), quarter(70, 60)) for e in (-0.02, 0.02) * 32]
    got = {(v.rule, v.stage): v.direction for v in sensitivity(quarter(80, 50), quarter(70, 60), folds)}
    assert (got[("plus", "a")], got[("minus", "a")]) == (1, -1)


def test_components_without_data_are_left_out_of_the_comparison() -> None:
    now, before = [Component("a", 80), Component("b", None)], [Component("a", 70), Component("b", 60)]
    assert [v.stage for v in sensitivity(now, before) if v.rule == "plus"] == ["a"]
    assert sensitivity([Component("b", None)], before) == []
