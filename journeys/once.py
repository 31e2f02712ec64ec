"""In the sandboxed child: a case that may have one row only, held to it in the table ``stage``."""

from typing import Any

from journeys.reading.mapping import SourceMapping
from journeys.reading.problems import MOST, Problem


def hold(connection: Any, mapping: SourceMapping, line: str, column: str) -> tuple[list[Problem], int]:
    """Problems of cases whose rows differ; how many rows were the same as an earlier one, and are gone."""
    if not mapping.once:
        return [], 0
    said = ", ".join(["unit", "day", *(f"v{i}" for i in range(len(mapping.values)))])
    differing = connection.execute(
        f"""SELECT min({line}), max({line}) FROM stage WHERE "case" IS NOT NULL
        GROUP BY "case" HAVING count(DISTINCT ({said})) > 1 ORDER BY 1 LIMIT {MOST}"""
    ).fetchall()
    if differing:
        return [Problem("case_twice", row, column, str(other)) for row, other in differing], 0
    gone = connection.execute(
        """DELETE FROM stage WHERE "case" IS NOT NULL AND rowid NOT IN (SELECT min(rowid) FROM stage GROUP BY "case")"""
    ).fetchall()[0][0]
    return [], int(gone)
