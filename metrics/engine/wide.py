"""Cases laid wide: what one case says of an outcome beside what it says of results, in whole numbers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.engine.moments import EVERYBODY, JOINED, Answers, Measure, Question, Touchpoint, Touchpoints
from metrics.engine.sums import listed, millionths, quoted
from metrics.stats.crossproducts import CrossProducts
from metrics.stats.exact import MILLION, IntArray
from metrics.stats.kinds import Moments

Pair = tuple[Moments, Moments]
Flags = npt.NDArray[np.bool_]
HALF = 20  # bits: so many rows sum in whole numbers without running over


@dataclass(frozen=True)
class _Said:
    """What cases say of one indicator, each once: their numbers, values in millionths, places of units (−1: none)."""

    ids: IntArray
    values: IntArray
    places: IntArray


class Cases:
    """The cases that know an outcome, numbered from 0 in order of fold, and what they say of all that is asked."""

    def __init__(self, engine: Answers, questions: Sequence[Question], touchpoints: Touchpoints) -> None:
        self._said: dict[str, _Said] = {}
        self._met: dict[Touchpoint, IntArray] = {}
        outcomes = sorted({question.outcome for question in questions})
        if not outcomes:
            return
        engine.run(
            f"""CREATE TABLE cases AS SELECT "case", any_value(fold) AS fold,
            (row_number() OVER (ORDER BY any_value(fold)) - 1)::INTEGER AS id FROM facts
            WHERE n = 1 AND "case" IS NOT NULL AND indicator IN ({listed(outcomes)}) GROUP BY "case\""""
        )
        engine.run(
            f"""CREATE TABLE places AS SELECT unit, (row_number() OVER (ORDER BY unit) - 1)::INTEGER AS place
            FROM (SELECT DISTINCT unit FROM facts WHERE unit IS NOT NULL AND indicator IN ({listed(outcomes)}))"""
        )
        self._folds = engine.arrays("SELECT fold FROM cases ORDER BY id")["fold"]
        self._units = [unit for (unit,) in engine.rows("SELECT unit FROM places ORDER BY place")]
        results = sorted({slug for each in questions for slug in (*each.drivers, *each.events)}.difference(outcomes))
        named = "LEFT JOIN places USING (unit)", "coalesce(place, -1) AS place"
        for slug, *parts in _heard(engine, outcomes, *named):
            self._said[slug] = _said(*parts)
        for slug, ids, values in _heard(engine, results):
            self._said[slug] = _said(ids, values, np.full(len(ids), -1))
        members = [(slug, place) for place, slugs in enumerate(touchpoints.values()) for slug in slugs]
        if members:
            self._met = dict(zip(touchpoints, _met(engine, members, len(touchpoints)), strict=True))

    def know(self, question: Question) -> bool:
        """Whether some case knows the outcome that is asked about."""
        return bool(len(self._said[question.outcome].ids))

    def wide(self, question: Question, measures: Mapping[str, Measure]) -> "Wide":
        """One row a case that knows the outcome, one column an indicator."""
        told = self._said[question.outcome]
        there = np.zeros(len(self._folds), dtype=np.bool_)
        there[told.ids] = True
        rows = np.where(there, np.cumsum(there) - 1, -1)
        place = np.empty(len(told.ids), dtype=np.int64)
        place[rows[told.ids]] = told.places
        columns, flags = {}, {}
        for slug in sorted({question.outcome, *question.drivers, *question.events}):
            said, values = self._said[slug], np.zeros(len(told.ids), dtype=np.int64)
            at = rows[said.ids]
            heard = at >= 0
            values[at[heard]] = said.values[heard]
            flags[slug] = np.zeros(len(told.ids), dtype=np.bool_)
            flags[slug][at[heard]] = True
            columns[slug] = measures[slug].worth(values)
        met = {}
        for touchpoint, ids in self._met.items():
            met[touchpoint] = np.zeros(len(told.ids), dtype=np.bool_)
            met[touchpoint][rows[ids[there[ids]]]] = True
        return Wide(question.outcome, columns, flags, met, self._folds[there], place, self._units)


def _heard(engine: Answers, slugs: Sequence[str], join: str = "", *more: str) -> Iterator[tuple[Any, ...]]:
    """By indicator: cases, values and whatever else of the rows of single cases that are among those told of."""
    codes = ", ".join(f"({quoted(slug)}, {code})" for code, slug in enumerate(slugs))
    if not codes:
        return
    columns = engine.arrays(
        f"""SELECT code::USMALLINT AS code, {", ".join(("id", "value", *more))}
        FROM facts JOIN cases USING ("case") JOIN (VALUES {codes}) AS codes(indicator, code) USING (indicator) {join}
        WHERE n = 1"""
    )
    yield from zip(slugs, *_split(columns, len(slugs)), strict=True)


def _met(engine: Answers, members: Sequence[tuple[str, int]], touchpoints: int) -> list[IntArray]:
    """By touchpoint the cases told of that have an observation of one of its indicators, each once."""
    points = ", ".join(f"({quoted(slug)}, {place})" for slug, place in members)
    columns = engine.arrays(
        f"""SELECT DISTINCT point::USMALLINT AS point, id
        FROM facts JOIN cases USING ("case") JOIN (VALUES {points}) AS points(indicator, point) USING (indicator)
        WHERE n = 1"""
    )
    (ids,) = _split(columns, touchpoints)
    return ids


def _split(columns: Mapping[str, npt.NDArray[Any]], groups: int) -> list[list[npt.NDArray[Any]]]:
    """Every column but the first, taken apart by what the first says: the number of a group."""
    group, *others = columns.values()
    order, ends = np.argsort(group, kind="stable"), np.cumsum(np.bincount(group, minlength=groups))[:-1]
    return [np.split(column[order], ends) for column in others]


def _said(ids: IntArray, values: npt.NDArray[np.float64], places: IntArray) -> _Said:
    """What the rows of one indicator say; a case with several answers with their mean, cut to whole millionths."""
    if np.bincount(ids).max(initial=0) <= 1:
        return _Said(ids, millionths(values), places)
    cases, at, counts = np.unique(ids, return_inverse=True, return_counts=True)
    whole, place = millionths(values), np.full(len(cases), -1)
    np.maximum.at(place, at, places)
    high, low = np.zeros_like(cases, dtype=np.int64), np.zeros_like(cases, dtype=np.int64)
    np.add.at(high, at, whole >> HALF)
    np.add.at(low, at, whole & (1 << HALF) - 1)
    mean, left = np.divmod(high, counts)
    more, rest = np.divmod((left << HALF) + low, counts)
    mean = (mean << HALF) + more
    return _Said(cases, mean + ((mean < 0) & (rest > 0)), place)


@dataclass(frozen=True)
class Wide:
    """Cases that know an outcome: by indicator the value in millionths and whether it is known, fold and unit.

    ``met`` says by touchpoint whether the case has an observation of one of its indicators.
    """

    outcome: str
    values: Mapping[str, IntArray]
    known: Mapping[str, Flags]
    met: Mapping[Touchpoint, Flags]
    folds: IntArray
    places: IntArray
    units: Sequence[str]

    def joined(self, drivers: Sequence[str]) -> tuple[str, ...]:
        """The drivers that cases join to the outcome.

        Where all of them together share under ``JOINED`` cases the rarest are set aside, if that gives the others as
        many; one that shares no case at all always is.
        """
        single = {slug: int(self.known[slug].sum()) for slug in drivers}
        met = [slug for slug in drivers if single[slug]]
        kept = list(met)
        while kept:
            if self._all(kept).sum() >= JOINED:
                return tuple(kept)
            kept.remove(min(kept, key=lambda slug: single[slug]))
        return tuple(met)

    def products(self, drivers: Sequence[str]) -> tuple[dict[int, CrossProducts], dict[str, CrossProducts]]:
        """Sums of products by fold, and by unit, over the cases where every driver is known."""
        names, rows = (self.outcome, *drivers), self._all(drivers)
        values = np.array([self.values[slug][rows] for slug in names]).T
        by_unit = CrossProducts.grouped(names, values, self.places[rows])
        units = {self.units[place]: sums for place, sums in by_unit.items() if place >= 0}
        return CrossProducts.grouped(names, values, self.folds[rows]), units

    def events(self, events: Sequence[str]) -> dict[tuple[str, str], dict[int, Pair]]:
        """The outcome of the cases in which each event happened, and of all where it is known, by fold, no squares."""
        vote, found = self.values[self.outcome], {}
        for event in events:
            known = self.known[event]
            happened = known & (self.values[event] >= MILLION)
            sides = zip(*(self._by_fold(rows, np.where(rows, vote, 0)) for rows in (happened, known)), strict=True)
            pairs = zip(self._labels, sides, strict=True)
            found[self.outcome, event] = {fold: pair for fold, pair in pairs if pair[1].n}
        return found

    def touched(self) -> dict[Touchpoint, dict[int, Moments]]:
        """The outcome of all cases, under ``EVERYBODY``, and of those that met each touchpoint, by fold, no squares."""
        vote, found = self.values[self.outcome], {}
        for touchpoint, met in ((EVERYBODY, np.ones(len(vote), dtype=np.bool_)), *self.met.items()):
            sums = zip(self._labels, self._by_fold(met, np.where(met, vote, 0)), strict=True)
            if folds := {fold: moments for fold, moments in sums if moments.n}:
                found[touchpoint] = folds
        return found

    def cells(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str, str], dict[tuple[int, int], Moments]]:
        """The outcome by whether two events happened, for every pair of which some case knows both."""
        found = {}
        for first, second in pairs:
            rows = self._all((first, second))
            happened = [self.values[event][rows] // MILLION for event in (first, second)]
            values = self.values[self.outcome][rows, None]
            sums = CrossProducts.grouped((self.outcome,), values, 2 * happened[0] + happened[1])
            if sums:
                cells = {divmod(cell, 2): Moments(one.n, one.s[0], one.ss[0][0]) for cell, one in sums.items()}
                found[self.outcome, first, second] = cells
        return found

    @cached_property
    def _labels(self) -> list[int]:
        """The folds there are, ascending."""
        labels: list[int] = self.folds[self._starts].tolist()
        return labels

    @cached_property
    def _starts(self) -> IntArray:
        """Where each fold begins: cases come in their order."""
        return np.flatnonzero(np.diff(self.folds.astype(np.int64), prepend=-1))

    def _by_fold(self, counted: Flags, values: IntArray) -> list[Moments]:
        """How many are counted, and the sum of the values, in each fold; in two halves, neither can run over."""
        parts = counted.astype(np.int64), values >> HALF, values & (1 << HALF) - 1
        n, high, low = (np.add.reduceat(part, self._starts).tolist() for part in parts)
        return [
            Moments(*sums) for sums in zip(n, ((a << HALF) + b for a, b in zip(high, low, strict=True)), strict=True)
        ]

    def _all(self, slugs: Sequence[str]) -> Flags:
        """Which cases know all of them."""
        known: Flags = np.logical_and.reduce([self.known[slug] for slug in slugs])
        return known
