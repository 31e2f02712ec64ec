"""Figures whose uncertainty comes from folds."""

import math

import numpy as np
import pytest
import scipy.stats

from metrics.stats.distributions import t_p, t_quantile
from metrics.stats.folds import (
    Sample,
    health_interval,
    left_out_values,
    quantile_by_folds,
    quantile_change,
    scores,
    total_change,
    total_interval,
)
from metrics.stats.health import Component
from metrics.stats.kinds import Kind, Moments, Scale, score, value_of
from metrics.stats.order import OrderedCounts, quantile_interval

from .published import moments_of


def folds(seed: int, shift: float = 0.0, size: int = 40) -> list[list[float]]:
    chance = np.random.default_rng(seed)
    return [[round(float(x), 3) for x in chance.gamma(2, 2, size) + shift] for _ in range(64)]


def sample(parts: list[list[float]]) -> Sample:
    values = np.rint(np.array([value for part in parts for value in part]) * 10**6).astype(np.int64)
    fold = np.array([number for number, part in enumerate(parts) for _ in part], dtype=np.int64)
    order = np.argsort(values, kind="stable")
    return Sample(values[order], fold[order])


def test_a_totals_error_is_the_spread_of_its_folds() -> None:
    parts = folds(1)
    got = total_interval([moments_of(part) for part in parts])
    sums = [math.fsum(part) for part in parts]
    assert got.value == pytest.approx(math.fsum(sums))
    assert got.se == pytest.approx(math.sqrt(64) * np.std(sums, ddof=1))


def test_a_total_in_one_fold_has_no_interval() -> None:
    got = total_interval([moments_of([1, 2]), *[Moments()] * 63])
    assert (got.value, got.low, got.groups) == (3.0, None, 0)


def test_a_change_of_totals_has_both_quarters_errors() -> None:
    now, before = ([moments_of(part) for part in folds(seed)] for seed in (1, 2))
    got = total_change(now, before)
    assert got.value == pytest.approx(total_interval(now).value - total_interval(before).value)
    assert (got.n_now, got.n_before, got.method) == (2560, 2560, "folds")
    assert got.p_value is not None


def test_a_median_that_moves_is_told_from_one_that_does_not() -> None:
    moved = quantile_change(sample(folds(1, shift=0.5)), sample(folds(2)), 0.5)
    same = quantile_change(sample(folds(1)), sample(folds(2)), 0.5)
    assert moved is not None
    assert same is not None
    assert (moved.excludes_zero(), same.excludes_zero()) == (True, False)


def test_an_empty_quarter_has_no_change_of_median() -> None:
    assert quantile_change(sample([]), sample(folds(1)), 0.5) is None


def test_the_interval_of_a_median_is_about_as_wide_as_that_of_its_order_statistics() -> None:
    found = sample(folds(3))
    got, exact = quantile_by_folds(found, 0.5), quantile_interval(OrderedCounts.of(found.values), 0.5)
    assert got is not None
    assert (got.value, got.groups) == (exact.value, 64)
    assert got.low is not None
    assert got.high is not None
    assert exact.low is not None
    assert exact.high is not None
    assert (got.high - got.low) / (exact.high - exact.low) == pytest.approx(1, abs=0.25)


def test_folds_that_move_together_widen_the_interval_of_a_median() -> None:
    chance = np.random.default_rng(4)
    parts = [[round(float(x), 3) for x in chance.normal(size=40) + chance.normal()] for _ in range(64)]
    got = quantile_by_folds(sample(parts), 0.5)
    plain = quantile_interval(OrderedCounts.of(sample(parts).values), 0.5)
    assert got is not None
    assert got.low is not None
    assert got.high is not None
    assert plain.low is not None
    assert plain.high is not None
    assert got.high - got.low > 2 * (plain.high - plain.low)


def test_a_median_of_answers_that_are_all_the_same_has_no_test() -> None:
    got = quantile_change(sample([[4.0] * 5] * 64), sample([[5.0] * 5] * 64), 0.5)
    assert got is not None
    assert (got.value, got.p_value) == (-1.0, None)


def test_a_percentile_too_far_out_for_its_answers_has_no_change() -> None:
    got = quantile_change(sample(folds(1, size=1)), sample(folds(2, size=1)), 0.99)
    assert got is not None
    assert (got.low, got.p_value) == (None, None)


def test_the_p_value_of_a_median_agrees_with_its_interval() -> None:
    for shift in (0.02, 0.05, 0.08, 0.11, 0.14, 0.17, 0.2):
        got = quantile_change(sample(folds(1, shift=shift)), sample(folds(2)), 0.5)
        assert got is not None
        assert got.p_value is not None
        assert (got.p_value < 0.05) == got.excludes_zero()


def skewed(seed: int, shift: float = 0.0, size: int = 3) -> Sample:
    """Times, as they are: a long tail above."""
    chance = np.random.default_rng(seed)
    return sample([[round(float(np.exp(x)) + shift, 6) for x in chance.normal(size=size)] for _ in range(64)])


@pytest.mark.parametrize("shift", [0.1, 0.3, 0.6, 0.9, -0.5])
def test_the_p_value_of_a_median_is_the_level_at_which_its_interval_touches_0(shift: float) -> None:
    now, before = skewed(1, shift), skewed(2)
    got = quantile_change(now, before, 0.5)
    assert got is not None
    assert got.p_value is not None
    assert got.value is not None
    more, less = (now, before) if got.value > 0 else (before, now)
    for level, excludes in ((got.p_value * 0.99, False), (got.p_value * 1.01, True)):
        below, above = (
            abs(at_level(side, level, way) - at_level(side, 1, way)) for side, way in ((more, -1), (less, 1))
        )
        assert (math.hypot(below, above) < abs(got.value)) == excludes


def at_level(found: Sample, level: float, side: int) -> float:
    """The end of Woodruff's interval of the median at a two-sided level, made by hand."""
    n = len(found.values)
    middle = float(np.quantile(found.values, 0.5))
    under = np.bincount(found.folds, (found.values < middle) + 0.5 * (found.values == middle))
    left = (under.sum() - under) / (n - np.bincount(found.folds))
    se = math.sqrt(63 / 64 * float(((left - left.mean()) ** 2).sum()))
    half = float(scipy.stats.t.isf(level / 2, 63)) * se
    return float(np.quantile(found.values, 0.5 + side * half)) / 1e6


def test_a_median_whose_long_tail_reaches_back_is_less_proven_than_its_distance_says() -> None:
    got = quantile_change(skewed(2), skewed(1, 0.9), 0.5)
    assert got is not None
    assert got.value is not None
    assert got.high is not None
    assert got.p_value is not None
    straight = t_p(t_quantile(63) * got.value / (got.high - got.value), 63)
    assert got.p_value > 3 * straight


def test_medians_that_are_the_same_have_a_p_of_one() -> None:
    got = quantile_change(sample(folds(1)), sample(folds(1)), 0.5)
    assert got is not None
    assert got.p_value == 1.0


def test_medians_a_world_apart_have_a_p_of_nought() -> None:
    got = quantile_change(sample(folds(1, shift=1000.0)), sample(folds(2)), 0.5)
    assert got is not None
    assert got.p_value == 0.0


def test_a_median_that_leaves_a_value_most_give_is_proven() -> None:
    """Whole days: the interval of either quarter is one day, and still the two are apart."""
    before, now = (
        [[4.0, 4.0, 4.0, 5.0]] * 40 + [[3.0, 4.0, 4.0, 4.0]] * 24,
        [[5.0, 5.0, 5.0, 6.0]] * 40 + [[4.0] * 4] * 24,
    )
    got = quantile_change(sample(now), sample(before), 0.5)
    assert got is not None
    assert (got.value, got.low, got.high) == (1.0, 1.0, 1.0)
    assert got.p_value is not None
    assert got.p_value < 0.05


def test_a_quantile_at_an_end_has_no_interval() -> None:
    with pytest.raises(ValueError, match="between"):
        quantile_by_folds(sample(folds(1)), 1.0)


def test_health_has_the_interval_of_its_replicates() -> None:
    replicates = [[Component("a", 70 + (0.1 if k % 2 else -0.1))] for k in range(64)]
    got = health_interval([Component("a", 70)], [*replicates, None])
    assert got is not None
    assert [got.value, got.groups, got.se] == pytest.approx([70.0, 64, 0.1 * math.sqrt(63)])


def test_no_health_has_no_interval() -> None:
    assert health_interval([Component("a", None)], []) is None


def test_values_without_each_fold_are_those_of_the_rest() -> None:
    parts = {3: moments_of([9, 10, 2]), 7: moments_of([7, 1]), 8: moments_of([10])}
    for kind in (Kind.MEAN, Kind.RATE, Kind.NPS, Kind.TOP_BOX):
        got = left_out_values(kind, parts, 10)
        for fold in range(10):
            rest = Moments.merged(moments for place, moments in parts.items() if place != fold)
            expected = value_of(kind, rest)
            assert expected is not None
            assert got[fold] == pytest.approx(float(expected), rel=1e-15)


def test_nothing_is_left_without_the_only_fold() -> None:
    got = left_out_values(Kind.SHARE, {1: moments_of([1, 0])}, 3)
    assert np.isnan(got[1])
    assert got[[0, 2]] == pytest.approx([0.5, 0.5])
    assert np.isnan(left_out_values(Kind.SHARE, {}, 3)).all()


def test_only_averages_are_left_out_this_way() -> None:
    with pytest.raises(ValueError, match="average"):
        left_out_values(Kind.TOTAL, {1: moments_of([1])}, 2)


@pytest.mark.parametrize(
    ("kind", "scale", "upward", "values"),
    [
        (Kind.SHARE, None, True, [0.0, 0.25, 1.0]),
        (Kind.SHARE, None, False, [0.0, 0.25, 1.0]),
        (Kind.NPS, None, True, [-100.0, 20.0]),
        (Kind.NPS, None, False, [-100.0, 20.0]),
        (Kind.MEAN, Scale(1, 10), True, [0.0, 1.0, 5.5, 12.0]),
        (Kind.MEAN, Scale(40, 10, False), False, [5.0, 25.0, 50.0]),
    ],
)
def test_many_scores_at_once_are_the_scores_one_by_one(
    kind: Kind, scale: Scale | None, upward: bool, values: list[float]
) -> None:
    got = scores(kind, np.array([*values, math.nan]), scale, upward)
    assert got[:-1] == pytest.approx([score(kind, value, scale, upward) for value in values])
    assert np.isnan(got[-1])


def test_a_total_has_no_scores() -> None:
    with pytest.raises(ValueError, match="total"):
        scores(Kind.TOTAL, np.zeros(2), None, True)
