"""Coefficients and the rules that say when they may be shown."""

import numpy as np
import pytest
from scipy import stats

from metrics.stats import drivers
from metrics.stats.drivers import CrossProducts, Dropped, Gate, Slopes, gate, johnson, ols, unstable, within_between
from metrics.stats.exact import FloatArray

from .published import case, cross_products, loose


def fixed(names: str, columns: FloatArray) -> CrossProducts:
    return CrossProducts.of(names.split(), np.rint(columns * 10**6).astype(np.int64))


def noise(*shape: int) -> FloatArray:
    return np.asarray(np.random.default_rng(21).normal(size=shape))


@pytest.mark.parametrize(
    ("n", "p", "expected"),
    [
        (49, 1, Gate.REFUSED),
        (50, 1, Gate.FULL),
        (59, 6, Gate.REFUSED),
        (60, 6, Gate.INDICATIVE),
        (179, 6, Gate.INDICATIVE),
        (180, 6, Gate.FULL),
    ],
)
def test_the_gate_asks_for_enough_complete_cases(n: int, p: int, expected: Gate) -> None:
    assert gate(n, p) is expected


def test_one_driver_is_scipys_simple_regression() -> None:
    x = noise(80)
    y = 2 + 0.5 * x + noise(2, 80)[1]
    got, expected = ols(fixed("y x", np.column_stack([y, x]))), stats.linregress(x, y)
    assert got.beta[0] == pytest.approx(expected.slope, abs=1e-6)
    assert got.se[0] == pytest.approx(expected.stderr, abs=1e-6)
    assert got.p[0] == pytest.approx(expected.pvalue, abs=1e-6)
    assert got.intercept == pytest.approx(expected.intercept, abs=1e-6)
    assert got.vif[0] == pytest.approx(1.0)


def test_several_drivers_are_least_squares_on_rows() -> None:
    found = case("t1_swiss_relaimpo")
    rows = np.array(found["inputs"]["rows"], dtype=float)
    design = np.column_stack([np.ones(len(rows)), rows[:, :5]])
    expected = np.linalg.lstsq(design, rows[:, 5], rcond=None)[0]
    residuals = rows[:, 5] - design @ expected
    errors = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * (residuals @ residuals) / (47 - 6))
    got = ols(cross_products(found))
    assert [got.intercept, *got.beta] == pytest.approx(expected, abs=1e-9)
    assert got.se == pytest.approx(errors[1:], abs=1e-9)
    assert got.r2 == pytest.approx(found["expected"]["R2"], abs=found["tolerance_abs"])


def test_a_controlled_coefficient_is_that_of_the_whole_model() -> None:
    cp = cross_products(case("t1_swiss_relaimpo"))
    whole, got = ols(cp), ols(cp, ["Education", "Catholic"])
    assert got.names == ("Agriculture", "Examination", "Infant.Mortality")
    for name in got.names:
        assert got.beta_of(name) == pytest.approx(whole.beta_of(name), abs=1e-12)
    assert [got.r2, got.intercept] == pytest.approx([whole.r2, whole.intercept])


def test_variance_inflation_is_one_over_one_minus_r_squared() -> None:
    x = noise(60, 2)
    x[:, 1] += 2 * x[:, 0]
    got = ols(fixed("y a b", np.column_stack([noise(3, 60)[2], x])))
    r = float(np.corrcoef(x[:, 0], x[:, 1])[0, 1])
    assert got.vif == pytest.approx([1 / (1 - r**2)] * 2, rel=1e-6)


def test_regressors_without_variance_of_their_own_are_dropped_with_the_reason() -> None:
    x = noise(60, 2)
    columns = np.column_stack([noise(3, 60)[2], x[:, 0], np.full(60, 3.0), 2 * np.rint(x[:, 0] * 1e6) / 1e6, x[:, 1]])
    got = ols(fixed("y a constant copy b", columns))
    assert got.names == ("a", "b")
    assert got.dropped == {"constant": Dropped.CONSTANT, "copy": Dropped.COLLINEAR}
    assert got.beta_of("copy") is None


def test_a_driver_that_is_only_a_control_again_is_dropped_not_the_control() -> None:
    x = np.rint(noise(60) * 1e6) / 1e6
    got = ols(fixed("y a unit", np.column_stack([noise(2, 60)[1], x, x])), ["unit"])
    assert (got.names, got.dropped) == ((), {"a": Dropped.COLLINEAR})


def test_as_many_cases_as_coefficients_are_refused() -> None:
    with pytest.raises(ValueError, match="spare case"):
        ols(fixed("y a b", noise(3, 3)))


def test_an_unknown_control_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown control"):
        ols(fixed("y a", noise(30, 2)), ["b"])


@pytest.mark.parametrize(
    ("beta", "correlated", "within", "between", "expected"),
    [
        (0.3, 0.2, None, None, False),
        (-0.3, 0.2, None, None, True),
        (0.3, 0.2, 0.1, 0.4, False),
        (0.3, 0.2, 0.1, -0.4, True),
        (0.3, 0.2, float("nan"), -0.4, False),
    ],
)
def test_contradicting_signs_make_a_coefficient_unstable(
    beta: float, correlated: float, within: float | None, between: float | None, expected: bool
) -> None:
    assert unstable(beta, correlated, within, between) is expected


def test_slopes_within_and_between_units_may_have_opposite_signs() -> None:
    level = np.arange(8.0)
    units = []
    for k in range(8):
        x = level[k] + noise(8, 30)[k]
        units.append(fixed("y x", np.column_stack([3 * level[k] - 2 * (x - level[k]), x])))
    got = within_between(units)
    assert got.within[0] == pytest.approx(-2, abs=1e-5)
    assert got.between[0] > 1
    assert unstable(1.0, 1.0, got.within[0], got.between[0])


def test_two_units_have_no_slope_between_them() -> None:
    got = within_between([fixed("y x", noise(30, 2)), fixed("y x", noise(40, 2))])
    assert np.isnan(got.between[0])
    assert np.isfinite(got.within[0])


def test_a_driver_that_varies_only_between_units_has_no_slope_within() -> None:
    units = [fixed("y x", np.column_stack([noise(20), np.full(20, float(k))])) for k in range(5)]
    assert np.isnan(within_between(units).within[0])


def weighed(units: list[CrossProducts]) -> tuple[float, float]:
    """Slope and p of unit means weighted by cases, by plain least squares."""
    n = np.array([unit.n for unit in units], dtype=float)
    y, x = np.array([unit.means() for unit in units]).T
    root = np.sqrt(n)
    design = np.column_stack([root, root * x])
    slope = np.linalg.lstsq(design, root * y, rcond=None)[0]
    left = root * y - design @ slope
    error = np.sqrt(np.linalg.inv(design.T @ design)[1, 1] * (left @ left) / (len(n) - 2))
    return float(slope[1]), float(2 * stats.t.sf(abs(slope[1] / error), len(n) - 2))


def shops() -> tuple[list[CrossProducts], list[FloatArray]]:
    """Nine units of different sizes: y falls with x inside each, rises with the unit's level."""
    chance = np.random.default_rng(5)
    rows = []
    for k in range(9):
        x = k / 2 + chance.normal(size=20 + 5 * k)
        y = k - 0.8 * (x - k / 2) + chance.normal(size=len(x))
        rows.append(np.rint(np.column_stack([y, x]) * 1e6) / 1e6)
    return [fixed("y x", columns) for columns in rows], rows


def test_the_slope_between_units_is_that_of_their_weighted_means() -> None:
    units, _ = shops()
    got, expected = within_between(units), weighed(units)
    assert got.names == ("x",)
    assert [got.between[0], got.between_p[0]] == pytest.approx(expected, rel=1e-6)


def test_the_slope_within_units_is_that_of_a_model_with_a_level_each() -> None:
    units, rows = shops()
    all_rows, where = np.vstack(rows), np.repeat(np.arange(9), [len(part) for part in rows])
    design = np.column_stack([all_rows[:, 1], where[:, None] == np.arange(9)]).astype(float)
    slope = np.linalg.lstsq(design, all_rows[:, 0], rcond=None)[0]
    left, freedom = all_rows[:, 0] - design @ slope, len(all_rows) - 10
    error = np.sqrt(np.linalg.inv(design.T @ design)[0, 0] * (left @ left) / freedom)
    got = within_between(units)
    assert [got.within[0], got.within_p[0]] == pytest.approx(
        [slope[0], 2 * stats.t.sf(abs(slope[0] / error), freedom)], rel=1e-6, abs=1e-12
    )


def test_slopes_of_several_drivers_are_multiple_ones_in_their_order() -> None:
    chance = np.random.default_rng(8)
    units = []
    for k in range(12):
        x = chance.normal(size=(30, 2)) + np.array([k, -k / 2])
        units.append(fixed("y a b", np.column_stack([2 * x[:, 0] - 3 * x[:, 1] + chance.normal(size=30) / 10, x])))
    got = within_between(units)
    assert got.within == pytest.approx((2, -3), abs=0.05)
    assert got.between == pytest.approx((2, -3), abs=0.5)


def test_slopes_contradict_only_where_both_are_demonstrated() -> None:
    def slopes(within: float, between: float, within_p: float, between_p: float) -> bool:
        return Slopes(("x",), (within,), (between,), (within_p,), (between_p,)).contradict("x")

    assert slopes(-1, 1, 0.0099, 0.0099)
    assert not slopes(-1, 1, 0.01, 0.001)
    assert not slopes(-1, 1, 0.001, 0.01)
    assert not slopes(1, 1, 0.001, 0.001)
    assert not slopes(0, 1, 0.001, 0.001)
    assert not Slopes(("x",), (-1.0,), (1.0,), (0.0,), (0.0,)).contradict("z")


def test_the_opposite_signs_of_the_shops_contradict() -> None:
    assert within_between(shops()[0]).contradict("x")


def test_three_units_have_a_slope_between_them_and_empty_ones_do_not_count() -> None:
    units = [fixed("y x", noise(3, 30, 2)[k] + k * k) for k in range(3)]
    empty = CrossProducts(("y", "x"), 0, [0, 0], [[0, 0], [0, 0]])
    assert np.isfinite(within_between(units).between[0])
    assert within_between([*units, empty]) == within_between(units)


def test_units_of_one_case_each_have_no_slope_within() -> None:
    units = [fixed("y x", noise(40, 2)[k : k + 1]) for k in range(12)]
    got = within_between(units)
    assert (np.isnan(got.within[0]), np.isnan(got.within_p[0]), np.isfinite(got.between[0])) == (True, True, True)


def test_two_copies_have_slopes_that_no_p_tells_apart() -> None:
    units = [fixed("y a b", np.column_stack([noise(40, 2), noise(40, 2)[:, 1]])) for _ in range(5)]
    assert within_between(units).within_p == (1.0, 1.0)


def test_an_exact_slope_has_p_zero() -> None:
    x = np.arange(20.0)
    got = ols(fixed("y x", np.column_stack([2 * x, x])))
    assert [got.beta[0], got.r2] == pytest.approx([2, 1])
    assert got.p[0] == pytest.approx(0, abs=1e-12)
    units = [fixed("y x", np.column_stack([2 * x + k, x])) for k in range(3)]
    assert within_between(units).within_p[0] == pytest.approx(0, abs=1e-12)


def test_one_spare_case_is_enough() -> None:
    assert ols(fixed("y a b", noise(4, 3))).n == 4


def test_simple_correlations_are_those_with_the_outcome_in_order() -> None:
    columns = np.rint(noise(50, 3) * 1e6) / 1e6
    got = ols(fixed("y a b", columns))
    expected = np.asarray(np.corrcoef(columns.T))[0, 1:]
    assert got.correlations == pytest.approx(expected, abs=1e-9)


def test_the_outcome_is_no_control_and_the_first_regressor_may_be_one() -> None:
    columns = fixed("y a b", noise(30, 3))
    with pytest.raises(ValueError, match="unknown control"):
        ols(columns, ["y"])
    assert ols(columns, ["a"]).names == ("b",)


def test_a_coefficient_is_found_by_its_name() -> None:
    got = ols(fixed("y a b", noise(30, 3)))
    assert [got.beta_of(name) for name in ("a", "b", "c")] == [got.beta[0], got.beta[1], None]


@pytest.mark.parametrize(("beta", "correlated"), [(0.0, 0.2), (0.2, 0.0), (0.0, 0.0)])
def test_no_slope_contradicts_nothing(beta: float, correlated: float) -> None:
    assert not unstable(beta, correlated)
    assert not unstable(1.0, 1.0, beta, correlated)


def test_relative_weights_add_up_to_the_variance_explained() -> None:
    columns = noise(80, 4) @ (np.eye(4) + 0.3)
    matrix: FloatArray = np.asarray(np.corrcoef(columns.T))
    explained = matrix[0, 1:] @ np.linalg.solve(matrix[1:, 1:], matrix[1:, 0])
    assert johnson(matrix).sum() == pytest.approx(explained)


def test_results_cannot_be_changed() -> None:
    assert loose(drivers) == []
