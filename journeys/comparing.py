"""In the sandboxed child: the rows of a file beside those the source had sent before, case by case, quarter by quarter.

A case is told apart by its pseudonym; a row without one, by all it says. A case is *equal* when both files say the
same of it, *changed* when not, *new* or *gone* when only one of them names it. Rows without a case are counted one by
one: as many as both hold are equal, the rest new or gone. Figures of a quick look at plausibility come from the same
tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from journeys.reading.derive import quote

SIGNS = ("new", "changed", "equal", "gone")
_SAYS = """hash(indicator::VARCHAR, unit::VARCHAR, "case"::VARCHAR, day, value::DECIMAL(18,6), n::BIGINT,
    sd::DECIMAL(18,6), rule::VARCHAR, ord::VARCHAR, coalesce(w, 1)::DECIMAL(18,6))"""
COLUMNS = 'indicator, department, unit, "case", fold, day, value, n, sd, rule, ord, line, w'
NO_WEIGHT = "SELECT NULL::DECIMAL(18,6) AS w WHERE false"


class Connection(Protocol):
    """What is asked of DuckDB here."""

    def execute(self, query: str) -> Any: ...


@dataclass(frozen=True)
class Comparison:
    """One quarter: cases of each sign; what was there before, by the hash of its part.

    ``sides`` have names where cases are told apart by indicator too: see ``key``; ``alters``: of some key that both
    hold they do not say the same.
    """

    quarter: str
    counts: Mapping[str, int]
    before: Sequence[str]
    sides: tuple[str, str] = ("", "")
    alters: bool = False

    @property
    def same(self) -> bool:
        """Both say the same, case by case."""
        return bool(self.before) and not (self.counts["new"] or self.counts["changed"] or self.counts["gone"])

    def kept(self, table: str) -> str:
        """Condition for the rows of a fresh table that are new or changed."""
        return f"{key(table, self.sides[0])} IN (SELECT key FROM {self._signs} WHERE sign IN ('new', 'changed'))"

    def untouched(self, table: str) -> str:
        """Condition for the earlier rows of cases that the file does not change."""
        return f"{key(table, self.sides[1])} NOT IN (SELECT key FROM {self._signs} WHERE sign = 'changed')"

    @property
    def _signs(self) -> str:
        return quoted(f"signs {self.quarter}")


def quoted(name: str) -> str:
    """A SQL name."""
    return '"' + name.replace('"', '""') + '"'


def key(table: str, side: str = "") -> str:
    """What tells cases apart: the pseudonym, or all that the row says.

    With a ``side``, the pseudonym and the indicator; a row without a pseudonym is then no row of the other side.
    """
    name = f"""{table}."case"::VARCHAR"""
    name += f" || ' ' || {table}.indicator::VARCHAR" if side else ""
    return f"coalesce({name}, 'row {side}' || {_SAYS}::VARCHAR)"


def earlier(files: Sequence[Path]) -> str:
    """The observations of parts, as a table; those of answers without weights have none."""
    listed = ", ".join(quote(str(file)) for file in files)
    held = f"SELECT * FROM read_parquet([{listed}], union_by_name=true) UNION ALL BY NAME {NO_WEIGHT}"
    return f"(SELECT {COLUMNS} FROM ({held}))" if files else f"({_nothing()})"


def compare(
    connection: Connection, quarter: str, fresh: str, before: Mapping[str, Path], sides: tuple[str, str] = ("", "")
) -> Comparison:
    """The comparison of a table of fresh observations with earlier parts (hash and file)."""
    if not before:
        count = f"""SELECT count(DISTINCT "case") + count(*) FILTER ("case" IS NULL) FROM {fresh} AS t"""
        new = connection.execute(count).fetchall()[0][0]
        return Comparison(quarter, {"new": new, "changed": 0, "equal": 0, "gone": 0}, (), sides)
    signs = quoted(f"signs {quarter}")
    said = f"""SELECT {{key}} AS key, sum({_SAYS}::HUGEINT) AS said, count(*) AS n, any_value("case") IS NULL AS lone
        FROM {{table}} AS t GROUP BY {{key}}"""
    tables = zip(sides, (fresh, earlier(list(before.values()))), strict=True)
    now, then = (said.format(key=key("t", side), table=table) for side, table in tables)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE {signs} AS SELECT coalesce(now.key, before.key) AS key,
            CASE WHEN before.key IS NULL THEN 'new' WHEN now.key IS NULL THEN 'gone'
                WHEN now.said = before.said AND now.n = before.n THEN 'equal' ELSE 'changed' END AS sign,
            coalesce(now.n, 0) AS now, coalesce(before.n, 0) AS before, coalesce(now.lone, before.lone) AS lone
            FROM ({now}) AS now FULL JOIN ({then}) AS before ON now.key = before.key"""
    )
    *found, alters = connection.execute(_counts(signs)).fetchall()[0]
    return Comparison(quarter, dict(zip(SIGNS, map(int, found), strict=True)), tuple(before), sides, bool(alters))


def _counts(signs: str) -> str:
    """A count of each sign, and of the keys of which the two sides do not say the same."""
    rows = {"new": "greatest(now - before, 0)", "equal": "least(now, before)", "gone": "greatest(before - now, 0)"}
    counts = (f"sum(CASE WHEN lone THEN {rows.get(sign, 0)} ELSE (sign = '{sign}')::BIGINT END)" for sign in SIGNS)
    whole = ", ".join(f"coalesce({count}, 0)" for count in counts)
    return f"SELECT {whole}, count(*) FILTER (sign = 'changed') FROM {signs}"


def levels(connection: Connection, table: str) -> dict[str, dict[str, float]]:
    """Per indicator: rows, mean, spread, least and greatest value, in stored units; floats, for a warning only."""
    rows = connection.execute(
        f"""SELECT indicator::VARCHAR, count(*), avg(value)::DOUBLE, coalesce(stddev_samp(value), 0)::DOUBLE,
            min(value)::DOUBLE, max(value)::DOUBLE FROM {table} AS t GROUP BY ALL ORDER BY 1"""
    ).fetchall()
    names = ("n", "mean", "spread", "low", "high")
    return {indicator: dict(zip(names, figures, strict=True)) for indicator, *figures in rows}


def _nothing() -> str:
    kinds = {"day": "DATE", "value": "DECIMAL(18,6)", "n": "BIGINT", "sd": "DECIMAL(18,6)", "w": "DECIMAL(18,6)"}
    return (
        "SELECT "
        + ", ".join(f"NULL::{kinds.get(name.strip(), 'VARCHAR')} AS {name.strip()}" for name in COLUMNS.split(","))
        + " WHERE false"
    )
