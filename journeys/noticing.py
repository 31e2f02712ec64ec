"""In the sandboxed child: what is worth knowing of the rows in the table ``stage``, though none of them is wrong."""

from collections.abc import Iterator
from typing import Any

from journeys.reading.mapping import CountRows, SourceMapping
from journeys.reading.problems import Problem

MOST_ROWS = 200_000


def notices(connection: Any, mapping: SourceMapping, line: str) -> Iterator[Problem]:
    """A warning a kind: rows that are the same as an earlier one, times at which the clocks change."""
    rows, odd, first = connection.execute(
        f"SELECT count(*), count(odd), arg_min(({line}, odd), {line}) FILTER (odd IS NOT NULL) FROM stage"
    ).fetchall()[0]
    if repeated := _repeated(connection, mapping) if rows <= MOST_ROWS else 0:
        yield Problem("repeated_rows", value=str(repeated))
    if odd:
        row, moment = first
        yield Problem("clock_change", row, value=moment, expected=str(odd))


def _repeated(connection: Any, mapping: SourceMapping) -> int:
    """Rows of a case that say what another says, where each counts; of small files only."""
    counted = any(isinstance(derivation, CountRows) for _, derivation in mapping.values)
    if not mapping.case or mapping.once or mapping.last_by or counted:
        return 0
    said = ", ".join(['"case"', "unit", "day", *(f"v{i}" for i in range(len(mapping.values)))])
    sql = f'SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM stage WHERE "case" IS NOT NULL GROUP BY {said})'
    return int(connection.execute(sql).fetchall()[0][0] or 0)
