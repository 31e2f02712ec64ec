"""What follows from facts: sums close, the planted truth is found, nothing is said that the data do not show."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from metrics.derive.report import derive
from metrics.engine.moments import Facts
from metrics.report import Report
from metrics.stats.exact import MILLION
from metrics.stats.kinds import Moments
from tests.metrics.derive.company import BUYING, COMPANY, INDICATORS, Truth, facts, indicator, inputs, observations


@pytest.fixture(scope="module")
def worse(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Deliveries late three times as often as the quarter before."""
    folder = tmp_path_factory.mktemp("worse")
    now = facts(folder / "now", observations(Truth(late=0.3, seed=2), "now"))
    return derive(inputs(now, facts(folder / "before", observations(Truth(seed=1), "before"))))


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """A quarter of twelve cases after a full one."""
    folder = tmp_path_factory.mktemp("few")
    now = facts(folder / "now", observations(Truth(cases=12), "now"))
    return derive(inputs(now, facts(folder / "before", observations(Truth(), "before"))))


def steps(report: Report, *kinds: str) -> Iterator[Decimal]:
    return (step.points for step in report.bridge if step.kind in kinds and step.points is not None)


def test_steps_of_the_bridge_sum_to_the_change_to_the_last_digit(worse: Report) -> None:
    (start,), (end,) = list(steps(worse, "start")), list(steps(worse, "end"))
    assert start + sum(steps(worse, "stage", "weights")) == end


def test_impacts_and_what_they_leave_unexplained_sum_to_the_stage_step(worse: Report) -> None:
    (step,) = [row.points for row in worse.bridge if row.kind == "stage" and row.component == "consegna"]
    assert sum(steps(worse, "impact", "unexplained")) == step


def test_a_stage_whose_customers_suffer_gets_worse(worse: Report) -> None:
    assert worse.stage_health("consegna").verdict == "worse"


def test_a_stage_where_nothing_was_changed_is_not_said_to_change(worse: Report) -> None:
    assert worse.stage_health("acquisto").verdict == "unproven"


def test_the_department_behind_the_change_is_named_with_its_interval(worse: Report) -> None:
    (row,) = worse.effects_of("impact", reference="before", department="logistica", stage="consegna", indicator="")
    assert row.verdict == "worse"
    assert row.low is not None
    assert row.high is not None
    assert row.low < Decimal(-4) < row.high < 0


def test_a_result_that_does_nothing_is_not_demonstrated_and_never_zero(worse: Report) -> None:
    (row,) = worse.effects_of("impact", reference="before", indicator="coda")
    assert (row.verdict, row.points == 0) == ("unproven", False)


def test_a_department_without_evidence_is_unknown_and_has_no_number(worse: Report) -> None:
    (row,) = worse.effects_of("impact", department="assistenza")
    assert (row.note, row.points) == ("unknown", None)


def test_the_shares_of_variance_are_the_drivers_and_sum_under_one(worse: Report) -> None:
    drivers = worse.effects_of("driver", outcome="voto_consegna")
    shares = {row.indicator: row.share for row in drivers if row.share is not None}
    assert shares["ritardo"] > Decimal("0.3") > shares["coda"] >= 0


def test_leaving_out_the_late_orders_would_raise_the_vote(worse: Report) -> None:
    (row,) = worse.effects_of("contribution", indicator="ritardo")
    assert row.verdict == "worse"
    assert row.points is not None
    assert row.points < -5


def test_a_duration_is_shown_in_its_own_unit(worse: Report) -> None:
    value = worse.indicator_figure("coda").value
    assert value is not None
    assert Decimal(4) < value < Decimal(7)


def test_the_first_quarter_has_no_bridge_and_no_verdict(tmp_path: Path) -> None:
    report = derive(inputs(facts(tmp_path, observations(Truth(), "now"))))
    assert (report.bridge, report.health.verdict) == ((), "too_little")


def test_twelve_answers_are_shown_on_a_reduced_base_without_a_verdict(few: Report) -> None:
    assert (few.health.base, few.health.verdict) == ("reduced", "too_little")


def test_on_a_reduced_base_nothing_is_tested(few: Report, worse: Report) -> None:
    assert {row.p_value for row in few.figures if row.value is not None} == {None}
    assert None not in {row.p_value for row in worse.figures if row.base == "full"}


def test_a_contribution_has_a_verdict_from_the_base_the_company_set(tmp_path: Path) -> None:
    rows = observations(Truth(late=0.3), "now")
    company = replace(COMPANY, reduced_under=300)
    plain, strict = (derive(inputs(facts(tmp_path, rows), company=one)) for one in (COMPANY, company))
    told = [
        {row.indicator: row.verdict for row in found.effects_of("contribution", unit="")} for found in (plain, strict)
    ]
    assert told == [{"ritardo": "worse"}, {"ritardo": "too_little"}]


def test_a_level_on_a_reduced_base_gives_no_impact(few: Report) -> None:
    (row,) = few.effects_of("impact", reference="before", indicator="ritardo")
    assert (row.points, row.note) == (None, "few")


def test_under_ten_answers_nothing_is_shown(tmp_path: Path) -> None:
    report = derive(inputs(facts(tmp_path, observations(Truth(cases=9), "now"))))
    assert [(row.base, row.value) for row in report.figures] == [("hidden", None)] * len(report.figures)


def test_a_stage_without_a_voice_says_so(tmp_path: Path) -> None:
    indicators = tuple(row for row in INDICATORS if row.slug != "voto_acquisto")
    now = facts(tmp_path, observations(Truth(), "now"), indicators)
    report = derive(inputs(now, indicators=indicators))
    assert (report.stage_health("acquisto").note, report.stage_health("acquisto").value) == ("no_voice", None)


def test_an_outcome_of_the_whole_journey_is_a_component_of_health(tmp_path: Path) -> None:
    indicators = (replace(BUYING, stage=""), *INDICATORS[1:])
    now = facts(tmp_path, observations(Truth(), "now"), indicators)
    report = derive(inputs(now, indicators=indicators))
    whole, stage = report.stage_health("").value, report.stage_health("consegna").value
    assert whole is not None
    assert stage is not None
    assert report.health.value is not None
    assert abs(report.health.value - (whole + stage) / 2) < Decimal("1e-8")


def test_a_small_unit_is_hidden_and_so_is_the_one_that_would_give_it_away(tmp_path: Path) -> None:
    rows = observations(Truth(cases=40), "now")
    small = {row.case for row in rows[:20]}
    moved = [replace(row, unit="Bari" if row.case in small else "Roma") for row in rows]
    report = derive(inputs(facts(tmp_path, moved)))
    assert [(row.note, row.n) for row in report.unit_figures("voto_consegna")] == [("small", 0), ("secondary", 0)]


def test_a_report_reads_back_as_it_was_written(worse: Report) -> None:
    assert Report.parse(worse.content()).content() == worse.content()


def test_no_observations_at_all_still_make_a_report() -> None:
    report = derive(inputs(Facts(), Facts()))
    assert (report.health.verdict, report.bridge) == ("too_little", ())


EURO = replace(indicator("euro", "result", "total", "cassa", "acquisto"), unit="euro")


@pytest.mark.parametrize(("largest", "note"), [(79, ""), (81, "dominated")])
def test_a_total_that_one_case_makes_is_hidden(largest: int, note: str) -> None:
    folds = {fold: Moments(1, 100 * MILLION // 50, 4 * MILLION * MILLION) for fold in range(50)}
    now = Facts(folds={"euro": folds}, largest={"euro": largest * MILLION})
    row = derive(inputs(now, now, indicators=(EURO,))).indicator_figure("euro")
    assert (row.note, row.value is None, row.change is None) == (note, bool(note), bool(note))
