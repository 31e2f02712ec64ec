"""The delete-a-group jackknife."""

import math

import numpy as np
import pytest
from scipy import stats

from metrics.stats.jackknife import jackknife, jackknife_many


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
