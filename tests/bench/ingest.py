"""A department's file of a million rows, from disk to visible facts, against two readers that check nothing."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psutil

from tests.bench.row import Row

ROWS, SLOW_ROWS, TIMES, CHUNK = 1_000_000, 100_000, 3, 1 << 20
MEGABYTE = 1_000_000
MOMENTS = (
    "order_purchase_timestamp",
    "order_delivered_carrier_date",
    "order_delivered_customer_date",
    "order_estimated_delivery_date",
)
MAPPING = {
    "date": "order_purchase_timestamp",
    "case": "order_id",
    "unit": "customer_state",
    "values": [
        {
            "indicator": "handover",
            "duration": {
                "start": "order_purchase_timestamp",
                "end": "order_delivered_carrier_date",
                "by": "days",
            },
        },
        {
            "indicator": "transit",
            "duration": {
                "start": "order_delivered_carrier_date",
                "end": "order_delivered_customer_date",
                "by": "days",
            },
        },
        {
            "indicator": "late",
            "later": {
                "column": "order_delivered_customer_date",
                "than": "order_estimated_delivery_date",
                "by": "day",
            },
        },
        {"indicator": "items", "column": "items"},
        {"indicator": "freight", "column": "freight_value"},
    ],
}


def measure(folder: Path) -> list[Row]:
    """Seconds of ours and theirs, and our peak memory."""
    file = folder / "orders.csv"
    write_orders(file, ROWS)
    ours, memory = _ours(file)
    bare = statistics.median(_timed(lambda: _bare(file, folder / "bare.parquet")) for _ in range(TIMES))
    slow = _timed(lambda: _pandas(file)) * ROWS / SLOW_ROWS
    return [
        Row("ingest_vs_to_sql", ours, slow, slow / ours, 60, "s", "at_least"),
        Row("ingest_vs_duckdb", ours, bare, ours / bare, 4, "s"),
        Row("ingest_rss", memory / MEGABYTE, 700, memory / MEGABYTE, 700, "MB"),
    ]


def write_orders(file: Path, rows: int) -> None:
    """Orders of one quarter as a shop exports them: four moments (some missing), a state, two numbers."""
    duckdb.execute(
        f"""COPY (
            SELECT md5(i::VARCHAR) AS order_id, bought AS order_purchase_timestamp,
                CASE WHEN hash(i, 1) % 50 > 0 THEN handed END AS order_delivered_carrier_date,
                CASE WHEN hash(i, 1) % 30 > 1 THEN handed + to_seconds((hash(i, 2) % 2000000)::BIGINT)
                    END AS order_delivered_customer_date,
                date_trunc('day', bought) + to_days((5 + hash(i, 3) % 35)::INTEGER) AS order_estimated_delivery_date,
                ['SP', 'RJ', 'MG', 'RS', 'PR', 'SC', 'BA', 'DF', 'ES', 'GO', 'PE', 'CE'][(1 + hash(i, 4) % 12)::INTEGER]
                    AS customer_state,
                1 + hash(i, 5) % 4 AS items, (hash(i, 6) % 20000) / 100 AS freight_value
            FROM (SELECT i, bought, bought + to_seconds((hash(i, 7) % 400000)::BIGINT) AS handed
                FROM (SELECT i, TIMESTAMP '2026-01-01' + to_seconds((hash(i, 8) % 7776000)::BIGINT) AS bought
                    FROM range({rows}) t(i)))
        ) TO '{file}' (FORMAT csv, HEADER)"""  # noqa: S608
    )


def _ours(file: Path) -> tuple[float, float]:
    """Median seconds from the first byte read to facts committed, and the greatest memory of all our processes."""
    from journeys import ingest, ledger
    from journeys.models import Part, Source
    from tests import dati, make

    company = make.company()
    make.quarter(company, "2026-1")
    source: Source = dati.source(make.department(company), MAPPING)
    seconds = []
    with _peak() as peak:
        for _ in range(TIMES):
            start = time.perf_counter()
            upload = ingest.receive(source, file.name, _chunks(file), None)
            ledger.run(upload.job.pk)
            seconds.append(time.perf_counter() - start)
            upload.refresh_from_db()
            assert (upload.state, upload.rows_out) == ("accepted", ROWS)
            assert Part.objects.filter(upload=upload).exists()
            ingest.undo(upload, None)
    return statistics.median(seconds), peak[0]


@contextmanager
def _peak() -> Iterator[list[float]]:
    """The greatest sum of resident memory of this process and all its children, looked at every 20 ms."""
    peak, stop, me = [0.0], threading.Event(), psutil.Process()

    def look() -> None:
        while not stop.wait(0.02):
            total = 0
            for process in (me, *me.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak[0] = max(peak[0], total)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        stop.set()
        watcher.join()


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            yield chunk


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _bare(file: Path, target: Path) -> None:
    """What DuckDB does without a check, a pseudonym or a promise."""
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT * FROM read_csv('{file}')) TO '{target}' (FORMAT parquet)")  # noqa: S608


def _pandas(file: Path) -> None:
    """What a first version usually does."""
    import pandas
    import sqlalchemy
    from django.db import connection

    engine = sqlalchemy.create_engine(
        "postgresql+psycopg2://", creator=lambda: connection.get_new_connection(connection.get_connection_params())
    )
    frame = pandas.read_csv(file, nrows=SLOW_ROWS, parse_dates=list(MOMENTS))
    frame.to_sql("orders_of_pandas", engine, if_exists="replace", index=False)
    engine.dispose()
