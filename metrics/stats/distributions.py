"""The one typed door to scipy's distributions and tests, and the closed forms made of them.

``scipy.stats`` is imported where it is used: it takes a second, and a page asks only for quantiles.
"""

import math
from functools import lru_cache
from typing import NamedTuple

from scipy import special


class Limits(NamedTuple):
    """The two ends of an interval."""

    low: float
    high: float


@lru_cache(maxsize=4096)
def normal_quantile(level: float = 0.95) -> float:
    """Return the two-sided standard normal quantile (1.959964 at 95 %)."""
    return -float(special.ndtri((1 - level) / 2))


def normal_p(z: float) -> float:
    """Return the two-sided p-value of a standard normal statistic."""
    return float(2 * special.ndtr(-abs(z)))


@lru_cache(maxsize=4096)
def t_quantile(df: float, level: float = 0.95) -> float:
    """Return the two-sided quantile of Student's t with ``df`` degrees of freedom."""
    return -float(special.stdtrit(df, (1 - level) / 2))


def t_of_p(p_value: float, df: float) -> float:
    """Return the distance from 0 of a Student's t statistic whose two-sided p is ``p_value``, of 0 … 1."""
    return -float(special.stdtrit(df, p_value / 2))


def t_p(t: float, df: float) -> float:
    """Return the two-sided p-value of a Student's t statistic."""
    return float(2 * special.stdtr(df, -abs(t)))


def wilson(p: float, n: float, z: float) -> Limits:
    """Return the score interval of a proportion ``p`` of ``n`` > 0 answers at normal quantile ``z`` (Wilson 1927)."""
    centre, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return Limits(max(0.0, min(low, p)), min(1.0, max(high, p)))


def newcombe(now: tuple[float, float], before: tuple[float, float], z: float) -> Limits:
    """Return the hybrid score interval of p_now − p_before (Newcombe 1998, Stat. Med. 17: 873, method 10).

    Each argument is (proportion, n) with n positive.
    """
    first, second = wilson(*now, z), wilson(*before, z)
    value = now[0] - before[0]
    below = math.hypot(now[0] - first.low, second.high - before[0])
    above = math.hypot(first.high - now[0], before[0] - second.low)
    return Limits(value - below, value + above)


def garwood(events: float, level: float = 0.95) -> Limits:
    """Return the exact interval of a Poisson count, from chi-squared quantiles (Garwood 1936); 0 events start at 0."""
    tail = (1 - level) / 2
    low = float(special.gammaincinv(events, tail)) if events > 0 else 0.0
    return Limits(low, float(special.gammainccinv(events + 1, tail)))


def binomial_p(successes: int, n: int, probability: float) -> float:
    """Return the exact two-sided binomial p-value (outcomes no likelier than the observed one), by scipy."""
    from scipy import stats

    return float(stats.binomtest(successes, n, probability).pvalue)


def binomial_quantile(level: float, n: int, probability: float) -> int:
    """Return the smallest k with P(Binomial ≤ k) ≥ ``level``."""
    return max(0, math.ceil(float(special.bdtrik(level, n, probability))))


class PairedTest(NamedTuple):
    """A paired t test: statistic, degrees of freedom, two-sided p."""

    t: float
    df: int
    p_value: float


def paired_t(first: list[float], second: list[float]) -> PairedTest:
    """Return the matched-pair t test of ``first − second`` (Student 1908), by scipy; at least two pairs."""
    from scipy import stats

    result = stats.ttest_rel(first, second)
    return PairedTest(float(result.statistic), int(result.df), float(result.pvalue))


def spearman(first: list[float], second: list[float]) -> float:
    """Return Spearman's rank correlation, ties sharing their mean rank; NaN when either list is constant."""
    from scipy import stats

    return float(stats.spearmanr(first, second).statistic)
