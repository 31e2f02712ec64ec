"""Levels of a few indicators and nothing else: in an earlier quarter, by unit and week, or of one case of a total."""

from collections.abc import Sequence

from metrics.engine.moments import Answers, Measure
from metrics.engine.sums import WEIGHT, moments, quoted, summed
from metrics.stats.exact import MILLION
from metrics.stats.kinds import Moments

Weeks = dict[tuple[str, int], Moments]


def levels(engine: Answers, measures: Sequence[Measure]) -> dict[str, Moments]:
    """Moments of each indicator without its squares, over all observations; none for one that was not observed."""
    keys = ("indicator",)
    return dict(moments(engine, keys, summed(engine, measures, keys, squares=False))) if measures else {}


def weekly(engine: Answers, measures: Sequence[Measure]) -> dict[str, Weeks]:
    """The same by unit and week, numbered from Monday 5 January 1970; observations without a unit are left out."""
    found: dict[str, Weeks] = {measure.slug: {} for measure in measures}
    if measures:
        keys = ("indicator", "unit", "week")
        for indicator, unit, week, sums_of_week in moments(engine, keys, summed(engine, measures, keys, squares=False)):
            found[indicator][unit, week] = sums_of_week
    return found


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
