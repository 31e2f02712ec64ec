"""Levels of a few indicators and nothing else: in an earlier quarter, by unit and week, or of one case of a total."""

from collections.abc import Sequence
from functools import partial

from metrics.engine.moments import Answers, Measure, Weekly
from metrics.engine.sums import WEIGHT, quoted, summed
from metrics.stats.exact import MILLION
from metrics.stats.kinds import Moments

WEEKLY = ("indicator", "unit", "week")


def levels(engine: Answers, measures: Sequence[Measure]) -> dict[str, Moments]:
    """Moments of each indicator without its squares, over all observations; none for one that was not observed."""
    sums = summed(engine, measures, ("indicator",), squares=False)
    return {indicator: moments for (indicator,), moments in sums.by("indicator").items()}


def weekly(engine: Answers, measures: Sequence[Measure]) -> Weekly:
    """The same by indicator, unit and week, numbered from Monday 5 January 1970, of observations that name a unit.

    Plain sums are added up only when they are asked for: as columns they travel the quicker.
    """
    sums = summed(engine, measures, WEEKLY, squares=False)
    return partial(dict, sums.by(*WEEKLY)) if engine.weighted else partial(sums.by, *WEEKLY)


def largest(engine: Answers, measures: Sequence[Measure]) -> dict[str, int]:
    """The largest case of each total without its sign, in millionths; a row without a case is one by itself."""
    found = {}
    of = f"n * {WEIGHT}" if engine.weighted else "n"
    for measure in measures:
        ((most,),) = engine.rows(
            f"""SELECT (max(abs(total)) * {MILLION})::HUGEINT FROM (
            SELECT sum(value::DECIMAL(38,6) * {of}) AS total FROM facts
            WHERE indicator = {quoted(measure.slug)} AND "case" IS NOT NULL GROUP BY "case"
            UNION ALL SELECT value::DECIMAL(38,6) * {of} FROM facts
            WHERE indicator = {quoted(measure.slug)} AND "case" IS NULL)"""
        )
        if most is not None:
            found[measure.slug] = int(most)
    return found
