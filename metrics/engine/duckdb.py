"""DuckDB in this process: a session over a quarter's files, with memory and threads bounded."""

from collections.abc import Sequence
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np

from journeys.written import BILLION, NAME, unpacked

MEMORY = "600MB"
THREADS = 2
KEY = "(ord, value, unit)"
ROOM, ROOM_OF_WHOLES = 10**25, 10**18  # a tenth of what a decimal of twelve places, and a whole number, holds


class Session:
    """A connection whose view ``facts`` holds the observations of the files, each case reduced by its rule.

    Observations of rule ``last`` count once a case, the one with the greatest order key (ties: the greatest value,
    then unit); rows of rule ``count`` become one observation a case, their number. Reducing here and not when a file
    arrives is what makes figures blind to how the files were split. With ``only``, of those indicators alone. Where
    some file has weights, the view has a column ``w``, 1 for whatever has none; and where the files' own statistics
    do not rule out that plain sums run over, which those with weights never do (decision 0083). Sums that files bring
    are used only when ``trusting``.
    """

    def __init__(self, files: Sequence[Path], spill: Path, only: Sequence[str] = (), trusting: bool = False) -> None:
        self._trusting = trusting
        self._files = [str(file) for file in files]
        self._only = [slug.replace("'", "''") for slug in only]
        self._connection = duckdb.connect(
            config={"memory_limit": MEMORY, "threads": THREADS, "temp_directory": str(spill)}
        )

    def __enter__(self) -> Self:
        self._connection.execute("SET preserve_insertion_order = false")
        self._create_facts()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def beside(self) -> Self:
        """A session over the same tables that another thread may use meanwhile; it ends with this one."""
        other = copy(self)
        other._connection = self._connection.cursor()
        return other

    def run(self, sql: str) -> None:
        """Execute a statement that returns nothing."""
        self._connection.execute(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query; exact decimals come as ``Decimal``."""
        return self._connection.execute(sql).fetchall()

    def arrays(self, sql: str) -> dict[str, np.ndarray[Any, Any]]:
        """The columns of a query as numpy arrays."""
        return self._connection.execute(sql).fetchnumpy()

    def _create_facts(self) -> None:
        columns = 'indicator, unit, fold, "case", day, value, n, sd'
        self.weighted = self.single = self.summed = False
        if not self._files:
            self.run(
                'CREATE TABLE facts (indicator VARCHAR, unit VARCHAR, fold UTINYINT, "case" UUID, '
                "day DATE, value DECIMAL(18,6), n BIGINT, sd DECIMAL(18,6))"
            )
            return
        listed = _listed(self._files)
        self._weights = bool(self.rows(f"SELECT count(*) FROM parquet_schema([{listed}]) WHERE name = 'w'")[0][0])
        self.weighted = self._weights or not self._fits(listed)
        columns += f", {'coalesce(w, 1)' if self._weights else 1}::DECIMAL(18,6) AS w" if self.weighted else ""
        latest, none = (f", max_by(w, {KEY}) AS w", ", NULL") if self._weights else ("", "")
        self.single, each = self._always(listed)
        self.run(f"CREATE VIEW stored AS {self._stored(listed)}")
        if not each:
            self._reduce(latest, none)
        more = "" if each else f"WHERE rule = 'each' UNION ALL SELECT {columns} FROM reduced"
        self.run(f"CREATE VIEW facts AS SELECT {columns} FROM stored {more}")
        if self._trusting and not self.weighted and (found := self._sums(listed)):
            self._keep(list(found.values()))
            others = [file for file in self._files if file not in found]
            rest = f"({self._stored(_listed(others))})" if others else "(SELECT * FROM stored WHERE false)"
            self.run(f"CREATE VIEW rest AS SELECT {columns} FROM {rest} {more}")

    def _stored(self, listed: str) -> str:
        """The query for the files' rows."""
        wanted = ", ".join(f"'{slug}'" for slug in self._only)
        return f"""SELECT * {"REPLACE (1::BIGINT AS n, NULL::DECIMAL(18,6) AS sd)" if self.single else ""}
            FROM read_parquet([{listed}]{", union_by_name=true" if self._weights else ""})
            WHERE {f"indicator IN ({wanted})" if wanted else "true"}"""

    def _reduce(self, latest: str, none: str) -> None:
        """The table ``reduced``: an observation for each case of which only one row counts."""
        self.run(
            f"""CREATE TABLE reduced AS
            SELECT indicator, max_by(unit, {KEY}) AS unit, any_value(fold) AS fold, "case",
                   max(day) AS day, max_by(value, {KEY}) AS value,
                   max_by(n, {KEY}) AS n, max_by(sd, {KEY}) AS sd{latest}
            FROM stored WHERE rule = 'last' GROUP BY indicator, "case"
            UNION ALL
            SELECT indicator, max(unit), any_value(fold), "case", max(day), sum(value)::DECIMAL(18,6), 1, NULL{none}
            FROM stored WHERE rule = 'count' GROUP BY indicator, "case\""""
        )

    def _sums(self, listed: str) -> dict[str, bytes]:
        """The sums that the files bring, by file."""
        return dict(self.rows(f"SELECT file_name, value FROM parquet_kv_metadata([{listed}]) WHERE key = '{NAME}'"))

    def _keep(self, found: Sequence[bytes]) -> None:
        """The tables ``folds`` and ``weeks``: the sums of all files that bring some."""
        s = "s1::DECIMAL(38,6) + s0::DECIMAL(18,0) * 0.000001::DECIMAL(6,6) AS s"
        ss = f"""(ss2::HUGEINT * {BILLION} + ss1)::DECIMAL(38,12)
            + ss0::DECIMAL(18,0) * 0.000000000001::DECIMAL(12,12) AS ss"""
        both = zip(*map(unpacked, found), strict=True)
        for name, key, squares, sums in zip(("folds", "weeks"), ("fold", "week"), (ss, "0 AS ss"), both, strict=True):
            together = {column: np.concatenate([one[column] for one in sums]) for column in sums[0]}
            self._connection.register("brought", together)
            self.run(f"CREATE TABLE {name} AS SELECT indicator, unit, {key}, n, {s}, {squares} FROM brought")
            self._connection.unregister("brought")
        self.summed = True

    def _fits(self, listed: str) -> bool:
        """Whether, by the files' own statistics, no sum of values or squares can be too large for a plain one."""
        most = (
            "max(greatest(abs(stats_min_value::DOUBLE), abs(stats_max_value::DOUBLE))) FILTER (path_in_schema = '{0}')"
        )
        ((rows, value, n, sd),) = self.rows(
            f"""SELECT coalesce(sum(num_values) FILTER (path_in_schema = 'value'), 0),
            {", ".join(most.format(name) for name in ("value", "n", "sd"))} FROM parquet_metadata([{listed}])
            WHERE path_in_schema IN ('value', 'n', 'sd')"""
        )
        if not rows:
            return True
        if value is None or n is None:
            return False
        squares, wholes = rows * n * (value**2 + (sd or 0) ** 2), rows * n * max(value, 1)
        return bool(squares < ROOM and wholes < ROOM_OF_WHOLES)

    def _always(self, listed: str) -> tuple[bool, bool]:
        """Whether the files' own statistics say that every n is 1, and every rule ``each``: those need not be read."""
        same = (
            "bool_and(coalesce(stats_min_value = {0} AND stats_max_value = {0}, false)) FILTER (path_in_schema = {1})"
        )
        ones, each = same.format("'1'", "'n'"), same.format("'each'", "'rule'")
        ((single, plain),) = self.rows(f"SELECT {ones}, {each} FROM parquet_metadata([{listed}])")
        return bool(single), bool(plain)


def _listed(files: Sequence[str]) -> str:
    return ", ".join("'" + file.replace("'", "''") + "'" for file in files)
