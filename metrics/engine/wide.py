"""Cases laid wide: what one case says of an outcome beside what it says of results, in whole numbers."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from metrics.engine.moments import JOINED, Answers, Measure, Question
from metrics.engine.sums import listed, millionths, quoted
from metrics.stats.crossproducts import CrossProducts
from metrics.stats.exact import MILLION, IntArray
from metrics.stats.kinds import Kind, Moments

Flags = npt.NDArray[np.bool_]


class Cases:
    """The cases that know an outcome, numbered from 0, and their answers of all that is asked about (``met``)."""

    def __init__(self, engine: Answers, questions: Sequence[Question]) -> None:
        self._engine = engine
        outcomes = {question.outcome for question in questions}
        self._slugs = sorted(outcomes.union(*((*question.drivers, *question.events) for question in questions)))
        told = listed(sorted(outcomes))
        codes = ", ".join(f"({quoted(slug)}, {code})" for code, slug in enumerate(self._slugs))
        engine.run(
            f"""CREATE TABLE cases AS
            SELECT "case", any_value(fold) AS fold, row_number() OVER (ORDER BY any_value(fold)) - 1 AS id FROM facts
            WHERE n = 1 AND "case" IS NOT NULL AND indicator IN ({told}) GROUP BY "case\""""
        )
        engine.run(
            f"""CREATE TABLE places AS SELECT unit, row_number() OVER (ORDER BY unit) - 1 AS place
            FROM (SELECT DISTINCT unit FROM facts WHERE unit IS NOT NULL AND indicator IN ({told}))"""
        )
        engine.run(
            f"""CREATE TABLE met AS
            SELECT id, code, coalesce(place, -1) AS place, value
            FROM facts JOIN cases USING ("case") JOIN (VALUES {codes}) AS codes(indicator, code) USING (indicator)
            LEFT JOIN places USING (unit) WHERE n = 1"""
        )
        self._folds = engine.arrays("SELECT fold FROM cases ORDER BY id")["fold"]
        self._units = [unit for (unit,) in engine.rows("SELECT unit FROM places ORDER BY place")]

    def wide(self, question: Question, measures: Mapping[str, Measure]) -> "Wide":
        """One row a case, one column an indicator. A case with several rows of one indicator gets their mean."""
        slugs = sorted({question.outcome, *question.drivers, *question.events})
        found = self._met(slugs)
        values = np.zeros((len(slugs), len(self._folds)), dtype=np.int64)
        known = np.zeros(values.shape, dtype=np.bool_)
        known[found["column"], found["id"]] = True
        if known.sum() < len(found["id"]):
            self._average()
            found = self._met(slugs)
        values[found["column"], found["id"]] = millionths(found["value"])
        at = slugs.index(question.outcome)
        place, own = np.full(len(self._folds), -1), found["column"] == at
        place[found["id"][own]] = found["place"][own]
        heard = known[at]
        columns = {slug: _points(measures[slug], values[row, heard]) for row, slug in enumerate(slugs)}
        flags = {slug: known[row, heard] for row, slug in enumerate(slugs)}
        return Wide(question.outcome, columns, flags, self._folds[heard], place[heard], self._units)

    def _met(self, slugs: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
        codes = [self._slugs.index(slug) for slug in slugs]
        found = self._engine.arrays(
            f"SELECT id, code, place, value FROM met WHERE code IN ({', '.join(map(str, codes))})"
        )
        return found | {"column": np.searchsorted(codes, found["code"])}

    def _average(self) -> None:
        """The mean of a case's rows in whole millionths, so that it is the same on every engine."""
        self._engine.run(
            f"""CREATE OR REPLACE TABLE met AS SELECT id, code, max(place) AS place,
            (((sum(value) * {MILLION})::HUGEINT // count(*))::DECIMAL(31,0) * 0.000001::DECIMAL(7,6))::DECIMAL(18,6)
            AS value FROM met GROUP BY id, code"""
        )


def _points(measure: Measure, value: IntArray) -> IntArray:
    """What one answer adds to its indicator's level: a share counts 0 or 1, NPS −100, 0 or 100."""
    high = math.ceil(measure.high * MILLION) if measure.high is not None else 0
    if measure.kind is Kind.TOP_BOX:
        return (value >= high) * np.int64(MILLION)
    if measure.kind is Kind.NPS:
        return ((value >= high).astype(np.int64) - (value <= 6 * MILLION)) * (100 * MILLION)
    return value


@dataclass(frozen=True)
class Wide:
    """Cases that know an outcome: by indicator the value in millionths and whether it is known, fold and unit."""

    outcome: str
    values: Mapping[str, IntArray]
    known: Mapping[str, Flags]
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

    def events(self, events: Sequence[str]) -> dict[tuple[str, str], dict[int, CrossProducts]]:
        """Sums of the outcome with each event by fold, each over the cases where the two are known; all at once."""
        vote, columns = self.values[self.outcome], [self.values[self.outcome]]
        for event in events:
            known = self.known[event]
            columns += [known.astype(np.int64), np.where(known, vote, 0), self.values[event]]
        names = tuple(map(str, range(len(columns))))
        folds = CrossProducts.grouped(names, np.array(columns).T, self.folds)
        return {
            (self.outcome, event): {
                fold: _pair((self.outcome, event), sums, at) for fold, sums in folds.items() if sums.s[at]
            }
            for at, event in zip(range(1, len(columns), 3), events, strict=True)
        }

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

    def _all(self, slugs: Sequence[str]) -> Flags:
        """Which cases know all of them."""
        known: Flags = np.logical_and.reduce([self.known[slug] for slug in slugs])
        return known


def _pair(names: tuple[str, str], sums: CrossProducts, at: int) -> CrossProducts:
    """The sums of an outcome (column 0) and an event: how many know it, their votes, and whether it happened."""
    known, vote, event = at, at + 1, at + 2
    squares = [[sums.ss[0][vote], sums.ss[0][event]], [sums.ss[0][event], sums.ss[event][event]]]
    return CrossProducts(names, sums.s[known], [sums.s[vote], sums.s[event]], squares)
