"""What would go with another level of a result: only where it has been, with the interval of its slope."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from metrics.derive.report import derive
from metrics.derive.whatif import levers, what_if
from metrics.report import Report
from metrics.stats.kinds import Moments
from tests.metrics.derive.company import Truth, facts, inputs, observations


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Deliveries late 10 and then 30 times in a hundred, 45 in an earlier quarter; late costs four votes."""
    folder = tmp_path_factory.mktemp("whatif")
    now = facts(folder / "now", observations(Truth(late=0.3, seed=2), "now"))
    before = facts(folder / "before", observations(Truth(seed=1), "before"))
    return derive(inputs(now, before, earlier=[{"ritardo": Moments(400, 180_000_000)}]))


def test_a_result_moves_between_the_levels_of_the_last_quarters(report: Report) -> None:
    (lever,) = levers(report, "logistica")
    assert (lever.outcome, lever.highest, lever.demonstrated) == ("voto_consegna", Decimal("0.45"), True)
    assert lever.lowest < Decimal("0.15") < lever.now < Decimal("0.4")


def test_fewer_late_deliveries_go_with_points_of_stage_and_company(report: Report) -> None:
    found = what_if(report, "ritardo", "voto_consegna", Decimal("0.2"))
    assert found is not None
    assert found.stage_low is not None
    assert found.stage_high is not None
    assert 0 < found.stage_low < found.stage < found.stage_high
    assert abs(found.stage - 2 * found.company) < Decimal("1e-8")


def test_the_answer_turns_with_the_direction(report: Report) -> None:
    found = what_if(report, "ritardo", "voto_consegna", Decimal("0.44"))
    assert found is not None
    assert found.stage_low is not None
    assert found.stage_high is not None
    assert found.stage_low < found.stage < found.stage_high < 0


def test_where_nothing_was_seen_there_is_no_answer(report: Report) -> None:
    assert [what_if(report, "ritardo", "voto_consegna", Decimal(value)) for value in ("0.46", "0.01")] == [None, None]


def test_a_result_without_a_slope_is_no_lever(report: Report) -> None:
    assert what_if(report, "voto_acquisto", "voto_consegna", Decimal(5)) is None


def test_an_earlier_quarter_of_few_cases_widens_nothing(report: Report, tmp_path: Path) -> None:
    now = facts(tmp_path, observations(Truth(late=0.3, seed=2), "now"))
    made = derive(replace(inputs(now), earlier=[{"ritardo": Moments(29, 29_000_000)}]))
    (lever,) = levers(made, "logistica")
    assert lever.lowest == lever.now == lever.highest
