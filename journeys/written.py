"""The sums a part brings with it, written into its own bytes when it arrives, under the hash that names it.

Only parts of single answers that all count have them: their rows need no other file to be summed. Whoever doubts them
sums the rows: ``verify`` does.
"""

import json
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

NAME = "sums-3"
WEEK = "date_diff('day', DATE '1970-01-05', day) // 7"
FEWER = 16  # rows a sum: with fewer it is hardly quicker to read the sums
BILLION = 10**9
ROOM = 10**25  # a tenth of what a decimal of twelve places holds
ARRIVAL = "FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1024"
FOLDS = ("indicator", "unit", "fold", "n", "s1", "s0", "ss2", "ss1", "ss0")
WIDTHS = (1, 2, 4, 8)  # bytes of a whole number
WEEKS = ("indicator", "unit", "week", "n", "s1", "s0")

Columns = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Sums:
    """What a part brings: its rows and the largest value without its sign, rounded up; sums by fold and by week.

    Of ``indicator`` and ``unit`` the columns hold places in the list of ``names``; -1 is none.
    """

    rows: int
    most: int
    names: dict[str, list[str]]
    folds: Columns
    weeks: Columns


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
    tables = [_packed_columns(rows, columns, names) for rows, columns in ((folds, FOLDS), (weeks, WEEKS))]
    head = {"names": names, "most": int(most + 1), "rows": [len(folds["n"]), len(weeks["n"])]}
    head["widths"] = [[column.dtype.itemsize for column in table] for table in tables]
    return b"\n".join((json.dumps(head).encode(), b"".join(column.tobytes() for table in tables for column in table)))


def _packed_columns(
    sums: Columns, columns: tuple[str, ...], names: dict[str, list[str]]
) -> list[npt.NDArray[np.signedinteger[Any]]]:
    """The columns as whole numbers no wider than they must be, a name by its place in the list, none by -1."""
    places = {name: {text: place for place, text in enumerate(texts)} for name, texts in names.items()}
    made = []
    for name in columns:
        told = [places[name].get(text, -1) for text in sums[name].tolist()] if name in places else sums[name]
        column = np.array(told, dtype="<i8")
        ends = column.min(initial=0), column.max(initial=0)
        made.append(column.astype(next(f"<i{width}" for width in WIDTHS if _fit(ends, width))))
    return made


def _fit(ends: tuple[int, int], width: int) -> bool:
    room = np.iinfo(f"i{width}")
    return bool(room.min <= ends[0] and ends[1] <= room.max)


def unpacked(sums: bytes) -> Sums:
    """The sums as they were written."""
    line, numbers = sums.split(b"\n", 1)
    head, place = json.loads(line), 0
    found: list[Columns] = []
    for columns, rows, widths in zip((FOLDS, WEEKS), head["rows"], head["widths"], strict=True):
        made: Columns = {}
        for name, width in zip(columns, widths, strict=True):
            made[name] = np.frombuffer(numbers, f"<i{width}", rows, place).astype(np.int64)
            place += rows * width
        found.append(made)
    return Sums(int(found[0]["n"].sum()), head["most"], head["names"], *found)
