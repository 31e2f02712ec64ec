"""The report of one unit: its own figures in the company's places, and nothing by which a hidden cell is known."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.derive.report import derive
from metrics.derive.units import Visible, shown_units
from metrics.engine.moments import Facts
from metrics.report import FigureRow, Report
from metrics.segments import segment, segments
from metrics.simulation.audit import pinned
from metrics.stats.disclosure import Reason, TableMask
from metrics.stats.kinds import Moments
from tests.metrics.derive.company import Truth, facts, inputs, observations
from tests.metrics.observations import Row


def placed(truth: Truth, name: str, sizes: dict[str | None, int]) -> list[Row]:
    """The orders of a quarter, so many in each unit, None naming none."""
    units = [unit for unit, size in sizes.items() for _ in range(size)]
    rows, cases = observations(truth, name), [f"{name}-{number}" for number in range(truth.cases)]
    where = dict(zip(cases, units, strict=True))
    return [Row(row.indicator, row.value, row.case, where[row.case or ""]) for row in rows]


SIZES: dict[str | None, int] = {"Bari": 200, "Roma": 300, "Lodi": 6, "Asti": 40, None: 54}
UNITS = tuple((code, code) for code in ("Asti", "Bari", "Lodi", "Roma"))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("units")
    now = facts(folder / "now", placed(Truth(late=0.3, seed=2), "now", SIZES))
    before = facts(folder / "before", placed(Truth(seed=1), "before", {**SIZES, "Asti": 3, "Bari": 237}))
    return derive(inputs(now, before, units=UNITS))


def of(report: Report, unit: str) -> Report:
    found = segment(report, unit)
    assert found is not None
    return found


def test_a_unit_has_its_own_health_stages_and_indicators(report: Report) -> None:
    roma = of(report, "Roma")
    assert (roma.indicator_figure("voto_consegna").n, roma.stage_health("consegna").n, roma.health.n) == (300, 300, 600)
    assert roma.health.value != report.health.value
    assert roma.indicator_figure("coda").value is not None


def test_health_of_a_unit_is_the_weighted_score_of_its_outcomes(report: Report) -> None:
    roma = of(report, "Roma")
    scores = [roma.indicator_figure(slug).score or Decimal(0) for slug in ("voto_consegna", "voto_acquisto")]
    assert roma.health.value is not None
    assert abs(roma.health.value - (scores[0] + scores[1]) / 2) < Decimal("1e-8")


def test_the_fall_is_demonstrated_in_a_large_unit(report: Report) -> None:
    assert of(report, "Roma").stage_health("consegna").verdict == "worse"


def test_a_small_unit_and_the_one_that_would_give_it_away_show_nothing_at_all(report: Report) -> None:
    found = {(row.unit, row.note) for row in report.figures if row.unit in ("Lodi", "Asti") and row.level == "unit"}
    assert found == {("Lodi", "small"), ("Asti", "secondary")}
    hidden = [row for row in report.figures if row.unit in ("Lodi", "Asti")]
    assert {(row.n, row.value, row.score, row.before_n, row.before, row.change) for row in hidden} == {
        (0, None, None, 0, None, None)
    }


def test_a_filter_offers_only_units_of_which_something_is_shown(report: Report) -> None:
    assert segments(report) == {"Bari": "Bari", "Roma": "Roma"}
    assert segment(report, "Torino") is None


def test_a_cell_hidden_in_the_quarter_before_is_not_shown_beside_todays(tmp_path: Path) -> None:
    now = facts(tmp_path / "now", placed(Truth(seed=2), "now", {"Asti": 300, "Bari": 300}))
    before = facts(tmp_path / "before", placed(Truth(seed=1), "before", {"Asti": 6, "Bari": 594}))
    asti, bari = (of(derive(inputs(now, before, units=UNITS[:2])), unit) for unit in ("Asti", "Bari"))
    assert [row.indicator_figure("ritardo").before for row in (asti, bari)] == [None, None]
    assert [row.health.before for row in (asti, bari)] == [None, None]


def test_no_hidden_cells_number_is_anywhere_in_the_edition(tmp_path: Path) -> None:
    """Lodi has 7 answers and Asti 23, and no count of the company's is either, or differs by them from another."""
    now = facts(tmp_path, placed(Truth(), "now", {"Bari": 250, "Roma": 320, "Lodi": 7, "Asti": 23}))
    content = json.loads(derive(inputs(now, units=UNITS)).content())
    counts = {row["n"] for row in [*content["figures"], *content["effects"]]}
    assert counts & {7, 23, 570, 593, 577, 257, 273, 327, 343} == set()


@settings(derandomize=True, max_examples=60)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=7), st.integers(0, 40))
def test_no_unit_can_be_worked_out_from_the_total_and_the_units_shown(sizes: list[int], rest: int) -> None:
    cells = {f"u{place}": Moments(n, n) for place, n in enumerate(sizes)}
    whole = Moments.merged([*cells.values(), Moments(rest, rest)])
    given_facts = Facts(folds={"x": {0: whole}}, units={"x": cells})
    reasons = list(shown_units(inputs(given_facts), given_facts, "x").values())
    assert all(reason is not None for reason, n in zip(reasons, sizes, strict=True) if 0 < n < 10)
    if whole.n >= 10:
        line = [*reasons, Reason.SECONDARY]  # the rest of the company has no row anywhere
        mask = TableMask([line], [None], line, None)
        assert [cell for cell in pinned(np.array([[*sizes, rest]]), mask) if cell < len(sizes)] == []


@settings(derandomize=True)
@given(st.lists(st.integers(1, 40), min_size=2, max_size=6), st.data())
def test_two_filters_never_differ_by_a_hidden_cell(sizes: list[int], data: st.DataObject) -> None:
    cells = {f"u{place}": Moments(n, n) for place, n in enumerate(sizes)}
    given_facts = Facts(folds={"x": {0: Moments.merged(cells.values())}}, units={"x": cells})
    visible = Visible(inputs(given_facts), given_facts)
    first, second = (data.draw(st.sampled_from([None, *cells])) for _ in range(2))
    shown = [None if unit is None else visible.cell("x", unit).n for unit in (first, second)]
    whole, hidden = sum(sizes), {unit for unit, reason in visible.reasons["x"].items() if reason is not None}
    answers = [whole if n is None else n for n in shown]
    if 0 not in answers and whole >= 10:
        left = abs(answers[0] - answers[1])
        assert left not in {cells[unit].n for unit in hidden} or left >= 10 or len(hidden) > 1


def test_a_unit_without_a_median_says_that_it_is_of_the_whole_only(report: Report) -> None:
    whole = FigureRow("indicator", "consegna", "mediana", n=90, base="full")
    with_median = replace(report, figures=(*report.figures, whole))
    found = next(row for row in of(with_median, "Roma").figures if row.indicator == "mediana")
    assert (found.note, found.value, found.n) == ("whole_only", None, 0)
