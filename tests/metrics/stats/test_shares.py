"""Relative importance: published tables and the axioms."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.stats.drivers import (
    CrossProducts,
    by_folds,
    correlation,
    department_differences,
    dominance,
    johnson,
    lmg,
    owen,
    sampled,
)
from metrics.stats.exact import FloatArray

from .published import case, cross_products

LMG_OF_ROWS = {
    "t1_swiss_relaimpo": "lmg",
    "t1_attitude_dominance": "general",
    "t1_auto_stata_domin": "general",
    "t1_mtcars_domir": "general",
}


def random_matrix(seed: int, p: int, rows: int = 200) -> FloatArray:
    chance = np.random.default_rng(seed)
    mixed = chance.normal(size=(rows, p + 1)) @ chance.normal(size=(p + 1, p + 1))
    return np.asarray(np.corrcoef(mixed.T))


def boston() -> tuple[dict[str, Any], FloatArray]:
    found = case("t1_boston_dominance_analysis")
    order = [13, *range(13)]
    return found, np.array(found["inputs"]["correlation_matrix"])[np.ix_(order, order)]


@pytest.mark.parametrize(("name", "key"), LMG_OF_ROWS.items())
def test_the_shares_are_the_published_ones(name: str, key: str) -> None:
    found = case(name)
    got = lmg(cross_products(found))
    assert got.values == pytest.approx(found["expected"][key], abs=found["tolerance_abs"])
    assert got.r2 == pytest.approx(found["expected"]["R2"], abs=found["tolerance_abs"])


def test_the_shares_of_thirteen_drivers_come_from_their_correlations() -> None:
    found, matrix = boston()
    got = lmg(matrix)
    assert got.values == pytest.approx(found["expected"]["lmg"], abs=found["tolerance_abs"])
    assert got.r2 == pytest.approx(found["expected"]["R2"], abs=found["tolerance_abs"])


def test_shares_beside_a_control_are_relaimpos() -> None:
    found = case("t1_swiss_always_control")
    got = lmg(cross_products(found), found["inputs"]["always"])
    assert got.values == pytest.approx(found["expected"]["lmg"], abs=found["tolerance_abs"])
    assert got.r2 == pytest.approx(found["expected"]["R2"], abs=found["tolerance_abs"])
    assert got.r2 - got.r2_controls == pytest.approx(found["expected"]["R2_decomposed"], abs=found["tolerance_abs"])


def test_survey_weights_are_repeated_rows() -> None:
    found = case("t1_swiss_weighted")
    got = lmg(cross_products(found, np.array(found["inputs"]["weights"], dtype=np.int64)))
    assert got.values == pytest.approx(found["expected"]["lmg"], abs=found["tolerance_abs"])
    assert got.r2 == pytest.approx(found["expected"]["R2"], abs=found["tolerance_abs"])


def test_complete_rows_alone_are_used() -> None:
    found = case("t1_tips_pingouin")
    cp = cross_products(found)
    assert cp.n == found["inputs"]["n_used"]
    assert sum(lmg(cp).values) == pytest.approx(found["expected"]["sum_R2"], abs=found["tolerance_abs"])


def test_the_first_and_last_gains_are_relaimpos() -> None:
    found = case("t1_swiss_relaimpo")
    got = dominance(cross_products(found)).conditional
    assert got[:, 0] == pytest.approx(found["expected"]["first"], abs=found["tolerance_abs"])
    assert got[:, -1] == pytest.approx(found["expected"]["last"], abs=found["tolerance_abs"])


@pytest.mark.parametrize("name", ["t1_attitude_dominance", "t1_auto_stata_domin", "t1_mtcars_domir"])
def test_conditional_dominance_is_the_published_table(name: str) -> None:
    found = case(name)
    got = dominance(cross_products(found))
    assert got.conditional == pytest.approx(np.array(found["expected"]["conditional"]), abs=found["tolerance_abs"])


def test_complete_dominance_is_the_published_designation() -> None:
    found = case("t1_auto_stata_domin")
    assert dominance(cross_products(found)).complete.tolist() == found["expected"]["complete_designation"]


def test_complaints_dominate_every_other_driver_completely() -> None:
    found = case("t1_attitude_dominance")
    got = dominance(cross_products(found))
    dominated = [name for k, name in enumerate(got.names) if got.level(0, k) == "complete"]
    assert dominated == found["expected"]["complete_dominated_by_complaints"]


def test_the_share_of_models_won_tells_who_dominates_completely() -> None:
    found = case("t1_mtcars_domir")
    got = dominance(cross_products(found))
    won = [[cell == 1 for cell in row] for row in found["expected"]["complete_share"]]
    assert (got.complete == 1).tolist() == won


def test_a_driver_dominates_at_its_strongest_level_only() -> None:
    got = dominance(cross_products(case("t1_auto_stata_domin")))
    assert (got.level(0, 1), got.level(1, 0), got.level(1, 2)) == ("complete", None, "general")


@pytest.mark.parametrize("groups", ["groups_a", "groups_b"])
def test_owen_shares_of_departments_are_those_of_tuvalues(groups: str) -> None:
    found = case("t1_owen_attitude_R2")
    cp = cross_products(found)
    names = [[cp.names[k + 1] for k in group] for group in found["inputs"][groups]]
    for got in (owen(cp, names), owen(correlation(cp)[0], found["inputs"][groups])):
        assert got.values == pytest.approx(found["expected"][groups], abs=found["tolerance_abs"])


def test_a_departments_share_is_the_sum_of_its_drivers() -> None:
    found = case("t1_owen_attitude_R2")
    got = owen(correlation(cross_products(found))[0], found["inputs"]["groups_a"])
    totals = [got.of([str(k) for k in group]) for group in found["inputs"]["groups_a"]]
    assert totals == pytest.approx(found["expected"]["group_totals_a"], abs=found["tolerance_abs"])


def test_the_owen_value_of_a_voting_game_is_powerindexrs() -> None:
    found = case("t1_owen_powerindexR")
    seats, quota = found["inputs"]["weights"], found["inputs"]["quota"]
    game = [float(sum(w for j, w in enumerate(seats) if k >> j & 1) >= quota) for k in range(1 << len(seats))]
    got = owen(np.array(game), found["inputs"]["unions"])
    assert got.values == pytest.approx(found["expected"]["owen"], abs=found["tolerance_abs"])


@pytest.mark.parametrize("name", ["t1_mtcars_rwa_article", "t1_mtcars_rwa_readme", "t1_attitude_dominance"])
def test_johnsons_weights_are_there_to_compare_with_other_packages(name: str) -> None:
    found = case(name)
    got = johnson(correlation(cross_products(found))[0])
    expected = found["expected"].get("raw", found["expected"].get("johnson"))
    assert got == pytest.approx(expected, abs=found["tolerance_abs"])


@given(st.integers(0, 10**6), st.integers(1, 7))
@settings(max_examples=50)
def test_the_shares_sum_to_r_squared_and_are_not_negative(seed: int, p: int) -> None:
    matrix = random_matrix(seed, p)
    got = lmg(matrix)
    r2 = float(matrix[0, 1:] @ np.linalg.solve(matrix[1:, 1:], matrix[0, 1:]))
    assert sum(got.values) == pytest.approx(r2, abs=1e-9)
    assert min(got.values) >= -1e-12


@given(st.integers(0, 10**6), st.permutations(range(5)))
@settings(max_examples=50)
def test_the_order_of_the_drivers_does_not_matter(seed: int, order: list[int]) -> None:
    matrix = random_matrix(seed, 5)
    places = [0, *(k + 1 for k in order)]
    got = lmg(matrix[np.ix_(places, places)])
    assert got.values == pytest.approx([lmg(matrix).values[k] for k in order], abs=1e-9)


@given(st.integers(0, 10**6))
@settings(max_examples=50)
def test_a_copy_takes_as_much_as_its_original(seed: int) -> None:
    matrix = random_matrix(seed, 4)
    places = [0, 1, 2, 3, 4, 4]
    got = lmg(matrix[np.ix_(places, places)])
    assert got.values[3] == pytest.approx(got.values[4], abs=1e-9)
    assert sum(got.values) == pytest.approx(sum(lmg(matrix).values), abs=1e-9)


def test_a_copy_of_the_only_driver_halves_its_share() -> None:
    matrix = np.array([[1, 0.6, 0.6], [0.6, 1, 1], [0.6, 1, 1]])
    assert lmg(matrix).values == pytest.approx([0.18, 0.18])


@given(st.integers(0, 10**6))
@settings(max_examples=50)
def test_a_department_gains_nothing_by_copying_a_driver(seed: int) -> None:
    matrix = random_matrix(seed, 4)
    places = [0, 1, 2, 3, 4, 4]
    copied = owen(matrix[np.ix_(places, places)], [[0, 1], [2, 3, 4]])
    plain = owen(matrix, [[0, 1], [2, 3]])
    assert copied.of(["2", "3", "4"]) == pytest.approx(plain.of(["2", "3"]), abs=1e-9)


@given(st.integers(0, 10**6), st.integers(1, 6))
@settings(max_examples=50)
def test_owen_with_departments_of_one_driver_is_lmg(seed: int, p: int) -> None:
    matrix = random_matrix(seed, p)
    assert owen(matrix, [[k] for k in range(p)]).values == pytest.approx(lmg(matrix).values, abs=1e-9)
    assert owen(matrix, [list(range(p))]).values == pytest.approx(lmg(matrix).values, abs=1e-9)


def test_forty_eight_drivers_in_eight_departments_close_and_agree_with_sampling() -> None:
    matrix = random_matrix(5, 48, rows=1000)
    groups = [list(range(6 * k, 6 * k + 6)) for k in range(8)]
    exact_shares, drawn = owen(matrix, groups), sampled(matrix, groups, pairs=400)
    assert sum(exact_shares.values) == pytest.approx(sum(drawn.values), abs=1e-9)
    assert drawn.se is not None
    gaps = np.abs(np.array(exact_shares.values) - drawn.values)
    assert float((gaps / drawn.se).max()) < 4.5


def test_sampling_twice_gives_the_same_digits() -> None:
    matrix = random_matrix(2, 22)
    assert sampled(matrix, pairs=20) == sampled(matrix, pairs=20)


def test_sampled_shares_agree_with_the_exact_ones() -> None:
    _, matrix = boston()
    got, true = sampled(matrix, pairs=500), lmg(matrix).values
    assert got.se is not None
    assert float((np.abs(np.array(got.values) - true) / got.se).max()) < 4.5


def test_twenty_drivers_are_exact_and_twenty_one_are_refused() -> None:
    matrix = random_matrix(8, 21)
    got = lmg(matrix[:21, :21])
    assert sum(got.values) == pytest.approx(got.r2, abs=1e-9)
    with pytest.raises(ValueError, match="sample permutations"):
        lmg(matrix)


def with_constant() -> CrossProducts:
    rows = np.random.default_rng(6).integers(0, 10**7, size=(100, 4))
    rows[:, 2] = 5 * 10**6
    return CrossProducts.of(("vote", "late", "always", "slow"), rows)


def test_a_driver_that_does_not_vary_is_dropped_and_reported() -> None:
    got = lmg(with_constant())
    assert (got.names, got.dropped) == (("late", "slow"), ("always",))
    grouped = owen(with_constant(), [["late"], ["always", "slow"]])
    assert grouped.names == ("late", "slow")


def test_an_outcome_that_does_not_vary_is_refused() -> None:
    with pytest.raises(ValueError, match="outcome does not vary"):
        lmg(CrossProducts.of("ab", np.array([[1, 2], [1, 3]])))


def test_departments_must_hold_every_driver_once() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        owen(random_matrix(1, 3), [[0, 1], [1, 2]])
    with pytest.raises(ValueError, match="unknown driver"):
        owen(with_constant(), [["late"], ["sloww"]])


def test_an_unknown_control_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown control"):
        lmg(with_constant(), ["unit"])


def folds(effect: float) -> list[CrossProducts]:
    chance = np.random.default_rng(11)
    x = chance.normal(size=(64, 60, 2))
    y = x[..., 0] + effect * x[..., 1] + chance.normal(size=(64, 60))
    rows = np.rint(np.concatenate([y[..., None], x], axis=2) * 10**6).astype(np.int64)
    return [CrossProducts.of(("vote", "late", "slow"), fold) for fold in rows]


def test_two_departments_are_ranked_only_when_the_difference_excludes_zero() -> None:
    departments = {"logistics": ["late"], "billing": ["slow"]}
    apart = department_differences(folds(0.3), lmg, departments)[("logistics", "billing")]
    close = department_differences(folds(0.97), lmg, departments)[("logistics", "billing")]
    assert (apart.excludes_zero(), close.excludes_zero()) == (True, False)


def test_empty_folds_do_not_count_for_shares() -> None:
    empty = CrossProducts(("vote", "late", "slow"), 0, [0] * 3, [[0] * 3] * 3)
    got = by_folds([*folds(0.3), empty], lambda cp: np.array(lmg(cp).values))
    assert [interval.groups for interval in got] == [64, 64]
