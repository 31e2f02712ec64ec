"""Kinds of indicator: the estimate, its 95 % interval and its 0–100 score, from moments."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from operator import add, sub
from typing import NamedTuple

from .distributions import garwood, normal_quantile, t_quantile, wilson
from .exact import MILLION, exact, exact_ratio


class Kind(StrEnum):
    """What an indicator measures; decides its estimate, interval, test and score."""

    SHARE = "share"
    TOP_BOX = "top_box"
    NPS = "nps"
    MEAN = "mean"
    RATE = "rate"
    MEDIAN = "median"
    PERCENTILE = "percentile"
    TOTAL = "total"


ORDERED = frozenset({Kind.MEDIAN, Kind.PERCENTILE})
LINEAR = frozenset({Kind.MEAN, Kind.RATE, Kind.MEDIAN, Kind.PERCENTILE})

Exact = int | Fraction


class Moments(NamedTuple):
    """Exact sums of a group of answers; groups merge by ``+`` and a fold is left out by ``-``.

    ``n`` answers (for a rate: the base, e.g. orders), ``s`` = Σx in millionths, ``ss`` = Σx² in 10⁻¹²,
    ``hi`` and ``lo`` = answers in the top and in the bottom box (promoters and detractors). For a share x is 0 or 1,
    so the successes are ``s``/10⁶; for a rate the events are ``s``/10⁶.

    Answers that carry sampling weights stand in every sum but ``n`` with their weight: ``w`` = Σ(weight − 1) and
    ``ww`` = Σ(weight² − 1) say by how much; both are 0 where every answer counts once.
    """

    n: int = 0
    s: Exact = 0
    ss: Exact = 0
    hi: Exact = 0
    lo: Exact = 0
    w: Exact = 0
    ww: Exact = 0

    def __add__(self, other: "Moments") -> "Moments":  # type: ignore[override]
        return Moments(*map(add, self, other))

    def __sub__(self, other: "Moments") -> "Moments":
        return Moments(*map(sub, self, other))

    @classmethod
    def merged(cls, groups: Iterable["Moments"]) -> "Moments":
        """Return the sum of any number of groups, empty for none."""
        return cls(*map(sum, zip(*groups, strict=True)))

    @property
    def weight(self) -> Exact:
        """The sum of the weights: what every mean is divided by; ``n`` where answers have none."""
        return self.n + self.w

    @property
    def weighted(self) -> bool:
        """Whether some answer counts otherwise than once."""
        return bool(self.w or self.ww)

    def effective(self) -> "Moments":
        """The sums of the plain sample that says as much: (Σw)²/Σw² answers of the same mean and spread (Kish 1965).

        The group itself where answers have no weights; ``n`` may be a fraction.
        """
        if not self.weighted:
            return self
        worth = Fraction(self.weight) / (self.n + self.ww)
        n, sums = worth * self.weight, (worth * one for one in (self.s, self.ss, self.hi, self.lo))
        return Moments(n, *sums)  # type: ignore[arg-type]

    def total(self) -> Fraction:
        """Return Σx in natural units."""
        return Fraction(self.s, MILLION)

    def mean(self) -> Fraction:
        """Return Σx/n in natural units; raises ``ZeroDivisionError`` on an empty group."""
        return Fraction(self.s, MILLION * self.weight)

    def variance(self) -> Fraction:
        """Return the variance with n − 1, exact (no cancellation); raises ``ZeroDivisionError`` below two answers."""
        same = self.effective()
        return Fraction(same.n * same.ss - same.s * same.s, MILLION * MILLION * same.n * (same.n - 1))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval in the kind's natural units.

    A share is 0…1, NPS −100…100, a rate events per thousand, the others as stored. ``None`` means that the data
    cannot say it; ``se`` is given where the method has one.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    se: float | None
    method: str


def value_of(kind: Kind, moments: Moments) -> Fraction | None:
    """Return the exact value of a kind that moments determine, in natural units; ``None`` on an empty group.

    Raises ``ValueError`` for medians and percentiles, which need order statistics.
    """
    if kind in ORDERED:
        raise ValueError(f"a {kind} comes from order statistics, not from moments")
    if kind is Kind.TOTAL:
        return moments.total()
    if moments.weight <= 0:
        return None
    if kind is Kind.TOP_BOX:
        return Fraction(moments.hi, moments.weight)
    if kind is Kind.NPS:
        return Fraction(100 * (moments.hi - moments.lo), moments.weight)
    return moments.mean() * 1000 if kind is Kind.RATE else moments.mean()


def estimate(kind: Kind, moments: Moments) -> Estimate:
    """Return value and 95 % interval of a kind with a closed form.

    Share and top box: Wilson 1927. NPS: adjusted Wald, +3 answers, +¾ promoters, +¾ detractors, the interval around
    the adjusted centre (Rocks 2016). Mean: Student's t. Rate per thousand: Garwood 1936. Total: the value alone.
    Weighted answers have the interval of as many plain ones as they are worth. An empty group has no value, and
    answers that do not vary give a mean no interval. Raises ``ValueError`` for medians and percentiles: use
    :func:`metrics.stats.order.quantile_interval`.
    """
    value = value_of(kind, moments)
    if value is None:
        return Estimate(None, None, None, moments.n, None, "none")
    if kind is Kind.TOTAL:
        return Estimate(float(value), None, None, moments.n, None, "total")
    closed = {Kind.NPS: _nps, Kind.MEAN: _mean, Kind.RATE: _rate}.get(kind, _share)
    found = closed(moments.effective(), float(value))
    return replace(found, n=moments.n) if moments.weighted else found


def _share(moments: Moments, value: float) -> Estimate:
    limits = wilson(value, float(moments.n), normal_quantile())
    se = math.sqrt(value * (1 - value) / moments.n)
    return Estimate(value, limits.low, limits.high, moments.n, se, "wilson")


@dataclass(frozen=True, slots=True)
class AdjustedNps:
    """The adjusted NPS on the −1…1 scale: its centre and the variance of the centre."""

    centre: float
    variance: float


def nps_variance(promoters: Fraction, detractors: Fraction) -> Fraction:
    """Return the variance of one answer worth 1, 0 or −1, from the two shares: p + d − (p − d)² (Rocks 2016)."""
    return promoters + detractors - (promoters - detractors) ** 2


def adjusted_nps(moments: Moments) -> AdjustedNps:
    """Return the NPS after adding 3 answers, ¾ promoters and ¾ detractors (Rocks 2016; Agresti & Min 2005)."""
    n = moments.n + 3
    promoters, detractors = Fraction(4 * moments.hi + 3, 4 * n), Fraction(4 * moments.lo + 3, 4 * n)
    return AdjustedNps(float(promoters - detractors), float(nps_variance(promoters, detractors) / n))


def _nps(moments: Moments, value: float) -> Estimate:
    adjusted = adjusted_nps(moments)
    se = 100 * math.sqrt(adjusted.variance)
    half = normal_quantile() * se
    low, high = max(-100.0, 100 * adjusted.centre - half), min(100.0, 100 * adjusted.centre + half)
    return Estimate(value, min(low, value), max(high, value), moments.n, se, "adjusted wald")


def _mean(moments: Moments, value: float) -> Estimate:
    n = moments.n
    spread = n * moments.ss - moments.s * moments.s if n > 1 else 0
    if spread <= 0:
        return Estimate(value, None, None, n, None, "t")
    se = math.sqrt(spread / (MILLION * MILLION * n * n * (n - 1)))
    half = t_quantile(float(n - 1)) * se
    return Estimate(value, value - half, value + half, n, se, "t")


def _rate(moments: Moments, value: float) -> Estimate:
    events = float(moments.total())
    limits, per = garwood(events), float(1000 / moments.n)
    return Estimate(value, limits.low * per, limits.high * per, moments.n, math.sqrt(events) * per, "garwood")


@dataclass(frozen=True, slots=True)
class Scale:
    """Goalposts declared in advance: the value worth 0, the value worth 100, and which way is up."""

    worst: float = 0.0
    best: float = 100.0
    higher_is_better: bool = True


def slope(kind: Kind, scale: Scale | None, higher_is_better: bool = True) -> float | None:
    """Return the points of score one natural unit is worth, with its sign; ``None`` for a total.

    Share and top box ±100, NPS ±½, the others 100/(best − worst). Raises ``ValueError`` when a linear kind has no
    scale, an empty one, or one that runs against ``higher_is_better``.
    """
    return None if kind is Kind.TOTAL else float(_line(kind, scale, higher_is_better)[0])


@lru_cache(maxsize=4096)
def _line(kind: Kind, scale: Scale | None, upward: bool) -> tuple[Fraction, Fraction]:
    """Return the points one natural unit is worth, and the value worth 0; raises as :func:`slope`."""
    if kind not in LINEAR:
        return (Fraction(1, 2) if kind is Kind.NPS else Fraction(100)) * (1 if upward else -1), zero_of(kind, upward)
    if scale is None or scale.best == scale.worst:
        raise ValueError(f"a {kind} needs two different goalposts")
    if (scale.best > scale.worst) != upward:
        raise ValueError("the goalposts run against the indicator's direction")
    zero = exact(scale.worst)
    return 100 / (exact(scale.best) - zero), zero


def score(
    kind: Kind, value: float | None, scale: Scale | None = None, higher_is_better: bool | None = None
) -> float | None:
    """Return the 0–100 score of a natural value, clipped, 100 always best for the customer; ``None`` for a total.

    Share and top box: 100·p or 100·(1 − p). NPS: (v + 100)/2, reversed when lower is better. Mean, rate, median,
    percentile: linear from worst to best. ``higher_is_better`` defaults to the scale's, else to true. Raises as
    :func:`slope`.
    """
    if kind is Kind.TOTAL:
        return None
    points, zero = _line(kind, scale, _direction(scale, higher_is_better))
    if value is None:
        return None
    n, m = exact_ratio(value)
    parts = points.numerator * (n * zero.denominator - zero.numerator * m)
    return min(100.0, max(0.0, parts / (points.denominator * m * zero.denominator)))


def _direction(scale: Scale | None, higher_is_better: bool | None) -> bool:
    if higher_is_better is not None:
        return higher_is_better
    return scale.higher_is_better if scale is not None else True


def zero_of(kind: Kind, upward: bool) -> Fraction:
    """Return the value worth 0 points of a kind that needs no goalposts."""
    if kind is Kind.NPS:
        return Fraction(-100 if upward else 100)
    return Fraction(0 if upward else 1)


def score_interval(
    kind: Kind, source: Estimate, scale: Scale | None = None, higher_is_better: bool | None = None
) -> Estimate:
    """Return an estimate mapped to 0–100, its ends exchanged when lower is better; a total has no score.

    ``se`` is on the unclipped scale. Raises as :func:`slope`.
    """
    upward = _direction(scale, higher_is_better)
    points = slope(kind, scale, upward)
    if points is None:
        return Estimate(None, None, None, source.n, None, "none")
    ends = [score(kind, end, scale, upward) for end in (source.low, source.high)]
    low, high = ends if points > 0 else ends[::-1]
    se = None if source.se is None else abs(points) * source.se
    return Estimate(score(kind, source.value, scale, upward), low, high, source.n, se, source.method)
