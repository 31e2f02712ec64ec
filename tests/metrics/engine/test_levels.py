"""Levels of a few indicators: the same sums as the moments of everything, of the indicators asked about alone."""

from decimal import Decimal
from pathlib import Path

from metrics.engine.asking import ask
from metrics.engine.duckdb import Session
from metrics.engine.levels import levels
from metrics.engine.moments import Measure
from metrics.stats.kinds import Kind
from tests.metrics.observations import Row, write

MEASURES = [
    Measure("quota", Kind.SHARE),
    Measure("soddisfatti", Kind.TOP_BOX, Decimal(4)),
    Measure("nps", Kind.NPS),
    Measure("minuti", Kind.MEAN),
]
ROWS = [
    *(Row("quota", number % 2, f"q{number}") for number in range(9)),
    *(Row("soddisfatti", number % 5 + 1, f"s{number}") for number in range(12)),
    *(Row("nps", number % 11, f"n{number}", rule="last", ord=str(number)) for number in range(25)),
    Row("minuti", "7.25", None, "Roma", n=40, sd="2"),
]


def test_levels_are_those_of_the_moments(tmp_path: Path) -> None:
    files = write(tmp_path, ROWS)
    with Session(files, tmp_path) as whole, Session(files, tmp_path, [row.slug for row in MEASURES]) as session:
        everything, found = ask(whole, MEASURES, []), levels(session, MEASURES)
    expected = {row.slug: everything.total(row.slug) for row in MEASURES}
    assert {slug: (m.n, m.s, m.hi, m.lo) for slug, m in found.items()} == {
        slug: (m.n, m.s, m.hi, m.lo) for slug, m in expected.items()
    }


def test_an_indicator_left_out_of_the_session_has_no_level(tmp_path: Path) -> None:
    with Session(write(tmp_path, ROWS), tmp_path, ["quota"]) as session:
        assert set(levels(session, MEASURES)) == {"quota"}
