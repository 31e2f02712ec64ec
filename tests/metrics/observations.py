"""Observations for tests of the engine and of what follows: rows in, files of the lake's shape out."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from metrics.engine.asking import ask, join
from metrics.engine.duckdb import Session
from metrics.engine.moments import Facts, Measure, Question

SCHEMA = pa.schema(
    [
        ("indicator", pa.string()),
        ("department", pa.string()),
        ("unit", pa.string()),
        ("case", pa.uuid()),
        ("fold", pa.uint8()),
        ("day", pa.date32()),
        ("value", pa.decimal128(18, 6)),
        ("n", pa.int64()),
        ("sd", pa.decimal128(18, 6)),
        ("rule", pa.string()),
        ("ord", pa.string()),
        ("line", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Row:
    """One observation; the fold follows the case as it does at ingestion."""

    indicator: str
    value: str | int | float
    case: str | None = None
    unit: str | None = None
    n: int = 1
    sd: str | None = None
    rule: str = "each"
    ord: str | None = None
    day: int = 20_000

    def record(self, line: int) -> dict[str, object]:
        digest = hashlib.sha256((self.case or self.unit or "").encode()).digest()
        return {
            "indicator": self.indicator,
            "department": "reparto",
            "unit": self.unit,
            "case": uuid.UUID(bytes=digest[:16]).bytes if self.case else None,
            "fold": digest[0] % 64,
            "day": self.day,
            "value": Decimal(str(self.value)),
            "n": self.n,
            "sd": Decimal(self.sd) if self.sd else None,
            "rule": self.rule,
            "ord": self.ord,
            "line": line,
        }


def write(folder: Path, *files: Iterable[Row]) -> list[Path]:
    """Each group of rows as one Parquet file of the lake's shape."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / f"{number}.parquet", list(rows)) for number, rows in enumerate(files)]


def _write(path: Path, rows: Sequence[Row]) -> Path:
    records = [row.record(line) for line, row in enumerate(rows)]
    pq.write_table(pa.Table.from_pylist(records, schema=SCHEMA), path)
    return path


def told(session: Session, measures: Sequence[Measure], questions: Sequence[Question] = ()) -> Facts:
    """Everything the session's files say, with what is joined."""
    joined = join(session, measures, questions)
    return replace(ask(session, measures, questions), join=lambda: joined)
