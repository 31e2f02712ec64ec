"""Figures whose uncertainty comes from folds."""

import math

import numpy as np
import pytest

from metrics.stats.folds import health_interval, quantile_change, total_change, total_interval
from metrics.stats.health import Component
from metrics.stats.kinds import Moments
from metrics.stats.order import OrderedCounts

from .published import moments_of


def folds(seed: int, shift: float = 0.0, size: int = 40) -> list[list[float]]:
    chance = np.random.default_rng(seed)
    return [[round(float(x), 3) for x in chance.gamma(2, 2, size) + shift] for _ in range(64)]


def ordered(parts: list[list[float]]) -> list[OrderedCounts]:
    return [OrderedCounts.of(np.rint(np.array(part) * 10**6).astype(np.int64)) for part in parts]


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
    moved = quantile_change(ordered(folds(1, shift=0.5)), ordered(folds(2)), 0.5)
    same = quantile_change(ordered(folds(1)), ordered(folds(2)), 0.5)
    assert moved is not None
    assert same is not None
    assert (moved.excludes_zero(), same.excludes_zero()) == (True, False)


def test_an_empty_quarter_has_no_change_of_median() -> None:
    empty = [OrderedCounts.of(np.array([], dtype=np.int64))] * 64
    assert quantile_change(empty, ordered(folds(1)), 0.5) is None


def test_quarters_of_different_folds_are_refused() -> None:
    with pytest.raises(ValueError, match="same folds"):
        quantile_change(ordered(folds(1)), [], 0.5)


def test_health_has_the_interval_of_its_replicates() -> None:
    replicates = [[Component("a", 70 + (0.1 if k % 2 else -0.1))] for k in range(64)]
    got = health_interval([Component("a", 70)], [*replicates, None])
    assert got is not None
    assert [got.value, got.groups, got.se] == pytest.approx([70.0, 64, 0.1 * math.sqrt(63)])


def test_no_health_has_no_interval() -> None:
    assert health_interval([Component("a", None)], []) is None
