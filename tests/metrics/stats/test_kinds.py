"""Estimates, intervals and scores."""

import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.distributions import normal_quantile
from metrics.stats.kinds import Estimate, Kind, Moments, Scale, estimate, nps_variance, score, score_interval, slope

from .published import case, moments_of

answers = st.lists(st.integers(-(10**15), 10**15), max_size=30)


def histogram(counts: list[float]) -> Moments:
    return moments_of([value for value, count in enumerate(counts) for _ in range(int(count))])


def of_millionths(values: list[int]) -> Moments:
    return Moments(len(values), sum(values), sum(x * x for x in values))


@pytest.mark.parametrize("k", range(4))
def test_a_share_has_the_wilson_interval_of_newcombes_table(k: int) -> None:
    found = case("t3_wilson_newcombe1998")
    successes, n = found["inputs"]["cases"][k]
    got = estimate(Kind.TOP_BOX, Moments(n=n, hi=successes))
    assert (got.low, got.high) == pytest.approx(tuple(found["expected"]["ci"][k]), abs=found["tolerance_abs"])


def test_a_share_and_a_top_box_of_the_same_answers_are_equal() -> None:
    assert estimate(Kind.SHARE, Moments(n=40, s=13 * 10**6, ss=13 * 10**12)) == estimate(
        Kind.TOP_BOX, Moments(n=40, hi=13)
    )


def test_an_nps_has_the_adjusted_wald_interval() -> None:
    found = case("t3_nps_adjusted_wald_formula")
    got = estimate(Kind.NPS, Moments(n=168, hi=92, lo=24))
    assert got.value == pytest.approx(100 * found["t"][0], abs=1e-12)
    assert [got.low, got.high, got.se] == pytest.approx([100 * x for x in found["aw3"][1:]], abs=1e-11)


@pytest.mark.parametrize("side", ["x", "y"])
def test_the_nps_and_its_variance_are_those_of_the_r_package(side: str) -> None:
    found = case("t3_nps_rocks_R")
    moments = histogram(found["inputs"][f"{side}_counts_0_to_10"])
    variance = nps_variance(Fraction(moments.hi, moments.n), Fraction(moments.lo, moments.n))
    se = math.sqrt(variance / moments.n)
    nps = estimate(Kind.NPS, moments).value
    assert nps == pytest.approx(100 * found["expected"][f"nps_{side}"], abs=1e-10)
    assert float(variance) == pytest.approx(found["expected"][f"var_{side}"], abs=found["tolerance_abs"])
    assert se == pytest.approx(found["expected"][f"se_{side}"], abs=found["tolerance_abs"])


def test_the_plain_interval_of_the_nps_is_that_of_the_r_package() -> None:
    found = case("t3_nps_rocks_R")
    moments = histogram(found["inputs"]["x_counts_0_to_10"])
    half = normal_quantile() * math.sqrt(nps_variance(Fraction(92, 168), Fraction(24, 168)) / 168)
    value = (moments.hi - moments.lo) / moments.n
    assert [value - half, value + half] == pytest.approx(found["expected"]["ci_x"], abs=found["tolerance_abs"])


def test_the_variance_of_an_nps_is_whubers() -> None:
    found = case("t3_nps_variance_whuber")
    variance = nps_variance(Fraction(1, 2), Fraction(1, 6))
    assert float(variance) == pytest.approx(found["expected"]["var"], abs=found["tolerance_abs"])
    assert math.sqrt(variance / 324) == pytest.approx(found["expected"]["se"], abs=found["tolerance_abs"])


def test_a_mean_from_a_histogram_has_the_interval_of_the_raw_rows() -> None:
    found = case("t3_mean_from_histogram")
    moments = histogram(found["inputs"]["counts"])
    got = estimate(Kind.MEAN, moments)
    assert got.value == pytest.approx(found["expected"]["mean"], abs=found["tolerance_abs"])
    assert math.sqrt(moments.variance()) == pytest.approx(found["expected"]["sd"], abs=found["tolerance_abs"])
    assert [got.low, got.high] == pytest.approx(found["expected"]["ci"], abs=found["tolerance_abs"])


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0.0, 3.688879), (1, 0.025318, 5.571643), (10, 4.795389, 18.390356)]
)
def test_a_rate_has_garwoods_limits_of_the_poisson_table(events: int, low: float, high: float) -> None:
    got = estimate(Kind.RATE, Moments(n=1000, s=events * 10**6))
    assert (got.low, got.high) == pytest.approx((low, high), abs=5e-6)


def test_a_rate_is_per_thousand_of_its_base() -> None:
    assert estimate(Kind.RATE, Moments(n=4000, s=6 * 10**6)).value == 1.5


def test_a_total_has_a_value_and_no_interval() -> None:
    assert estimate(Kind.TOTAL, Moments(n=3, s=2_500_000)) == Estimate(2.5, None, None, 3, None, "total")


@pytest.mark.parametrize("kind", [Kind.SHARE, Kind.TOP_BOX, Kind.NPS, Kind.MEAN, Kind.RATE])
def test_an_empty_group_has_no_value(kind: Kind) -> None:
    assert estimate(kind, Moments()).value is None


def test_answers_that_do_not_vary_give_a_mean_without_interval() -> None:
    got = estimate(Kind.MEAN, moments_of([5] * 40))
    assert (got.value, got.low, got.high) == (5.0, None, None)


def test_medians_do_not_come_from_moments() -> None:
    with pytest.raises(ValueError, match="order statistics"):
        estimate(Kind.MEDIAN, Moments(n=3))


@given(answers, st.randoms(use_true_random=False), st.integers(0, 30))
def test_moments_merge_equal_in_any_order(values: list[int], chance: random.Random, cut: int) -> None:
    whole = of_millionths(values)
    chance.shuffle(values)
    assert of_millionths(values[cut:]) + of_millionths(values[:cut]) == whole
    assert whole - of_millionths(values[:cut]) == of_millionths(values[cut:])


@pytest.mark.parametrize("name", ["NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4"])
def test_the_nist_accuracy_cases_pass_by_merging_chunks(name: str) -> None:
    found = case("t8_nist_numacc")
    base = {"NumAcc2": 1, "NumAcc3": 10**6, "NumAcc4": 10**7}.get(name, 0)
    values = [f"{base}.2"] + [f"{base}.1", f"{base}.3"] * 500 if base else ["10000001", "10000003", "10000002"]
    merged = sum((moments_of(values[start : start + 7]) for start in range(0, len(values), 7)), Moments())
    assert float(merged.mean()) == pytest.approx(found["expected"][name]["mean"], abs=found["tolerance_abs"])
    assert math.sqrt(merged.variance()) == pytest.approx(found["expected"][name]["sd"], abs=found["tolerance_abs"])


@pytest.mark.parametrize("k", range(3))
def test_acsi_scores_are_weighted_linear_scores(k: int) -> None:
    found = case("t5_acsi")
    scores = [score(Kind.MEAN, point, Scale(1, 10)) for point in found["inputs"]["points"][k]]
    weighted = sum(w * s for w, s in zip(found["inputs"]["weights"], scores, strict=True) if s is not None)
    assert weighted == pytest.approx(found["expected"]["scores"][k], abs=found["tolerance_abs"])
    assert sum(s for s in scores if s is not None) / 3 == pytest.approx(found["expected"]["equal"][k], abs=1e-9)


def test_a_share_where_lower_is_better_scores_the_rest() -> None:
    assert score(Kind.SHARE, 0.07, higher_is_better=False) == 93.0


def test_an_nps_of_minus_hundred_scores_zero_and_of_fifty_seventy_five() -> None:
    assert [score(Kind.NPS, v) for v in (-100, 50, 100)] == [0.0, 75.0, 100.0]


def test_a_score_is_clipped_at_its_goalposts() -> None:
    scale = Scale(10, 2, higher_is_better=False)
    assert [score(Kind.MEAN, v, scale) for v in (12, 10, 4, 1)] == [0.0, 0.0, 75.0, 100.0]


def test_goalposts_against_the_direction_are_refused() -> None:
    with pytest.raises(ValueError, match="direction"):
        score(Kind.MEAN, 3, Scale(1, 5), higher_is_better=False)


def test_a_linear_kind_without_goalposts_is_refused() -> None:
    with pytest.raises(ValueError, match="goalposts"):
        score(Kind.MEDIAN, 3)


def test_a_total_has_no_score() -> None:
    assert score(Kind.TOTAL, 3.0) is None
    assert slope(Kind.TOTAL, None) is None


def test_an_interval_turns_its_ends_when_lower_is_better() -> None:
    got = score_interval(Kind.SHARE, Estimate(0.1, 0.05, 0.2, 100, 0.03, "wilson"), higher_is_better=False)
    assert [got.value, got.low, got.high, got.se] == pytest.approx([90.0, 80.0, 95.0, 3.0])


@given(st.integers(0, 500), st.integers(1, 500))
def test_a_share_lies_inside_its_interval(successes: int, n: int) -> None:
    got = estimate(Kind.TOP_BOX, Moments(n=n, hi=min(successes, n)))
    assert got.low is not None
    assert got.high is not None
    assert got.value is not None
    assert 0 <= got.low <= got.value <= got.high <= 1
