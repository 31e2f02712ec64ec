"""Order statistics from (value, count) pairs: exact quantiles and their distribution-free interval."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .distributions import binomial_quantile
from .exact import MILLION, IntArray, exact
from .kinds import Estimate


@dataclass(frozen=True, eq=False)
class OrderedCounts:
    """Distinct values in millionths, ascending, int64 (k,), and how often each occurs, int64 (k,).

    Raises ``ValueError`` when the shapes differ, the values do not ascend or a count is negative.
    """

    values: IntArray
    counts: IntArray

    def __post_init__(self) -> None:
        if self.values.shape != self.counts.shape or self.values.ndim != 1:
            raise ValueError("values and counts must be two lists of one length")
        if bool(np.any(np.diff(self.values) <= 0)) or bool(np.any(self.counts < 0)):
            raise ValueError("values must ascend and counts must not be negative")

    @classmethod
    def of(cls, values: IntArray) -> "OrderedCounts":
        """Return the counts of raw values in millionths, in any order."""
        ascending = np.sort(np.asarray(values, dtype=np.int64), kind="stable")  # at once where they are so already
        first = np.flatnonzero(np.diff(ascending, prepend=ascending[:1] - 1))
        return cls(ascending[first], np.diff(first, append=len(ascending)).astype(np.int64))

    @property
    def n(self) -> int:
        """The number of observations."""
        return int(self.counts.sum())

    def __add__(self, other: "OrderedCounts") -> "OrderedCounts":
        return _combined(self, other, 1)

    def __sub__(self, other: "OrderedCounts") -> "OrderedCounts":
        return _combined(self, other, -1)

    def at(self, rank: int) -> int:
        """Return the order statistic of a rank counted from 1, in millionths."""
        return int(self.values[np.searchsorted(np.cumsum(self.counts), rank)])


def _combined(first: OrderedCounts, second: OrderedCounts, sign: int) -> OrderedCounts:
    values, place = np.unique(np.concatenate([first.values, second.values]), return_inverse=True)
    counts = np.zeros(values.shape, dtype=np.int64)
    np.add.at(counts, place, np.concatenate([first.counts, sign * second.counts]))
    return OrderedCounts(values[counts != 0], counts[counts != 0])


def quantile(counts: OrderedCounts, p: float) -> float | None:
    """Return the p-quantile in natural units by linear interpolation, type 7 (Hyndman & Fan 1996), exactly.

    ``None`` without observations; raises ``ValueError`` unless 0 ≤ p ≤ 1.
    """
    if not 0 <= p <= 1:
        raise ValueError("a quantile lies between 0 and 1")
    n = counts.n
    if n == 0:
        return None
    position = (n - 1) * exact(p)
    rank = int(position)
    below = counts.at(rank + 1)
    above = counts.at(min(rank + 2, n))
    return float((below + (position - rank) * (above - below)) / MILLION)


def sorted_quantile(values: IntArray, p: float) -> float | None:
    """Return :func:`quantile` of raw values in millionths that are already in ascending order."""
    if not 0 <= p <= 1:
        raise ValueError("a quantile lies between 0 and 1")
    if not len(values):
        return None
    position = (len(values) - 1) * exact(p)
    rank = int(position)
    below, above = (int(values[min(place, len(values) - 1)]) for place in (rank, rank + 1))
    return float((below + (position - rank) * (above - below)) / MILLION)


def quantile_interval(counts: OrderedCounts, p: float, level: float = 0.95) -> Estimate:
    """Return the p-quantile and its binomial order-statistic interval (Conover 1999, section 3.2).

    The ends are observations, natural units; both are ``None`` when the group is too small to hold them.
    """
    value, n = quantile(counts, p), counts.n
    if value is None or not 0 < p < 1:
        return Estimate(value, None, None, n, None, "order statistic")
    tail = (1 - level) / 2
    first, last = binomial_quantile(tail, n, p), binomial_quantile(1 - tail, n, p) + 1
    if first < 1 or last > n:
        return Estimate(value, None, None, n, None, "order statistic")
    low, high = (float(Fraction(counts.at(rank), MILLION)) for rank in (first, last))
    return Estimate(value, low, high, n, None, "order statistic")
