"""The method's arithmetic: LMG beside pingouin and a bare sweep, Owen of 48 drivers, a whole report's jackknife."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from metrics.derive.report import derive
from metrics.simulation.cases import draw
from metrics.simulation.company import World
from metrics.simulation.coverage import inputs
from metrics.simulation.sums import facts
from metrics.stats.crossproducts import CrossProducts
from metrics.stats.exact import MILLION, FloatArray
from metrics.stats.shares import lmg, owen
from tests.bench.row import Row

Found = TypeVar("Found")
ROWS, DRIVERS = 100_000, 14
DEPARTMENTS, EACH = 8, 6
QUARTER = World(40, 20_000, departments=DEPARTMENTS, units=50)


def measure(folder: Path) -> list[Row]:
    """Milliseconds of each, the median of several turns taken one after the other."""
    from pingouin import linear_regression

    columns = _columns(ROWS, DRIVERS + 1)
    names = [f"x{k}" for k in range(DRIVERS + 1)]
    sums = CrossProducts.of(names, np.rint(columns * MILLION).astype(np.int64))
    matrix: FloatArray = np.asarray(np.corrcoef(columns.T))

    theirs, shares = _timed(
        lambda: linear_regression(columns[:, 1:], columns[:, 0], relimp=True, as_dataframe=False), 3
    )
    ours, found = _timed(lambda: lmg(sums), 25)
    bare, plain = _timed(lambda: _bare_sweep(matrix), 25)
    for others in (np.asarray(shares["relimp"])[-DRIVERS:], plain):
        if float(np.abs(np.array(found.values) - others).max()) > 1e-6:
            raise AssertionError("the shares compared are not the same")
    moments, _ = _timed(lambda: CrossProducts.of(names, np.rint(columns * MILLION).astype(np.int64)), 5)
    return [
        Row("lmg_vs_pingouin", ours, theirs, theirs / ours, 200, "ms", "at_least"),
        Row("lmg_vs_sweep", ours, bare, ours / bare, 3, "ms"),
        Row("moments_100k", moments, theirs, moments / theirs, 0, "ms", "info"),
        _owen(),
        _jackknife(),
    ]


def _owen() -> Row:
    matrix: FloatArray = np.asarray(np.corrcoef(_columns(5000, DEPARTMENTS * EACH + 1).T))
    groups = [list(range(EACH * k, EACH * (k + 1))) for k in range(DEPARTMENTS)]
    ours, _ = _timed(lambda: owen(matrix, groups), 9)
    return Row("owen_48", ours, 100, ours / 100, 1, "ms")


def _jackknife() -> Row:
    """Everything a report says of 40 indicators, 8 departments and 50 units, every composite without each fold."""
    chance = np.random.default_rng(40)
    now, before = (facts(QUARTER, draw(QUARTER, chance, now=late)) for late in (True, False))
    # new inputs every time: nothing remembered from the turn before
    ours, _ = _timed(lambda: derive(inputs(QUARTER, now, before)), 5)
    return Row("jackknife_all", ours, 3000, ours / 3000, 1, "ms")


def _columns(rows: int, width: int) -> FloatArray:
    chance = np.random.default_rng(width)
    mixed = chance.normal(size=(rows, width)) @ (np.eye(width) + 0.25 * chance.normal(size=(width, width)))
    return np.asarray(np.round(mixed, 6))


def _bare_sweep(matrix: FloatArray) -> FloatArray:
    """LMG with nothing but numpy and nothing checked: all subsets by sweeping, then each driver's Shapley sum."""
    p = len(matrix) - 1
    order = [*range(1, p + 1), 0]
    swept = matrix[np.ix_(order, order)][:, :, None]
    for _ in range(p):
        row = swept[0, 1:]
        swept = np.concatenate([swept[1:, 1:], swept[1:, 1:] - row[:, None] * (row / swept[0, 0])[None]], axis=2)
    game = 1 - swept[0, 0]
    size = np.zeros(1, dtype=np.int64)
    for _ in range(p):
        size = np.concatenate([size, size + 1])
    weights = np.ones(p) / p
    for k in range(1, p):
        weights[k] = weights[k - 1] * k / (p - k)
    shares = np.empty(p)
    for driver in range(p):
        halves = game.reshape(-1, 2, 1 << driver)
        without = size.reshape(-1, 2, 1 << driver)[:, 0]
        shares[driver] = ((halves[:, 1] - halves[:, 0]) * weights[without]).sum()
    return shares


def _timed(work: Callable[[], Found], times: int) -> tuple[float, Found]:
    """The median of so many turns in milliseconds, after one that warms up, and what the work gave."""
    found = work()
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        found = work()
        seconds.append(time.perf_counter() - began)
    return 1000 * statistics.median(seconds), found
