"""Leave-out contribution: what the cases that met a touchpoint add to or take from the average, without a model."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np

from .exact import MILLION, FloatArray
from .jackknife import Interval, jackknife
from .kinds import Kind, Moments, value_of

AVERAGES = frozenset({Kind.SHARE, Kind.TOP_BOX, Kind.NPS, Kind.MEAN, Kind.RATE})


class Withheld(StrEnum):
    """Why a contribution is not given."""

    EVERYONE = "everyone"
    FEW_WITH = "few_with"
    FEW_WITHOUT = "few_without"


@dataclass(frozen=True, slots=True)
class Contribution:
    """``C_t`` in natural units of the kind, or the reason it is withheld; both bases; its interval by folds."""

    value: float | None
    n_with: int
    n_without: int
    withheld: Withheld | None
    interval: Interval | None = None


def leave_out(kind: Kind, met: Moments, everyone: Moments) -> Fraction:
    """Return ``C_t = S_all − S_without = n_t·(S_t − S_all)/(N − n_t)`` exactly, in natural units.

    ``met`` is the group that met the touchpoint, part of ``everyone``. Raises ``ValueError`` for a kind that is not an
    average, or when either side is empty.
    """
    rest = everyone - met
    if kind not in AVERAGES or met.n <= 0:
        raise ValueError("a contribution needs an average and cases on both sides")
    whole, without = value_of(kind, everyone), value_of(kind, rest)
    if whole is None or without is None:
        raise ValueError("a contribution needs an average and cases on both sides")
    return whole - without


def contribution(kind: Kind, met: Moments, everyone: Moments, minimum: int = 10) -> Contribution:
    """Return the leave-out contribution, withheld when everybody met *t* or either side is under ``minimum``.

    Contributions do not add up where a case meets several touchpoints. Raises ``ValueError`` for a kind that is not an
    average.
    """
    if kind not in AVERAGES:
        raise ValueError("only an average has contributions")
    without = everyone.n - met.n
    withheld = None
    if met.n < minimum:
        withheld = Withheld.FEW_WITH
    elif without <= 0:
        withheld = Withheld.EVERYONE
    elif without < minimum:
        withheld = Withheld.FEW_WITHOUT
    value = None if withheld else float(leave_out(kind, met, everyone))
    return Contribution(value, met.n, without, withheld)


def contribution_by_folds(kind: Kind, folds: Sequence[tuple[Moments, Moments]], minimum: int = 10) -> Contribution:
    """Return the contribution with its delete-a-group interval; ``folds`` holds (met, everyone) of each fold.

    Empty folds do not count. Raises as :func:`contribution`.
    """
    met = sum((fold[0] for fold in folds), Moments())
    everyone = sum((fold[1] for fold in folds), Moments())
    plain = contribution(kind, met, everyone, minimum)
    if plain.value is None:
        return plain
    parts, wholes = (_sums(kind, [fold[side] for fold in folds]) for side in (0, 1))
    rest_parts, rest_wholes = parts.sum(axis=0) - parts, wholes.sum(axis=0) - wholes
    without = rest_wholes - rest_parts
    usable = (wholes[:, 0] > 0) & (rest_parts[:, 0] > 0) & (without[:, 0] > 0)
    replicates = np.full(len(folds), np.nan)
    means = [sums[usable, 1] / sums[usable, 0] for sums in (rest_wholes, without)]
    replicates[usable] = means[0] - means[1]
    interval = jackknife(plain.value, replicates)
    return Contribution(plain.value, plain.n_with, plain.n_without, None, interval)


def _sums(kind: Kind, groups: Sequence[Moments]) -> FloatArray:
    """Return (groups, 2): the answers of each group, and the sum whose ratio to them is the kind's value."""
    return np.array([[group.n, _numerator(kind, group)] for group in groups], dtype=np.float64)


def _numerator(kind: Kind, group: Moments) -> float:
    if kind is Kind.TOP_BOX:
        return group.hi
    if kind is Kind.NPS:
        return 100 * (group.hi - group.lo)
    return group.s / MILLION * (1000 if kind is Kind.RATE else 1)
