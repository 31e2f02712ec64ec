"""Parts that bring their sums: what is taken from them is what their rows give."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys import written
from metrics.engine.asking import ask, join
from metrics.engine.duckdb import Session
from metrics.engine.levels import levels, weekly
from metrics.engine.moments import Measure, Question
from metrics.stats.kinds import Kind, Moments
from tests.metrics.observations import Row, write

VOTE, TOP = Measure("voto", Kind.MEAN), Measure("soddisfatti", Kind.TOP_BOX, Decimal(4))
ALL = [VOTE, TOP, Measure("reclami", Kind.RATE)]
SLUGS = [measure.slug for measure in ALL]
ROW = st.builds(
    Row,
    indicator=st.sampled_from(SLUGS),
    value=st.decimals(Decimal(-10_000_000), Decimal(100_000_000), places=6).map(str),
    case=st.sampled_from("abcdef"),
    unit=st.sampled_from([None, "Roma", "Bari"]),
    day=st.integers(20_000, 20_030),
)
MANY = st.builds(Row, st.sampled_from(SLUGS), st.integers(0, 9), unit=st.just("Roma"), n=st.integers(1, 9))
LAST = st.builds(Row, st.just("voto"), st.integers(0, 9), st.sampled_from("ab"), rule=st.just("last"), ord=st.just("1"))
STORED = """SELECT * REPLACE (indicator::VARCHAR AS indicator), NULL::DECIMAL(18,6) AS w FROM '{file}'"""


@pytest.fixture(autouse=True, scope="module")
def _even_for_few_rows() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(written, "FEWER", 0)
        yield


def as_a_part(file: Path) -> Path:
    """The file as ingestion writes it."""
    part, query = file.with_suffix(".part.parquet"), STORED.format(file=file)
    with duckdb.connect() as connection:
        options = written.options(connection, query)
        connection.execute(f"COPY (SELECT * EXCLUDE (w) FROM ({query})) TO '{part}' ({options})")  # noqa: S608
    return part


def found(files: Sequence[Path], trusting: bool) -> tuple[object, ...]:
    with Session(files, files[0].parent / "spill", trusting=trusting) as session:
        asked = [Question("voto", drivers=("reclami",))]
        facts, joined = ask(session, ALL, asked), join(session, ALL, asked)
        more = levels(session, ALL), weekly(session, ALL)(), bool(session.brought)
        return facts.folds, facts.units, facts.unit_folds, joined.driver_units, *more


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(ROW, min_size=1),
    more=st.lists(ROW, min_size=1),
    others=st.lists(st.one_of(ROW, MANY, LAST), min_size=1),
)
def test_sums_brought_are_those_of_the_rows(
    tmp_path: Path, rows: list[Row], more: list[Row], others: list[Row]
) -> None:
    first, second, plain = write(tmp_path, rows, more, others)
    for files in ([as_a_part(first), as_a_part(second)], [as_a_part(first), plain]):
        *taken, summed = found(files, trusting=True)
        *counted, read = found(files, trusting=False)
        assert (taken, summed, read) == (counted, True, False)


@pytest.mark.parametrize("odd", [Row("voto", 1, unit="Roma", n=2), Row("voto", 1, "a", rule="last", ord="1")])
def test_rows_that_do_not_simply_count_bring_no_sums(tmp_path: Path, odd: Row) -> None:
    (file,) = write(tmp_path, [Row("voto", 3, "b"), odd])
    assert found([as_a_part(file)], trusting=True)[-1] is False


def test_few_rows_bring_no_sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "FEWER", 16)
    (file,) = write(tmp_path, [Row("voto", 3, "b")] * 15)
    assert found([as_a_part(file)], trusting=True)[-1] is False


def test_who_does_not_trust_sums_the_rows(tmp_path: Path) -> None:
    right, wrong = write(tmp_path, [Row("voto", 3, "b")], [Row("voto", 4, "b")])
    with duckdb.connect() as connection:
        connection.execute("SET VARIABLE sums = ?", [_sums_of(wrong)])
        part = right.with_suffix(".part.parquet")
        options = f"FORMAT parquet, KV_METADATA {{'{written.NAME}': getvariable('sums')}}"
        connection.execute(f"COPY (SELECT * FROM '{right}') TO '{part}' ({options})")  # noqa: S608
    for trusting, total in ((True, 4_000_000), (False, 3_000_000)):
        with Session([part], tmp_path / "spill", trusting=trusting) as session:
            assert Moments.merged(ask(session, ALL, []).folds["voto"].values()).s == total


def _sums_of(file: Path) -> bytes:
    query = f"SELECT value FROM parquet_kv_metadata('{as_a_part(file)}') WHERE key = '{written.NAME}'"  # noqa: S608
    with duckdb.connect() as connection:
        ((sums,),) = connection.execute(query).fetchall()
    assert isinstance(sums, bytes)
    return sums
