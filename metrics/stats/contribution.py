"""Leave-out contribution: what the cases that met a touchpoint add to or take from the average, without a model."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

import numpy as np

from .exact import MILLION, FloatArray
from .folds import numerators
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
    met, everyone = ({place: fold[side] for place, fold in enumerate(folds)} for side in (0, 1))
    return contributions_by_folds(kind, [met], everyone, minimum)[0]


def contributions_by_folds(
    kind: Kind, groups: Sequence[Mapping[int, Moments]], everyone: Mapping[int, Moments], minimum: int = 10
) -> list[Contribution]:
    """Return the contribution of each group of cases to one average, with intervals; all are given by fold.

    A fold that a group lacks has none of its cases; a fold without any case does not count. Raises as
    :func:`contribution`.
    """
    whole = Moments.merged(everyone.values())
    places = {fold: place for place, fold in enumerate(everyone)}
    wholes = _pairs(kind, everyone.values())
    found = []
    for group in groups:
        plain = contribution(kind, Moments.merged(group.values()), whole, minimum)
        if plain.value is not None:
            parts = np.zeros_like(wholes)
            parts[[places[fold] for fold in group]] = _pairs(kind, group.values())
            interval = jackknife(plain.value, _replicates(parts, wholes))
            plain = Contribution(plain.value, plain.n_with, plain.n_without, None, interval)
        found.append(plain)
    return found


def _replicates(parts: FloatArray, wholes: FloatArray) -> FloatArray:
    """Return (G,): the contribution without each fold, from (weight, sum) of the group and of everybody."""
    rest_parts, rest_wholes = parts.sum(axis=0) - parts, wholes.sum(axis=0) - wholes
    without = rest_wholes - rest_parts
    usable = (wholes[:, 0] > 0) & (rest_parts[:, 0] > 0) & (without[:, 0] > 0)
    replicates = np.full(len(wholes), np.nan)
    means = [sums[usable, 1] / sums[usable, 0] for sums in (rest_wholes, without)]
    replicates[usable] = means[0] - means[1]
    return replicates


def _pairs(kind: Kind, groups: Collection[Moments]) -> FloatArray:
    """Return each group's weight (its answers where they have none), and the sum that over it is the kind's value."""
    sums = [float(total / MILLION) for total in numerators(kind, groups)]
    weights = [float(group.n + group.w) for group in groups]
    return np.array([weights, sums], dtype=np.float64).T
