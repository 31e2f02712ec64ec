"""Differences between quarters and their verdicts."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metrics.stats import change as module
from metrics.stats.change import (
    Change,
    Verdict,
    benjamini_hochberg,
    change,
    change_from_folds,
    newcombe_p,
    verdicts,
)
from metrics.stats.distributions import newcombe, normal_quantile
from metrics.stats.jackknife import Interval, jackknife
from metrics.stats.kinds import Kind, Moments

from .published import case, loose, moments_of


def shifted(p: float, n: int = 100, value: float = 1.0) -> Change:
    sign = 1 if value > 0 else -1
    low, high = sorted((value - sign * 0.5, value + sign * 0.5))
    return Change(value, low, high, p, n, n, "test")


@pytest.mark.parametrize("k", range(8))
def test_a_difference_of_shares_has_newcombes_interval(k: int) -> None:
    found = case("t3_newcombe_diff")
    a, m, b, n = found["inputs"]["cases"][k]
    got = change(Kind.TOP_BOX, Moments(n=m, hi=a), Moments(n=n, hi=b))
    assert [got.low, got.high] == pytest.approx(found["expected"]["ci"][k], abs=found["tolerance_abs"])


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 300), st.integers(0, 300))
def test_the_interval_of_shares_touches_zero_at_its_p_value(n: int, m: int, a: int, b: int) -> None:
    now, before = (min(a, n) / n, n), (min(b, m) / m, m)
    p_value = newcombe_p(now, before)
    if 1e-9 < p_value < 0.999:
        ends = newcombe(now, before, normal_quantile(1 - p_value))
        assert min(abs(ends.low), abs(ends.high)) == pytest.approx(0, abs=1e-7)


def test_equal_shares_have_p_one() -> None:
    assert change(Kind.TOP_BOX, Moments(n=20, hi=5), Moments(n=40, hi=10)).p_value == 1.0


def test_shares_far_apart_have_p_zero_and_no_failure() -> None:
    assert change(Kind.TOP_BOX, Moments(n=10**6, hi=10**6), Moments(n=10**6, hi=0)).p_value == pytest.approx(
        0, abs=1e-300
    )


def test_a_difference_of_nps_uses_both_adjusted_variances() -> None:
    found, published = case("t3_nps_adjusted_wald_formula")["test"], case("t3_nps_rocks_R")["expected"]
    got = change(Kind.NPS, Moments(n=168, hi=92, lo=24), Moments(n=168, hi=73, lo=43))
    assert got.value == pytest.approx(100 * published["delta"], abs=1e-10)
    assert got.p_value == pytest.approx(found["p"], abs=1e-12)
    assert got.low is not None
    assert got.high is not None
    assert (got.low + got.high) / 2 == pytest.approx(100 * found["diff"], abs=1e-10)
    assert (got.high - got.low) / 2 / 1.959963984540054 == pytest.approx(100 * found["se"], abs=1e-10)


@pytest.mark.parametrize("name", ["t3_welch_sleep", "t3_welch_sleep_12d"])
def test_a_difference_of_means_is_welchs(name: str) -> None:
    found = case(name)
    got = change(Kind.MEAN, moments_of(found["inputs"]["x"]), moments_of(found["inputs"]["y"]))
    assert got.p_value == pytest.approx(found["expected"]["p"], abs=found["tolerance_abs"])
    assert [got.low, got.high] == pytest.approx(found["expected"]["ci"], abs=found["tolerance_abs"])


def test_a_difference_of_rates_has_an_exact_conditional_test() -> None:
    got = change(Kind.RATE, Moments(n=1000, s=11 * 10**6), Moments(n=1000, s=3 * 10**6))
    assert got.p_value == pytest.approx(0.057373046875, abs=1e-12)
    assert got.value == pytest.approx(8.0)
    assert got.low is not None
    assert got.high is not None
    assert got.low < 8 < got.high


def test_the_mover_of_a_rate_from_zero_is_garwoods_limit() -> None:
    got = change(Kind.RATE, Moments(n=1000, s=0), Moments(n=1000, s=0))
    assert [got.low, got.high, got.p_value] == pytest.approx([-3.688879, 3.688879, 1.0], abs=1e-6)


def test_an_empty_quarter_gives_no_change() -> None:
    assert change(Kind.SHARE, Moments(), Moments(n=9, s=10**6)).value is None


def test_means_that_do_not_vary_have_no_test() -> None:
    got = change(Kind.MEAN, moments_of([4] * 30), moments_of([5] * 30))
    assert (got.value, got.low, got.p_value) == (-1.0, None, None)


@pytest.mark.parametrize("kind", [Kind.MEDIAN, Kind.PERCENTILE, Kind.TOTAL])
def test_kinds_without_a_closed_form_are_refused(kind: Kind) -> None:
    with pytest.raises(ValueError, match=r"order statistics|folds"):
        change(kind, Moments(n=1), Moments(n=1))


def test_a_change_from_folds_has_students_p() -> None:
    interval = jackknife(3.0, [2.9, 3.1] * 8)
    got = change_from_folds(interval, 100, 90)
    assert (got.low, got.high, got.method) == (interval.low, interval.high, "folds")
    assert got.p_value is not None
    assert (got.p_value < 0.05) == interval.excludes_zero()


def test_a_change_without_an_interval_has_no_p() -> None:
    assert change_from_folds(Interval(1.0, None, None, None, 4), 50, 50).p_value is None


def test_benjamini_and_hochbergs_example_rejects_four() -> None:
    found = case("t3_bh_1995")
    p = found["inputs"]["p"]
    rejected = benjamini_hochberg(p)
    assert sum(rejected) == found["expected"]["n_rejected_bh"]
    for k, adjusted in enumerate(found["expected"]["BH"]):
        assert benjamini_hochberg(p, adjusted + found["tolerance_abs"])[k]
        assert not benjamini_hochberg(p, adjusted - found["tolerance_abs"])[k]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30))
def test_rejections_are_those_of_scipy(fortieths: list[int]) -> None:
    p = [value / 400 for value in fortieths]
    assert benjamini_hochberg(p) == (stats.false_discovery_control(p) <= 0.05).tolist()


def test_a_missing_p_value_is_not_part_of_the_family() -> None:
    assert benjamini_hochberg([0.04, None, None, None]) == [True, False, False, False]
    assert benjamini_hochberg([]) == []


def test_up_is_better_only_where_higher_is_better() -> None:
    assert verdicts([shifted(0.001)] * 2, [True, False]) == [Verdict.BETTER, Verdict.WORSE]


def test_a_p_value_demonstrated_alone_is_not_among_many() -> None:
    family = [shifted(0.03)] + [shifted(0.6)] * 9
    assert verdicts(family[:1], [True]) == [Verdict.BETTER]
    assert verdicts(family, [True] * 10)[0] is Verdict.UNPROVEN


def test_small_bases_leave_the_family_and_get_no_verdict() -> None:
    family = [shifted(0.03)] + [shifted(0.6, n=29)] * 9 + [None]
    assert verdicts(family, [True] * 11) == [Verdict.BETTER] + [Verdict.TOO_LITTLE] * 10


def test_a_rejection_whose_interval_holds_zero_is_not_demonstrated() -> None:
    assert verdicts([Change(1.0, -0.1, 2.1, 0.001, 99, 99, "mover")], [True]) == [Verdict.UNPROVEN]


def test_a_family_and_its_directions_must_have_one_length() -> None:
    with pytest.raises(ValueError, match=r"shorter|longer"):
        verdicts([shifted(0.1)], [])


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.0, 1.0, False), (0.5, 1.0, True), (-1.0, 0.0, False), (-1.0, -0.5, True), (-1.0, 1.0, False)],
)
def test_an_interval_that_ends_at_zero_holds_it(low: float, high: float, expected: bool) -> None:
    assert Change(0.5, low, high, 0.5, 40, 40, "test").excludes_zero() is expected


@pytest.mark.parametrize(("low", "high"), [(None, 1.0), (0.5, None), (None, None)])
def test_an_interval_without_an_end_excludes_nothing(low: float | None, high: float | None) -> None:
    assert not Change(0.5, low, high, 0.5, 40, 40, "test").excludes_zero()


def test_one_answer_has_no_welch_and_two_have() -> None:
    one, two = moments_of([4]), moments_of([4, 6])
    assert (change(Kind.MEAN, one, two).low, change(Kind.MEAN, two, one).p_value) == (None, None)
    assert change(Kind.MEAN, one, two).value == -1.0
    assert change(Kind.MEAN, two, moments_of([1, 2])).low is not None


def garwood(events: float) -> tuple[float, float]:
    low = stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    return float(low), float(stats.chi2.ppf(0.975, 2 * events + 2) / 2)


@pytest.mark.parametrize(("now", "before"), [((30, 2000), (4, 500)), ((2, 700), (18, 900)), ((5, 400), (0, 300))])
def test_a_difference_of_rates_is_movers_on_garwoods_limits(now: tuple[int, int], before: tuple[int, int]) -> None:
    (a, n), (b, m) = now, before
    got = change(Kind.RATE, Moments(n=n, s=a * 10**6), Moments(n=m, s=b * 10**6))
    (low_a, high_a), (low_b, high_b) = garwood(a), garwood(b)
    value = 1000 * (a / n - b / m)
    below = math.hypot(1000 * (a - low_a) / n, 1000 * (high_b - b) / m)
    above = math.hypot(1000 * (high_a - a) / n, 1000 * (b - low_b) / m)
    assert [got.value, got.low, got.high] == pytest.approx([value, value - below, value + above])
    assert got.p_value == pytest.approx(stats.binomtest(a, a + b, n / (n + m)).pvalue)


def test_the_p_of_folds_is_students_with_one_less_than_the_groups() -> None:
    interval = Interval(3.0, 1.0, 5.0, 1.25, 16)
    got = change_from_folds(interval, 40, 41)
    assert got.p_value == pytest.approx(2 * stats.t.sf(3.0 / 1.25, 15))
    assert (got.value, got.n_now, got.n_before) == (3.0, 40, 41)


def test_a_single_p_at_the_level_is_rejected() -> None:
    assert benjamini_hochberg([0.05]) == [True]


def test_thirty_answers_are_enough_for_a_verdict() -> None:
    assert verdicts([shifted(0.001, n=30), shifted(0.001, n=29)], [True] * 2) == [Verdict.BETTER, Verdict.TOO_LITTLE]


def test_the_smaller_of_the_two_bases_decides() -> None:
    small = Change(1.0, 0.5, 1.5, 0.001, 100, 12, "test")
    assert verdicts([small], [True]) == [Verdict.TOO_LITTLE]
    assert verdicts([small], [True], 12) == [Verdict.BETTER]


def test_a_change_without_a_value_is_too_little() -> None:
    assert verdicts([Change(None, None, None, None, 99, 99, "none")], [True]) == [Verdict.TOO_LITTLE]


def test_down_is_worse_where_higher_is_better_and_better_where_lower_is() -> None:
    assert verdicts([shifted(0.001, value=-1.0)] * 2, [True, False]) == [Verdict.WORSE, Verdict.BETTER]


def test_shares_so_far_apart_that_no_normal_tells_have_p_zero() -> None:
    assert newcombe_p((1.0, 10**6), (0.0, 10**6)) == 0.0
    assert newcombe_p((0.0, 10**6), (1.0, 10**6)) == 0.0


def test_p_is_the_same_whichever_quarter_is_higher() -> None:
    assert newcombe_p((0.4, 50), (0.6, 80)) == pytest.approx(newcombe_p((0.6, 50), (0.4, 80)))


def test_results_cannot_be_changed() -> None:
    assert loose(module) == []
