"""Results that no case joins meet the vote by unit and week: lags, clustered errors, the placebo, few units."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from metrics.derive.report import derive
from metrics.derive.whatif import levers
from metrics.engine.duckdb import Session
from metrics.engine.levels import largest, weekly
from metrics.engine.moments import Facts, Joined, Measure, Question
from metrics.report import EffectRow, Report
from metrics.stats.exact import MILLION
from metrics.stats.kinds import Kind, Moments
from tests.metrics.derive.company import BUYING, INDICATORS, LATE, Truth, facts, indicator, inputs, observations
from tests.metrics.observations import Row, told, write

STAFF = replace(indicator("personale", "result", "mean", "cassa", "acquisto"), influences=("acquisto",))
FIRST = 2700


def quarter(units: int, first: int, *, slope: float, ahead: bool = False) -> Facts:
    """Thirteen weeks: ten votes a shop and week, higher by ``slope`` a person in the shop (or there the week after)."""
    chance = np.random.default_rng([first, units])
    staff = chance.normal(5, 1, (units, 14))
    votes: dict[tuple[str, int], Moments] = {}
    people: dict[tuple[str, int], Moments] = {}
    level = chance.normal(6, 0.5, units)
    for unit in range(units):
        for week in range(13):
            felt = staff[unit, week + 1] if ahead else staff[unit, week]
            mean = level[unit] + slope * felt + chance.normal(0, 0.3)
            votes[f"n{unit:02}", first + week] = sums(10, mean)
            people[f"n{unit:02}", first + week] = sums(1, float(staff[unit, week]))
    found = Facts(join=lambda: Joined(weekly=lambda: by_week(voto_acquisto=votes, personale=people)))
    for slug, cells in found.joined.weeks.items():
        folds = list(cells.values())
        found.folds[slug] = {fold: Moments.merged(folds[fold::64]) for fold in range(64) if folds[fold::64]}
    return found


def by_week(**found: dict[tuple[str, int], Moments]) -> dict[tuple[object, ...], Moments]:
    return {(slug, *key): moments for slug, cells in found.items() for key, moments in cells.items()}


def sums(n: int, mean: float) -> Moments:
    """So many answers about a mean, one from it."""
    total = round(n * mean * MILLION)
    return Moments(n, total, total * total // n + n * MILLION * MILLION)


def report(units: int, slope: float = 0.4, ahead: bool = False) -> Report:
    before = quarter(units, FIRST, slope=slope, ahead=ahead)
    return derive(inputs(quarter(units, FIRST + 13, slope=slope, ahead=ahead), before, indicators=(BUYING, STAFF)))


def row(found: Report) -> EffectRow:
    (only,) = found.effects_of("driver", indicator="personale")
    return only


@pytest.fixture(scope="module")
def many() -> Report:
    return report(60)


def test_the_planted_slope_is_found_with_its_correction_named(many: Report) -> None:
    found = row(many)
    assert found.points is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < 4 < found.high
    assert found.verdict == "better"
    assert (found.detail["join"], found.detail["correction"], found.detail["units"]) == ("week", "crv1", 60)
    assert (found.detail["weeks"], len(found.detail["lags"]), found.share) == (26, 5, None)


def test_under_fifty_units_the_test_is_a_wild_bootstrap() -> None:
    found = row(report(20))
    assert (found.detail["correction"], found.verdict, found.n) == ("wild_cluster_bootstrap", "better", 20 * 22)


def test_under_ten_units_there_is_a_coefficient_and_no_test() -> None:
    found = row(report(6))
    assert (found.detail["correction"], found.note, found.low, found.verdict) == ("none", "few_units", None, "unproven")
    assert found.points is not None


def test_a_result_whose_future_explains_the_vote_claims_nothing() -> None:
    found = row(report(60, ahead=True))
    assert (found.note, found.points, found.verdict) == ("placebo", None, "unproven")
    assert Decimal(found.detail["placebo"]) < Decimal("0.05")


def test_too_few_weeks_are_refused() -> None:
    found = row(report(2))
    assert (found.note, found.points) == ("refused", None)


def test_its_impact_is_slope_times_change_and_leaves_the_rest_unexplained(many: Report) -> None:
    (impact,) = many.effects_of("impact", reference="before", indicator="personale")
    assert impact.stage_points is not None
    moved = Decimal(impact.detail["now"]) - Decimal(impact.detail["against"])
    assert abs(impact.stage_points - (row(many).points or 0) * moved) < Decimal("1e-6")
    (step,) = [step.points for step in many.bridge if step.kind == "stage" and step.component == "acquisto"]
    inside = [step.points or Decimal(0) for step in many.bridge if step.kind in ("impact", "unexplained")]
    assert sum(inside) == step


def test_it_may_be_moved_where_it_has_been(many: Report) -> None:
    (lever,) = levers(many, "cassa")
    assert (lever.indicator, lever.lowest <= lever.now <= lever.highest) == ("personale", True)


def test_weeks_begin_on_monday_and_units_are_told_apart(tmp_path: Path) -> None:
    monday = 20_001 - (20_001 - 4) % 7
    rows = [Row("quota", 1, "a", "Roma"), Row("quota", 0, "b", "Bari"), Row("quota", 1, "c")]
    days = [replace(rows[0], day=monday), replace(rows[0], case="d", day=monday - 1), *rows[1:]]
    with Session(write(tmp_path, days), tmp_path) as session:
        found = weekly(session, [Measure("quota", Kind.SHARE)])()
    week = (monday - 4) // 7
    assert {key: (m.n, m.s) for key, m in found.items() if key[1] == "Roma"} == {
        ("quota", "Roma", week): (1, MILLION),
        ("quota", "Roma", week - 1): (1, MILLION),
    }
    assert {unit for _, unit, _ in found} == {"Roma", "Bari"}


def test_a_result_without_cases_does_not_take_those_of_the_others(tmp_path: Path) -> None:
    staff = replace(STAFF, influences=("consegna",))
    aggregated = [Row("personale", 5, None, "Roma"), Row("personale", 6, None, "Bari")]
    found = facts(tmp_path, [*observations(Truth(cases=80), "now"), *aggregated], (*INDICATORS, staff))
    (names,) = {part.names for part in found.joined.drivers["voto_consegna"].values()}
    assert names == ("voto_consegna", "ritardo", "coda")
    assert set(found.joined.weeks) == {"voto_consegna", "personale"}


def test_the_rarest_result_is_set_aside_where_it_leaves_too_few_cases(tmp_path: Path) -> None:
    measures = [Measure("voto", Kind.MEAN), Measure("ritardo", Kind.SHARE), Measure("ticket", Kind.SHARE)]
    rows = [Row(slug, 1, f"c{number}") for number in range(60) for slug in ("voto", "ritardo")]
    rows += [Row("ticket", 0, f"c{number}") for number in range(20)]
    with Session(write(tmp_path, rows), tmp_path) as session:
        found = told(session, measures, [Question("voto", ("ritardo", "ticket"))])
    assert {part.names for part in found.joined.drivers["voto"].values()} == {("voto", "ritardo")}
    assert sum(part.n for part in found.joined.drivers["voto"].values()) == 60


def test_cases_with_drivers_are_summed_by_unit_too(tmp_path: Path) -> None:
    found = facts(tmp_path, observations(Truth(cases=120), "now"))
    assert sum(part.n for part in found.joined.driver_units["voto_consegna"].values()) == 120
    assert set(found.joined.driver_units["voto_consegna"]) == {"Roma", "Bari"}


def test_the_largest_case_of_a_total_is_told_apart(tmp_path: Path) -> None:
    rows = [Row("euro", 5, "a"), Row("euro", -9, "a"), Row("euro", 3, "b"), Row("euro", "1.5", None, n=2)]
    with Session(write(tmp_path, rows), tmp_path) as session:
        assert largest(session, [Measure("euro", Kind.TOTAL), Measure("nulla", Kind.TOTAL)]) == {"euro": 4 * MILLION}


def test_lateness_is_no_panel_where_cases_join_it(tmp_path: Path) -> None:
    found = derive(inputs(facts(tmp_path, observations(Truth(), "now"))))
    (late,) = found.effects_of("driver", indicator=LATE.slug)
    assert ("join" in late.detail, late.share is None) == (False, False)
