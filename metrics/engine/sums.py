"""Sums of observations in SQL, exact, and their way out of the engine: in columns of whole numbers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from journeys.written import WEEK
from metrics.engine.moments import Answers, Measure
from metrics.stats.exact import MILLION, IntArray
from metrics.stats.kinds import Kind, Moments

BILLION = 10**9
WEIGHT = "w::DECIMAL(38,6)"


def summed(engine: Answers, measures: Sequence[Measure], keys: Sequence[str], squares: bool = True) -> str:
    """The query for the sums of the measures by ``indicator`` and, where named, ``unit``, ``fold`` and ``week``.

    Files that bring their sums are not read again; only answers in boxes are counted anew, as boxes may move.
    By unit and week, observations without a unit are left out.
    """
    by, heard = ", ".join(keys), "unit IS NOT NULL" if "week" in keys else "true"
    shown = ", ".join(f"{WEEK} AS week" if key == "week" else key for key in keys)

    def asked(source: str, some: Sequence[Measure]) -> str:
        known = listed(measure.slug for measure in some) or "NULL"
        return f"""SELECT {shown}, {sums(some, engine, squares)} FROM {source}
            WHERE indicator IN ({known}) AND {heard} GROUP BY ALL"""

    if not engine.summed:
        return asked("facts", measures)
    boxed = [measure for measure in measures if measure.high is not None or measure.low is not None]
    plain = [measure for measure in measures if measure not in boxed]
    table, square = "weeks" if "week" in keys else "folds", "ss" if squares else "0 AS ss"
    brought = f"""SELECT {by}, n, s, {square}, 0 AS high, 0 AS low FROM {table}
        WHERE indicator IN ({listed(measure.slug for measure in plain) or "NULL"})"""
    found = " UNION ALL ".join((brought, asked("rest", plain), *([asked("facts", boxed)] if boxed else [])))
    totals = ", ".join(f"sum({name}) AS {name}" for name in ("n", "s", "ss", "high", "low"))
    return f"SELECT {by}, {totals} FROM ({found}) GROUP BY ALL"


def sums(measures: Sequence[Measure], engine: Answers, squares: bool = True) -> str:
    """n, Σx (``s``), Σx² (``ss``), answers in the top and bottom boxes; single answers skip the products with n.

    Where answers have weights, all but n with them, and what they add to n and to Σw² (``w``, ``ww``).
    """
    if engine.weighted:
        return _weighted(measures)
    high = _counted(measures, ">=", lambda measure: measure.high)
    low = _counted(measures, "<=", lambda measure: measure.low)
    square = "value::DECIMAL(38,6) * value"
    if engine.single:
        total = f"sum({square})" if squares else "0::DECIMAL(38,12)"
        return f"count(*) AS n, sum(value) AS s, {total} AS ss, {high} AS high, {low} AS low"
    rates = [measure.slug for measure in measures if measure.kind is Kind.RATE]
    one = f"n = 1 OR indicator IN ({listed(rates)})" if rates else "n = 1"
    spread = "coalesce(sd::DECIMAL(38,6) * sd * (n - 1), 0)"
    total = f"sum(CASE WHEN n = 1 THEN {square} ELSE {square} * n + {spread} END)" if squares else "0::DECIMAL(38,12)"
    return f"""sum(n) AS n, sum(CASE WHEN {one} THEN value ELSE value::DECIMAL(38,6) * n END) AS s, {total} AS ss,
        {high} AS high, {low} AS low"""


def _weighted(measures: Sequence[Measure]) -> str:
    """The same, every answer with its weight; Σx² in two, ``ss`` of the squares' whole parts and ``sf`` of the rest.

    Whole parts have six places, so that 10³² fits; of what is left, each under 1, a row has at most 10⁹.
    """
    rates = listed(measure.slug for measure in measures if measure.kind is Kind.RATE) or "NULL"
    many = f"CASE WHEN indicator IN ({rates}) THEN 1 ELSE n END"
    square = "(value::DECIMAL(38,6) * value * n + coalesce(sd::DECIMAL(38,6) * sd * (n - 1), 0))"
    return f"""sum(n) AS n, sum(value::DECIMAL(38,6) * {many} * w) AS s,
        sum(trunc({square}) * w) AS ss, sum(({square} - trunc({square})) * w) AS sf,
        {_counted(measures, ">=", lambda measure: measure.high, f"n * {WEIGHT}")} AS high,
        {_counted(measures, "<=", lambda measure: measure.low, f"n * {WEIGHT}")} AS low,
        sum(n * ({WEIGHT} - 1)) AS w, sum(n * ({WEIGHT} * w - 1)) AS ww"""


def _counted(measures: Sequence[Measure], sign: str, limit: Callable[[Measure], Decimal | None], of: str = "n") -> str:
    """Answers on the right side of their indicator's limit; 0 where no indicator has one."""
    limits = [(measure.slug, limit(measure)) for measure in measures]
    cases = " ".join(f"WHEN {quoted(slug)} THEN {value}::DECIMAL(18,6)" for slug, value in limits if value is not None)
    return f"coalesce(sum({of}) FILTER (WHERE value {sign} CASE indicator {cases} END), 0)" if cases else "0"


def moments(engine: Answers, keys: Sequence[str], source: str) -> Iterator[tuple[Any, ...]]:
    """The keys of every row of the source, then the moments of its columns n, s, ss, high and low."""
    if engine.weighted:
        return _weighted_moments(engine, keys, source)
    columns = engine.arrays(
        f"""SELECT {", ".join(keys)}, n::BIGINT AS n, high::BIGINT AS high, low::BIGINT AS low,
            trunc(s)::BIGINT AS s1, ((s - trunc(s)) * {MILLION})::BIGINT AS s0,
            (trunc(ss)::HUGEINT // {BILLION})::BIGINT AS ss2, (trunc(ss)::HUGEINT % {BILLION})::BIGINT AS ss1,
            ((ss - trunc(ss)) * {MILLION * MILLION})::BIGINT AS ss0
        FROM ({source}) ORDER BY {", ".join(keys)}"""
    )
    *given, n, high, low, s1, s0, ss2, ss1, ss0 = (column.tolist() for column in columns.values())
    s = (a * MILLION + b for a, b in zip(s1, s0, strict=True))
    ss = ((a * BILLION + b) * MILLION * MILLION + c for a, b, c in zip(ss2, ss1, ss0, strict=True))
    return zip(*given, map(Moments, n, s, ss, high, low), strict=True)


def _weighted_moments(engine: Answers, keys: Sequence[str], source: str) -> Iterator[tuple[Any, ...]]:
    """The same with weights, decimal by decimal: surveys are small."""
    names = ", ".join(keys)
    for row in engine.rows(f"SELECT {names}, n, s, ss, sf, high, low, w, ww FROM ({source}) ORDER BY {names}"):
        n, s, ss, sf, *rest = row[len(keys) :]
        squares = (Fraction(ss) + Fraction(sf)) * MILLION * MILLION
        exact = (Fraction(s) * MILLION, squares, *map(Fraction, rest))
        yield *row[: len(keys)], Moments(int(n), *(one.numerator if one.denominator == 1 else one for one in exact))


def millionths(values: npt.NDArray[np.float64]) -> IntArray:
    """Values of six decimals that left the engine as binary floats, as whole numbers again: exact, as under 10^9."""
    return np.rint(values * MILLION).astype(np.int64)


def quoted(text: str) -> str:
    """The text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def listed(slugs: Iterable[str]) -> str:
    """The texts as SQL, with commas."""
    return ", ".join(quoted(slug) for slug in slugs)
