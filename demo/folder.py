"""The demo company as a folder any company could hand in: its company.yml and its departments' files."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from string import Template

from demo.exports import EXPORTS, Order, orders, write_export
from demo.model import FAR, QUARTERS, TOWNS, generate
from demo.tills import FILE, Tills
from journeys.calendar import QuarterCode

TEMPLATE = Path(__file__).parent / "company.yml"
LATE = "indagine_percorso_sud.csv"  # what company.yml does not list: the answers that arrive after publication
SURVEY = "indagine_percorso.csv"
LATE_PLACE = QUARTERS - 3


def _write_files(folder: Path, known: Sequence[Sequence[Order]], last: QuarterCode) -> None:
    """Each department's past in one file and its last quarter in another; the late answers in one of their own."""
    late = [order for order in known[LATE_PLACE] if order.town in FAR]
    for export in EXPORTS:
        absent = {order.code for order in late} if export.name == SURVEY else set()
        past = [order for quarter in known[:-1] for order in quarter if order.code not in absent]
        write_export(folder / export.name, export, past)
        write_export(folder / last_file(export.name, last), export, known[-1])
        if absent:
            write_export(folder / LATE, export, late)


def complete(folder: Path) -> bool:
    """Whether the folder was written to its end."""
    return (folder / "company.yml").exists()


def last_closed(today: date) -> QuarterCode:
    """The last calendar quarter that ended before the day."""
    return QuarterCode.of(today).plus(-1)


def last_file(name: str, last: QuarterCode) -> str:
    """What a department calls the file of the last quarter."""
    stem, dot, kind = name.rpartition(".")
    return f"{stem}_{last}{dot}{kind}"


def quarters(today: date) -> list[QuarterCode]:
    """Nine quarters, the last closed one the last."""
    last = last_closed(today)
    return [last.plus(place - QUARTERS + 1) for place in range(QUARTERS)]


def everything(codes: Sequence[QuarterCode], tills: Tills) -> list[list[Order]]:
    """The orders of each quarter with the votes their customers gave."""
    drawn = zip(codes, generate(), strict=True)
    return [[tills.felt(order) for order in orders(quarter, *code.days())] for code, quarter in drawn]


def write_folder(folder: Path, today: date) -> Path:
    """Write nine quarters ending with the last closed one; the same day and seed give the same bytes.

    ``company.yml`` is written last, so a folder that has one is complete. Returns the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    codes = quarters(today)
    last, tills = codes[-1], Tills([code.days() for code in codes])
    _write_files(folder, everything(codes, tills), last)
    tills.write(folder / FILE, *tills.quarters[:-1])
    tills.write(folder / last_file(FILE, last), tills.quarters[-1])
    units = "\n".join(f"  - {{code: N{place:02d}, name: {town}}}" for place, town in enumerate(TOWNS, start=1))
    words = {"first": codes[0], "last": last, "start": codes[0].days()[0].isoformat(), "units": units}
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(words)
    (folder / "company.yml").write_text(text, encoding="utf-8")
    return folder
