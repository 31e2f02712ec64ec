"""Every file of the shared corpora read as a department's file would be: ``python -m tests.journeys.corpus`` writes
the table of ``docs/reading.md``.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from journeys.converting import converted
from journeys.correcting import opened
from journeys.orders import Order, Taken
from journeys.reading.derive import Calendar
from journeys.reading.described import Recognised
from journeys.reading.mapping import IndicatorFacts
from journeys.reading.problems import Problem, Unreadable
from journeys.reading.recognise import recognise
from journeys.taking import take

FOLDERS = ("surveys", "italian", "messy")
DOCUMENT = Path(__file__).parents[2] / "docs" / "reading.md"
BEGIN, END = "<!-- corpus -->", "<!-- end of corpus -->"


def files(data: Path) -> Iterator[Path]:
    """The corpora's files that are tables, in order."""
    for folder in FOLDERS:
        yield from sorted(path for path in (data / folder).rglob("*.csv") if path.is_file())


def seen(path: Path) -> Recognised:
    """What is recognised; Unreadable where the headings are none."""
    with path.open("rb") as file:
        found = recognise(file, path.name)
    for warning in found.warnings:
        if warning["code"] in ("no_header", "worker_column"):
            raise Unreadable(Problem.of_json(warning))
    return found


def order(path: Path, found: Recognised, work: Path) -> Order:
    """An order that reads the file as it was recognised: is the first column filled?"""
    column = next(column.name for column in found.columns if column.name.strip())
    mapping: dict[str, Any] = {
        "period": "2026-3",
        "values": [{"indicator": "it", "filled": column}],
        "format": found.answers["format"],
    }
    lake = work / "lake"
    lake.mkdir()
    calendar = Calendar((2026 * 4 + 2,), (), 1, date(2026, 9, 1))
    return Order(path, lake, work, mapping, (IndicatorFacts("it"),), "sales", calendar, b"key", name=path.name)


def outcome(path: Path) -> tuple[Recognised | None, Taken]:
    """What becomes of the file."""
    with tempfile.TemporaryDirectory() as work:
        try:
            found = seen(path)
            return found, take(order(path, found, Path(work)), lambda *_: None)
        except Unreadable as error:
            return None, Taken().refuse([error.problem])


def cells(path: Path) -> list[dict[str, str]]:
    """The rows under their headings, as the strict reader gives them."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        made = converted(order(path, seen(path), work))
        made = replace(made, mapping={**made.mapping})
        with made.file.open("rb") as file:
            table = opened(made, file)
            return [dict(zip(table.shape.columns, record, strict=True)) for _, record in table.rows()]


def table(data: Path) -> str:
    """The table, in Italian."""
    lines = ["| File | Esito | Letto come |", "|---|---|---|"]
    for path in files(data):
        found, taken = outcome(path)
        name = f"{path.relative_to(data)}".replace("|", "\\|")
        if taken.problems:
            lines.append(f"| `{name}` | rifiutato: {_said(taken)} | |")
        else:
            assert found is not None
            lines.append(f"| `{name}` | letto | {_read(found, taken)} |")
    return "\n".join(lines)


def _said(taken: Taken) -> str:
    from journeys.wording import sentence

    text = sentence(Problem.of_json(taken.problems[0]))
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else "�" for c in text)).replace("|", "\\|")


def _read(found: Recognised, taken: Taken) -> str:
    names = {",": "virgole", ";": "punti e virgola", "\t": "tabulazioni", "|": "barre"}
    parts = [f"{taken.rows_in} righe × {len(found.columns)} colonne", found.encoding, names[found.separator]]
    if found.tool:
        parts.append(found.tool)
    if found.header_row > 1:
        parts.append(f"intestazione fino alla riga {found.header_row}")
    if found.footer:
        parts.append("righe sotto la tabella escluse")
    asked = sorted({question.code for question in found.questions})
    return ", ".join(parts) + (f"; chiede: {', '.join(asked)}" if asked else "")


def main() -> None:
    import django

    django.setup()
    from django.utils import translation

    with translation.override("it"):
        made = table(Path(sys.argv[1]))
    text = DOCUMENT.read_text(encoding="utf-8")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
