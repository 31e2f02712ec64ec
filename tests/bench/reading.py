"""What departments really send: a European million of rows against a clean one, a workbook, twenty million rows."""

import statistics
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from journeys.reading.recognise import recognise
from tests.bench.ingest import MEGABYTE, peak_memory, source_of, take_in, timed, undo
from tests.bench.row import Row

ROWS, BOOK_ROWS, MANY, TIMES = 1_000_000, 100_000, 20_000_000, 3
BOOK_SECONDS, MANY_MEGABYTES = 6, 1000
CLEAN: dict[str, Any] = {
    "date": "giorno",
    "case": "id",
    "unit": "negozio",
    "values": [{"indicator": "importo", "column": "importo"}, {"indicator": "voto", "column": "voto"}],
}
MESSY = {
    **CLEAN,
    "format": {"separator": ";", "encoding": "cp1252", "header": {"row": 3}, "footer": ["Totale"]},
    "columns": {"importo": {"decimal": ",", "thousands": "."}, "giorno": {"dates": "%d/%m/%Y"}},
}
HEADINGS = ("id", "giorno", "negozio", "importo", "voto", "città")


def measure(folder: Path) -> list[Row]:
    """Seconds from the first byte to visible facts, recognising the file included; memory with all children."""
    return [messy(folder), workbook(folder), many(folder)]


def messy(folder: Path) -> Row:
    """Lines above and below, semicolons, Windows-1252, decimal commas, day before month: against plain commas."""
    clean, european = folder / "clean.csv", folder / "european.csv"
    write(clean, ROWS, ",", "day::VARCHAR", "cents / 100")
    raw = folder / "raw.csv"
    amount = "replace(replace(replace(format('{:,.2f}', cents / 100), ',', '_'), '.', ','), '_', '.')"
    write(raw, ROWS, ";", "strftime(day, '%d/%m/%Y')", amount)
    text = f"Esportazione vendite\n\n{raw.read_text(encoding='utf-8')}Totale;;;;;\n"
    european.write_text(text, encoding="cp1252")
    sources = [(source_of(CLEAN), clean), (source_of(MESSY), european)]
    seconds: list[list[float]] = [[], []]
    for _ in range(TIMES):
        for kept, (source, file) in zip(seconds, sources, strict=True):
            kept.append(timed(partial(_recognised, file)) + timed(partial(take_in, source, file, ROWS)))
            undo()
    plain, ours = map(statistics.median, seconds)
    return Row("reading_messy", ours, plain, ours / plain, 2, "s")


def workbook(folder: Path) -> Row:
    """A workbook of a hundred thousand rows by ten columns."""
    file = folder / "vendite.xlsx"
    write_book(file, BOOK_ROWS)
    source = source_of(CLEAN)
    seconds = []
    for _ in range(TIMES):
        seconds.append(timed(lambda: take_in(source, file, BOOK_ROWS)))
        undo()
    ours = statistics.median(seconds)
    return Row("reading_workbook", ours, BOOK_SECONDS, ours / BOOK_SECONDS, 1, "s")


def many(folder: Path) -> Row:
    """Peak memory while twenty million rows are taken in."""
    file = folder / "many.csv"
    write(file, MANY, ",", "day::VARCHAR", "cents / 100")
    with peak_memory() as peak:
        take_in(source_of(CLEAN), file, MANY)
    ours = peak[0] / MEGABYTE
    return Row("reading_20m_rss", ours, MANY_MEGABYTES, ours / MANY_MEGABYTES, 1, "MB")


def write(file: Path, rows: int, separator: str, day: str, amount: str) -> None:
    """Sales of one quarter as text; ``day`` and ``amount`` are how they are written."""
    names = ", ".join(f'{made} AS "{name}"' for made, name in zip(
        ("'A' || i", day, "'N' || i % 40", amount, "hash(i, 3) % 11", "['Roma', 'Forlì', 'Torino'][1 + i % 3]"),
        HEADINGS, strict=True,
    ))  # fmt: skip
    duckdb.execute(
        f"""COPY (SELECT {names} FROM (SELECT i, DATE '2026-01-01' + (hash(i, 1) % 90)::INTEGER AS day,
            (hash(i, 2) % 1000000)::BIGINT AS cents FROM range({rows}) t(i)))
        TO '{file}' (FORMAT csv, HEADER, DELIMITER '{separator}', QUOTE '')"""  # noqa: S608
    )


def write_book(file: Path, rows: int) -> None:
    """The same as a workbook, with four columns more that nobody maps."""
    import xlsxwriter

    with xlsxwriter.Workbook(file) as book:
        sheet, days = book.add_worksheet("Vendite"), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, (*HEADINGS, "canale", "minuti", "nota", "esito"))
        for i in range(1, rows + 1):
            sheet.write_string(i, 0, f"A{i}")
            sheet.write_datetime(i, 1, datetime(2026, 1, 1) + timedelta(days=i % 90), days)
            sheet.write_row(i, 2, (f"N{i % 40}", i % 99999 / 100, i % 11, "Forlì", "web", i % 90 + 0.5))
            sheet.write_row(i, 8, (f"testo libero {i % 1000}", "reso" if i % 7 else "ok"))


def _recognised(file: Path) -> None:
    with file.open("rb") as opened:
        recognise(opened, file.name)
