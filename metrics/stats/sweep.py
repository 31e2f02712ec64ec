"""The variance explained by every set of drivers, by sweeping the correlation matrix: two branches a driver.

The matrices of all models are swept together, breadth first: after j drivers there are 2^j matrices with one row less
each, held in one array whose last axis is the model. No loop over models; 2^20 models need about 60 MB.
"""

from collections.abc import Sequence

import numpy as np

from .exact import FloatArray

Orders = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

MAX_EXACT = 20
ALIASED = 1e-10


def sweep_first(matrices: FloatArray) -> FloatArray:
    """Return (k−1, k−1, m) matrices with the first variable partialled out of (k, k, m) ones (Schur complement).

    A variable with no variance left of its own (a copy of others already swept) changes nothing.
    """
    pivot = matrices[0, 0]
    factor = np.where(pivot > ALIASED, 1.0, 0.0) / np.where(pivot > ALIASED, pivot, 1.0)
    row = matrices[0, 1:]
    swept: FloatArray = matrices[1:, 1:] - row[:, None] * (row * factor)[None, :]
    return swept


def branches(matrices: FloatArray, width: int = 1) -> FloatArray:
    """Return (k−w, k−w, 2m) matrices: the first ``width`` variables dropped, then the same with them partialled out."""
    k, _, m = matrices.shape
    both: FloatArray = np.empty((k - width, k - width, 2 * m))
    both[:, :, :m] = matrices[width:, width:]
    swept = matrices
    for _ in range(width):
        swept = sweep_first(swept)
    both[:, :, m:] = swept
    return both


def outcome_last(matrix: FloatArray, order: Sequence[int]) -> FloatArray:
    """Return the (k, k, m) matrices of the drivers in ``order`` (counted from 0), then the outcome, for sweeping.

    In ``matrix``, (k, k) or m of them as (k, k, m), the outcome has index 0 and driver j index j + 1.
    """
    places = [*(driver + 1 for driver in order), 0]
    ordered = np.ascontiguousarray(matrix[np.ix_(places, places)])
    return ordered if ordered.ndim == 3 else ordered[:, :, None]


def partial_out(matrix: FloatArray, always: Sequence[int]) -> FloatArray:
    """Return the covariance matrix of outcome and remaining drivers with drivers ``always`` partialled out.

    Of m matrices (k, k, m) at once, m such matrices.
    """
    rest = [driver for driver in range(len(matrix) - 1) if driver not in set(always)]
    swept = outcome_last(matrix, [*always, *rest])
    for _ in always:
        swept = sweep_first(swept)
    places = [len(rest), *range(len(rest))]
    reduced = np.ascontiguousarray(swept[np.ix_(places, places)])
    return reduced if matrix.ndim == 3 else reduced[:, :, 0]


def r2_of_all_subsets(matrix: FloatArray) -> FloatArray:
    """Return the R² of every model, (2^p,); bit j of the index says whether driver j is in.

    ``matrix`` (p+1, p+1) is a correlation matrix with the outcome first, or one left by :func:`partial_out`: values are
    shares of the total variance gained over no driver. Of m matrices (p+1, p+1, m) the result is (2^p, m). Raises
    ``ValueError`` beyond 20 drivers.
    """
    p = len(matrix) - 1
    if p > MAX_EXACT:
        raise ValueError(f"{p} drivers make 2^{p} models; sample permutations beyond {MAX_EXACT}")
    swept = outcome_last(matrix, range(p))
    for _ in range(p):
        swept = branches(swept)
    gained: FloatArray = matrix[0, 0] - swept[0, 0].reshape(1 << p, *matrix.shape[2:])
    return gained


def sizes(p: int) -> FloatArray:
    """Return how many drivers each of the 2^p models has."""
    count: FloatArray = np.zeros(1)
    for _ in range(p):
        count = np.concatenate([count, count + 1])
    return count


def coalition_weights(p: int) -> FloatArray:
    """Return k!·(p−1−k)!/p! for k = 0…p−1: the share of orders in which a player meets exactly a given set of k."""
    weights = [1.0 / p] if p else []
    for k in range(1, p):
        weights.append(weights[-1] * k / (p - k))
    return np.array(weights)


def shapley(game: FloatArray) -> FloatArray:
    """Return the p Shapley values of a game given as the worth of all 2^p coalitions (bit j: player j is in).

    They add up to the worth of everybody minus that of nobody. Of m games (2^p, m) the result is (p, m). Raises
    ``ValueError`` unless the length is a power of 2.
    """
    p = len(game).bit_length() - 1
    if len(game) != 1 << p:
        raise ValueError("a game lists the worth of all 2^p coalitions")
    if p == 0:
        return np.zeros((0, *game.shape[1:]))
    weights, size = coalition_weights(p), sizes(p).astype(np.int64)
    joined, left = np.concatenate([[0.0], weights]), np.concatenate([weights, [0.0]])
    column = (len(game), *(1 for _ in game.shape[1:]))
    without = (game * left[size].reshape(column)).sum(axis=0)
    both = game * (joined + left)[size].reshape(column)
    values = np.empty((p, *game.shape[1:]))
    for player in reversed(range(p)):
        half = 1 << player
        values[player] = both[half:].sum(axis=0) - without
        both = both[:half] + both[half:]
    return values


def owen_values(game: FloatArray, unions: Sequence[Sequence[int]]) -> FloatArray:
    """Return the p Owen values with a-priori unions (Owen 1977), unions first sharing as players, then inside.

    ``game`` is the worth of all 2^p coalitions (1-D), or a matrix as for :func:`r2_of_all_subsets`: then only the sets
    made of whole unions plus part of one are evaluated, so 48 drivers in 8 unions need 65,536 models, not 2^48. Raises
    ``ValueError`` unless the unions partition the players, or when one table would exceed 2^20 models.
    """
    p = len(game) - 1 if game.ndim == 2 else len(game).bit_length() - 1
    if sorted(player for union in unions for player in union) != list(range(p)) or not all(unions):
        raise ValueError("every player belongs to exactly one union")
    if len(unions) - 1 + max(map(len, unions), default=0) > MAX_EXACT and game.ndim == 2:
        raise ValueError("too many unions or drivers in one; sample permutations instead")
    values = np.empty(p)
    for place, union in enumerate(unions):
        others = [other for k, other in enumerate(unions) if k != place]
        table = _swept_table(game, others, union) if game.ndim == 2 else _looked_up_table(game, others, union)
        weights = coalition_weights(len(unions))[sizes(len(others)).astype(np.int64)]
        values[list(union)] = shapley(table @ weights)
    return values


def models(unions: Sequence[Sequence[int]]) -> int:
    """Return how many models :func:`owen_values` evaluates."""
    return sum(1 << (len(unions) - 1 + len(union)) for union in unions)


def drawn_orders(unions: Sequence[Sequence[int]], pairs: int) -> Orders:
    """Return (pairs, p) random orders of the drivers, each union together: the same ones every time."""
    random = np.random.default_rng(20260331)
    drawn = [
        [int(driver) for k in random.permutation(len(unions)) for driver in random.permutation(unions[k])]
        for _ in range(pairs)
    ]
    return np.array(drawn, dtype=np.int64).reshape(pairs, -1)


def gains_in_orders(matrix: FloatArray, orders: Orders) -> FloatArray:
    """Return (orders, p): what each driver adds to R² when drivers enter in an order, averaged with its reverse."""
    means = np.empty(orders.shape)
    for start in range(0, len(orders), 64):
        part = orders[start : start + 64]
        means[start : start + 64] = (_increments(matrix, part) + _increments(matrix, part[:, ::-1])) / 2
    return means


def _increments(matrix: FloatArray, orders: Orders) -> FloatArray:
    """Return (orders, p): what each driver adds to R² when drivers enter in the given orders."""
    count, p = orders.shape
    places = np.concatenate([orders + 1, np.zeros((count, 1), dtype=np.int64)], axis=1)
    swept = np.moveaxis(matrix[places[:, :, None], places[:, None, :]], 0, -1).copy()
    added = np.empty((count, p))
    for step in range(p):
        pivot = swept[0, 0]
        factor = np.where(pivot > ALIASED, 1.0, 0.0) / np.where(pivot > ALIASED, pivot, 1.0)
        row = swept[0, 1:]
        added[np.arange(count), orders[:, step]] = row[-1] ** 2 * factor
        swept = swept[1:, 1:] - row[:, None] * (row * factor)[None, :]
    return added


def owen_of_games(games: FloatArray, unions: Sequence[Sequence[int]]) -> FloatArray:
    """Return (p, m): :func:`owen_values` of m games given as the worth of all coalitions, (2^p, m)."""
    values = np.empty((len(games).bit_length() - 1, games.shape[1]))
    weights = coalition_weights(len(unions))
    for place, union in enumerate(unions):
        others = [other for k, other in enumerate(unions) if k != place]
        table = _looked_up_table(games, others, union)
        values[list(union)] = shapley(np.einsum("uom,o->um", table, weights[sizes(len(others)).astype(np.int64)]))
    return values


def _swept_table(matrix: FloatArray, others: Sequence[Sequence[int]], union: Sequence[int]) -> FloatArray:
    """Return R² as (2^|union|, 2^|others|): part of the union by set of other whole unions."""
    swept = outcome_last(matrix, [*(driver for other in others for driver in other), *union])
    for width in (*map(len, others), *(1 for _ in union)):
        swept = branches(swept, width)
    gained: FloatArray = matrix[0, 0] - swept[0, 0]
    return gained.reshape(1 << len(union), 1 << len(others))


def _looked_up_table(game: FloatArray, others: Sequence[Sequence[int]], union: Sequence[int]) -> FloatArray:
    whole = [sum(1 << player for player in other) for other in others]
    columns = _all_unions(whole)
    rows = _all_unions([1 << player for player in union])
    table: FloatArray = game[rows[:, None] | columns[None, :]]
    return table


def _all_unions(masks: Sequence[int]) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    found = np.zeros(1, dtype=np.int64)
    for mask in masks:
        found = np.concatenate([found, found | mask])
    return found
