"""Regressions without each fold in turn, all folds at once: what the jackknife of slopes and shares needs."""

from collections.abc import Sequence

import numpy as np

from .crossproducts import CrossProducts, merged
from .exact import MILLION, FloatArray
from .sweep import (
    ALIASED,
    MAX_EXACT,
    drawn_orders,
    gains_in_orders,
    models,
    outcome_last,
    owen_of_games,
    owen_values,
    partial_out,
    r2_of_all_subsets,
    shapley,
    sweep_first,
)

PAIRS = 128
FEW = 64
LARGEST = 1 << MAX_EXACT


class LeftOut:
    """The cases left when each of G folds is out, of the columns ``names``, the outcome first.

    ``matrices`` (k, k, G) are their correlations and ``spread`` (k, G) the roots of their sums of squares, NaN for a
    fold without cases. ``lone`` names the columns that vary in one fold only: nothing can be said of their precision,
    and what is left without that fold is NaN too. Raises ``ValueError`` when no fold has cases.
    """

    def __init__(self, folds: Sequence[CrossProducts | None], names: Sequence[str]) -> None:
        self.names = tuple(names)
        given = [None if fold is None or not fold.n else fold.keep(self.names) for fold in folds]
        total, k = merged(fold for fold in given if fold is not None), len(self.names)
        centred = np.full((k, k, len(folds)), np.nan)
        for place, fold in enumerate(given):
            if fold is not None:
                centred[:, :, place] = _centred(total, fold)
        variances = centred[np.arange(k), np.arange(k)]
        self.lone = tuple(name for name, row in zip(self.names, variances, strict=True) if bool((row <= 0).any()))
        self.spread: FloatArray = np.sqrt(np.where((variances > 0).all(axis=0), variances, np.nan))
        self.matrices: FloatArray = centred / self.spread[:, None] / self.spread[None, :]
        self.matrices[np.arange(k), np.arange(k)] = np.where(np.isfinite(self.spread), 1.0, np.nan)

    def slopes(self, regressors: Sequence[str]) -> FloatArray:
        """Return (G, regressors): their coefficients on the outcome together, natural units.

        NaN without a fold that two copies of each other need to differ.
        """
        at = [0, *(self.names.index(name) for name in regressors)]
        spread, matrices = self.spread[at], self.matrices[np.ix_(at, at)]
        usable = np.flatnonzero(np.isfinite(spread).all(axis=0))
        usable = usable[_independent(matrices[:, :, usable])]
        found = np.full((matrices.shape[2], len(regressors)), np.nan)
        stack = np.moveaxis(matrices[:, :, usable], 2, 0)
        standard = np.linalg.solve(stack[:, 1:, 1:], stack[:, 1:, :1])[:, :, 0]
        found[usable] = standard * (spread[:1, usable] / spread[1:, usable]).T
        return found

    def shares(
        self, drivers: Sequence[str], controls: Sequence[str] = (), unions: Sequence[Sequence[int]] | None = None
    ) -> FloatArray:
        """Return (G, drivers): their LMG shares with ``controls`` partialled out first, or Owen's with ``unions``.

        Unions are lists of places in ``drivers``. Where even they make more than 2^20 models, every fold meets the same
        ``PAIRS`` random orders and their reverses, so that what tells folds apart is never the draw. Raises
        ``ValueError`` beyond 20 drivers without unions.
        """
        at = [0, *(self.names.index(name) for name in (*controls, *drivers))]
        usable = np.flatnonzero(np.isfinite(self.spread).all(axis=0))
        found = np.full((self.matrices.shape[2], len(drivers)), np.nan)
        apart = unions is not None and (len(drivers) > MAX_EXACT or models(unions) * FEW < 1 << len(drivers))
        whole = 1 << min(len(drivers), MAX_EXACT)
        for part in np.array_split(usable, max(1, len(usable) * whole // LARGEST)):
            matrices = partial_out(self.matrices[np.ix_(at, at)][:, :, part], range(len(controls)))
            if unions is not None and apart:
                found[part] = _one_by_one(matrices, unions)
                continue
            games = r2_of_all_subsets(matrices)
            found[part] = (shapley(games) if unions is None else owen_of_games(games, unions)).T
        return found


def _one_by_one(matrices: FloatArray, unions: Sequence[Sequence[int]]) -> FloatArray:
    """Return (m, p): Owen shares of drivers of which all models are too many, or far more than unions need."""
    layers = np.moveaxis(matrices, 2, 0)
    if models(unions) <= LARGEST:
        return np.array([owen_values(layer, unions) for layer in layers])
    orders = drawn_orders(unions, PAIRS)
    return np.array([gains_in_orders(layer, orders).mean(axis=0) for layer in layers])


def _independent(matrices: FloatArray) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Return (m,): whether every regressor has variance of its own."""
    swept = outcome_last(matrices, range(len(matrices) - 1))
    kept = np.ones(matrices.shape[2], dtype=np.bool_)
    while len(swept) > 1:
        kept &= swept[0, 0] > ALIASED
        swept = sweep_first(swept)
    return kept


def _centred(total: CrossProducts, fold: CrossProducts) -> FloatArray:
    """Return Σ(x − x̄)(y − ȳ) of the cases of ``total`` outside ``fold``, from whole numbers, rounded once."""
    n, k = total.n - fold.n, len(total.names)
    found = np.full((k, k), np.nan)
    scale = n * MILLION * MILLION
    sums = [a - b for a, b in zip(total.s, fold.s, strict=True)]
    for i, (line, other) in enumerate(zip(total.ss, fold.ss, strict=True)):
        for j in range(i + 1 if n > 0 else 0):
            found[i, j] = found[j, i] = (n * (line[j] - other[j]) - sums[i] * sums[j]) / scale
    return found
