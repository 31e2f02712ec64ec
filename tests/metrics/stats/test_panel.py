"""Fixed effects, clustered errors, and the placebo."""

import numpy as np
import pytest

from metrics.stats.exact import FloatArray, IntArray
from metrics.stats.panel import Correction, Panel, SmallSample, cumulative, lagged, panel_effect, sandwich, within
from metrics.stats.wild import wild_test

from .published import case

NAMED = {
    SmallSample.HC0: "HC0",
    SmallSample.HC1: "HC1",
    SmallSample.SSS: "sss",
    SmallSample.CRV1: "stata_xtreg",
    SmallSample.LSDV: "stata_areg_LSDV",
}


def grunfeld() -> Panel:
    rows = np.array(case("t6_grunfeld_fe")["inputs"]["rows"], dtype=float)
    return Panel(rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2], rows[:, 3:], ("value", "capital"))


def simulated(units: int, periods: int, lag: int = 0, seed: int = 3) -> Panel:
    chance = np.random.default_rng(seed)
    x = chance.normal(size=(units, periods + 8))
    y = 0.5 * np.roll(x, lag, axis=1) + chance.normal(size=(units, 1)) + chance.normal(size=periods + 8)
    y = (y + chance.normal(size=x.shape))[:, 4 : periods + 4]
    unit, period = np.divmod(np.arange(units * periods), periods)
    return Panel(unit, period, y.ravel(), x[:, 4 : periods + 4].reshape(-1, 1), ("late",))


def petersen() -> tuple[FloatArray, FloatArray, FloatArray]:
    """Design, residuals and coefficients of Petersen's pooled regression."""
    inputs = case("t6_petersen")["inputs"]
    x, y = (np.array(inputs[name], dtype=float) / 1e6 for name in ("x", "y"))
    design = np.column_stack([np.ones(len(x)), x])
    coefficients = np.linalg.lstsq(design, y, rcond=None)[0].astype(np.float64)
    residuals: FloatArray = y - design @ coefficients
    return np.asarray(design, dtype=np.float64), residuals, coefficients


def corrected(design: FloatArray, residuals: FloatArray, cluster: IntArray) -> FloatArray:
    n, k, groups = len(residuals), design.shape[1], len(np.unique(cluster))
    return np.asarray(sandwich(design, residuals, cluster) * groups / (groups - 1) * (n - 1) / (n - k))


def test_clustered_errors_of_petersens_panel_are_the_published_ones() -> None:
    found = case("t6_petersen")
    design, residuals, coefficients = petersen()
    firm, year = np.divmod(np.arange(len(residuals)), found["inputs"]["years"])
    variances = [corrected(design, residuals, cluster) for cluster in (firm, year, np.arange(len(residuals)))]
    e, close = found["expected"], found["tolerance_abs"]
    assert coefficients == pytest.approx(e["coef"], abs=close)
    for variance, name in zip(variances, ("firm", "year", "hc1"), strict=True):
        assert np.sqrt(np.diag(variance)) == pytest.approx(e[name], abs=close)
    both = np.sqrt((variances[0] + variances[1] - variances[2])[1, 1])
    slopes = [np.sqrt(variances[0][1, 1]), np.sqrt(variances[1][1, 1]), both, np.sqrt(variances[2][1, 1])]
    assert slopes == pytest.approx(e["published"], abs=close)


def test_slopes_of_all_lags_added_up_are_the_models_own() -> None:
    panel = simulated(60, 20, lag=2)
    single = panel_effect(panel, (0, 1, 2))
    (together,) = cumulative(panel, (0, 1, 2))
    assert together.name == "late"
    assert together.beta == pytest.approx(sum(row.beta for row in single.coefficients))
    assert together.low is not None
    assert together.high is not None
    assert together.low < 0.5 < together.high


def test_unit_effects_on_grunfelds_data_are_plms() -> None:
    found = case("t6_grunfeld_fe")
    got, e, close = within(grunfeld(), periods=False), found["expected"], found["tolerance_abs"]
    assert got.beta == pytest.approx(e["fe_coef"], abs=close)
    assert got.se() == pytest.approx(e["fe_se"], abs=close)
    assert got.r2_within == pytest.approx(e["r2_within"], abs=close)


def test_two_way_effects_on_grunfelds_data_are_plms() -> None:
    found = case("t6_grunfeld_fe")
    got, e, close = within(grunfeld()), found["expected"], found["tolerance_abs"]
    assert got.beta == pytest.approx(e["twoway_coef"], abs=close)
    assert got.se() == pytest.approx(e["twoway_se"], abs=close)


@pytest.mark.parametrize("correction", list(SmallSample))
def test_each_named_correction_is_the_one_of_its_package(correction: SmallSample) -> None:
    found = case("t6_grunfeld_library_comparison")
    got = within(grunfeld(), periods=False).clustered_se(correction)
    assert got == pytest.approx(found["ours"][NAMED[correction]], abs=1e-9)


@pytest.mark.parametrize(
    ("correction", "key"), [(SmallSample.HC0, "HC0"), (SmallSample.HC1, "HC1"), (SmallSample.SSS, "sss")]
)
def test_clustered_errors_on_grunfelds_data_are_plms(correction: SmallSample, key: str) -> None:
    found = case("t6_grunfeld_fe")
    got = within(grunfeld(), periods=False).clustered_se(correction)
    assert got == pytest.approx(found["expected"][f"cluster_firm_{key}"], abs=found["tolerance_abs"])


def test_the_errors_of_the_product_are_pyfixests_crv1() -> None:
    published = case("t6_grunfeld_library_comparison")["pyfixest"]
    assert within(grunfeld(), periods=False).clustered_se() == pytest.approx(published["CRV1"], abs=1e-9)


def test_the_wild_bootstrap_counts_the_samples_of_pyfixest_and_the_observed_ones() -> None:
    published = case("t6_grunfeld_library_comparison")["pyfixest"]["wild value"]
    fit = within(grunfeld(), periods=False)
    got = wild_test(fit.design, fit.outcome, fit.cluster, 0, None)
    assert got.p_value == published + 2 / 2**10


def test_the_wild_interval_excludes_zero_exactly_when_its_test_rejects() -> None:
    for coefficient in panel_effect(simulated(20, 16), lags=(0, 1)).coefficients:
        assert coefficient.low is not None
        assert coefficient.high is not None
        assert coefficient.p_value is not None
        assert (coefficient.p_value < 0.05) == (coefficient.low > 0 or coefficient.high < 0)


def test_the_wild_test_rejects_a_true_null_about_as_often_as_it_says() -> None:
    rejected = 0
    for seed in range(100):
        panel = simulated(12, 6, seed=seed)
        chance = np.random.default_rng(10_000 + seed)
        shuffled = Panel(panel.unit, panel.period, chance.normal(size=len(panel.y)), panel.x, panel.names)
        fit = within(shuffled)
        rejected += wild_test(fit.design, fit.outcome, fit.cluster, 0, None).p_value < 0.05
    assert rejected <= 12


def test_an_unbalanced_panel_is_least_squares_with_dummies() -> None:
    panel = simulated(6, 8)
    kept = np.random.default_rng(1).random(48) > 0.25
    part = Panel(panel.unit[kept], panel.period[kept], panel.y[kept], panel.x[kept], panel.names)
    units, periods = (values[:, None] == np.unique(values) for values in (part.unit, part.period))
    dummies = np.column_stack([part.x, units, periods[:, 1:]]).astype(float)
    assert within(part).beta[0] == pytest.approx(np.linalg.lstsq(dummies, part.y, rcond=None)[0][0], abs=1e-10)


def test_a_lag_is_the_same_unit_earlier_and_rows_without_it_leave() -> None:
    panel = simulated(3, 5)
    got = lagged(panel, [0, 2])
    assert got.names == ("late@0", "late@2")
    assert sorted(set(got.period.tolist())) == [2, 3, 4]
    at = {(u, t): x for u, t, x in zip(panel.unit, panel.period, panel.x[:, 0], strict=True)}
    assert got.x[:, 1].tolist() == [at[(u, t - 2)] for u, t in zip(got.unit, got.period, strict=True)]


def test_a_week_without_a_vote_is_still_the_past_of_the_next() -> None:
    panel = simulated(3, 5)
    y = np.where(panel.period == 2, np.nan, panel.y)
    got = lagged(Panel(panel.unit, panel.period, y, panel.x, panel.names), [0, 1])
    assert sorted(set(got.period.tolist())) == [1, 3, 4]
    assert len(got.y) == 9


def test_the_lag_that_acts_is_found() -> None:
    got = panel_effect(simulated(60, 20, lag=2))
    found = {c.name: c for c in got.coefficients}
    assert got.correction is Correction.CRV1
    assert found["late@2"].beta == pytest.approx(0.5, abs=0.1)
    assert found["late@2"].p_value is not None
    assert found["late@2"].p_value < 1e-6


@pytest.mark.parametrize(
    ("units", "expected"),
    [(9, Correction.NONE), (10, Correction.WILD), (49, Correction.WILD), (50, Correction.CRV1)],
)
def test_the_number_of_units_names_the_correction(units: int, expected: Correction) -> None:
    assert panel_effect(simulated(units, 6), lags=(0,)).correction is expected


def test_under_ten_units_there_is_a_coefficient_and_no_test() -> None:
    got = panel_effect(simulated(9, 12), lags=(0,))
    assert got.coefficients[0].beta == pytest.approx(0.5, abs=0.3)
    assert (got.coefficients[0].p_value, got.placebo) == (None, {"late": None})
    assert not got.claim_dropped


def test_a_claim_is_dropped_when_the_future_explains_the_past() -> None:
    assert panel_effect(simulated(60, 20, lag=-1), lags=(0, 1)).claim_dropped


def test_an_honest_effect_keeps_its_claim() -> None:
    assert not panel_effect(simulated(60, 20, lag=1), lags=(0, 1)).claim_dropped


def test_a_driver_that_is_the_same_everywhere_is_refused() -> None:
    panel = simulated(6, 8)
    calendar = Panel(panel.unit, panel.period, panel.y, panel.period[:, None].astype(float), ("week",))
    with pytest.raises(ValueError, match="does not vary"):
        within(calendar)


def test_a_unit_with_two_rows_in_a_period_is_refused() -> None:
    with pytest.raises(ValueError, match="two rows"):
        Panel(np.array([1, 1]), np.array([3, 3]), np.zeros(2), np.zeros((2, 1)), ("late",))


def test_one_unit_is_no_panel() -> None:
    with pytest.raises(ValueError, match="two units"):
        within(simulated(1, 20))
