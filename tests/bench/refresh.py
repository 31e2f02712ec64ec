"""A quarter of ten million observations computed, against one bare query over the same files.

Every time from the files to the rows of the edition: nothing is kept of an earlier refresh. Most sums come with the
files, which had them written into them when they arrived; ``refresh_from_rows`` is the report with every row summed
again, as ``verify`` does it, without storing it.
"""

import importlib
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from tests.bench.ingest import MEGABYTE, peak_memory
from tests.bench.row import Row

DEPARTMENTS, UNITS, ORDERS, VOTED = 8, 50, 1_000_000, 100_000
ROWS = 9_500_000 // 7 // 5
TIMES = 5
STAGES = ("scoperta", "scelta", "acquisto", "consegna", "assistenza")
BARE = """SELECT indicator, department, unit, count(*), sum(value), sum(value::DECIMAL(38,6) * value), median(value)
    FROM read_parquet({files}) GROUP BY ALL"""


def measure(folder: Path) -> list[Row]:
    """Seconds of a refresh and of the bare query, in turns; peak memory of the processes that compute from the rows."""
    from journeys.models import Part
    from metrics.facts import path_of
    from metrics.models import Edition

    quarter = _company(folder)
    files = [str(path_of(part.sha256)) for part in Part.objects.filter(quarter_id=quarter)]
    bare: list[float] = []
    ours: list[float] = []
    rows: list[float] = []
    for _ in range(TIMES):
        bare.append(_bare(files))
        Edition.objects.filter(quarter_id=quarter).delete()
        ours.append(_apart(_refresh, quarter))
        rows.append(_apart(_recompute, quarter))
    mine, theirs, again = statistics.median(ours), statistics.median(bare), statistics.median(rows)
    with peak_memory(own=False) as peak:  # looking takes time of its own: nothing is timed meanwhile
        _apart(_recompute, quarter)
    memory = peak[0] / MEGABYTE
    return [
        Row("refresh_vs_duckdb", mine, theirs, mine / theirs, 3, "s"),
        Row("refresh_from_rows", again, theirs, again / theirs, 0, "s", "info"),
        Row("refresh_rss", memory, 1000, memory / 1000, 1, "MB"),
    ]


def _bare(files: list[str]) -> float:
    connection = duckdb.connect(config={"threads": 2})
    began = time.perf_counter()
    connection.execute(BARE.format(files=files)).fetchall()
    seconds = time.perf_counter() - began
    connection.close()
    return seconds


def _refresh(quarter: int) -> None:
    from metrics.refresh import refresh

    refresh(quarter)


def _recompute(quarter: int) -> None:
    from metrics.derive.report import derive
    from metrics.facts import recomputed
    from metrics.models import Edition

    edition = Edition.objects.get(quarter_id=quarter)
    if derive(recomputed(edition)).content() != edition.content:
        raise RuntimeError("the rows do not give what the refresh gave")


def _apart(work: Callable[[int], None], quarter: int) -> float:
    """Seconds of the work in a process of its own, as a worker's child does it.

    Such a child is settled and has the program loaded and its connection to the database before any work comes.
    """
    from django.db import connection, connections

    from trimestrale.celery import settle

    importlib.import_module("metrics.tasks")
    connections.close_all()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        settle()
        connection.ensure_connection()
        began = time.perf_counter()
        work(quarter)
        os.write(writer, str(time.perf_counter() - began).encode())
        os._exit(0)
    os.close(writer)
    seconds = float(os.read(reader, 64).decode())
    os.waitpid(child, 0)
    os.close(reader)
    return seconds


def _company(folder: Path) -> int:
    """The company, its eight files taken in as anybody's would be; the id of its quarter."""
    from journeys.companyfile.importing import import_folder
    from journeys.models import Quarter

    (folder / "company").mkdir()
    connection = duckdb.connect(config={"threads": 2})
    for department in range(DEPARTMENTS):
        query = _voice() if department == 0 else _results(department)
        connection.execute(f"COPY ({query}) TO '{folder}/company/reparto-{department}.csv' (HEADER)")
    (folder / "company" / "company.yml").write_text("\n".join(_definitions()) + "\n")
    company, results = import_folder(folder / "company", lambda line: None)
    if not all(result.accepted for result in results):
        raise RuntimeError("the bench's own files were refused")
    return Quarter.objects.get(company=company).pk


def _voice() -> str:
    votes = ", ".join(f"hash(i * 31 + {stage}) % 11 AS voto_{stage}" for stage in range(len(STAGES)))
    return f"SELECT {_common('i * 7')}, {votes} FROM range({VOTED}) t(i)"  # noqa: S608


def _results(department: int) -> str:
    flags = ", ".join(
        f"(hash(i * 17 + {department * 10 + flag}) % 10 < 3)::INTEGER AS flag_{flag}" for flag in range(3)
    )
    numbers = f"round((hash(i * 13 + {department}) % 100000) / 7.0, 2) AS misura, hash(i * 11) % 9000 AS minuti"
    return f"SELECT {_common(f'i * 3 + {department}')}, {flags}, {numbers} FROM range({ROWS}) t(i)"  # noqa: S608


def _common(order: str) -> str:
    return f"""'O' || ({order}) % {ORDERS} AS ordine, DATE '2026-07-01' + (i % 92)::INTEGER AS giorno,
        'negozio ' || i % {UNITS} AS negozio"""


def _definitions() -> Iterator[str]:
    yield "company: {slug: bench, name: Bench, unit_name: negozio}"
    yield "quarters: {first: 2026-3, last: 2026-3}"
    yield "departments:"
    yield from (f"  - {{slug: reparto-{number}, name: Reparto {number}}}" for number in range(DEPARTMENTS))
    yield "journey:"
    yield "  name: Percorso"
    yield "  stages:"
    yield from (f"    - {{slug: {stage}, name: {stage.title()}}}" for stage in STAGES)
    yield "indicators:"
    for number, stage in enumerate(STAGES):
        yield f"  - {{slug: voto-{number}, name: Voto {number}, definition: Da 0 a 10., role: outcome, kind: mean,"
        yield f"     worst: 0, best: 10, department: reparto-0, stage: {stage}, in_health: true, evidence: survey}}"
    for department in range(1, DEPARTMENTS):
        yield from _indicators(department)
    yield "sources:"
    for department in range(DEPARTMENTS):
        yield from _source(department)


def _indicators(department: int) -> Iterator[str]:
    kinds = ["share", "share", "share", "mean", "median" if department % 2 else "mean"]
    for number, kind in enumerate(kinds):
        stage = STAGES[(department + number) % len(STAGES)]
        acts = f", influences: [{stage}]" if number < 2 or number == 3 else ""
        yield f"  - {{slug: misura-{department}-{number}, name: Misura {department}.{number}, definition: Per prova.,"
        yield f"     role: result, kind: {kind}, department: reparto-{department}, stage: {stage},"
        yield f"     higher_is_better: false, evidence: record{acts}}}"


def _source(department: int) -> Iterator[str]:
    yield f"  - slug: fonte-{department}"
    yield f"    name: Fonte {department}"
    yield f"    department: reparto-{department}"
    yield "    mapping:"
    yield "      {date: giorno, case: ordine, unit: negozio, values: ["
    if department == 0:
        yield from (f"        {{indicator: voto-{n}, column: voto_{n}}}," for n in range(len(STAGES)))
    else:
        columns = ("flag_0", "flag_1", "flag_2", "misura", "minuti")
        yield from (f"        {{indicator: misura-{department}-{n}, column: {c}}}," for n, c in enumerate(columns))
    yield "      ]}"
    yield f"    files: [reparto-{department}.csv]"
