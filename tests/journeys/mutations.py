"""Files made of good ones by changing bytes: whatever comes out, it is read or refused, and nothing else happens.

``python -m tests.journeys.mutations 5000`` takes so many in this process and prints the seed and what became of them.
"""

import io
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.journeys.taking import Lake

MAPPING: dict[str, Any] = {
    "date": "giorno",
    "case": "id",
    "unit": "negozio",
    "columns": {"voto": {"decimal": ",", "thousands": "."}, "giorno": {"dates": ["%d/%m/%Y", "%Y-%m-%d"]}},
    "values": [{"indicator": "voto", "column": "voto"}, {"indicator": "detto", "filled": "commento"}],
}
INSERTS = (b'"', b"\0", b"\r", b"\n", b";", b",", b"\xff", b"\xe8", b"=1+1", b"\xef\xbb\xbf", b"9" * 400, b"NaN", b"'")


def originals() -> list[bytes]:
    """A text and a workbook, both good."""
    import xlsxwriter

    text = "id;giorno;negozio;voto;commento\n"
    text += "".join(f'A{i};{i % 28 + 1:02d}/07/2026;N{i % 5};{i % 10},5;"bene, ""grazie"" {i}"\n' for i in range(60))
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Dati")
        for row, line in enumerate(text.splitlines()[:40]):
            sheet.write_row(row, 0, [cell.strip('"') for cell in line.split(";")])
    return [text.encode(), text.encode("cp1252"), text.encode("utf-16"), made.getvalue()]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The content with one to six changes: bytes flipped, put in, taken out, doubled, or the end cut off."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made)) if made else 0
        match chance.randrange(5):
            case 0 if made:
                made[at] ^= 1 << chance.randrange(8)
            case 1:
                made[at:at] = chance.choice(INSERTS)
            case 2:
                del made[at : at + chance.randint(1, 40)]
            case 3:
                made[at:at] = made[at : at + chance.randint(1, 200)]
            case 4 if chance.random() < 0.3:
                del made[at:]
    return bytes(made)


def run(seed: int, number: int, folder: Path) -> Counter[str]:
    """What became of so many mutated files: ``read``, or the code of their first problem. AssertionError for harm."""
    chance, found = random.Random(seed), Counter[str]()
    sources: Sequence[bytes] = originals()
    for i in range(number):
        with tempfile.TemporaryDirectory(dir=folder) as place:
            lake = Lake(Path(place), MAPPING)
            start = time.monotonic()
            taken = lake.take(mutated(sources[i % len(sources)], chance))
            assert time.monotonic() - start < 60, f"seed {seed}, file {i}: too slow"
            stored = list((Path(place) / "lake").rglob("*.parquet"))
            assert bool(taken.problems) != bool(stored) or not taken.observations, f"seed {seed}, file {i}"
            assert not (taken.problems and stored), f"seed {seed}, file {i}: rows of a refused file"
            found[taken.problems[0]["code"] if taken.problems else "read"] += 1
    return found


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**9)
    print("seed", seed, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        found = run(seed, number, Path(folder))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(number, "files, peak", round(peak), "MB", dict(found.most_common()))


if __name__ == "__main__":
    main()
