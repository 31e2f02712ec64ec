"""Impacts close on the stage's change."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.impact import (
    Driver,
    Goal,
    best_quartile,
    company_points,
    drawn_in,
    goal_of_units,
    impact,
    what_if,
)
from metrics.stats.jackknife import Interval
from metrics.stats.kinds import Moments

from .published import moments_of

number = st.floats(-100, 100)
drivers = st.lists(st.tuples(st.sampled_from(["shops", "logistics"]), st.none() | number, number, number), max_size=6)


@given(drivers, number)
def test_impacts_and_the_unexplained_make_the_change_exactly(
    rows: list[tuple[str, float | None, float, float]], change: float
) -> None:
    got = impact([Driver(str(k), *row) for k, row in enumerate(rows)], change)
    assert got.unexplained is not None
    assert sum(got.departments.values(), got.unexplained) == Fraction(repr(change))
    assert sum(got.departments.values()) == sum(got.drivers.values())


def test_a_department_is_the_sum_of_its_drivers() -> None:
    got = impact([Driver("late", "logistics", -50, 0.08, 0.04), Driver("damaged", "logistics", -20, 0.01, 0.02)], -3)
    assert got.drivers == {"late": -2, "damaged": Fraction(1, 5)}
    assert (got.departments, got.unexplained) == ({"logistics": Fraction(-9, 5)}, Fraction(-6, 5))


def test_an_unstable_driver_explains_nothing_and_its_department_is_unknown() -> None:
    got = impact([Driver("slow", "billing", None, 3, 2)], 1)
    assert got.departments == {}
    assert got.unexplained == 1


def test_a_distance_has_nothing_unexplained() -> None:
    got = impact([Driver("late", "logistics", -50, 0.08, 0.05)])
    assert (got.departments, got.unexplained) == ({"logistics": Fraction(-3, 2)}, None)


def test_a_driver_listed_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        impact([Driver("late", "logistics", 1, 1, 0)] * 2)


def test_company_points_weigh_the_stages() -> None:
    got = company_points([(0.5, {"shops": Fraction(4)}), (0.25, {"shops": Fraction(-4), "it": Fraction(2)})])
    assert got == {"shops": 1, "it": Fraction(1, 2)}


@pytest.mark.parametrize(("higher_is_better", "expected"), [(True, 4.0), (False, 2.0)])
def test_the_best_quartile_lies_on_the_good_side(higher_is_better: bool, expected: float) -> None:
    assert best_quartile([5, 1, 3, 2, 4], higher_is_better) == expected


def test_no_unit_has_no_best_quartile() -> None:
    assert best_quartile([], True) is None


def test_moving_a_result_down_turns_the_ends_of_the_interval() -> None:
    got = what_if(Interval(-50.0, -60.0, -40.0, 5.0, 64), 0.10, 0.05, [0.04, 0.12])
    assert [got.value, got.low, got.high] == pytest.approx([2.5, 2.0, 3.0])


def test_a_coefficient_without_interval_gives_a_what_if_without_one() -> None:
    got = what_if(Interval(2.0, None, None, None, 5), 1.0, 2.0, [0.0, 3.0])
    assert (got.value, got.low, got.high) == (2.0, None, None)


@pytest.mark.parametrize("moved", [0.03, 0.13])
def test_a_value_never_observed_is_refused(moved: float) -> None:
    with pytest.raises(ValueError, match="observed"):
        what_if(Interval(1.0, None, None, None, 5), 0.1, moved, [0.04, 0.12])


def units(levels: list[float], n: int = 200, seed: int = 1) -> list[Moments]:
    chance = np.random.default_rng(seed)
    return [moments_of([int(x) for x in chance.random(n) < level]) for level in levels]


def test_units_that_differ_by_chance_alone_have_hardly_a_best_quarter() -> None:
    drawn, plain = [], []
    for seed in range(40):
        found = units([0.2] * 20, seed=seed)
        goal = goal_of_units(found, higher_is_better=True)
        reached = best_quartile([unit.mean() for unit in found], higher_is_better=True)
        assert goal is not None
        assert reached is not None
        drawn.append(goal.level - float(Moments.merged(found).mean()))
        plain.append(reached - float(Moments.merged(found).mean()))
    assert np.mean(drawn) < 0.4 * np.mean(plain)


def test_units_that_differ_keep_their_best_quarter() -> None:
    levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    up, down = (goal_of_units(units(levels, n=5000), higher_is_better=way) for way in (True, False))
    assert up is not None
    assert down is not None
    assert (up.level, down.level) == pytest.approx((0.625, 0.275), abs=0.02)
    assert 0.002 < up.se < 0.012


def test_fewer_answers_make_the_goal_less_certain() -> None:
    levels = [0.1, 0.2, 0.3, 0.4, 0.5]
    few, many = (goal_of_units(units(levels, n=n), higher_is_better=True) for n in (100, 10_000))
    assert few is not None
    assert many is not None
    assert few.se > 3 * many.se


def test_the_goal_of_the_same_units_has_the_same_digits() -> None:
    found = units([0.1, 0.3, 0.5, 0.6])
    assert goal_of_units(found, higher_is_better=False) == goal_of_units(found, higher_is_better=False)


def test_units_whose_answers_do_not_vary_are_taken_as_they_are() -> None:
    goal = goal_of_units([moments_of([k] * 30) for k in (1, 2, 3, 4, 5)], higher_is_better=True)
    assert goal == Goal(4.0)


def test_events_vary_as_their_mean_whatever_rows_they_came_in() -> None:
    """Shops with the same rate differ by Poisson chance alone; sums of squares of whole weeks say nothing of it."""
    chance = np.random.default_rng(7)
    found = [Moments(400, int(events) * 10**6, 10**18) for events in chance.poisson(40, 20)]
    goal = goal_of_units(found, higher_is_better=False, counts=True)
    reached = best_quartile([unit.mean() for unit in found], higher_is_better=False)
    assert goal is not None
    assert reached is not None
    assert 0.1 - goal.level < 0.5 * (0.1 - reached)


def test_shops_whose_rates_differ_keep_their_best_quarter() -> None:
    found = [Moments(5000, round(5000 * rate) * 10**6) for rate in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)]
    goal = goal_of_units(found, higher_is_better=False, counts=True)
    assert goal is not None
    assert goal.level == pytest.approx(0.275, abs=0.02)
    assert 0.002 < goal.se < 0.02


def test_no_unit_has_no_goal_and_an_empty_one_is_refused() -> None:
    assert goal_of_units([], higher_is_better=True) is None
    with pytest.raises(ValueError, match="answers"):
        goal_of_units([Moments()], higher_is_better=True)


def test_means_are_drawn_in_by_their_noise() -> None:
    values, noise = np.array([[0.0, 0.0, 10.0, 10.0]]), np.array([1.0, 25.0, 1.0, 25.0])
    got = drawn_in(values, noise)[0]
    assert 0 < got[0] < got[1] < 5 < got[3] < got[2] < 10
    assert drawn_in(np.array([[1.0, 1.1, 0.9]]), np.full(3, 4.0))[0] == pytest.approx([1.0] * 3)
