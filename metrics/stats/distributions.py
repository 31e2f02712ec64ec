"""The one typed door to scipy's and statsmodels' distributions, intervals and tests."""

import math
from typing import NamedTuple

from scipy import stats  # type: ignore[import-untyped]
from statsmodels.stats.proportion import (  # type: ignore[import-untyped]
    confint_proportions_2indep,
    proportion_confint,
)
from statsmodels.stats.rates import confint_poisson  # type: ignore[import-untyped]


class Limits(NamedTuple):
    """The two ends of an interval."""

    low: float
    high: float


def normal_quantile(level: float = 0.95) -> float:
    """Return the two-sided standard normal quantile (1.959964 at 95 %)."""
    return float(stats.norm.isf((1 - level) / 2))


def normal_p(z: float) -> float:
    """Return the two-sided p-value of a standard normal statistic."""
    return float(2 * stats.norm.sf(abs(z)))


def t_quantile(df: float, level: float = 0.95) -> float:
    """Return the two-sided quantile of Student's t with ``df`` degrees of freedom."""
    return float(stats.t.isf((1 - level) / 2, df))


def t_p(t: float, df: float) -> float:
    """Return the two-sided p-value of a Student's t statistic."""
    return float(2 * stats.t.sf(abs(t), df))


def wilson(successes: float, n: int, level: float = 0.95) -> Limits:
    """Return the score interval of a proportion (Wilson 1927), by statsmodels; ``n`` must be positive."""
    low, high = proportion_confint(successes, n, alpha=1 - level, method="wilson")
    return Limits(max(0.0, float(low)), min(1.0, float(high)))


def newcombe(now: tuple[float, int], before: tuple[float, int], level: float = 0.95) -> Limits:
    """Return the hybrid score interval of p_now − p_before (Newcombe 1998, method 10), by statsmodels.

    Each argument is (successes, n) with n positive.
    """
    low, high = confint_proportions_2indep(*now, *before, method="newcomb", compare="diff", alpha=1 - level)
    return Limits(float(low), float(high))


def garwood(events: float, level: float = 0.95) -> Limits:
    """Return the exact interval of a Poisson count (Garwood 1936), by statsmodels; the low end of 0 events is 0."""
    low, high = confint_poisson(events, 1, method="exact-c", alpha=1 - level)
    return Limits(0.0 if math.isnan(low) else float(low), float(high))


def binomial_p(successes: int, n: int, probability: float) -> float:
    """Return the exact two-sided binomial p-value (outcomes no likelier than the observed one), by scipy."""
    return float(stats.binomtest(successes, n, probability).pvalue)


def binomial_quantile(level: float, n: int, probability: float) -> int:
    """Return the smallest k with P(Binomial ≤ k) ≥ ``level``."""
    return int(stats.binom.ppf(level, n, probability))


class PairedTest(NamedTuple):
    """A paired t test: statistic, degrees of freedom, two-sided p."""

    t: float
    df: int
    p_value: float


def paired_t(first: list[float], second: list[float]) -> PairedTest:
    """Return the matched-pair t test of ``first − second`` (Student 1908), by scipy; at least two pairs."""
    result = stats.ttest_rel(first, second)
    return PairedTest(float(result.statistic), int(result.df), float(result.pvalue))


def spearman(first: list[float], second: list[float]) -> float:
    """Return Spearman's rank correlation, ties sharing their mean rank; NaN when either list is constant."""
    return float(stats.spearmanr(first, second).statistic)
