"""Medians, percentiles, totals and rates act on votes too, by the mean of their observations."""

import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest

from metrics import facts as sums
from metrics.derive.inputs import levers as wanted
from metrics.derive.inputs import questions
from metrics.derive.report import derive
from metrics.derive.whatif import levers, what_if
from metrics.engine.moments import Facts, Joined
from metrics.report import EffectRow, IndicatorDef, Report
from metrics.stats.exact import MILLION
from metrics.stats.kinds import Moments
from tests.metrics.derive.company import BUYING, DELIVERY, facts, indicator, inputs
from tests.metrics.derive.test_weekly import by_week
from tests.metrics.observations import Row, write

COST = 0.3  # votes a minute
FIRST = 2700
WAIT = replace(
    indicator("attesa", "result", "median", "assistenza", "consegna"),
    higher_is_better=False,
    unit="minutes",
    influences=("consegna",),
)
COMPLAINTS = replace(
    indicator("reclami", "result", "rate", "assistenza", "consegna"), higher_is_better=False, influences=("consegna",)
)
SHOPS = ("Bari", "Lecce", "Roma", "Torino")


def waits(name: str, mean: float, seed: int, cases: int = 800) -> list[Row]:
    """Minutes of waiting with a long tail, each of which costs three points of score, and a vote."""
    chance = random.Random(seed)
    rows = []
    for number in range(cases):
        seconds = round(60 * chance.expovariate(1 / mean))
        vote = round(min(10, max(0, chance.gauss(8.5, 0.8) - COST * seconds / 60)), 2)
        case, shop = f"{name}-{number}", chance.choice(SHOPS)
        rows += [Row("voto_consegna", vote, case, shop), Row("attesa", seconds, case, shop)]
    return rows


def told(folder: Path, result: IndicatorDef, quarters: Sequence[list[Row]], **changed: object) -> Report:
    """The report of a result and the vote it acts on: the quarter's rows, then those of the quarter before."""
    indicators = (DELIVERY, result)
    now, before = (facts(folder / str(place), rows, indicators) for place, rows in enumerate(quarters))
    return derive(inputs(now, before, indicators=indicators, **changed))


def only(report: Report, kind: str, **match: str) -> EffectRow:
    (row,) = (row for row in report.effects_of(kind, **match) if row.indicator)
    return row


@pytest.fixture(scope="module")
def quarters() -> tuple[list[Row], list[Row]]:
    return waits("now", 5.0, seed=1), waits("before", 3.0, seed=2)


@pytest.fixture(scope="module")
def median(tmp_path_factory: pytest.TempPathFactory, quarters: tuple[list[Row], list[Row]]) -> Report:
    return told(tmp_path_factory.mktemp("median"), WAIT, quarters)


def minutes(rows: list[Row]) -> float:
    return fmean(float(row.value) for row in rows if row.indicator == "attesa") / 60


def test_the_slope_planted_in_a_median_is_found(median: Report) -> None:
    found = only(median, "driver")
    assert found.low is not None
    assert found.high is not None
    assert found.low < -10 * Decimal(str(COST)) < found.high < Decimal("-2.5")
    assert found.verdict == "worse"


def test_its_level_is_the_mean_of_its_observations_and_says_so(
    median: Report, quarters: tuple[list[Row], list[Row]]
) -> None:
    impact = only(median, "impact", reference="before")
    levels = [float(impact.detail[name]) for name in ("now", "against")]
    assert levels == pytest.approx([minutes(rows) for rows in quarters], abs=1e-8)
    assert (impact.detail["level"], only(median, "driver").detail["level"]) == ("mean", "mean")
    assert (median.indicator_figure("attesa").value or 0) < Decimal("0.8") * Decimal(impact.detail["now"])


def test_its_department_is_not_unknown_and_bridge_and_impacts_close(median: Report) -> None:
    assert not median.effects_of("impact", department="assistenza", note="unknown")
    impact = only(median, "impact", reference="before")
    slope = only(median, "driver").points or Decimal(0)
    moved = Decimal(impact.detail["now"]) - Decimal(impact.detail["against"])
    assert impact.stage_points == pytest.approx(slope * moved, abs=Decimal("1e-6"))
    steps = {row.kind: row.points or Decimal(0) for row in median.bridge if row.component == "consegna"}
    assert steps["impact"] + steps["unexplained"] == steps["stage"]


@pytest.mark.parametrize("kind", ["mean", "percentile", "total"])
def test_the_same_cases_weigh_the_same_whatever_their_figure_is(
    kind: str, median: Report, quarters: tuple[list[Row], list[Row]], tmp_path: Path
) -> None:
    other = told(tmp_path, replace(WAIT, kind=kind, percentile=Decimal(90)), quarters)
    for name in ("driver", "impact"):
        first, second = (
            only(median, name, reference="before" if name == "impact" else ""),
            only(other, name, reference="before" if name == "impact" else ""),
        )
        assert (first.points, first.low, first.high, first.share) == (
            second.points,
            second.low,
            second.high,
            second.share,
        )


def test_a_target_of_the_median_is_none_of_the_mean(quarters: tuple[list[Row], list[Row]], tmp_path: Path) -> None:
    report = told(tmp_path, WAIT, quarters, targets={"attesa": Decimal(2)})
    (row,) = report.effects_of("impact", reference="target")
    assert (row.indicator, row.note, row.points, row.detail["against"]) == ("attesa", "statistic", None, None)
    assert report.effects_of("impact", reference="best") == []


def test_without_a_target_the_means_of_the_best_units_are_the_goal(median: Report) -> None:
    found = only(median, "impact", reference="best")
    assert 0 < Decimal(found.detail["against"]) <= Decimal(found.detail["now"])


def test_what_if_moves_the_mean_between_the_means_seen(median: Report, quarters: tuple[list[Row], list[Row]]) -> None:
    (lever,) = levers(median, "assistenza")
    assert [float(end) for end in (lever.lowest, lever.highest)] == pytest.approx(sorted(map(minutes, quarters)))
    moved = what_if(median, "attesa", "voto_consegna", Decimal(4))
    assert moved is not None
    assert moved.stage == pytest.approx((only(median, "driver").points or 0) * (4 - lever.now), abs=Decimal("1e-6"))
    assert what_if(median, "attesa", "voto_consegna", Decimal(8)) is None


def test_levels_of_earlier_quarters_are_wanted_of_every_kind() -> None:
    assert [measure.slug for measure in wanted((DELIVERY, WAIT, COMPLAINTS))] == ["attesa", "reclami"]


def test_a_median_vote_has_no_drivers() -> None:
    assert questions((replace(DELIVERY, kind="median"), WAIT)) == []


def complaints(name: str, often: float, seed: int, cases: int = 800) -> list[Row]:
    """Orders that now and then bring a complaint, which takes two votes of ten away."""
    chance = random.Random(seed)
    rows = []
    for number in range(cases):
        events = int(chance.random() < often)
        case, shop = f"{name}-{number}", SHOPS[number % len(SHOPS)]
        rows += [Row("voto_consegna", round(chance.gauss(7, 0.8) - 2 * events, 2), case, shop)]
        rows += [Row("reclami", events, case, shop)]
    return rows


@pytest.fixture(scope="module")
def rate(tmp_path_factory: pytest.TempPathFactory) -> Report:
    rows = complaints("now", 0.2, seed=3), complaints("before", 0.1, seed=4)
    return told(tmp_path_factory.mktemp("rate"), COMPLAINTS, rows, targets={"reclami": Decimal(50)})


def test_a_rate_weighs_by_one_more_event_per_thousand(rate: Report) -> None:
    found = only(rate, "driver")
    assert found.low is not None
    assert found.high is not None
    assert found.low < Decimal("-0.020") < found.high < Decimal("-0.015")
    assert "level" not in found.detail


def test_its_level_is_the_rate_shown_and_its_target_a_distance(rate: Report) -> None:
    impact, distance = (only(rate, "impact", reference=name) for name in ("before", "target"))
    assert Decimal(impact.detail["now"]) == rate.indicator_figure("reclami").value
    slope = only(rate, "driver").points or Decimal(0)
    moved = Decimal(distance.detail["now"]) - 50
    assert distance.stage_points == pytest.approx(slope * moved, abs=Decimal("1e-5"))


def test_a_rate_of_a_handful_of_events_says_nothing(tmp_path: Path) -> None:
    rows = complaints("now", 0.003, seed=5), complaints("before", 0.003, seed=6)
    assert only(told(tmp_path, COMPLAINTS, rows), "driver").note == "few"


def test_the_best_units_of_a_rate_are_told_per_thousand(tmp_path: Path) -> None:
    rows = []
    for place, often in enumerate((0.05, 0.1, 0.3, 0.4)):
        own = complaints(f"n{place}", often, seed=place, cases=400)
        rows += [replace(row, unit=SHOPS[place]) for row in own]
    found = only(told(tmp_path, COMPLAINTS, (rows, rows)), "impact", reference="best")
    assert 50 < Decimal(found.detail["against"]) < 120 < Decimal(found.detail["now"])


def weeks(units: int, first: int) -> Facts:
    """Thirteen weeks of shops: per thousand orders some complaints, each of which takes 0.1 points of score."""
    chance = np.random.default_rng([first, units])
    votes: dict[tuple[str, int], Moments] = {}
    events: dict[tuple[str, int], Moments] = {}
    for unit in range(units):
        for week in range(first, first + 13):
            counted = int(chance.poisson(40))
            total = round(10 * (8 - 0.01 * counted * 5 + chance.normal(0, 0.1)) * MILLION)
            votes[f"n{unit:02}", week] = Moments(10, total, total * total // 10 + 10 * MILLION * MILLION)
            events[f"n{unit:02}", week] = Moments(200, counted * MILLION, counted * counted * MILLION * MILLION)
    found = Facts(join=lambda: Joined(weekly=lambda: by_week(voto_acquisto=votes, reclami=events)))
    for slug, cells in found.joined.weeks.items():
        found.folds[slug] = {fold: Moments.merged(list(cells.values())[fold::64]) for fold in range(64)}
    return found


def test_a_rate_without_cases_is_found_by_unit_and_week() -> None:
    indicators = (BUYING, replace(COMPLAINTS, stage="acquisto", influences=("acquisto",)))
    found = only(derive(inputs(weeks(60, FIRST + 13), weeks(60, FIRST), indicators=indicators)), "driver")
    assert found.low is not None
    assert found.high is not None
    assert (found.detail["join"], found.verdict) == ("week", "worse")
    assert found.low < Decimal("-0.1") < found.high


def test_a_total_that_one_case_makes_weighs_nothing_and_shows_no_level(
    quarters: tuple[list[Row], list[Row]], tmp_path: Path
) -> None:
    total, (now, before) = replace(WAIT, kind="total"), quarters
    large = replace(facts(tmp_path / "now", now, (DELIVERY, total)), largest={"attesa": 10**13})
    earlier = facts(tmp_path / "before", before, (DELIVERY, total))
    report = derive(inputs(large, earlier, indicators=(DELIVERY, total)))
    assert {row.note for row in report.effects_of("impact", department="assistenza")} == {"few"}
    assert [row.detail.get("now") for row in report.effects if row.indicator == "attesa"] == [None] * 3
    assert levers(report, "assistenza") == []


def test_an_earlier_total_that_one_case_makes_is_no_level_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = write(tmp_path, [Row("euro", 900, "a"), *(Row("euro", 1, f"c{number}") for number in range(100))])
    files += write(tmp_path / "even", [Row("euro", 9, f"c{number}") for number in range(100)])
    monkeypatch.setattr(sums, "path_of", lambda name: Path(name))
    monkeypatch.setattr(sums, "spill", lambda: tmp_path)
    indicators = (DELIVERY, replace(WAIT, slug="euro", kind="total", unit="euro"))
    found = [sums._levels([str(file)], indicators, False) for file in files]
    assert found == [{}, {"euro": Moments(100, 900 * MILLION)}]


def test_under_the_base_it_has_no_impact(tmp_path: Path) -> None:
    rows = waits("now", 5.0, seed=1, cases=25), waits("before", 3.0, seed=2)
    assert only(told(tmp_path, WAIT, rows), "impact", reference="before").note == "few"
