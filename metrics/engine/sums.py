"""Sums of observations in SQL, exact, beside those that files bring."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from journeys.written import BILLION, WEEK
from metrics.engine.added import PLAIN, SQUARES, Added, together, told
from metrics.engine.moments import Answers, Measure
from metrics.stats.exact import MILLION, IntArray
from metrics.stats.kinds import Kind, Moments

WEIGHT = "w::DECIMAL(38,6)"
WEIGHED = ("n", "s", "ss", "sf", "high", "low", "w", "ww")


class Summed(Protocol):
    """Sums that were added up once and are told by whatever keys they have."""

    def by(self, *keys: str, of: Iterable[str] | None = None) -> dict[tuple[Any, ...], Moments]: ...


def summed(engine: Answers, measures: Sequence[Measure], keys: Sequence[str], squares: bool = True) -> Summed:
    """The sums of the measures, to be had ``by`` any of these keys: indicator, unit, fold and week.

    Files that bring their sums are not read again; only answers in boxes are counted anew, as boxes may move.
    By unit and week, observations without a unit are left out.
    """
    if engine.weighted:
        return Weighted(engine, _query(engine, "facts", measures, keys, squares))
    boxed = [measure for measure in measures if measure.high is not None or measure.low is not None]
    plain = [measure for measure in measures if measure not in boxed]
    slugs = [measure.slug for measure in plain]
    found = [Added(sums.names, sums.weeks if "week" in keys else sums.folds).only(slugs) for sums in engine.brought]
    unread = {"facts": boxed, **({"rest": plain} if engine.rest else {})} if engine.brought else {"facts": measures}
    for source, some in unread.items():
        if some:
            found.append(_read(engine, _query(engine, source, some, keys, squares), keys))
    return together(found, (*keys, *PLAIN, *(SQUARES if squares else ())))


def _query(engine: Answers, source: str, measures: Sequence[Measure], keys: Sequence[str], squares: bool) -> str:
    shown = ", ".join(f"{WEEK} AS week" if key == "week" else key for key in keys)
    heard = "unit IS NOT NULL" if "week" in keys else "true"
    return f"""SELECT {shown}, {sums(measures, engine, squares)} FROM {source}
        WHERE indicator IN ({listed(measure.slug for measure in measures) or "NULL"}) AND {heard} GROUP BY ALL"""


def _read(engine: Answers, query: str, keys: Sequence[str]) -> Added:
    """The rows of a query for sums, in columns of whole numbers."""
    columns = engine.arrays(
        f"""SELECT {", ".join(keys)}, n::BIGINT AS n, high::BIGINT AS high, low::BIGINT AS low,
            trunc(s)::BIGINT AS s1, ((s - trunc(s)) * {MILLION})::BIGINT AS s0,
            (trunc(ss)::HUGEINT // {BILLION})::BIGINT AS ss2, (trunc(ss)::HUGEINT % {BILLION})::BIGINT AS ss1,
            ((ss - trunc(ss)) * {MILLION * MILLION})::BIGINT AS ss0
        FROM ({query})"""
    )
    return told(columns)


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


class Weighted:
    """Sums of answers with weights, decimal by decimal: surveys are small."""

    def __init__(self, engine: Answers, query: str) -> None:
        self._engine = engine
        engine.run(f"CREATE OR REPLACE TABLE sums AS {query}")

    def by(self, *keys: str, of: Iterable[str] | None = None) -> dict[tuple[Any, ...], Moments]:
        """The moments of every group of all indicators or of some; rows without a unit count where it is no key."""
        wanted = "true" if of is None else f"indicator IN ({listed(of) or 'NULL'})"
        heard = "unit IS NOT NULL" if "unit" in keys else "true"
        names, found = ", ".join(keys), {}
        totals = ", ".join(f"sum({name}) AS {name}" for name in WEIGHED)
        for row in self._engine.rows(
            f"""SELECT {names}, {totals} FROM sums
            WHERE {wanted} AND {heard} GROUP BY ALL ORDER BY {names}"""
        ):
            n, s, ss, sf, *rest = row[len(keys) :]
            squares = (Fraction(ss) + Fraction(sf)) * MILLION * MILLION
            exact = (Fraction(s) * MILLION, squares, *map(Fraction, rest))
            whole = (one.numerator if one.denominator == 1 else one for one in exact)
            found[row[: len(keys)]] = Moments(int(n), *whole)
        return found


def millionths(values: npt.NDArray[np.float64]) -> IntArray:
    """Values of six decimals that left the engine as binary floats, as whole numbers again: exact, as under 10^9."""
    return np.rint(values * MILLION).astype(np.int64)


def quoted(text: str) -> str:
    """The text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def listed(slugs: Iterable[str]) -> str:
    """The texts as SQL, with commas."""
    return ", ".join(quoted(slug) for slug in slugs)
