"""The demo company as a folder any company could hand in: its company.yml and its departments' files."""

from datetime import date
from pathlib import Path
from string import Template

from demo.exports import orders, write_exports
from demo.model import QUARTERS, TOWNS, generate
from journeys.calendar import QuarterCode

TEMPLATE = Path(__file__).parent / "company.yml"


def last_closed(today: date) -> QuarterCode:
    """The last calendar quarter that ended before the day."""
    return QuarterCode.of(today).plus(-1)


def write_folder(folder: Path, today: date) -> Path:
    """Write nine quarters ending with the last closed one; the same day and seed give the same bytes.

    ``company.yml`` is written last, so a folder that has one is complete. Returns the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    last = last_closed(today)
    codes = [last.plus(place - QUARTERS + 1) for place in range(QUARTERS)]
    everything = [
        order for code, quarter in zip(codes, generate(), strict=True) for order in orders(quarter, *code.days())
    ]
    write_exports(folder, everything)
    units = "\n".join(f"  - {{code: N{place:02d}, name: {town}}}" for place, town in enumerate(TOWNS, start=1))
    words = {"first": codes[0], "last": last, "start": codes[0].days()[0].isoformat(), "units": units}
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(words)
    (folder / "company.yml").write_text(text, encoding="utf-8")
    return folder
