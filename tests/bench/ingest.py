"""A department's file of a million rows, from disk to visible facts, against two readers that check nothing."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import psutil

from tests.bench.row import Row

if TYPE_CHECKING:
    from journeys.models import Source

ROWS, SLOW_ROWS, TIMES, CHUNK = 1_000_000, 100_000, 3, 1 << 20
MEGABYTE = 1_000_000
MOMENTS = (
    "order_purchase_timestamp",
    "order_delivered_carrier_date",
    "order_delivered_customer_date",
    "order_estimated_delivery_date",
)
COLUMNS = (
    "md5(i::VARCHAR) AS order_id",
    "bought AS order_purchase_timestamp",
    "CASE WHEN hash(i, 1) % 50 > 0 THEN handed END AS order_delivered_carrier_date",
    "CASE WHEN hash(i, 1) % 30 > 1 THEN handed + to_seconds((hash(i, 2) % 2000000)::BIGINT) END"
    " AS order_delivered_customer_date",
    "date_trunc('day', bought) + to_days((5 + hash(i, 3) % 35)::INTEGER) AS order_estimated_delivery_date",
    "['SP', 'RJ', 'MG', 'RS', 'PR', 'SC', 'BA', 'DF', 'ES', 'GO', 'PE', 'CE'][(1 + hash(i, 4) % 12)::INTEGER]"
    " AS customer_state",
    "1 + hash(i, 5) % 4 AS items",
    "(hash(i, 6) % 20000) / 100 AS freight_value",
    "md5((i + 7)::VARCHAR) AS customer_unique_id",
    "['sao paulo', 'rio de janeiro', 'belo horizonte', 'curitiba'][(1 + hash(i, 9) % 4)::INTEGER] AS customer_city",
    "CASE WHEN hash(i, 10) % 200 > 0 THEN 'delivered' ELSE 'canceled' END AS order_status",
    "md5((hash(i, 11) % 3000)::VARCHAR) AS seller_id",
    "['cama_mesa_banho', 'beleza_saude', 'esporte_lazer'][(1 + hash(i, 12) % 3)::INTEGER] AS product_category",
    "['credit_card', 'boleto', 'voucher', 'debit_card'][(1 + hash(i, 13) % 4)::INTEGER] AS payment_type",
    "1 + hash(i, 14) % 10 AS payment_installments",
    "(hash(i, 15) % 60000) / 100 AS price",
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
    """Seconds of ours and theirs in turns, and our peak memory. Of the export's sixteen columns eight are mapped.

    ``duckdb_vs_to_sql`` holds the bare copy itself against pandas: what a reader that checks nothing could reach here.
    ``ingest_mapped_only`` is the same without the columns nobody maps: for information, the hardest case for us.
    """
    file, narrow = folder / "orders.csv", folder / "narrow.csv"
    write_orders(file, ROWS, COLUMNS)
    write_orders(narrow, ROWS, COLUMNS[:8])
    source = source_of(MAPPING)
    with peak_memory() as peak:
        ours, bare = _in_turns(source, file, folder)
        hard, hard_bare = _in_turns(source, narrow, folder)
    slow = timed(lambda: _pandas(file)) * ROWS / SLOW_ROWS
    return [
        Row("ingest_vs_to_sql", ours, slow, slow / ours, 60, "s", "at_least"),
        Row("duckdb_vs_to_sql", bare, slow, slow / bare, 0, "s", "info"),
        Row("ingest_vs_duckdb", ours, bare, ours / bare, 4, "s"),
        Row("ingest_mapped_only", hard, hard_bare, hard / hard_bare, 0, "s", "info"),
        Row("ingest_rss", peak[0] / MEGABYTE, 700, peak[0] / MEGABYTE / 700, 1, "MB"),
    ]


def write_orders(file: Path, rows: int, columns: Sequence[str]) -> None:
    """Orders of one quarter as a shop's system exports them."""
    duckdb.execute(
        f"""COPY (
            SELECT {", ".join(columns)}
            FROM (SELECT i, bought, bought + to_seconds((hash(i, 7) % 400000)::BIGINT) AS handed
                FROM (SELECT i, TIMESTAMP '2026-01-01' + to_seconds((hash(i, 8) % 7776000)::BIGINT) AS bought
                    FROM range({rows}) t(i)))
        ) TO '{file}' (FORMAT csv, HEADER)"""  # noqa: S608
    )


def source_of(mapping: dict[str, Any]) -> "Source":
    """A company's source with this mapping, its quarter open."""
    from tests import dati, make

    company = make.company()
    make.quarter(company, "2026-1")
    made: Source = dati.source(make.department(company), mapping)
    return made


def _in_turns(source: "Source", file: Path, folder: Path) -> tuple[float, float]:
    """Median seconds of ours, from the first byte read to facts committed, and of DuckDB alone, one after the other."""
    ours, bare = [], []
    for _ in range(TIMES):
        ours.append(timed(lambda: take_in(source, file, ROWS)))
        undo()
        bare.append(timed(lambda: _bare(file, folder / "bare.parquet")))
    return statistics.median(ours), statistics.median(bare)


def take_in(source: "Source", file: Path, rows: int) -> None:
    """From the first byte read to facts committed."""
    from journeys import ingest, ledger
    from journeys.models import Part

    upload = ingest.receive(source, file.name, _chunks(file), None)
    ledger.run(upload.job.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.rows_out) == ("accepted", rows)
    assert Part.objects.filter(upload=upload).exists()


def undo() -> None:
    """Take the accepted file back."""
    from journeys import ingest
    from journeys.models import Upload

    ingest.undo(Upload.objects.get(state=Upload.State.ACCEPTED), None)


@contextmanager
def peak_memory(own: bool = True) -> Iterator[list[float]]:
    """The greatest sum of resident memory of all our children and, if wanted, of this process, each 20 ms."""
    peak, stop, me = [0.0], threading.Event(), psutil.Process()

    def look() -> None:
        while not stop.wait(0.02):
            total = 0
            for process in (*([me] if own else []), *me.children(recursive=True)):
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


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
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
    from django.db import connections

    connection = connections["owner"]  # the product's own role makes no table
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg2://", creator=lambda: connection.get_new_connection(connection.get_connection_params())
    )
    frame = pandas.read_csv(file, nrows=SLOW_ROWS, parse_dates=list(MOMENTS))
    frame.to_sql("orders_of_pandas", engine, if_exists="replace", index=False)
    engine.dispose()
