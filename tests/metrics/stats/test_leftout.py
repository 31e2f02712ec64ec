"""Slopes and shares without each fold, all at once: the same as one fold after another."""

import numpy as np
import pytest

from metrics.stats.drivers import CrossProducts, lmg, merged, ols, owen, sampled
from metrics.stats.exact import FloatArray
from metrics.stats.leftout import PAIRS, LeftOut

NAMES = ("vote", "quarter", "late", "slow", "wrong")


def folds(seed: int = 3, groups: int = 12, size: int = 30) -> list[CrossProducts]:
    chance = np.random.default_rng(seed)
    x = chance.normal(size=(groups, size, 4))
    x[..., 1] += 0.5 * x[..., 0]
    y = x @ np.array([0.3, 1.0, -0.5, 0.0]) + chance.normal(size=(groups, size))
    rows = np.rint(np.concatenate([y[..., None], x], axis=2) * 10**6).astype(np.int64)
    return [CrossProducts.of(NAMES, fold) for fold in rows]


def without(parts: list[CrossProducts]) -> list[CrossProducts]:
    total = merged(parts)
    return [total - part for part in parts]


def test_slopes_are_those_of_each_rest() -> None:
    parts = folds()
    expected = [ols(rest, ["quarter"]).beta for rest in without(parts)]
    got = LeftOut(parts, NAMES).slopes(("quarter", "late", "slow", "wrong"))
    assert got[:, 1:] == pytest.approx(np.array(expected), abs=1e-12)


def test_slopes_of_fewer_regressors_are_those_of_the_smaller_model() -> None:
    parts = folds()
    expected = [ols(rest.keep(("vote", "slow", "late"))).beta for rest in without(parts)]
    assert LeftOut(parts, NAMES).slopes(("slow", "late")) == pytest.approx(np.array(expected), abs=1e-12)


def test_shares_are_those_of_each_rest() -> None:
    parts = folds()
    expected = [lmg(rest, ["quarter"]).values for rest in without(parts)]
    got = LeftOut(parts, NAMES).shares(("late", "slow", "wrong"), ("quarter",))
    assert got == pytest.approx(np.array(expected), abs=1e-12)


def test_many_drivers_are_swept_a_few_folds_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = folds()
    whole = LeftOut(parts, NAMES).shares(NAMES[1:])
    monkeypatch.setattr("metrics.stats.leftout.LARGEST", 32)
    assert np.array_equal(LeftOut(parts, NAMES).shares(NAMES[1:]), whole)


@pytest.mark.parametrize(
    ("unions", "exact"),
    [
        ([[0, 1, 2], [3], [4]], True),
        ([list(range(k, k + 6)) for k in (0, 6, 12)], True),
        ([list(range(11)), list(range(11, 22))], True),
        ([[place] for place in range(22)], False),
    ],
)
def test_shares_of_departments_are_those_of_each_rest(unions: list[list[int]], exact: bool) -> None:
    """Of few departments exact; of twenty-two drawn, in every rest from the same orders."""
    width = 1 + sum(map(len, unions))
    names = ("vote", *(f"x{place}" for place in range(1, width)))
    chance = np.random.default_rng(9)
    columns = chance.normal(size=(12, 60, width)).cumsum(axis=2) / 5 + chance.normal(size=(12, 60, width))
    parts = [CrossProducts.of(names, np.rint(part * 10**6).astype(np.int64)) for part in columns]
    groups = [[names[place + 1] for place in union] for union in unions]
    expected = [owen(rest, groups) if exact else sampled(rest, groups, pairs=PAIRS) for rest in without(parts)]
    got = LeftOut(parts, names).shares(names[1:], (), unions)
    assert got == pytest.approx(np.array([found.values for found in expected]), abs=1e-10)


def test_a_fold_without_cases_has_nothing_to_leave_out() -> None:
    parts: list[CrossProducts | None] = [*folds(), None, CrossProducts(NAMES, 0, [0] * 5, [[0] * 5] * 5)]
    got = LeftOut(parts, NAMES)
    assert np.isnan(got.slopes(NAMES[1:])[12:]).all()
    assert np.isnan(got.shares(NAMES[1:])[12:]).all()
    assert np.isfinite(got.slopes(NAMES[1:])[:12]).all()
    assert got.lone == ()


def test_a_column_that_varies_in_one_fold_only_is_named() -> None:
    parts = [rows_of(k, lone=k == 2) for k in range(5)]
    got = LeftOut(parts, ("vote", "rare", "late"))
    assert got.lone == ("rare",)
    assert np.isnan(got.slopes(("rare", "late"))[2]).all()
    assert np.isfinite(got.slopes(("rare", "late"))[[0, 1, 3, 4]]).all()


def rows_of(seed: int, *, lone: bool) -> CrossProducts:
    rows = np.random.default_rng(seed).integers(0, 10**7, size=(20, 3))
    rows[:, 1] = 0
    rows[:3, 1] = 10**6 * lone
    return CrossProducts.of(("vote", "rare", "late"), rows)


def test_copies_that_one_fold_tells_apart_have_no_slope_without_it() -> None:
    parts = [copied(k, apart=k == 1) for k in range(5)]
    got = LeftOut(parts, ("vote", "first", "second")).slopes(("first", "second"))
    assert np.isnan(got[1]).all()
    assert np.isfinite(got[[0, 2, 3, 4]]).all()


def copied(seed: int, *, apart: bool) -> CrossProducts:
    rows: FloatArray = np.random.default_rng(seed).normal(size=(20, 3))
    if not apart:
        rows[:, 2] = rows[:, 1]
    return CrossProducts.of(("vote", "first", "second"), np.rint(rows * 10**6).astype(np.int64))


def test_all_the_cases_in_one_fold_leave_nothing() -> None:
    got = LeftOut([folds(groups=1)[0], None], NAMES)
    assert np.isnan(got.slopes(NAMES[1:])).all()


def test_no_fold_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        LeftOut([None, None], NAMES)
