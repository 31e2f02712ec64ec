"""The sums a part brings with it, written into its own bytes when it arrives, under the hash that names it.

Only parts of single answers that all count have them: their rows need no other file to be summed. Whoever doubts them
sums the rows: ``verify`` does.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

NAME = "sums-2"
WEEK = "date_diff('day', DATE '1970-01-05', day) // 7"
FEWER = 16  # rows a sum: with fewer it is hardly quicker to read the sums
BILLION = 10**9
ROOM = 10**25  # a tenth of what a decimal of twelve places holds
ARRIVAL = "FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1024"
FOLDS = ("indicator", "unit", "fold", "n", "s1", "s0", "ss2", "ss1", "ss0")
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
    head = {"names": names, "most": int(most + 1), "sums": [len(folds["n"]), len(weeks["n"])]}
    return b"\n".join((json.dumps(head).encode(), _numbers(folds, FOLDS, names) + _numbers(weeks, WEEKS, names)))


def _numbers(sums: Columns, columns: tuple[str, ...], names: dict[str, list[str]]) -> bytes:
    """The columns one after another, a name by its place in the list, none by -1."""
    places = {name: {text: place for place, text in enumerate(texts)} for name, texts in names.items()}
    made = [
        [places[name].get(text, -1) for text in sums[name].tolist()] if name in places else sums[name]
        for name in columns
    ]
    return np.array(made, dtype="<i8").tobytes()


def unpacked(sums: bytes) -> Sums:
    """The sums as they were written."""
    line, numbers = sums.split(b"\n", 1)
    head, place = json.loads(line), 0
    found: list[Columns] = []
    for columns, rows in zip((FOLDS, WEEKS), head["sums"], strict=True):
        made = np.frombuffer(numbers, "<i8", rows * len(columns), place).reshape(len(columns), rows)
        place += made.nbytes
        found.append(dict(zip(columns, made, strict=True)))
    return Sums(int(found[0]["n"].sum()), head["most"], head["names"], *found)


def together(found: Iterable[Sums]) -> Sums:
    """The rows of several, one after another, under one list of names."""
    parts = list(found)
    names = {name: sorted({text for part in parts for text in part.names[name]}) for name in ("indicator", "unit")}
    places = {name: {text: place for place, text in enumerate(texts)} for name, texts in names.items()}

    def joined(columns: tuple[str, ...], of: Iterable[tuple[Sums, Columns]]) -> Columns:
        rows = [
            [
                np.array([*(places[name][text] for text in part.names[name]), -1])[own[name]]
                if name in places
                else own[name]
                for name in columns
            ]
            for part, own in of
        ]
        return dict(zip(columns, (np.concatenate(each) for each in zip(*rows, strict=True)), strict=True))

    folds, weeks = (
        joined(FOLDS, [(part, part.folds) for part in parts]),
        joined(WEEKS, [(part, part.weeks) for part in parts]),
    )
    return Sums(sum(part.rows for part in parts), max(part.most for part in parts), names, folds, weeks)
