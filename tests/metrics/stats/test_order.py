"""Exact quantiles and their intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from metrics.stats.distributions import binomial_quantile
from metrics.stats.order import OrderedCounts, quantile, quantile_interval


def counts(values: list[int]) -> OrderedCounts:
    return OrderedCounts.of(np.array(values, dtype=np.int64))


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=60), st.integers(0, 100))
def test_a_quantile_is_numpys_type_seven(values: list[int], percent: int) -> None:
    expected = np.quantile(np.array(values) / 1e6, percent / 100)
    assert quantile(counts(values), percent / 100) == pytest.approx(expected, abs=1e-9)


def test_a_quantile_is_exact_where_floats_are_not() -> None:
    assert quantile(counts([0, 1_000_000, 2_000_000]), 0.15) == 0.3


def test_nothing_has_no_median() -> None:
    assert quantile(counts([]), 0.5) is None
    assert quantile_interval(counts([]), 0.5).value is None


def test_the_interval_of_a_median_is_the_table_of_order_statistics() -> None:
    got = quantile_interval(counts([k * 10**6 for k in range(1, 21)]), 0.5)
    assert (got.low, got.value, got.high) == (6.0, 10.5, 15.0)


@pytest.mark.parametrize(("n", "p"), [(6, 0.5), (25, 0.5), (40, 0.9), (200, 0.9)])
def test_the_interval_covers_at_least_its_level(n: int, p: float) -> None:
    got = quantile_interval(counts([k * 10**6 for k in range(1, n + 1)]), p)
    assert got.low is not None
    assert got.high is not None
    assert binom.cdf(got.high - 1, n, p) - binom.cdf(got.low - 1, n, p) >= 0.95


@given(st.integers(1, 10**8), st.floats(0.001, 0.999), st.sampled_from([0.025, 0.975]))
def test_the_ranks_of_an_interval_are_those_of_scipy(n: int, p: float, level: float) -> None:
    assert binomial_quantile(level, n, p) == binom.ppf(level, n, p)


def test_a_group_too_small_for_the_interval_has_none() -> None:
    got = quantile_interval(counts([1, 2, 3, 4, 5]), 0.5)
    assert (got.low, got.high) == (None, None)


@given(st.lists(st.integers(0, 9), max_size=30), st.lists(st.integers(0, 9), max_size=30))
def test_counts_merge_and_a_fold_leaves(first: list[int], second: list[int]) -> None:
    together = counts(first) + counts(second)
    assert together.n == len(first) + len(second)
    back = together - counts(second)
    assert back.values.tolist() == counts(first).values.tolist()
    assert back.counts.tolist() == counts(first).counts.tolist()


def test_values_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(ValueError, match="ascend"):
        OrderedCounts(np.array([2, 1]), np.array([1, 1]))
