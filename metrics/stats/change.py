"""The difference between two quarters, and the only verdict a page may print about it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .distributions import binomial_p, garwood, newcombe, normal_p, normal_quantile, t_p, t_quantile
from .jackknife import Interval
from .kinds import Kind, Moments, adjusted_nps, value_of

FARTHEST = 38.0


@dataclass(frozen=True, slots=True)
class Change:
    """A difference now − before in natural units, its 95 % interval, its p-value and both bases.

    ``None`` means that the data cannot say it. A share differs by −1…1, NPS by −200…200, a rate per thousand.
    """

    value: float | None
    low: float | None
    high: float | None
    p_value: float | None
    n_now: int
    n_before: int
    method: str

    def excludes_zero(self) -> bool:
        """Return whether both ends of the interval lie on the same side of 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


class Verdict(StrEnum):
    """What may be said of a change: ▲, ▼, ○ not demonstrated, ◌ too little data."""

    BETTER = "better"
    WORSE = "worse"
    UNPROVEN = "unproven"
    TOO_LITTLE = "too_little"


@dataclass(frozen=True, slots=True)
class _Test:
    low: float | None
    high: float | None
    p_value: float | None
    method: str


def change(kind: Kind, now: Moments, before: Moments) -> Change:
    """Return the difference of two independent quarters.

    Share and top box: hybrid score interval (Newcombe 1998, method 10), the p-value being the level at which that
    interval touches 0. NPS: adjusted Wald on both (Rocks 2016). Mean: Welch 1947. Rate: interval by MOVER from the
    two Garwood limits (Zou & Donner 2008), p by the exact conditional binomial test; the two may disagree, then
    :func:`verdicts` asks for both. An empty quarter gives a change without value. Raises ``ValueError`` for medians,
    percentiles and totals: their change comes from folds, :func:`change_from_folds`.
    """
    if kind is Kind.TOTAL:
        raise ValueError("the change of a total comes from folds")
    after, earlier = value_of(kind, now), value_of(kind, before)
    if after is None or earlier is None:
        return Change(None, None, None, None, now.n, before.n, "none")
    value, same = float(after - earlier), (now.effective(), before.effective())
    if kind is Kind.NPS:
        test = _nps(*same)
    elif kind is Kind.MEAN:
        test = _welch(value, *same)
    elif kind is Kind.RATE:
        test = _rate(value, *same)
    else:
        test = _share(*((float(side), float(plain.n)) for side, plain in zip((after, earlier), same, strict=True)))
    return Change(value, test.low, test.high, test.p_value, now.n, before.n, test.method)


def _share(now: tuple[float, float], before: tuple[float, float]) -> _Test:
    limits = newcombe(now, before, normal_quantile())
    return _Test(limits.low, limits.high, newcombe_p(now, before), "newcombe")


def newcombe_p(now: tuple[float, float], before: tuple[float, float]) -> float:
    """Return the level at which Newcombe's interval of p_now − p_before has 0 as an end, so that p and it agree.

    Each argument is (proportion, n) with n positive. The end nearer 0 moves monotonically with z: there is one root.
    """
    if now[0] == before[0]:
        return 1.0
    higher, lower = (now, before) if now[0] > before[0] else (before, now)

    def nearer_end(z: float) -> float:
        return newcombe(higher, lower, z).low

    if nearer_end(FARTHEST) > 0:
        return 0.0
    from scipy.optimize import brentq

    return normal_p(float(brentq(nearer_end, 0.0, FARTHEST, xtol=1e-13)))


def _nps(now: Moments, before: Moments) -> _Test:
    after, earlier = adjusted_nps(now), adjusted_nps(before)
    centre, se = 100 * (after.centre - earlier.centre), 100 * math.sqrt(after.variance + earlier.variance)
    half = normal_quantile() * se
    return _Test(max(-200.0, centre - half), min(200.0, centre + half), normal_p(centre / se), "adjusted wald")


def _welch(value: float, now: Moments, before: Moments) -> _Test:
    if min(now.n, before.n) < 2:
        return _Test(None, None, None, "welch")
    parts = [float(group.variance() / group.n) for group in (now, before)]
    variance = sum(parts)
    if variance <= 0:
        return _Test(None, None, None, "welch")
    df = float(variance**2 / (parts[0] ** 2 / (now.n - 1) + parts[1] ** 2 / (before.n - 1)))
    se = math.sqrt(variance)
    half = t_quantile(df) * se
    return _Test(value - half, value + half, t_p(value / se, df), "welch")


def _rate(value: float, now: Moments, before: Moments) -> _Test:
    events = [float(group.total()) for group in (now, before)]
    per = [float(1000 / now.n), float(1000 / before.n)]
    rates = [count * factor for count, factor in zip(events, per, strict=True)]
    ends = [[end * factor for end in garwood(count)] for count, factor in zip(events, per, strict=True)]
    low = value - math.hypot(rates[0] - ends[0][0], ends[1][1] - rates[1])
    high = value + math.hypot(ends[0][1] - rates[0], rates[1] - ends[1][0])
    together = round(sum(events))
    p_value = binomial_p(round(events[0]), together, float(now.n / (now.n + before.n))) if together else 1.0
    return _Test(low, high, p_value, "mover")


def change_from_folds(interval: Interval, n_now: int, n_before: int) -> Change:
    """Return the change whose interval came from :func:`metrics.stats.jackknife.jackknife` of the difference.

    The p-value is Student's with groups − 1 degrees of freedom; a difference without any error has none.
    """
    p_value = None if not interval.se else t_p(interval.value / interval.se, interval.groups - 1)
    return Change(interval.value, interval.low, interval.high, p_value, n_now, n_before, "folds")


def benjamini_hochberg(p_values: Sequence[float | None], q: float = 0.05) -> list[bool]:
    """Return which hypotheses are rejected at false discovery rate ``q`` (Benjamini & Hochberg 1995).

    Those up to the greatest p with p·m/rank ≤ q. A missing p-value is not part of the family and is never rejected.
    """
    tried = sorted(p for p in p_values if p is not None)
    limit = max((p for rank, p in enumerate(tried, 1) if p * (len(tried) / rank) <= q), default=-1.0)
    return [p is not None and p <= limit for p in p_values]


def verdicts(changes: Sequence[Change | None], higher_is_better: Sequence[bool], minimum: int = 30) -> list[Verdict]:
    """Return one verdict a change, the whole sequence being one family for Benjamini–Hochberg at 5 %.

    Too little where the change is missing or either base is under ``minimum`` (such changes leave the family);
    better or worse where the null is rejected and the interval excludes 0; unproven otherwise. Raises
    ``ValueError`` when the two sequences differ in length.
    """
    enough = [c is not None and c.value is not None and min(c.n_now, c.n_before) >= minimum for c in changes]
    family = [c.p_value if c is not None and ok else None for c, ok in zip(changes, enough, strict=True)]
    proven = benjamini_hochberg(family)
    found: list[Verdict] = []
    for item, ok, rejected, upward in zip(changes, enough, proven, higher_is_better, strict=True):
        if item is None or item.value is None or not ok:
            found.append(Verdict.TOO_LITTLE)
        elif not rejected or not item.excludes_zero():
            found.append(Verdict.UNPROVEN)
        else:
            found.append(Verdict.BETTER if (item.value > 0) == upward else Verdict.WORSE)
    return found
