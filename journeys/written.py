"""The sums a part brings with it, written into its own bytes when it arrives, under the hash that names it.

Only parts of single answers that all count have them: their rows need no other file to be summed. Whoever doubts them
sums the rows: ``verify`` does.
"""

import json
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

NAME = "sums-1"
WEEK = "date_diff('day', DATE '1970-01-05', day) // 7"
FEWER = 16  # rows a sum: with fewer it is hardly quicker to read the sums
BILLION = 10**9
ROOM = 10**25  # a tenth of what a decimal of twelve places holds
ARRIVAL = "FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1024"
FOLDS = ("indicator", "unit", "fold", "n", "s1", "s0", "ss2", "ss1", "ss0")
WEEKS = ("indicator", "unit", "week", "n", "s1", "s0")

Columns = dict[str, npt.NDArray[Any]]


class Connection(Protocol):
    """What is asked of DuckDB here."""

    def execute(self, query: str, parameters: object = None) -> Any: ...


def options(connection: Connection, chosen: str) -> str:
    """How the observations of the query are written as a part: with their sums by fold and by week, where it may."""
    sums = _packed(connection, chosen)
    if not sums:
        return ARRIVAL
    connection.execute("SET VARIABLE sums = ?", [sums])
    return f"{ARRIVAL}, KV_METADATA {{'{NAME}': getvariable('sums')}}"


def _packed(connection: Connection, chosen: str) -> bytes:
    """A line that names indicators and units, then the rows of sums as whole numbers; empty without sums."""
    plain = "n = 1 AND sd IS NULL AND w IS NULL AND rule = 'each'"
    ((rows, most),) = connection.execute(f"SELECT count(*), max(abs(value)) FROM ({chosen})").fetchall()
    if not rows or rows * int(most + 1) ** 2 >= ROOM:
        return b""
    s = "sum(value) AS s, trunc(s)::BIGINT AS s1, ((s - trunc(s)) * 1000000)::BIGINT AS s0"
    ss = f"""sum(value::DECIMAL(38,6) * value) AS ss, (trunc(ss)::HUGEINT // {BILLION})::BIGINT AS ss2,
        (trunc(ss)::HUGEINT % {BILLION})::BIGINT AS ss1, ((ss - trunc(ss)) * 1000000000000)::BIGINT AS ss0"""
    folds = connection.execute(
        f"""SELECT indicator::VARCHAR AS indicator, unit::VARCHAR AS unit, fold, count(*) AS n, {s}, {ss},
            bool_and({plain}) AS plain
        FROM ({chosen}) GROUP BY ALL ORDER BY 1, 2, 3"""
    ).fetchnumpy()
    if not folds["plain"].all() or rows < FEWER * len(folds["n"]):
        return b""
    weeks = connection.execute(
        f"""SELECT indicator::VARCHAR AS indicator, unit::VARCHAR AS unit, {WEEK} AS week, count(*) AS n, {s}
        FROM ({chosen}) WHERE unit IS NOT NULL GROUP BY ALL ORDER BY 1, 2, 3"""
    ).fetchnumpy()
    names = {
        name: sorted({text for text in folds[name].tolist() if text is not None}) for name in ("indicator", "unit")
    }
    head = {**names, "rows": [len(folds["n"]), len(weeks["n"])]}
    return b"\n".join((json.dumps(head).encode(), _numbers(folds, FOLDS, names) + _numbers(weeks, WEEKS, names)))


def _numbers(sums: Columns, columns: tuple[str, ...], names: dict[str, list[str]]) -> bytes:
    """The columns one after another, a name by its place in the list, none by -1."""
    places = {name: {text: place for place, text in enumerate(texts)} for name, texts in names.items()}
    made = [
        [places[name].get(text, -1) for text in sums[name].tolist()] if name in places else sums[name]
        for name in columns
    ]
    return np.array(made, dtype="<i8").tobytes()


def unpacked(sums: bytes) -> Iterator[Columns]:
    """The sums by indicator, unit and fold, then those by week: columns of texts and of whole numbers."""
    line, numbers = sums.split(b"\n", 1)
    head, place = json.loads(line), 0
    for columns, rows in zip((FOLDS, WEEKS), head["rows"], strict=True):
        found = np.frombuffer(numbers, "<i8", rows * len(columns), place).reshape(len(columns), rows)
        place += found.nbytes
        made: Columns = dict(zip(columns, found, strict=True))
        for name in ("indicator", "unit"):
            made[name] = np.array([*head[name], None], dtype=object)[made[name]]
        yield made
