"""Shares of many results: whose order dominance follows, and intervals where models are too many to be counted."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from metrics.derive.driving import driver_rows, share_rows
from metrics.derive.effects import Weights
from metrics.derive.estimates import FOLDS
from metrics.derive.fits import Fit
from metrics.engine.moments import Facts
from metrics.report import DepartmentDef, EffectRow
from metrics.stats.crossproducts import CrossProducts
from metrics.stats.exact import MILLION, FloatArray
from metrics.stats.kinds import Moments
from metrics.stats.shares import dominance
from tests.metrics.derive.company import DELIVERY, indicator, inputs

NO_WEIGHTS = Weights({}, {})


def fit(columns: FloatArray, owners: Sequence[str]) -> Fit:
    """A vote in the first column and results of departments beside it, the cases dealt out over the folds."""
    drivers = tuple(
        indicator(f"{owner}-{place}", "result", "mean", owner, "consegna") for place, owner in enumerate(owners)
    )
    names = (DELIVERY.slug, *(driver.slug for driver in drivers))
    whole = np.rint(columns * MILLION).astype(np.int64)
    folds = tuple(CrossProducts.of(names, whole[fold::FOLDS]) for fold in range(FOLDS))
    departments = tuple(DepartmentDef(owner, owner, ("consegna",)) for owner in dict.fromkeys(owners))
    world = replace(inputs(Facts()), indicators=(DELIVERY, *drivers), departments=departments)
    return Fit(world, DELIVERY, drivers, folds)


def drawn(weights: Sequence[float], seed: int, cases: int = 2560, noise: float = 1.0) -> FloatArray:
    """Independent results of variance 1 that act on the vote by ``weights``: a share is weight² over the variance."""
    chance = np.random.default_rng(seed)
    results = chance.normal(size=(cases, len(weights)))
    vote = results @ np.array(weights) + noise * chance.normal(size=cases)
    return np.column_stack([vote, results])


def ranked(rows: Sequence[EffectRow]) -> list[EffectRow]:
    return sorted(rows, key=lambda row: -(row.share or Decimal(0)))


@pytest.fixture(scope="module")
def copies() -> Fit:
    """A cause seen by three results, twice by a department and once, a little worse, by another; and a lesser cause."""
    chance = np.random.default_rng(7)
    cause, lesser = chance.normal(size=(2, 3200))
    near = [cause + scale * chance.normal(size=3200) for scale in (0.2, 0.2, 0.35)]
    vote = cause + 0.3 * lesser + chance.normal(size=3200)
    return fit(np.column_stack([vote, *near, lesser]), ("due", "due", "uno", "tre"))


def test_dominance_is_of_the_next_by_the_shares_shown(copies: Fit) -> None:
    general = dominance(copies.total).general
    order = ranked(driver_rows([copies], NO_WEIGHTS))
    assert general[2] < min(general[:2])
    assert [row.department for row in order] == ["uno", "due", "due", "tre"]
    assert (order[2].detail["over"], order[2].detail["dominance"]) == (order[3].indicator, "general")


def test_where_the_next_is_dominated_at_no_level_none_is_named(copies: Fit) -> None:
    assert "dominance" not in ranked(driver_rows([copies], NO_WEIGHTS))[0].detail


def test_the_first_is_told_by_the_difference_though_the_intervals_overlap() -> None:
    row, other = ranked(driver_rows([fit(drawn([0.6, 0.53], 11), ["uno"] * 2)], NO_WEIGHTS))
    assert (row.share_low or 0) < (other.share_high or 0)
    assert (row.detail.get("first"), other.detail.get("first")) == (True, None)


def test_of_two_results_that_weigh_alike_none_is_the_first() -> None:
    rows = driver_rows([fit(drawn([0.6, 0.58], 11), ["uno"] * 2)], NO_WEIGHTS)
    assert [row.detail.get("first") for row in rows] == [None, None]


def weighing(weights: Sequence[float]) -> list[EffectRow]:
    """Results of two quarters, each 1 better now than before, on a vote that is all of health."""
    found = fit(drawn(weights, 11), ["uno"] * len(weights))
    now, before = (
        Facts(folds={driver.slug: {0: Moments(40, mean * 40 * MILLION)} for driver in found.drivers}) for mean in (2, 1)
    )
    found = replace(found, inputs=replace(found.inputs, now=now, before=before))
    return driver_rows([found], Weights({DELIVERY.slug: 1.0}, {DELIVERY.stage: 1.0}))


def sides(row: EffectRow) -> list[Decimal]:
    return [abs(end) for end in (row.low, row.high) if end is not None]


@pytest.mark.parametrize("second", [0.53, -0.56])
def test_the_heaviest_is_told_by_the_difference_of_weights_whatever_their_sign(second: float) -> None:
    row, other = weighing([0.6, second])
    assert min(sides(row)) < max(sides(other))
    assert (row.detail.get("heaviest"), other.detail.get("heaviest")) == (True, None)


@pytest.mark.parametrize("second", [0.6, -0.6])
def test_of_two_that_weigh_alike_none_is_the_heaviest(second: float) -> None:
    assert [row.detail.get("heaviest") for row in weighing([0.6, second])] == [None, None]


def test_twenty_results_have_their_level_of_dominance() -> None:
    weights = [1.0 - 0.04 * place for place in range(20)]
    rows = ranked(driver_rows([fit(drawn(weights, 3), ["uno"] * 20)], NO_WEIGHTS))
    assert sum("dominance" in row.detail for row in rows) == 19


MANY = [0.6, 0.4, 0.3, 0.2, 0.2, 0.1] * 4


def test_shares_beyond_twenty_results_have_intervals_that_hold_the_truth() -> None:
    owners = [f"reparto-{place // 6}" for place in range(24)]
    variance = sum(weight**2 for weight in MANY) + 1
    held = []
    for seed in range(8):
        rows = driver_rows([fit(drawn(MANY, seed), owners)], NO_WEIGHTS)
        for row, weight in zip(rows, MANY, strict=True):
            assert row.share_low is not None
            assert row.share_high is not None
            held.append(row.share_low <= Decimal(weight**2 / variance) <= row.share_high)
    assert len(held) == 192
    assert 0.92 <= np.mean(held) <= 0.98


DRAWN = [0.9, 0.5] + [0.2] * 20


@pytest.fixture(scope="module")
def sampled() -> Fit:
    """Twenty-two departments of one result each: even unions make 2^22 models."""
    return fit(drawn(DRAWN, 5), [f"reparto-{place:02}" for place in range(22)])


def test_sampled_shares_have_intervals_by_folds_beside_their_standard_error(sampled: Fit) -> None:
    variance = sum(weight**2 for weight in DRAWN) + 1
    rows = driver_rows([sampled], NO_WEIGHTS)
    assert all("se" in row.detail for row in rows)
    held = [
        (row.share_low or Decimal(1)) <= Decimal(weight**2 / variance) <= (row.share_high or Decimal(0))
        for row, weight in zip(rows, DRAWN, strict=True)
    ]
    assert sum(held) >= 20


def test_departments_of_sampled_shares_are_ranked_where_the_difference_is_demonstrated(sampled: Fit) -> None:
    rows = {row.department: row.detail["above"] for row in share_rows([sampled])}
    assert len(rows["reparto-00"]) == 21
    assert len(rows["reparto-01"]) == 20
    assert "reparto-01" not in rows["reparto-02"]
