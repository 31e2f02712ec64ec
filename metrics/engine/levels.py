"""The level of a few indicators in an earlier quarter, and nothing else: where a result has been before."""

from collections.abc import Sequence

from metrics.engine.moments import EXACT, Answers, Measure
from metrics.stats.kinds import Kind, Moments


def levels(engine: Answers, measures: Sequence[Measure]) -> dict[str, Moments]:
    """Moments of each indicator without its squares, over all observations; none for one that was not observed."""
    found = {}
    for measure in measures:
        weight = "1" if measure.kind is Kind.RATE else "n"
        counts = [
            "0" if limit is None else f"coalesce(sum(n) FILTER (value {sign} {limit}), 0)"
            for sign, limit in ((">=", measure.high), ("<=", measure.low))
        ]
        slug = measure.slug.replace("'", "''")
        ((n, total, high, low),) = engine.rows(
            f"SELECT coalesce(sum(n), 0), coalesce(sum(value::DECIMAL(38,6) * {weight}), 0), {', '.join(counts)} "
            f"FROM facts WHERE indicator = '{slug}'"
        )
        if n:
            found[measure.slug] = Moments(int(n), int(EXACT.scaleb(total, 6)), 0, int(high), int(low))
    return found
