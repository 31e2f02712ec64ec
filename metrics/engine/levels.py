"""Levels of a few indicators and nothing else: in an earlier quarter, by unit and week, or of one case of a total."""

from collections.abc import Sequence
from decimal import Decimal

from metrics.engine.moments import EXACT, Answers, Measure
from metrics.stats.kinds import Kind, Moments

MONDAY = "DATE '1970-01-05'"
Weeks = dict[tuple[str, int], Moments]


def levels(engine: Answers, measures: Sequence[Measure]) -> dict[str, Moments]:
    """Moments of each indicator without its squares, over all observations; none for one that was not observed."""
    rows = ((measure.slug, engine.rows(_asked(measure, ""))) for measure in measures)
    return {slug: _moments(*sums) for slug, [sums] in rows if sums[0]}


def weekly(engine: Answers, measures: Sequence[Measure]) -> dict[str, Weeks]:
    """The same by unit and week, numbered from Monday 5 January 1970; observations without a unit are left out."""
    found = {}
    for measure in measures:
        week = f"date_diff('day', {MONDAY}, day) // 7"
        rows = engine.rows(_asked(measure, f"unit, {week},", "AND unit IS NOT NULL GROUP BY ALL"))
        found[measure.slug] = {(unit, int(number)): _moments(*sums) for unit, number, *sums in rows}
    return found


def largest(engine: Answers, measures: Sequence[Measure]) -> dict[str, int]:
    """The largest case of each total without its sign, in millionths; a row without a case is one by itself."""
    found = {}
    for measure in measures:
        ((most,),) = engine.rows(
            f"""SELECT max(abs(total)) FROM (SELECT sum(value::DECIMAL(38,6) * n) AS total FROM facts
            WHERE indicator = {_quoted(measure.slug)} AND "case" IS NOT NULL GROUP BY "case"
            UNION ALL SELECT value::DECIMAL(38,6) * n FROM facts
            WHERE indicator = {_quoted(measure.slug)} AND "case" IS NULL)"""
        )
        if most is not None:
            found[measure.slug] = int(EXACT.scaleb(most, 6))
    return found


def _asked(measure: Measure, by: str, grouped: str = "") -> str:
    """n, Σx and the counts in the top and bottom boxes."""
    weight = "1" if measure.kind is Kind.RATE else "n"
    counts = [
        "0" if limit is None else f"coalesce(sum(n) FILTER (value {sign} {limit}), 0)"
        for sign, limit in ((">=", measure.high), ("<=", measure.low))
    ]
    sums = f"coalesce(sum(n), 0), coalesce(sum(value::DECIMAL(38,6) * {weight}), 0), {', '.join(counts)}"
    return f"SELECT {by} {sums} FROM facts WHERE indicator = {_quoted(measure.slug)} {grouped}"


def _moments(n: int, total: Decimal, high: int, low: int) -> Moments:
    return Moments(int(n), int(EXACT.scaleb(total, 6)), 0, int(high), int(low))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
