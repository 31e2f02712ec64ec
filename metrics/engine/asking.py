"""Everything a quarter's report asks of its files, in as few passes over them as there are joins."""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from metrics.engine.moments import Answers, Facts, Measure, Ordered, Question
from metrics.engine.sums import listed, millionths, moments, quoted, summed
from metrics.engine.wide import Cases
from metrics.stats.kinds import ORDERED, Moments

FOLDS = 64


def ask(engine: Answers, measures: Sequence[Measure], questions: Sequence[Question]) -> Facts:
    """The facts of the engine's files for these indicators and questions."""
    joined = Facts()
    with ThreadPoolExecutor(1) as pool:
        joining = pool.submit(_join, engine.beside(), joined, measures, questions)
        engine.run(f"CREATE TABLE sums AS {summed(engine, measures, ('indicator', 'fold', 'unit'))}")
        folds, units = _moments(engine, measures)
        unit_folds = _unit_folds(engine, [question.outcome for question in questions])
        ordered = {m.slug: _ordered(engine, m.slug) for m in measures if m.kind in ORDERED and m.slug in folds}
        joining.result()
    return replace(joined, folds=folds, units=units, unit_folds=unit_folds, ordered=ordered)


def _join(engine: Answers, facts: Facts, known: Sequence[Measure], questions: Sequence[Question]) -> None:
    """The sums that need several answers of one case."""
    measures = {measure.slug: measure for measure in known}
    outcomes = listed(question.outcome for question in questions) or "NULL"
    told = {row[0] for row in engine.rows(f"SELECT DISTINCT indicator FROM facts WHERE indicator IN ({outcomes})")}
    asked = [one for one in questions if one.outcome in told and (one.drivers or one.events)]
    if not asked:
        return
    cases = Cases(engine, asked)
    for question in asked:
        wide = cases.wide(question, measures)
        if joined := wide.joined(question.drivers):
            by_fold, by_unit = wide.products(joined)
            facts.drivers[question.outcome], facts.driver_units[question.outcome] = by_fold, by_unit
        facts.events.update(wide.events(question.events))
        facts.cells.update(wide.cells(question.pairs))


def _moments(
    engine: Answers, measures: Sequence[Measure]
) -> tuple[dict[str, dict[int, Moments]], dict[str, dict[str, Moments]]]:
    folds: dict[str, dict[int, Moments]] = defaultdict(dict)
    units: dict[str, dict[str, Moments]] = defaultdict(dict)
    known = listed(measure.slug for measure in measures)
    weights = ("sf", "w", "ww") if engine.weighted else ()
    merged = ", ".join(f"sum({name}) AS {name}" for name in ("n", "s", "ss", "high", "low", *weights))
    for indicator, fold, unit, found in moments(
        engine,
        ("indicator", "fold", "unit"),
        f"""SELECT indicator, fold, unit, {merged} FROM sums WHERE indicator IN ({known})
        GROUP BY GROUPING SETS ((indicator, fold), (indicator, unit))""",
    ):
        if fold is not None:
            folds[indicator][fold] = found
        elif unit is not None:
            units[indicator][unit] = found
    return dict(folds), dict(units)


def _unit_folds(engine: Answers, outcomes: Sequence[str]) -> dict[str, dict[str, dict[int, Moments]]]:
    found: dict[str, dict[str, dict[int, Moments]]] = {}
    if outcomes:
        rows = f"SELECT * FROM sums WHERE indicator IN ({listed(outcomes)}) AND unit IS NOT NULL"
        for indicator, unit, fold, one in moments(engine, ("indicator", "unit", "fold"), rows):
            found.setdefault(indicator, {}).setdefault(unit, {})[fold] = one
    return found


def _ordered(engine: Answers, slug: str) -> Ordered:
    """Value and fold are sorted as one number."""
    columns = engine.arrays(f"SELECT value, fold FROM facts WHERE indicator = {quoted(slug)}")
    both = np.sort(millionths(columns["value"]) * FOLDS + columns["fold"])
    return Ordered(both // FOLDS, (both % FOLDS).astype(np.uint8))
