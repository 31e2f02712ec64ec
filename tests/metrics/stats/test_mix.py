"""Rate and mix, factors, and the published decompositions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.mix import Cell, CrossTable, crossed_mix, das_gupta, oaxaca, rate_mix

from .published import case

tables = st.lists(st.tuples(st.integers(1, 900), st.floats(0, 100)), min_size=2, max_size=6)


def cells(sizes: list[float], values: list[float]) -> dict[str, Cell]:
    return {str(k): Cell(size, value) for k, (size, value) in enumerate(zip(sizes, values, strict=True))}


@pytest.mark.parametrize("name", ["t4_dasgupta_2_1", "t4_dasgupta_2_2", "t4_dasgupta_2_3", "t4_dasgupta_4_3"])
def test_the_effects_are_das_guptas(name: str) -> None:
    found = case(name)
    sides = [found["inputs"][side] for side in ("pop0", "pop1")]
    before, after = (list(side.values()) if isinstance(side, dict) else side for side in sides)
    got = das_gupta(before, after)
    assert list(map(float, got)) == pytest.approx(found["expected"]["effects"], abs=found["tolerance_abs"])
    assert float(sum(got)) == pytest.approx(found["expected"]["total"], abs=found["tolerance_abs"])


def test_kitagawas_rate_and_mix_are_the_published_ones() -> None:
    found = case("t4_kitagawa_rate_mix")
    i, e = found["inputs"], found["expected"]
    for sizes in ("share", "sizes"):
        got = rate_mix(cells(i[f"{sizes}0"], i["rate0"]), cells(i[f"{sizes}1"], i["rate1"]))
        assert float(got.mix) == pytest.approx(e["mix"], abs=found["tolerance_abs"])
        assert float(got.rate) == pytest.approx(e["rate"], abs=found["tolerance_abs"])
        assert float(got.after - got.before) == pytest.approx(e["total"], abs=found["tolerance_abs"])


def test_the_mix_of_two_crossed_dimensions_is_das_guptas_chapter_five() -> None:
    found, data = case("t4_dasgupta_5_3_rate"), case("t4_kitagawa_rate_mix")["inputs"]
    before, after = (
        CrossTable(*(np.reshape(data[f"{name}{side}"], (2, 11)).tolist() for name in ("sizes", "rate")))
        for side in "01"
    )
    got = crossed_mix(before, after)
    assert float(got.rate) == pytest.approx(found["expected"]["rate"], abs=found["tolerance_abs"])
    assert float(got.rows + got.columns) == pytest.approx(
        found["expected"]["composition_age_plus_race"], abs=found["tolerance_abs"]
    )
    assert float(got.columns) == pytest.approx(1.5217347105, abs=1e-9)
    assert float(got.rows) == pytest.approx(0.0197749007, abs=1e-9)


def test_the_worked_example_has_its_rate_and_mix_per_cell() -> None:
    found = case("t4_own_bridge_example")
    got = rate_mix(cells(found["share0"], found["mean0"]), cells(found["share1"], found["mean1"]))
    assert [float(effect.rate) for effect in got.cells.values()] == pytest.approx(found["rate"], abs=1e-12)
    assert [float(effect.mix) for effect in got.cells.values()] == pytest.approx(
        found["mix_centred_on_midpoint_index"], abs=1e-12
    )
    assert got.rate + got.mix == got.after - got.before == Fraction("68.2") - Fraction("70.05")
    factors = das_gupta([found["share0"], found["mean0"]], [found["share1"], found["mean1"]])
    assert [float(factors[0]), float(factors[1])] == pytest.approx(found["shapley_check"], abs=1e-12)


def test_oaxacas_three_fold_gap_is_the_documented_one() -> None:
    found = case("t4_oaxaca_ccard")
    rows = np.array(found["inputs"]["rows"], dtype=float)
    means, betas = [], []
    for group in (0.0, 1.0):
        part = rows[rows[:, 4] == group]
        x = np.column_stack([part[:, 1:4], np.ones(len(part))])
        means.append(x.mean(axis=0).tolist())
        betas.append(np.linalg.lstsq(x, part[:, 0], rcond=None)[0].tolist())
    got, e = oaxaca((means[0], means[1]), (betas[0], betas[1])), found["expected"]
    assert [float(part) for part in (got.levels, got.coefficients, got.interaction)] == pytest.approx(
        [e["endowments"], e["coefficients"], e["interaction"]], abs=found["tolerance_abs"]
    )
    levels, coefficients = das_gupta([means[0], betas[0]], [means[1], betas[1]])
    assert [float(levels), float(coefficients)] == pytest.approx([202.52249, -43.77205], abs=found["tolerance_abs"])
    assert levels + coefficients == got.levels + got.coefficients + got.interaction


@given(tables, tables)
def test_rate_and_mix_close_exactly_even_when_cells_come_and_go(
    before: list[tuple[int, float]], after: list[tuple[int, float]]
) -> None:
    got = rate_mix(*({str(k): Cell(*cell) for k, cell in enumerate(side)} for side in (before, after)))
    assert got.before + got.rate + got.mix == got.after


@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=1, max_size=5))
def test_the_effects_of_factors_close_exactly(factors: list[tuple[float, float]]) -> None:
    before, after = [old for old, _ in factors], [new for _, new in factors]
    change = Fraction(1), Fraction(1)
    for old, new in factors:
        change = change[0] * Fraction(repr(old)), change[1] * Fraction(repr(new))
    assert sum(das_gupta(before, after)) == change[1] - change[0]


def test_a_cell_worse_than_average_that_grows_lowers_the_average() -> None:
    got = rate_mix({"good": Cell(50, 80), "bad": Cell(50, 40)}, {"good": Cell(40, 80), "bad": Cell(60, 40)})
    assert got.rate == 0
    assert all(effect.mix < 0 for effect in got.cells.values())


def test_a_closed_unit_is_mix_alone() -> None:
    got = rate_mix({"a": Cell(10, 60), "b": Cell(10, 40)}, {"a": Cell(10, 60), "b": Cell(0, None)})
    assert got.cells["b"].rate == 0
    assert got.rate + got.mix == 10


def test_a_quarter_without_values_is_refused() -> None:
    with pytest.raises(ValueError, match="size and a value"):
        rate_mix({"a": Cell(10, None)}, {"a": Cell(10, 1)})


def test_too_many_factors_are_refused() -> None:
    with pytest.raises(ValueError, match="factors"):
        das_gupta([1] * 13, [2] * 13)
