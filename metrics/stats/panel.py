"""Unit-and-week panels: two-way fixed effects, lags, errors clustered by unit, and a lead as placebo."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from .distributions import t_p, t_quantile
from .exact import FloatArray, IntArray
from .wild import WildTest, wild_test

LEVEL = 0.95
FEW, MANY = 10, 50


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Rows of a panel: ``unit`` (n,), ``period`` (n,) counted in whole steps, outcome ``y`` (n,), drivers ``x`` (n, k).

    ``y`` is NaN where the drivers alone were observed: :func:`lagged` still looks back on such a row. Raises
    ``ValueError`` when the shapes disagree, a name is missing, or a unit has two rows in a period.
    """

    unit: IntArray
    period: IntArray
    y: FloatArray
    x: FloatArray
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        n = len(self.y)
        if self.x.shape != (n, len(self.names)) or self.unit.shape != (n,) or self.period.shape != (n,):
            raise ValueError("a panel needs n units, periods and outcomes, and one name a driver")
        if len({*zip(self.unit.tolist(), self.period.tolist(), strict=True)}) < n:
            raise ValueError("a unit has two rows in one period")


def lagged(panel: Panel, lags: Sequence[int]) -> Panel:
    """Return the panel with each driver ``lag`` periods earlier, for every lag (a negative one is a lead).

    Columns are named ``driver@lag``. Rows without an outcome, or whose drivers were not observed in all those periods,
    are left out.
    """
    reach = max((abs(lag) for lag in lags), default=0)
    unit = np.unique(panel.unit, return_inverse=True)[1]
    period = panel.period - min(panel.period.tolist(), default=0) + reach
    place = np.full((unit.max(initial=0) + 1, period.max(initial=0) + reach + 1), -1)
    place[unit, period] = np.arange(len(unit))
    found = np.array([place[unit, period - lag] for lag in lags], dtype=np.int64).reshape(len(lags), len(unit))
    rows = np.flatnonzero((found >= 0).all(axis=0) & np.isfinite(panel.y))
    x = np.hstack([panel.x[rows, :0], *(panel.x[earlier] for earlier in found[:, rows])])
    names = tuple(f"{name}@{lag}" for lag in lags for name in panel.names)
    return Panel(panel.unit[rows], panel.period[rows], panel.y[rows], x, names)


class SmallSample(StrEnum):
    """Named corrections of the clustered variance, since one model has at least five.

    With N rows, k slopes, G clusters, U units and P period dummies: HC0 none; HC1 N/(N−k); SSS
    G/(G−1)·(N−1)/(N−k); CRV1 the same with N−k−P−1 (Stata xtreg, pyfixest; unit effects are nested in the clusters);
    LSDV with N−k−P−U (Stata areg). The product uses CRV1.
    """

    HC0 = "hc0"
    HC1 = "hc1"
    SSS = "sss"
    CRV1 = "crv1"
    LSDV = "lsdv"


@dataclass(frozen=True, slots=True, eq=False)
class Within:
    """A fixed-effects fit: slopes (k,), residuals (n,), and the regressors after the transformation.

    ``design`` (n, k + P) holds drivers then period dummies, both in deviations from unit means; ``units`` and
    ``periods`` count effects; ``cluster`` (n,) numbers the units from 0.
    """

    names: tuple[str, ...]
    beta: FloatArray
    residuals: FloatArray
    own: FloatArray
    design: FloatArray
    outcome: FloatArray
    cluster: IntArray
    units: int
    periods: int
    r2_within: float

    def se(self) -> FloatArray:
        """Return classical standard errors (k,), N − U − P − k degrees of freedom."""
        freedom = len(self.residuals) - self.units - self.periods - len(self.beta)
        inverse = np.linalg.inv(self.own.T @ self.own)
        return np.sqrt(np.diag(inverse) * float(self.residuals @ self.residuals) / freedom)

    def clustered_se(self, correction: SmallSample = SmallSample.CRV1) -> FloatArray:
        """Return standard errors (k,) clustered by unit (Liang & Zeger 1986) with the named correction."""
        return np.sqrt(np.diag(sandwich(self.own, self.residuals, self.cluster)) * self._factor(correction))

    def _factor(self, correction: SmallSample) -> float:
        n, k, groups = len(self.residuals), len(self.beta), self.units
        if correction is SmallSample.HC0:
            return 1.0
        if correction is SmallSample.HC1:
            return n / (n - k)
        effects = {SmallSample.SSS: 0, SmallSample.CRV1: self.periods + 1, SmallSample.LSDV: self.periods + self.units}
        return groups / (groups - 1) * (n - 1) / (n - k - effects[correction])


def sandwich(design: FloatArray, residuals: FloatArray, cluster: IntArray) -> FloatArray:
    """Return the (k, k) variance of least-squares slopes with errors clustered by ``cluster`` (n,), uncorrected.

    Liang & Zeger 1986; each row its own cluster gives White's. ``design`` is (n, k), clusters are numbered from 0.
    """
    inverse = np.linalg.inv(design.T @ design)
    scores = np.zeros((int(cluster.max()) + 1, design.shape[1]))
    np.add.at(scores, cluster, design * residuals[:, None])
    variance: FloatArray = inverse @ (scores.T @ scores) @ inverse
    return variance


def within(panel: Panel, periods: bool = True) -> Within:
    """Return least squares with unit effects and, by default, period effects, balanced or not.

    Units are demeaned, period dummies partialled out (Frisch & Waugh 1933). Raises ``ValueError`` without two units,
    without spare rows, or when a driver does not vary within units and periods.
    """
    labels, cluster = np.unique(panel.unit, return_inverse=True)
    dates = np.unique(panel.period)
    dummies = (panel.period[:, None] == dates[None, 1:]).astype(np.float64) if periods else np.zeros((len(panel.y), 0))
    stacked = _demeaned(np.column_stack([panel.y, panel.x, dummies]), cluster, len(labels))
    k = len(panel.names)
    outcome, drivers, calendar = stacked[:, 0], stacked[:, 1 : k + 1], stacked[:, k + 1 :]
    own = np.column_stack([outcome, drivers])
    if calendar.shape[1]:
        own = own - calendar @ np.linalg.lstsq(calendar, own, rcond=None)[0]
    y, x = own[:, 0], own[:, 1:]
    if len(labels) < 2 or len(y) - len(labels) - calendar.shape[1] - k < 1:
        raise ValueError("a panel needs two units and spare rows")
    if bool(np.any((x**2).sum(axis=0) <= 1e-12 * (drivers**2).sum(axis=0))) or np.linalg.matrix_rank(x) < k:
        raise ValueError("a driver does not vary within units and periods")
    beta: FloatArray = np.linalg.lstsq(x, y, rcond=None)[0].astype(np.float64)
    residuals = y - x @ beta
    explained = 1 - float(residuals @ residuals) / float(y @ y) if float(y @ y) > 0 else 0.0
    return Within(
        names=panel.names,
        beta=beta,
        residuals=residuals,
        own=x,
        design=np.column_stack([drivers, calendar]),
        outcome=outcome,
        cluster=cluster.astype(np.int64),
        units=len(labels),
        periods=calendar.shape[1],
        r2_within=explained,
    )


def _demeaned(columns: FloatArray, cluster: IntArray, units: int) -> FloatArray:
    sums = np.zeros((units, columns.shape[1]))
    np.add.at(sums, cluster, columns)
    counts = np.bincount(cluster, minlength=units)[:, None]
    result: FloatArray = columns - (sums / counts)[cluster]
    return result


class Correction(StrEnum):
    """How the test was corrected for few units; the page names it."""

    NONE = "none"
    WILD = "wild_cluster_bootstrap"
    CRV1 = "crv1"


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One driver at one lag: slope, and standard error, p and 95 % interval where the number of units allows them."""

    name: str
    beta: float
    se: float | None
    p_value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class PanelEffect:
    """The coefficients, the correction used, rows and units, and the placebo: the p of each driver's lead.

    ``claim_dropped`` when a lead is "significant" at 5 %: then the lags are not to be shown as a finding.
    """

    coefficients: tuple[Coefficient, ...]
    correction: Correction
    n: int
    units: int
    placebo: dict[str, float | None]

    @property
    def claim_dropped(self) -> bool:
        """Whether the future of a driver "explains" the past of the outcome."""
        return any(p is not None and p < 1 - LEVEL for p in self.placebo.values())


def panel_effect(panel: Panel, lags: Sequence[int] = (0, 1, 2, 3, 4)) -> PanelEffect:
    """Return two-way fixed-effects coefficients at each lag, tested as the number of units allows.

    Under 10 units: no test. 10–49: wild cluster bootstrap, seeded. From 50: CRV1 with t(G − 1) (Cameron & Miller 2015).
    The placebo adds the lead of each driver; where that model has no spare rows its p is ``None``. Raises as
    :func:`within`.
    """
    fit = within(lagged(panel, lags))
    coefficients = _coefficients(fit, len(fit.names))
    placebo: dict[str, float | None] = dict.fromkeys(panel.names)
    try:
        ahead = within(lagged(panel, [-1, *lags]))
    except ValueError:
        ahead = None
    if ahead is not None:
        leads = _coefficients(ahead, len(panel.names), interval=False)
        placebo = {name: lead.p_value for name, lead in zip(panel.names, leads, strict=True)}
    return PanelEffect(tuple(coefficients), _correction(fit.units), len(fit.residuals), fit.units, placebo)


def cumulative(panel: Panel, lags: Sequence[int] = (0, 1, 2, 3, 4)) -> tuple[Coefficient, ...]:
    """Return each driver's slopes added up over all lags, tested as :func:`panel_effect` tests single ones.

    Σ β_l·x_{t−l} = (Σ β_l)·x_t + Σ_{l>first} β_l·(x_{t−l} − x_t): the sum is a slope of the same model written anew.
    """
    rows, k = lagged(panel, lags), len(panel.names)
    first = rows.x[:, :k]
    later = [rows.x[:, place * k : (place + 1) * k] - first for place in range(1, len(lags))]
    fit = within(Panel(rows.unit, rows.period, rows.y, np.hstack([first, *later]), rows.names))
    found = _coefficients(fit, k)
    return tuple(replace(row, name=name) for row, name in zip(found, panel.names, strict=True))


def _correction(units: int) -> Correction:
    if units < FEW:
        return Correction.NONE
    return Correction.WILD if units < MANY else Correction.CRV1


def _coefficients(fit: Within, first: int, interval: bool = True) -> list[Coefficient]:
    """Return the first slopes of a fit, tested as its number of units allows."""
    correction = _correction(fit.units)
    if correction is Correction.NONE:
        return [Coefficient(fit.names[j], float(fit.beta[j]), None, None, None, None) for j in range(first)]
    errors = fit.clustered_se()
    return [_coefficient(fit, j, float(errors[j]), correction, interval) for j in range(first)]


def _coefficient(fit: Within, j: int, se: float, correction: Correction, interval: bool) -> Coefficient:
    name, beta = fit.names[j], float(fit.beta[j])
    if not se > 0 or not math.isfinite(se):
        return Coefficient(name, beta, None, None, None, None)
    if correction is Correction.WILD:
        test: WildTest = wild_test(fit.design, fit.outcome, fit.cluster, j, se if interval else None)
        return Coefficient(name, beta, se, test.p_value, test.low, test.high)
    half = t_quantile(fit.units - 1, LEVEL) * se
    return Coefficient(name, beta, se, t_p(beta / se, fit.units - 1), beta - half, beta + half)
