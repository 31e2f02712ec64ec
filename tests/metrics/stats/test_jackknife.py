"""The delete-a-group jackknife."""

import math

import numpy as np
import pytest
from scipy import stats

from metrics.stats.jackknife import independent_error, jackknife, jackknife_many, jackknife_shares


def test_leaving_out_one_value_at_a_time_gives_the_t_interval_of_a_mean() -> None:
    values = np.random.default_rng(4).normal(5, 2, 40)
    got = jackknife(values.mean(), (values.sum() - values) / 39)
    expected = stats.t.interval(0.95, 39, values.mean(), stats.sem(values))
    assert (got.low, got.high) == pytest.approx(expected, abs=1e-12)


def test_empty_folds_do_not_count() -> None:
    full = jackknife(1.0, [0.9, 1.1] * 6)
    assert jackknife(1.0, [None, 0.9, 1.1, math.nan] * 6) == full
    assert full.groups == 12


def test_under_ten_folds_there_is_no_interval() -> None:
    got = jackknife(1.0, [0.9, 1.1, 1.0] * 3)
    assert (got.low, got.high, got.se, got.groups) == (None, None, None, 9)


def test_no_fold_at_all_is_no_failure() -> None:
    assert jackknife(1.0, []).groups == 0


def test_many_statistics_at_once_equal_one_at_a_time() -> None:
    replicates = np.random.default_rng(1).normal(size=(64, 3))
    replicates[:5, 1] = math.nan
    together = jackknife_many(np.array([0.1, 0.2, 0.3]), replicates)
    assert together == [jackknife(v, replicates[:, k]) for k, v in enumerate([0.1, 0.2, 0.3])]


def test_shapes_that_disagree_are_refused() -> None:
    with pytest.raises(ValueError, match="groups, statistics"):
        jackknife_many(np.zeros(2), np.zeros((64, 3)))


def test_the_interval_of_a_ratio_covers_the_truth_about_as_often_as_it_says() -> None:
    random, hits = np.random.default_rng(7), 0
    for _ in range(400):
        x = random.gamma(2.0, 1.0, (64, 20))
        y = x * random.normal(3.0, 1.0, (64, 20))
        sx, sy = x.sum(axis=1), y.sum(axis=1)
        got = jackknife(sy.sum() / sx.sum(), (sy.sum() - sy) / (sx.sum() - sx))
        hits += got.low is not None and got.high is not None and got.low <= 3.0 <= got.high
    assert 0.925 <= hits / 400 <= 0.975


def test_a_share_of_variance_has_its_interval_on_the_root_scale() -> None:
    random = np.random.default_rng(2)
    replicates = np.abs(0.04 + random.normal(0, 0.002, (64, 1)))
    (got,) = jackknife_shares(np.array([0.04]), replicates)
    root = jackknife(0.2, np.sqrt(replicates[:, 0]))
    assert root.low is not None
    assert root.high is not None
    assert (got.value, got.groups) == (0.04, 64)
    assert (got.low, got.high) == pytest.approx((root.low**2, root.high**2))
    assert got.se == jackknife(0.04, replicates[:, 0]).se


def test_the_interval_of_a_share_near_zero_starts_at_zero() -> None:
    replicates = np.abs(np.random.default_rng(3).normal(0.0, 0.01, (64, 1)))
    (got,) = jackknife_shares(np.array([1e-6]), replicates)
    assert got.low == 0.0
    assert got.high is not None
    assert got.high > 0.0


def test_a_share_without_folds_has_no_interval() -> None:
    (got,) = jackknife_shares(np.array([0.1]), np.full((64, 1), math.nan))
    assert (got.value, got.low, got.high, got.se) == (0.1, None, None, None)


def test_an_error_from_elsewhere_keeps_its_size() -> None:
    assert jackknife(5.0, 5.0 + independent_error(0.3, 64, 9)).se == pytest.approx(0.3)


def test_errors_from_elsewhere_add_up_as_independent_ones() -> None:
    both = independent_error(0.3, 64, 5) + independent_error(0.4, 64, 11)
    assert jackknife(0.0, both).se == pytest.approx(0.5)
    assert jackknife(0.0, 2 * independent_error(0.3, 64, 5)).se == pytest.approx(0.6)
