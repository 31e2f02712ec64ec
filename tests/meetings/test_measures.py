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
    return judge([promise], moved(make_report.aurora(), "ritardi", value, verdict))[0].outcome


def promised(goal: str, quarter: str = "2026-3", measure: str = LATE) -> Promise:
    return Promise(THEN, measure, Decimal("8.4"), Decimal(goal), quarter)


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
    (found,) = judge([Promise(THEN, "", None, None, "")], make_report.aurora())
    assert found.outcome == Outcome.NOT_MEASURABLE


def test_before_its_quarter_a_promise_is_not_measurable_yet() -> None:
    assert outcome("0.04", "better", promised("5", "2026-4")) == NOT_YET


def long_ago(low: str, high: str, measure: str = LATE) -> Promise:
    """A promise of three quarters ago, when the measure was 30 % in that interval."""
    then = replace(THEN, quarter="2025-4", previous="2025-3")
    slug = measure.partition(":")[2]
    found = replace(then.indicator_figure(slug), value=Decimal("0.30"), low=Decimal(low), high=Decimal(high))
    return replace(promised("12", measure=measure), then=replace(then, figures=(found,)))


def bounded() -> Report:
    """Deliveries late in 15.9 % of cases, from 13 to 19."""
    report = moved(make_report.aurora(), "ritardi", "0.159", "unproven")
    found = replace(report.indicator_figure("ritardi"), low=Decimal("0.13"), high=Decimal("0.19"))
    return replace(report, figures=(found,))


def test_over_several_quarters_the_figures_of_the_two_editions_are_compared() -> None:
    assert judge([long_ago("0.27", "0.33")], bounded())[0].outcome == Outcome.REACHED


def test_over_several_quarters_the_decisions_of_an_edition_are_one_family() -> None:
    """A difference that alone would just be demonstrated is not among many that show nothing."""
    close, nothing = long_ago("0.165", "0.435"), long_ago("0.01", "0.95")
    assert judge([close], bounded())[0].outcome == Outcome.REACHED
    found = judge([close, *[nothing] * 4], bounded())
    assert [row.outcome for row in found] == [Outcome.UNPROVEN] * 5


def test_what_is_not_judged_yet_is_not_of_the_family() -> None:
    close, nothing = long_ago("0.165", "0.435"), long_ago("0.01", "0.95")
    waiting = [replace(nothing, due_quarter="2027-1")] * 2 + [replace(nothing, taken=False)] * 2
    found = judge([close, *waiting], bounded())
    assert [row.outcome for row in found] == [Outcome.REACHED, *[NOT_YET] * 4]


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
    assert found.p_value is not None
    assert found.excludes_zero() == (found.p_value < 0.05) or abs(found.p_value - 0.05) < 1e-9
