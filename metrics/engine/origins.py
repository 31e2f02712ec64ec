"""The observations behind a figure, file by file: how many rows gave one, and the rows themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from metrics.engine.duckdb import Session


@dataclass(frozen=True)
class Tally:
    """By file (its hash): rows in all; by file and indicator: observations, and the rows they stand in.

    ``once`` counts by indicator the observations of a case that is counted once, beyond the one that counts.
    """

    rows: dict[str, int] = field(default_factory=dict)
    taken: dict[tuple[str, str], int] = field(default_factory=dict)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    once: dict[str, int] = field(default_factory=dict)


def tally(files: Sequence[Path], spill: Path, slugs: Sequence[str], unit: str = "") -> Tally:
    """Counts over the files of a quarter, of one unit where it is named."""
    if not files or not slugs:
        return Tally()
    found = Tally()
    with Session(files, spill, slugs) as session:
        within = f"unit = {_text(unit)}" if unit else "true"
        for file, slug, taken, lines in session.rows(
            f"""SELECT parse_filename(filename, true), indicator, count(*), count(DISTINCT line)
            FROM read_parquet([{_list(map(str, files))}], filename = true, union_by_name = true) WHERE {within}
            GROUP BY GROUPING SETS ((filename, indicator), (filename))"""
        ):
            if slug is None:
                found.rows[file] = lines
            elif slug in slugs:
                found.taken[file, slug], found.lines[file, slug] = taken, lines
        stored = dict(session.rows(f"SELECT indicator, count(*) FROM stored WHERE {within} GROUP BY 1"))
        counted = dict(session.rows(f"SELECT indicator, count(*) FROM facts WHERE {within} GROUP BY 1"))
        found.once.update({slug: stored[slug] - counted.get(slug, 0) for slug in stored})
    return found


def rows(file: Path, spill: Path, slug: str, unit: str = "") -> Iterator[tuple[Any, ...]]:
    """Day, unit, department, case, value, n, sd and line of each observation, and whether it counts, in their order."""
    with Session([file], spill, [slug]) as session:
        within = f"unit = {_text(unit)}" if unit else "true"
        yield from session.rows(
            f"""SELECT day, unit, department, "case", value, n, sd, line,
                rule <> 'last' OR row_number() OVER (PARTITION BY "case" ORDER BY ord DESC, value DESC, unit DESC) = 1
            FROM stored WHERE {within} ORDER BY line, day"""
        )


def _list(values: Iterator[str]) -> str:
    return ", ".join(map(_text, values))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
