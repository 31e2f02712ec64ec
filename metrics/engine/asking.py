"""Everything a quarter's report asks of its files, in as few passes over them as there are joins."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from metrics.engine.moments import Answers, Facts, Measure, Ordered, Question
from metrics.engine.sums import listed, millionths, moments, quoted, sums
from metrics.engine.wide import Cases
from metrics.stats.kinds import ORDERED, Moments

FOLDS = 64


def ask(engine: Answers, measures: Sequence[Measure], questions: Sequence[Question]) -> Facts:
    """The facts of the engine's files for these indicators and questions."""
    totals = sums(measures, engine.weighted)
    engine.run(f"CREATE TEMP TABLE sums AS SELECT indicator, fold, unit, {totals} FROM facts GROUP BY ALL")
    folds, units = _moments(engine, measures)
    facts = Facts(
        folds=folds,
        units=units,
        unit_folds=_unit_folds(engine, [question.outcome for question in questions]),
        ordered={m.slug: _ordered(engine, m.slug) for m in measures if m.kind in ORDERED and m.slug in folds},
    )
    asked = [one for one in questions if one.outcome in folds and (one.drivers or one.events)]
    if asked:
        _join(engine, facts, {measure.slug: measure for measure in measures}, asked)
    return facts


def _join(engine: Answers, facts: Facts, measures: Mapping[str, Measure], questions: Sequence[Question]) -> None:
    """The sums that need several answers of one case."""
    cases = Cases(engine, questions)
    for question in questions:
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
    weights = ("w", "ww") if engine.weighted else ()
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
