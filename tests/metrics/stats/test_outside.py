"""Outside-in measures."""

from datetime import date

import pytest

from metrics.stats.change import Change, Verdict
from metrics.stats.kinds import Estimate
from metrics.stats.outside import (
    ActivityVerdict,
    CustomerTime,
    DietQuarter,
    Evidence,
    Gap,
    NetTime,
    Outcome,
    Retire,
    Speed,
    TrapPair,
    activity_verdict,
    agreement,
    data_diet,
    did_it_work,
    efficiency_traps,
    hours_by_verdict,
    iteration_speed,
    mirror_correlation,
    mirror_shown,
    net_time,
    overturned,
    perception_gap,
    ranked_gaps,
)

from .published import case

CUSTOMERS = Estimate(70.0, 65.0, 74.0, 200, 2.0, "wilson")


def moved(value: float, p: float, n: int = 100) -> Change:
    return Change(value, value - abs(value) / 2, value + abs(value) / 2, p, n, n, "test")


def test_the_gap_is_forecast_minus_customers_with_their_interval_turned() -> None:
    assert perception_gap([80, 80, 85, 85, 90], CUSTOMERS) == Gap(84.0, 14.0, 10.0, 19.0, 5)


def test_under_five_forecasts_only_the_official_one_counts() -> None:
    assert perception_gap([99] * 4, CUSTOMERS, official=72.0) == Gap(72.0, 2.0, -2.0, 7.0, 1)
    assert perception_gap([99] * 4, CUSTOMERS) is None


def test_without_a_customers_score_there_is_no_gap() -> None:
    assert perception_gap([80] * 5, Estimate(None, None, None, 0, None, "none")) is None


def test_gaps_are_ranked_by_size_whatever_their_sign() -> None:
    gaps = {"it": Gap(0, 3, None, None, 5), "shops": Gap(0, -9, None, None, 5), "hr": None}
    assert [name for name, _ in ranked_gaps(gaps)] == ["shops", "it"]


def test_two_meters_agree_as_bland_and_altman_found() -> None:
    found = case("t7_bland_altman_1986")
    got, e = agreement(found["inputs"]["wright"], found["inputs"]["mini"]), found["expected"]
    values = [got.bias, got.sd, *got.limits, got.se, got.low, got.high, got.se_limits]
    expected = [e["bias"], e["sd"], e["lower"], e["upper"], e["se_bias"], *e["ci_bias"], e["se_limit"]]
    assert values == pytest.approx(expected, abs=found["tolerance_abs"])


def test_paired_ratings_have_students_test() -> None:
    found = case("t7_paired_sleep")
    got, e = agreement(found["inputs"]["x"], found["inputs"]["y"]), found["expected"]
    values = [got.t, got.df, got.p_value, got.low, got.high]
    assert values == pytest.approx([e["t"], e["df"], e["p"], *e["ci"]], abs=found["tolerance_abs"])


def test_ratings_that_differ_by_a_constant_are_refused() -> None:
    with pytest.raises(ValueError, match="vary"):
        agreement([1, 2, 3], [2, 3, 4])


def test_customers_decide_an_activitys_verdict_before_data_and_opinion() -> None:
    counts = {ActivityVerdict.ZERO: 8, ActivityVerdict.VALUE: 2}
    got = activity_verdict(counts, data=ActivityVerdict.HARM, opinion=ActivityVerdict.VALUE)
    assert got == (ActivityVerdict.ZERO, Evidence.CUSTOMERS)


@pytest.mark.parametrize(
    "panel",
    [{ActivityVerdict.ZERO: 9}, {ActivityVerdict.ZERO: 6, ActivityVerdict.VALUE: 6}],
    ids=["too few", "a tie"],
)
def test_too_few_or_divided_customers_leave_it_to_the_data(panel: dict[ActivityVerdict, int]) -> None:
    assert activity_verdict(panel, data=ActivityVerdict.HARM) == (ActivityVerdict.HARM, Evidence.DATA)
    assert activity_verdict(panel, opinion=ActivityVerdict.ZERO) == (ActivityVerdict.ZERO, Evidence.OPINION)
    assert activity_verdict(panel) is None


def test_hours_are_shared_by_verdict_and_the_unjudged_are_named() -> None:
    got = hours_by_verdict([(30, ActivityVerdict.VALUE), (10, ActivityVerdict.ZERO), (10, None)])
    assert got == {ActivityVerdict.VALUE: 0.6, ActivityVerdict.ZERO: 0.2, None: 0.2}
    assert hours_by_verdict([]) == {}


@pytest.mark.parametrize(("customers", "expected"), [([1, 2, 3, 4], 0.0), ([4, 3, 2, 1], 1.0), ([2, 1, 4, 3], 0.2)])
def test_overturned_priorities_go_from_same_to_reverse(customers: list[float], expected: float) -> None:
    assert overturned([1, 2, 3, 4], customers) == pytest.approx(expected)


def test_two_activities_are_no_ranking() -> None:
    assert overturned([1, 2], [2, 1]) is None


def test_customer_time_keeps_work_and_waiting_apart() -> None:
    spent = CustomerTime(minutes=12, days=2.5, cases=100)
    assert (spent.hours(), spent.waiting_days()) == (20.0, 250.0)


def test_an_initiative_that_moves_work_to_customers_has_a_negative_net() -> None:
    assert net_time(100, minutes_before=3, minutes_after=6, cases=4000) == NetTime(100.0, 200.0, -100.0)


def test_a_trap_needs_both_moves_demonstrated() -> None:
    faster, worse = moved(-2.0, 0.001), moved(-5.0, 0.004)
    pairs = [
        TrapPair(faster, False, worse, True),
        TrapPair(faster, False, moved(-5.0, 0.2), True),
        TrapPair(moved(2.0, 0.001), False, worse, True),
        TrapPair(faster, False, moved(5.0, 0.004), True),
    ]
    assert efficiency_traps(pairs) == [True, False, False, False]


def test_every_pair_tried_counts_among_the_traps() -> None:
    pair = TrapPair(moved(-2.0, 0.001), False, moved(-5.0, 0.03), True)
    harmless = TrapPair(moved(2.0, 0.001), False, moved(-5.0, 0.5), True)
    assert efficiency_traps([pair]) == [True]
    assert efficiency_traps([pair, harmless]) == [False, False]


def test_a_pair_under_the_base_was_not_tried() -> None:
    pair = TrapPair(moved(-2.0, 0.001), False, moved(-5.0, 0.03), True)
    few = TrapPair(moved(-2.0, 0.001, n=29), False, moved(-5.0, 0.001), True)
    assert efficiency_traps([pair, few]) == [True, False]


def test_the_employees_mirror_needs_eight_answers_and_twelve_cells() -> None:
    assert [mirror_shown(n) for n in (7, 8)] == [False, True]
    assert mirror_correlation(range(11), range(11)) is None
    assert mirror_correlation(range(12), range(12)) == pytest.approx(1.0)


def test_iteration_speed_is_a_median_and_the_number_still_open() -> None:
    day = date(2026, 1, 1)
    decisions = [(day, date(2026, 1, 11)), (day, date(2026, 1, 31)), (day, None)]
    assert iteration_speed(decisions) == Speed(20.0, 2, 1)
    assert iteration_speed([(day, None)]) == Speed(None, 0, 1)


def test_nothing_is_done_before_it_is_decided() -> None:
    with pytest.raises(ValueError, match="before"):
        iteration_speed([(date(2026, 2, 1), date(2026, 1, 1))])


@pytest.mark.parametrize(
    ("value", "verdict", "expected"),
    [
        (-3.0, Verdict.BETTER, Outcome.REACHED),
        (-1.0, Verdict.BETTER, Outcome.PARTLY),
        (-1.0, Verdict.UNPROVEN, Outcome.UNPROVEN),
        (2.0, Verdict.WORSE, Outcome.WORSENED),
        (-3.0, Verdict.TOO_LITTLE, Outcome.NOT_MEASURABLE),
    ],
)
def test_a_decision_is_judged_against_what_it_promised(value: float, verdict: Verdict, expected: Outcome) -> None:
    assert did_it_work(moved(value, 0.01), verdict, promised=-2.0) is expected


def test_a_decision_without_a_measure_is_not_measurable() -> None:
    assert did_it_work(None, Verdict.UNPROVEN, 1.0) is Outcome.NOT_MEASURABLE


@pytest.mark.parametrize(
    ("quarters", "expected"),
    [
        ([DietQuarter(12, None, True)] * 4, Retire.NO_DATA),
        ([DietQuarter(90, -0.97, True)] * 4, Retire.REDUNDANT),
        ([DietQuarter(90, 0.4, False)] * 4, Retire.UNUSED),
        ([DietQuarter(90, 0.4, False)] * 3 + [DietQuarter(90, 0.4, True)], None),
        ([DietQuarter(12, None, False)] * 3, None),
        ([DietQuarter(90, 0.4, True)] + [DietQuarter(9, None, False)] * 4, Retire.NO_DATA),
    ],
)
def test_four_quarters_decide_whether_an_indicator_is_kept(
    quarters: list[DietQuarter], expected: Retire | None
) -> None:
    assert data_diet(quarters) is expected
