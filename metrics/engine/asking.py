"""Everything a quarter's report asks of its files, in as few passes over them as there are joins."""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from metrics.engine.levels import weekly
from metrics.engine.moments import Answers, Facts, Joined, Measure, Ordered, Question, Touchpoints
from metrics.engine.sums import millionths, quoted, summed
from metrics.engine.wide import Cases
from metrics.stats.kinds import ORDERED

FOLDS = 64
NOWHERE: Touchpoints = MappingProxyType({})


def ask(engine: Answers, measures: Sequence[Measure], questions: Sequence[Question]) -> Facts:
    """The facts of the engine's files for these indicators, but for what is joined."""
    sums, found = summed(engine, measures, ("indicator", "unit", "fold")), Facts()
    for (indicator, fold), one in sums.by("indicator", "fold").items():
        found.folds.setdefault(indicator, {})[fold] = one
    for (indicator, unit), one in sums.by("indicator", "unit").items():
        found.units.setdefault(indicator, {})[unit] = one
    heard = [question.outcome for question in questions]
    for (indicator, unit, fold), one in sums.by("indicator", "unit", "fold", of=heard).items():
        found.unit_folds.setdefault(indicator, {}).setdefault(unit, {})[fold] = one
    found.ordered.update(
        (m.slug, _ordered(engine, m.slug)) for m in measures if m.kind in ORDERED and m.slug in found.folds
    )
    return found


def join(
    engine: Answers, known: Sequence[Measure], questions: Sequence[Question], touchpoints: Touchpoints = NOWHERE
) -> Joined:
    """The sums that need several answers of one case, then those by week of what no case joins."""
    found = Joined()
    measures = {measure.slug: measure for measure in known}
    asked = [question for question in questions if question.drivers or question.events or touchpoints]
    apart: set[str] = set()
    cases = Cases(engine, asked, touchpoints)
    for question in filter(cases.know, asked):
        wide = cases.wide(question, measures)
        if joined := wide.joined(question.drivers):
            found.drivers[question.outcome], found.driver_units[question.outcome] = wide.products(joined)
        found.events.update(wide.events(question.events))
        found.cells.update(wide.cells(question.pairs))
        if touchpoints:
            found.touched[question.outcome] = wide.touched()
        if others := found.set_aside(question):
            apart.update((question.outcome, *others))
    return replace(found, weekly=weekly(engine, [measure for measure in known if measure.slug in apart]))


def _ordered(engine: Answers, slug: str) -> Ordered:
    """Value and fold are sorted as one number."""
    columns = engine.arrays(f"SELECT value, fold FROM facts WHERE indicator = {quoted(slug)}")
    both = np.sort(millionths(columns["value"]) * FOLDS + columns["fold"])
    return Ordered(both // FOLDS, (both % FOLDS).astype(np.uint8))
