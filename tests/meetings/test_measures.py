"""Did it work: what the editions say of a promise."""

from dataclasses import replace
from decimal import Decimal

from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from meetings import measures
from meetings.measures import NOT_YET, Promise, between, judge
from metrics.report import FigureRow, Report
from metrics.stats.outside import Outcome
from tests import make_report
from tests.meetings.world import moved

THEN = replace(make_report.aurora(), quarter="2026-2", previous="2026-1")
LATE = "indicator:ritardi"


def outcome(value: str, verdict: str, promise: Promise) -> str:
    return judge(promise, THEN, moved(make_report.aurora(), "ritardi", value, verdict)).outcome


def promised(goal: str, quarter: str = "2026-3", measure: str = LATE) -> Promise:
    return Promise(measure, Decimal("8.4"), Decimal(goal), quarter)


def test_a_promised_share_is_written_as_the_readers_language_writes_it() -> None:
    words = []
    for language in ("it", "en", "fr"):
        with translation.override(language):
            words.append(measures.promised(make_report.aurora(), LATE, Decimal("8.4")))
    assert words == ["8,4%", "8.4%", "8,4\xa0%"]


def test_a_demonstrated_change_as_large_as_promised_is_reached() -> None:
    assert outcome("0.040", "better", promised("5")) == Outcome.REACHED


def test_a_demonstrated_change_smaller_than_promised_is_reached_in_part() -> None:
    assert outcome("0.070", "better", promised("5")) == Outcome.PARTLY


def test_a_change_that_is_not_demonstrated_is_not_demonstrated() -> None:
    assert outcome("0.080", "unproven", promised("5")) == Outcome.UNPROVEN


def test_a_demonstrated_change_for_the_worse_says_so() -> None:
    assert outcome("0.159", "worse", promised("5")) == Outcome.WORSENED


def test_a_measure_that_is_not_in_the_report_is_not_measurable() -> None:
    assert outcome("0.04", "better", promised("5", measure="indicator:sorrisi")) == Outcome.NOT_MEASURABLE


def test_a_decision_without_a_measure_is_not_measurable() -> None:
    assert judge(Promise("", None, None, ""), THEN, make_report.aurora()).outcome == Outcome.NOT_MEASURABLE


def test_before_its_quarter_a_promise_is_not_measurable_yet() -> None:
    assert outcome("0.04", "better", promised("5", "2026-4")) == NOT_YET


def test_over_several_quarters_two_intervals_are_compared() -> None:
    then = replace(THEN, quarter="2025-4", previous="2025-3")
    now = moved(make_report.aurora(), "ritardi", "0.159", "unproven")
    figures = [
        replace(row, value=Decimal("0.30"), low=Decimal("0.27"), high=Decimal("0.33"))
        if row.indicator == "ritardi"
        else row
        for row in then.figures
    ]
    found = judge(promised("12"), replace(then, figures=tuple(figures)), _bounded(now))
    assert found.outcome == Outcome.REACHED


def _bounded(report: Report) -> Report:
    figures = [
        replace(row, low=Decimal("0.13"), high=Decimal("0.19")) if row.indicator == "ritardi" else row
        for row in report.figures
    ]
    return replace(report, figures=tuple(figures))


@given(*(st.floats(0.05, 0.95) for _place in range(2)), *(st.floats(0.001, 0.05) for _place in range(4)))
def test_the_difference_of_two_intervals_holds_the_difference(
    first: float, second: float, a: float, b: float, c: float, d: float
) -> None:
    def figure(value: float, down: float, up: float) -> FigureRow:
        middle, low, high = (Decimal(str(end)) for end in (value, value - down, value + up))
        return FigureRow("indicator", n=100, base="full", value=middle, low=low, high=high)

    found = between(figure(first, a, b), figure(second, c, d))
    assert found is not None
    assert found.low is not None
    assert found.value is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert found.excludes_zero() or found.low <= 0 <= found.high
