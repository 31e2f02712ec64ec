"""What is asked of an engine, once: moments by fold and by unit, ordered values, and sums of products over cases.

Every measure is an exact integer or decimal; binary floats begin only after the sums.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from metrics.stats.crossproducts import CrossProducts
from metrics.stats.kinds import ORDERED, Kind, Moments

MICRO = 1_000_000
EXACT = Context(prec=80)
JOINED = 25  # half of the least for drivers: two quarters are pooled


class Answers(Protocol):
    """An engine's session over the view ``facts``."""

    def run(self, sql: str) -> None: ...
    def rows(self, sql: str) -> list[tuple[Any, ...]]: ...
    def arrays(self, sql: str) -> dict[str, npt.NDArray[Any]]: ...


@dataclass(frozen=True)
class Measure:
    """What the engine must know of an indicator: its kind and, for a top box, the lowest value that counts."""

    slug: str
    kind: Kind
    top_from: Decimal | None = None

    @property
    def high(self) -> Decimal | None:
        return Decimal(9) if self.kind is Kind.NPS else self.top_from if self.kind is Kind.TOP_BOX else None

    @property
    def low(self) -> Decimal | None:
        return Decimal(6) if self.kind is Kind.NPS else None


@dataclass(frozen=True)
class Ordered:
    """All values of an indicator in ascending order, in millionths, with the fold of each."""

    values: npt.NDArray[np.int64]
    folds: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Question:
    """An outcome, what must be laid beside it case by case: its drivers together, events by themselves and in pairs."""

    outcome: str
    drivers: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Facts:
    """The sums of one quarter, exact.

    ``folds`` and ``units`` by indicator, ``unit_folds`` of the outcomes asked about, ``ordered`` of medians and
    percentiles; ``drivers[outcome][fold]`` over cases where the outcome and all its joined drivers are known, the same
    by unit in ``driver_units``, and ``events[outcome, event][fold]`` where the two are, the outcome first;
    ``cells[outcome, first, second]`` the outcome by whether each of two events happened, (0, 0) … (1, 1); ``weeks`` of
    outcomes and drivers that could not be joined by case, by unit and week; ``largest`` the largest case of a total.
    """

    folds: dict[str, dict[int, Moments]] = field(default_factory=dict)
    units: dict[str, dict[str, Moments]] = field(default_factory=dict)
    unit_folds: dict[str, dict[str, dict[int, Moments]]] = field(default_factory=dict)
    ordered: dict[str, Ordered] = field(default_factory=dict)
    drivers: dict[str, dict[int, CrossProducts]] = field(default_factory=dict)
    driver_units: dict[str, dict[str, CrossProducts]] = field(default_factory=dict)
    events: dict[tuple[str, str], dict[int, CrossProducts]] = field(default_factory=dict)
    cells: dict[tuple[str, str, str], dict[tuple[int, int], Moments]] = field(default_factory=dict)
    weeks: dict[str, dict[tuple[str, int], Moments]] = field(default_factory=dict)
    largest: dict[str, int] = field(default_factory=dict)

    def total(self, slug: str) -> Moments:
        """Moments of the indicator over all folds; empty moments when it has no observation."""
        return self._totals.get(slug, Moments())

    @cached_property
    def _totals(self) -> dict[str, Moments]:
        return {slug: Moments.merged(folds.values()) for slug, folds in self.folds.items()}


def ask(engine: Answers, measures: Sequence[Measure], questions: Sequence[Question]) -> Facts:
    """The facts of the engine's files for these indicators and questions."""
    by_slug = {measure.slug: measure for measure in measures}
    folds, units = _moments(engine, measures)
    outcomes = [by_slug[question.outcome] for question in questions]
    facts = Facts(
        folds=folds,
        units=units,
        unit_folds=_unit_folds(engine, measures, [outcome.slug for outcome in outcomes]),
        ordered={m.slug: _ordered(engine, m.slug) for m in measures if m.kind in ORDERED and m.slug in folds},
    )
    for question in questions:
        if question.outcome in folds and (question.drivers or question.events):
            _lay_wide(engine, question, by_slug)
            if joined := _joined(engine, question):
                by_fold, by_unit = _sums(engine, (question.outcome, *joined))
                facts.drivers[question.outcome], facts.driver_units[question.outcome] = by_fold, by_unit
            facts.events.update(_events(engine, question))
            facts.cells.update(_cells(engine, question))
    return facts


def _measures_sql(measures: Sequence[Measure]) -> str:
    """n, Σx, Σx² and the counts in the top and bottom boxes; single answers skip the products with n."""
    rates = [measure.slug for measure in measures if measure.kind is Kind.RATE]
    one = f"n = 1 OR indicator IN ({_listed(rates)})" if rates else "n = 1"
    square = "value::DECIMAL(38,6) * value"
    spread = "coalesce(sd::DECIMAL(38,6) * sd * (n - 1), 0)"
    return f"""sum(n), sum(CASE WHEN {one} THEN value ELSE value::DECIMAL(38,6) * n END),
        sum(CASE WHEN n = 1 THEN {square} ELSE {square} * n + {spread} END),
        {_counted(measures, ">=", lambda measure: measure.high)},
        {_counted(measures, "<=", lambda measure: measure.low)}"""


def _counted(measures: Sequence[Measure], sign: str, limit: Callable[[Measure], Decimal | None]) -> str:
    """Answers on the right side of their indicator's limit; 0 where no indicator has one."""
    limits = [(measure.slug, limit(measure)) for measure in measures]
    cases = " ".join(f"WHEN {_quoted(slug)} THEN {value}::DECIMAL(18,6)" for slug, value in limits if value is not None)
    return f"coalesce(sum(n) FILTER (WHERE value {sign} CASE indicator {cases} END), 0)" if cases else "0"


def _moments(
    engine: Answers, measures: Sequence[Measure]
) -> tuple[dict[str, dict[int, Moments]], dict[str, dict[str, Moments]]]:
    folds: dict[str, dict[int, Moments]] = defaultdict(dict)
    units: dict[str, dict[str, Moments]] = defaultdict(dict)
    known = _listed(measure.slug for measure in measures)
    for indicator, fold, unit, *sums in engine.rows(
        f"""SELECT indicator, fold, unit, {_measures_sql(measures)} FROM facts WHERE indicator IN ({known})
        GROUP BY GROUPING SETS ((indicator, fold), (indicator, unit)) ORDER BY ALL"""
    ):
        if fold is not None:
            folds[indicator][fold] = _exact(sums)
        elif unit is not None:
            units[indicator][unit] = _exact(sums)
    return dict(folds), dict(units)


def _unit_folds(
    engine: Answers, measures: Sequence[Measure], outcomes: Sequence[str]
) -> dict[str, dict[str, dict[int, Moments]]]:
    found: dict[str, dict[str, dict[int, Moments]]] = defaultdict(lambda: defaultdict(dict))
    if outcomes:
        for indicator, unit, fold, *sums in engine.rows(
            f"""SELECT indicator, unit, fold, {_measures_sql(measures)} FROM facts
            WHERE indicator IN ({_listed(outcomes)}) AND unit IS NOT NULL GROUP BY ALL"""
        ):
            found[indicator][unit][fold] = _exact(sums)
    return found


def _ordered(engine: Answers, slug: str) -> Ordered:
    columns = engine.arrays(
        f"""SELECT (value::DECIMAL(38,6) * {MICRO})::BIGINT AS value, fold
        FROM facts WHERE indicator = {_quoted(slug)}"""
    )
    order = np.argsort(columns["value"], kind="stable")
    return Ordered(columns["value"][order].astype(np.int64), columns["fold"][order].astype(np.uint8))


def _lay_wide(engine: Answers, question: Question, by_slug: Mapping[str, Measure]) -> None:
    """One row a case, one column an indicator. A case with several rows of one indicator gets their mean."""
    slugs = sorted({question.outcome, *question.drivers, *question.events})
    source = f"""FROM facts WHERE n = 1 AND indicator IN ({_listed(slugs)}) AND "case" IN (
        SELECT "case" FROM facts WHERE indicator = {_quoted(question.outcome)} AND n = 1) GROUP BY "case\""""
    once = {slug: f"max(value) FILTER (indicator = {_quoted(slug)})" for slug in slugs}
    given = " + ".join(f"({value} IS NOT NULL)::INTEGER" for value in once.values())
    unit = f"max(unit) FILTER (indicator = {_quoted(question.outcome)})"
    wide = f"CREATE OR REPLACE TEMP TABLE wide AS SELECT any_value(fold) AS fold, {unit} AS unit"
    columns = ", ".join(f"{_points(by_slug[slug], value)} AS {_column(slug)}" for slug, value in once.items())
    engine.run(f"{wide}, count(*) = {given} AS single, {columns} {source}")
    if engine.rows("SELECT count(*) FROM wide WHERE NOT single")[0][0]:
        mean = {slug: _mean(slug) for slug in slugs}
        columns = ", ".join(f"{_points(by_slug[slug], value)} AS {_column(slug)}" for slug, value in mean.items())
        engine.run(f"{wide}, {columns} {source}")


def _mean(slug: str) -> str:
    """The mean of a case's rows in whole millionths, so that it is the same on every engine."""
    rows = f"FILTER (indicator = {_quoted(slug)})"
    whole = f"((sum(value) {rows} * {MICRO})::HUGEINT // count(*) {rows})"
    return f"({whole}::DECIMAL(31,0) * 0.000001::DECIMAL(7,6))::DECIMAL(18,6)"


def _points(measure: Measure, value: str) -> str:
    """What one answer adds to its indicator's level: a share counts 0 or 1, NPS −100, 0 or 100."""
    if measure.kind is Kind.TOP_BOX:
        return f"CASE WHEN {value} >= {measure.high} THEN 1 WHEN {value} < {measure.high} THEN 0 END"
    if measure.kind is Kind.NPS:
        return f"CASE WHEN {value} >= 9 THEN 100 WHEN {value} <= 6 THEN -100 WHEN {value} IS NOT NULL THEN 0 END"
    return value


def _joined(engine: Answers, question: Question) -> tuple[str, ...]:
    """The drivers that cases join to the outcome.

    Where all of them together share under ``JOINED`` cases the rarest are set aside, if that gives the others as many;
    one that shares no case at all always is.
    """
    counts = _counts(engine, question.outcome, question.drivers) if question.drivers else [0]
    met = [slug for slug, count in zip(question.drivers, counts[1:], strict=True) if count]
    kept = list(met)
    while kept:
        whole, *single = _counts(engine, question.outcome, kept)
        if whole >= JOINED:
            return tuple(kept)
        kept.pop(single.index(min(single)))
    return tuple(met)


def _counts(engine: Answers, outcome: str, drivers: Sequence[str]) -> list[int]:
    """Cases that know the outcome and all the drivers, then those that know it and each of them."""
    columns = [_column(slug) for slug in drivers]
    together = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    pairs = ", ".join(f"count({column})" for column in columns)
    known = f"{_column(outcome)} IS NOT NULL"
    return list(engine.rows(f"SELECT count(*) FILTER ({together}), {pairs} FROM wide WHERE {known}")[0])


def _sums(engine: Answers, slugs: Sequence[str]) -> tuple[dict[int, CrossProducts], dict[str, CrossProducts]]:
    """Sums of products by fold, and by unit, over the cases where every column is known."""
    known = " AND ".join(f"{_column(slug)} IS NOT NULL" for slug in slugs)
    rows = engine.rows(
        f"SELECT fold, unit, {_products(slugs)} FROM wide WHERE {known} GROUP BY GROUPING SETS ((fold), (unit))"
    )
    by_fold = {fold: _cross_products(slugs, values) for fold, _, *values in rows if fold is not None}
    return by_fold, {unit: _cross_products(slugs, values) for _, unit, *values in rows if unit is not None}


def _events(engine: Answers, question: Question) -> dict[tuple[str, str], dict[int, CrossProducts]]:
    """Sums of the outcome with each event, each over the cases where the two are known, in one query."""
    if not question.events:
        return {}
    groups = [(question.outcome, event) for event in question.events]
    asked = ", ".join(_products(group, f"FILTER ({_column(group[1])} IS NOT NULL)") for group in groups)
    rows = engine.rows(f"SELECT fold, {asked} FROM wide WHERE {_column(question.outcome)} IS NOT NULL GROUP BY fold")
    width = 6  # n, two sums, three products
    return {
        group: {
            fold: _cross_products(group, values[place * width : (place + 1) * width])
            for fold, *values in rows
            if values[place * width]
        }
        for place, group in enumerate(groups)
    }


def _products(slugs: Sequence[str], only: str = "") -> str:
    """n, Σx of each column, Σxy of each pair: what :func:`_cross_products` reads."""
    columns = [_column(slug) for slug in slugs]
    sums = [f"sum({column}) {only}" for column in columns]
    pairs = combinations_with_replacement(columns, 2)
    products = [f"sum({first}::DECIMAL(38,6) * {second}) {only}" for first, second in pairs]
    return ", ".join([f"count(*) {only}", *sums, *products])


def _cross_products(slugs: Sequence[str], values: Sequence[Any]) -> CrossProducts:
    width = len(slugs)
    totals = [_scaled(value, 6) for value in values[1 : width + 1]]
    squares = [[0] * width for _ in slugs]
    pairs = combinations_with_replacement(range(width), 2)
    for (i, j), value in zip(pairs, values[width + 1 :], strict=True):
        squares[i][j] = squares[j][i] = _scaled(value, 12)
    return CrossProducts(tuple(slugs), int(values[0]), totals, squares)


def _cells(engine: Answers, question: Question) -> dict[tuple[str, str, str], dict[tuple[int, int], Moments]]:
    """The outcome by whether two events happened, for every pair, in one query."""
    if not question.pairs:
        return {}
    vote = _column(question.outcome)
    slugs = sorted({slug for pair in question.pairs for slug in pair})
    columns = ", ".join(_column(slug) for slug in slugs)
    sets = ", ".join(f"({_column(first)}, {_column(second)})" for first, second in question.pairs)
    found: dict[tuple[str, str, str], dict[tuple[int, int], Moments]] = defaultdict(dict)
    for mask, *values in engine.rows(
        f"""SELECT GROUPING({columns}), {columns}, count(*), sum({vote}), sum({vote}::DECIMAL(38,6) * {vote})
        FROM wide WHERE {vote} IS NOT NULL GROUP BY GROUPING SETS ({sets})"""
    ):
        here = {
            slug: value
            for place, (slug, value) in enumerate(zip(slugs, values, strict=False))
            if not mask >> (len(slugs) - 1 - place) & 1
        }
        pair = next(pair for pair in question.pairs if set(pair) == set(here))
        if None not in here.values():
            cell = int(here[pair[0]]), int(here[pair[1]])
            found[question.outcome, *pair][cell] = _exact((*values[len(slugs) :], 0, 0))
    return dict(found)


def _exact(sums: Sequence[Any]) -> Moments:
    n, total, squares, high, low = sums
    return Moments(int(n), _scaled(total, 6), _scaled(squares, 12), int(high), int(low))


def _scaled(value: Decimal, places: int) -> int:
    """The decimal as an integer number of its last places, exactly."""
    return int(EXACT.scaleb(Decimal(value), places))


def _column(slug: str) -> str:
    return '"x ' + slug.replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _listed(slugs: Iterable[str]) -> str:
    return ", ".join(_quoted(slug) for slug in slugs)
