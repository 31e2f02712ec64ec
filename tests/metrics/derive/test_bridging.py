"""What a step is made of: weights that were changed, indicators of a stage, units' levels and their shares."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from metrics.derive.inputs import Declared
from metrics.derive.report import derive
from metrics.report import Report, StepRow
from metrics.stats.mix import Cell, rate_mix
from tests.metrics.derive.company import BUYING, DELIVERY, INDICATORS, LATE, Truth, facts, indicator, inputs
from tests.metrics.derive.company import observations as drawn
from tests.metrics.observations import Row

PACKING = replace(indicator("imballo", "outcome", "top_box", "logistica", "consegna"), top_from=Decimal(4))


def of(report: Report, *kinds: str, component: str | None = None) -> list[StepRow]:
    rows = [row for row in report.bridge if row.kind in kinds]
    return [row for row in rows if component in (None, row.component)]


def total(rows: Iterable[StepRow]) -> Decimal:
    return sum((row.points or Decimal(0) for row in rows), Decimal(0))


def change(report: Report) -> Decimal:
    return total(of(report, "end")) - total(of(report, "start"))


def packed(name: str, happy: int) -> list[Row]:
    return [Row("imballo", 5 if number % 100 < happy else 2, f"{name}-{number}", "Roma") for number in range(200)]


@pytest.fixture(scope="module")
def reweighed(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Delivery falls, and counts three times as much as in the quarter before, as published then."""
    folder = tmp_path_factory.mktemp("weights")
    now = facts(folder / "now", drawn(Truth(late=0.3, seed=2), "now"))
    before = facts(folder / "before", drawn(Truth(seed=1), "before"))
    stages = tuple(replace(stage, weight=Decimal(3)) if stage.slug == "consegna" else stage for stage in STAGES)
    declared = Declared({"acquisto": Decimal(1), "consegna": Decimal(1), "": Decimal(1)}, {})
    return derive(inputs(now, before, stages=stages, weights_before=declared))


STAGES = inputs(facts(Path("/nonexistent"), [])).stages


def test_changed_weights_are_a_step_of_their_own(reweighed: Report) -> None:
    (step,) = of(reweighed, "weights")
    assert step.points
    assert total(of(reweighed, "stage", "weights")) == change(reweighed)


def test_the_health_before_is_the_one_that_was_published_then(reweighed: Report) -> None:
    parts = [reweighed.stage_health(slug).before for slug in ("acquisto", "consegna")]
    assert reweighed.health.before is not None
    assert abs(2 * reweighed.health.before - sum((part or Decimal(0) for part in parts), Decimal(0))) < Decimal("1e-8")


def test_weights_that_stay_make_no_step(tmp_path: Path) -> None:
    now, before = (facts(tmp_path / name, drawn(Truth(seed=k), name)) for k, name in enumerate(("now", "before"), 1))
    assert of(derive(inputs(now, before)), "weights") == []


def test_weights_inside_a_stage_are_weights_too(tmp_path: Path) -> None:
    indicators = (BUYING, DELIVERY, PACKING, LATE)
    now, before = (
        facts(tmp_path / name, [*drawn(Truth(seed=k), name), *packed(name, happy)], indicators)
        for k, name, happy in ((2, "now", 90), (1, "before", 90))
    )
    declared = Declared({"acquisto": Decimal(1), "consegna": Decimal(1), "": Decimal(1)}, {"imballo": Decimal(4)})
    found = derive(inputs(now, before, indicators=indicators, weights_before=declared))
    assert len(of(found, "weights")) == 1
    assert total(of(found, "indicator", component="consegna")) == total(of(found, "stage", component="consegna"))
    assert total(of(found, "stage", "weights")) == change(found)


def test_a_stage_of_several_outcomes_has_a_step_each(tmp_path: Path) -> None:
    indicators = (BUYING, DELIVERY, PACKING, LATE)
    now, before = (
        facts(tmp_path / name, [*drawn(Truth(seed=k), name), *packed(name, happy)], indicators)
        for k, name, happy in ((2, "now", 60), (1, "before", 90))
    )
    found = derive(inputs(now, before, indicators=indicators))
    steps = {row.stage: row for row in of(found, "indicator")}
    assert set(steps) == {"voto_consegna", "imballo"}
    assert steps["imballo"].verdict == "worse"
    assert total(steps.values()) == total(of(found, "stage", component="consegna"))


def mixed(name: str, good: int, poor: int, level: float = 0.0) -> list[Row]:
    """Votes of a good shop about 8 and of a poor one about 4, all moved by ``level``."""
    sizes = {"Roma": (good, 8.0 + level), "Bari": (poor, 4.0 + level)}
    return [
        Row("voto_consegna", mean + (number % 5 - 2) / 2, f"{name}-{unit}-{number}", unit)
        for unit, (size, mean) in sizes.items()
        for number in range(size)
    ]


def mixing(tmp_path: Path, now: tuple[int, int, float], before: tuple[int, int, float]) -> Report:
    sides = [facts(tmp_path / name, mixed(name, *side), (DELIVERY,)) for name, side in (("now", now), ("old", before))]
    return derive(inputs(sides[0], sides[1], indicators=(DELIVERY,)))


def test_where_only_shares_of_units_moved_the_step_is_mix(tmp_path: Path) -> None:
    found = mixing(tmp_path, (100, 300, 0), (300, 100, 0))
    (rate,), (mix,) = of(found, "rate"), of(found, "mix")
    assert [rate.points, mix.points] == [Decimal(0), change(found)]
    assert mix.verdict == "worse"


def test_where_only_levels_moved_the_step_is_rate(tmp_path: Path) -> None:
    found = mixing(tmp_path, (200, 200, -1), (200, 200, 0))
    (rate,), (mix,) = of(found, "rate"), of(found, "mix")
    assert [mix.points, rate.points] == [Decimal(0), change(found)]
    assert rate.verdict == "worse"


def test_rate_and_mix_are_kitagawas_and_add_up(tmp_path: Path) -> None:
    found = mixing(tmp_path, (120, 280, 0.5), (250, 150, 0))
    expected = rate_mix({"r": Cell(250, 8), "b": Cell(150, 4)}, {"r": Cell(120, 8.5), "b": Cell(280, 4.5)})
    (rate,), (mix,) = of(found, "rate"), of(found, "mix")
    assert float(rate.points or 0) == pytest.approx(10 * float(expected.rate), abs=1e-8)
    assert float(mix.points or 0) == pytest.approx(10 * float(expected.mix), abs=1e-8)
    assert total([rate, mix]) == change(found)
    assert mix.low is not None
    assert mix.high is not None
    assert mix.low < (mix.points or 0) < mix.high < 0


def test_one_unit_alone_makes_no_mix(tmp_path: Path) -> None:
    assert of(mixing(tmp_path, (200, 0, 0), (200, 0, 0)), "rate", "mix") == []


def test_the_verdict_may_hang_on_the_weights_and_says_so(tmp_path: Path) -> None:
    now = facts(tmp_path / "now", drawn(Truth(late=0.3, seed=2, buying=9), "now"))
    before = facts(tmp_path / "before", drawn(Truth(seed=1), "before"))
    found = derive(inputs(now, before)).health.detail["sensitivity"]
    assert [row["rule"] for row in found] == ["declared", "equal", "plus", "minus", "plus", "minus", "geometric"]
    assert {row["direction"] for row in found} <= {-1, 0, 1}
    assert found[0]["now"] == found[1]["now"]


@pytest.mark.parametrize(("groups", "told"), [(8, {0}), (64, {-1})])
def test_groups_without_anybody_lend_no_precision_to_other_rules(tmp_path: Path, groups: int, told: set[int]) -> None:
    """Under ten groups nothing has an interval, whichever the weights."""
    now, before = (
        facts(tmp_path / name, [row for row in rows if int(str(row.record(0)["fold"])) < groups])
        for name, rows in (
            ("now", drawn(Truth(cases=1500, late=0.5, seed=2), "now")),
            ("before", drawn(Truth(cases=1500, seed=1), "before")),
        )
    )
    found = derive(inputs(now, before)).health
    assert {row["direction"] for row in found.detail["sensitivity"]} == told
    assert found.verdict == ("worse" if groups > 10 else "unproven")


def test_effective_weights_over_units_add_up_to_one(tmp_path: Path) -> None:
    rows = drawn(Truth(cases=900), "now")
    units = tuple((f"n{k}", f"n{k}") for k in range(6))
    moved = [Row(r.indicator, r.value, r.case, f"n{int((r.case or '').split('-')[1]) % 6}") for r in rows]
    effective = derive(inputs(facts(tmp_path, moved), units=units)).health.detail["effective"]
    assert set(effective) == {"acquisto", "consegna"}
    assert sum(Fraction(value) for value in effective.values()) == pytest.approx(1, abs=1e-8)


def test_few_units_have_no_effective_weights(tmp_path: Path) -> None:
    report = derive(inputs(facts(tmp_path, drawn(Truth(), "now")), indicators=INDICATORS))
    assert report.health.detail["effective"] == {}


@pytest.mark.parametrize(("cases", "told"), [(25, {"too_little"}), (400, {"worse"})])
def test_what_a_step_is_made_of_has_no_verdict_on_a_reduced_base(tmp_path: Path, cases: int, told: set[str]) -> None:
    indicators = (BUYING, DELIVERY, PACKING, LATE)
    now = [*drawn(Truth(cases=cases, late=0.9, seed=2), "now"), *packed("now", 10)[: cases // 2 * 2]]
    before = [*drawn(Truth(late=0.0, seed=1), "before"), *packed("before", 90)]
    found = derive(
        inputs(
            *(facts(tmp_path / name, rows, indicators) for name, rows in (("now", now), ("before", before))),
            indicators=indicators,
        )
    )
    assert {row.verdict for row in of(found, "indicator", component="consegna")} == told
