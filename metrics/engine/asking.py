"""Everything a quarter's report asks of its files, in as few passes over them as there are joins."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from metrics.engine.levels import weekly
from metrics.engine.moments import Answers, Facts, Joined, Measure, Ordered, Question
from metrics.engine.sums import listed, millionths, moments, quoted, summed
from metrics.engine.wide import Cases
from metrics.stats.kinds import ORDERED, Moments

FOLDS = 64


def ask(engine: Answers, measures: Sequence[Measure], questions: Sequence[Question]) -> Facts:
    """The facts of the engine's files for these indicators and questions; what is joined is made meanwhile, apart."""
    joining = engine.apart(lambda other: _join(other, measures, questions))
    engine.run(f"CREATE TABLE sums AS {summed(engine, measures, ('indicator', 'fold', 'unit'))}")
    folds, units = _moments(engine, measures)
    unit_folds = _unit_folds(engine, [question.outcome for question in questions])
    ordered = {m.slug: _ordered(engine, m.slug) for m in measures if m.kind in ORDERED and m.slug in folds}
    return Facts(folds, units, unit_folds, ordered, join=joining.result)


def _join(engine: Answers, known: Sequence[Measure], questions: Sequence[Question]) -> Joined:
    """The sums that need several answers of one case, then those by week of what no case joins."""
    found = Joined()
    measures = {measure.slug: measure for measure in known}
    asked = [question for question in questions if question.drivers or question.events]
    apart: set[str] = set()
    cases = Cases(engine, asked)
    for question in filter(cases.know, asked):
        wide = cases.wide(question, measures)
        if joined := wide.joined(question.drivers):
            found.drivers[question.outcome], found.driver_units[question.outcome] = wide.products(joined)
        found.events.update(wide.events(question.events))
        found.cells.update(wide.cells(question.pairs))
        if others := found.set_aside(question):
            apart.update((question.outcome, *others))
    found.weeks.update(weekly(engine, [measure for measure in known if measure.slug in apart]))
    return found


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
