"""Coefficients and the rules that say when they may be shown."""

import numpy as np
import pytest
from scipy import stats

from metrics.stats.drivers import CrossProducts, Dropped, Gate, gate, ols, unstable, within_between
from metrics.stats.exact import FloatArray

from .published import case, cross_products


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
