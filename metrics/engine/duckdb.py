"""DuckDB in this process: a session over a quarter's files, with memory and threads bounded."""

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np

from journeys.written import NAME, Sums, unpacked
from metrics.engine.footers import footer

MEMORY = "600MB"
THREADS = 2
KEY = "(ord, value, unit)"


class Session:
    """A connection whose view ``facts`` holds the observations of the files, each case reduced by its rule.

    Observations of rule ``last`` count once a case, the one with the greatest order key (ties: the greatest value,
    then unit); rows of rule ``count`` become one observation a case, their number. Reducing here and not when a file
    arrives is what makes figures blind to how the files were split. With ``only``, of those indicators alone. Where
    some file has weights, the view has a column ``w``, 1 for whatever has none; and where the files' own statistics
    do not rule out that plain sums run over, which those with weights never do (decision 0083). Sums that files bring
    are used only when ``trusting``.
    """

    def __init__(
        self,
        files: Sequence[Path],
        spill: Path,
        only: Sequence[str] = (),
        trusting: bool = False,
        threads: int = THREADS,
    ) -> None:
        self._trusting = trusting
        self._files = [str(file) for file in files]
        self._only = [slug.replace("'", "''") for slug in only]
        self._connection = duckdb.connect(
            config={"memory_limit": MEMORY, "threads": threads, "temp_directory": str(spill)}
        )

    def __enter__(self) -> Self:
        self.run("SET preserve_insertion_order = false")
        self.run("SET parquet_metadata_cache = true")  # a file is named by its bytes, which never change
        self._create_facts()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the session."""
        self._connection.close()

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
        self.weighted = self.single = self.rest = False
        self.brought: Sequence[Sums] = ()
        if not self._files:
            self.run(
                'CREATE TABLE facts (indicator VARCHAR, unit VARCHAR, fold UTINYINT, "case" UUID, '
                "day DATE, value DECIMAL(18,6), n BIGINT, sd DECIMAL(18,6))"
            )
            return
        brought = self._sums() if self._trusting else {}
        others = [file for file in self._files if file not in brought]
        found = footer(self.rows, _listed(others), brought.values())
        self.single, self.weighted, self._weights = found.single, not found.fit, found.weights
        columns += f", {'coalesce(w, 1)' if self._weights else 1}::DECIMAL(18,6) AS w" if self.weighted else ""
        latest, none = (f", max_by(w, {KEY}) AS w", ", NULL") if self._weights else ("", "")
        self.run(f"CREATE VIEW stored AS {self._stored(self._files)}")
        if not found.each:
            self._reduce(latest, none)
        more = "" if found.each else f"WHERE rule = 'each' UNION ALL SELECT {columns} FROM reduced"
        self.run(f"CREATE VIEW facts AS SELECT {columns} FROM stored {more}")
        if brought and not self.weighted:
            self.brought, self.rest = tuple(brought.values()), bool(others)
            if others:
                self.run(f"CREATE VIEW rest AS SELECT {columns} FROM ({self._stored(others)}) {more}")

    def _stored(self, files: Sequence[str]) -> str:
        """The query for the files' rows."""
        wanted = ", ".join(f"'{slug}'" for slug in self._only)
        return f"""SELECT * {"REPLACE (1::BIGINT AS n, NULL::DECIMAL(18,6) AS sd)" if self.single else ""}
            FROM read_parquet([{_listed(files)}]{", union_by_name=true" if self._weights else ""})
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

    def _sums(self) -> dict[str, Sums]:
        """The sums that files bring, by file."""
        found = self.rows(
            f"SELECT file_name, value FROM parquet_kv_metadata([{_listed(self._files)}]) WHERE key = '{NAME}'"
        )
        return {file: unpacked(value) for file, value in found}


def _listed(files: Sequence[str]) -> str:
    return ", ".join("'" + file.replace("'", "''") + "'" for file in files)
