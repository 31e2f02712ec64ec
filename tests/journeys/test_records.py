"""The strict reader gives exactly the records of published cases, and no bytes at all make it or the lake fall."""

import io
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys.reading.problems import Unreadable
from journeys.reading.records import records
from journeys.reading.shape import read_shape
from journeys.reading.survey import head_encoding, survey
from tests.journeys.taking import Lake

FUZZ = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
SOUND = (
    "id,day,shop,vote\n" + "".join(f'{i},2026-07-{1 + i % 28:02d},"Forlì, via {i}",{i % 11}\n' for i in range(12))
).encode()


def read(content: bytes) -> tuple[tuple[str, ...], list[list[str]]]:
    """Header and records of the content."""
    encoding = head_encoding(content[:65536], None)
    shape = read_shape(content.decode(encoding, "replace"), ())
    file = io.BytesIO(content)
    return shape.columns, [record for _, record in records(file, shape, survey(file, shape.separator))]


def test_csv_spectrum_is_read_as_its_authors_say(shared_data: Path) -> None:
    folder = shared_data / "messy" / "csv-spectrum"
    cases = sorted(folder.glob("*.csv"))
    assert len(cases) > 8
    for case in cases:
        answer = (folder / "answers" / f"{case.stem}.json").read_text()
        wanted: list[dict[str, Any]] = json.loads(answer.replace("\\r\\n", "\\n"))  # the copies have lost their returns
        columns, rows = read(case.read_bytes().replace(b"\r\n", b"\n"))
        assert [dict(zip(columns, row, strict=True)) for row in rows] == wanted, case.name


def test_no_messy_file_makes_the_reader_fall(shared_data: Path, tmp_path: Path) -> None:
    for file in sorted((shared_data / "messy").rglob("*.csv")):
        try:
            columns, _ = read(file.read_bytes())
        except Unreadable:
            continue
        mapping = {"date": columns[0] or "day", "values": [{"indicator": "it", "filled": columns[-1] or "note"}]}
        taken = Lake(tmp_path, mapping).take(file.read_bytes())
        assert bool(taken.problems) != bool(taken.parts), file.name


@FUZZ
@given(
    st.lists(
        st.tuples(st.integers(0, len(SOUND) - 1), st.binary(max_size=3), st.integers(0, 3)), min_size=1, max_size=4
    )
)
def test_a_file_with_bytes_changed_is_taken_whole_or_refused_whole(
    tmp_path: Path, changes: list[tuple[int, bytes, int]]
) -> None:
    content = bytearray(SOUND)
    for place, new, removed in changes:
        content[place : place + removed] = new
    lake = Lake(tmp_path)
    taken = lake.take(bytes(content))
    assert bool(taken.problems) != bool(taken.parts)
    if taken.parts:
        assert taken.observations == sum(part["observations"] for part in taken.parts) == len(lake.rows("line"))
