"""Weighted answers from a file to exact sums; what has no weights is stored and summed as before."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from journeys.files import place_of
from journeys.reading.mapping import IndicatorFacts, MappingError, parse_mapping
from metrics.engine.asking import ask
from metrics.engine.duckdb import Session
from metrics.engine.levels import levels
from metrics.engine.moments import Measure
from metrics.stats.kinds import Kind, Moments
from tests.journeys.taking import VOTES, Lake

WEIGHTED: dict[str, Any] = {**VOTES, "weight": "w", "format": {"decimal": ",", "separator": ";"}}
FILE = "id;day;shop;vote;w\nA;2026-07-15;x;9;0,75\nB;2026-07-15;x;4;1,5\nC;2026-07-16;x;7;0\nD;2026-07-16;y;;2\n"
NPS, MEAN = Measure("vote", Kind.NPS), Measure("vote", Kind.MEAN)


def files(lake: Lake) -> list[Path]:
    return [place_of(lake.folder / "lake", part["sha256"]) for part in lake.parts]


def test_fractional_weights_are_summed_exactly(tmp_path: Path) -> None:
    lake = Lake(tmp_path, WEIGHTED)
    taken = lake.take(FILE)
    assert (taken.problems, taken.observations) == ([], 2)
    with Session(files(lake), tmp_path / "spill") as session:
        found = ask(session, [NPS], []).total("vote")
        [plain] = levels(session, [MEAN]).values()
    three = Fraction(3, 4)
    assert found == Moments(
        2,
        Fraction(27, 4) * 10**6 + 6 * 10**6,
        (81 * three + 24) * 10**12,
        three,
        Fraction(3, 2),
        Fraction(1, 4),
        three**2 + Fraction(9, 4) - 2,
    )
    assert (plain.n, plain.mean()) == (2, Fraction(17, 3))


def test_files_with_and_without_weights_are_summed_together(tmp_path: Path) -> None:
    weighted, plain = Lake(tmp_path / "a", WEIGHTED), Lake(tmp_path / "b")
    for lake in (weighted, plain):
        lake.folder.mkdir()
    weighted.take(FILE)
    plain.take("id,day,shop,vote\nE,2026-07-15,x,10\n")
    with Session([*files(weighted), *files(plain)], tmp_path / "spill") as session:
        found = ask(session, [MEAN], []).total("vote")
    assert (found.n, found.weight, found.mean()) == (3, Fraction(13, 4), Fraction(91, 13))


def test_a_file_without_weights_has_no_column_of_weights(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.take("id,day,shop,vote\nE,2026-07-15,x,10\n")
    names = [
        row[0] for row in duckdb.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(files(lake)[0])]).fetchall()
    ]
    assert "w" not in names


@pytest.mark.parametrize("weight", ["-1", "", "tanto", "1000001"])
def test_what_is_no_weight_is_refused_with_its_row(tmp_path: Path, weight: str) -> None:
    lake = Lake(tmp_path, WEIGHTED)
    assert lake.problems(FILE + f"E;2026-07-15;x;5;{weight}\n") == [("bad_weight", 6, "w")]


def test_medians_are_not_weighted() -> None:
    with pytest.raises(MappingError) as error:
        parse_mapping(WEIGHTED, {"vote": IndicatorFacts("vote", ordered=True)})
    assert (error.value.key_path, error.value.message_code) == ("weight", "weight_of_median")


def test_another_weight_is_another_answer(tmp_path: Path) -> None:
    lake = Lake(tmp_path, WEIGHTED)
    lake.take(FILE)
    known = tuple((part["quarter"], part["sha256"]) for part in lake.parts)
    again = lake.take(FILE.replace("0,75", "0,5"), known=known, how="update")
    assert again.receipt["diff"] == {"new": 0, "changed": 1, "equal": 1, "gone": 0}
    assert [rest["observations"] for rest in again.rests] == [1]
