"""What a result weighs on health, between its worst and its best level of eight quarters."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.report import EffectRow, Report
from metrics.sentences import factors
from metrics.weighing import alone, weighed
from tests import make_report

AURORA = make_report.aurora()
LEVEL = st.decimals(0, 1, places=3)


def report(*rows: EffectRow) -> Report:
    return replace(AURORA, effects=rows)


def driver(result: str = "ritardi", beta: float = -30.0, verdict: str = "worse", **detail: object) -> EffectRow:
    row = next(iter(make_report.drivers("consegna", "voto_consegna", ((result, "logistica", beta, 0.2, verdict),))))
    return replace(row, detail={**row.detail, **detail})


def test_the_weight_is_slope_times_worth_times_the_way_from_worst_to_best() -> None:
    (item,) = weighed(report(driver(seen=["0.05", "0.15"], worth=["1", "0.2"])))
    assert (item.points, item.low, item.high) == (Decimal("0.6"), Decimal("0.44"), Decimal("0.76"))


@given(LEVEL, LEVEL, LEVEL)
def test_the_interval_holds_the_weight_and_the_level_is_inside_the_range(a: Decimal, b: Decimal, c: Decimal) -> None:
    low, now, high = sorted((a, b, c))
    (item,) = weighed(report(driver(seen=[str(low), str(high)], now=str(now))))
    if low == high:
        assert item.points is None
    else:
        assert item.low is not None
        assert item.high is not None
        assert item.points is not None
        assert item.level is not None
        assert item.low <= item.points <= item.high
        assert 0 <= item.level <= 100


@pytest.mark.parametrize(("now", "advice"), [("0.15", "act"), ("0.06", "defend")])
def test_far_from_the_best_level_it_pays_to_act_near_it_to_defend(now: str, advice: str) -> None:
    (item,) = weighed(report(driver(seen=["0.05", "0.15"], now=now)))
    assert item.advice == advice


def test_a_link_that_is_not_demonstrated_gives_no_advice() -> None:
    (item,) = weighed(report(driver(verdict="unproven")))
    assert item.advice == "unproven"


def test_a_refused_result_has_no_weight_and_comes_last() -> None:
    refused = replace(driver("danneggiati"), points=None, note="refused")
    assert [item.row.indicator for item in weighed(report(refused, driver()))] == ["ritardi", "danneggiati"]


def test_one_result_outweighs_the_others_only_where_the_differences_say_so() -> None:
    """However far apart the two intervals lie."""
    heavy, light = driver(), driver("danneggiati", -2.0)
    assert not alone(weighed(report(heavy, light)))
    assert alone(weighed(report(replace(heavy, detail={**heavy.detail, "heaviest": True}), light)))


def test_the_title_says_how_many_answers_are_missing_where_the_method_refuses() -> None:
    refused = replace(driver(), points=None, note="refused", n=38)
    assert factors(report(refused)).args == {"n": 38, "needed": 50}
    assert factors(report()).code == "factors.none"
