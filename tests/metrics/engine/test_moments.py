"""What the engine answers, on small files whose sums are known by hand."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics.engine.asking import ask
from metrics.engine.duckdb import Session
from metrics.engine.moments import Facts, Measure, Question
from metrics.engine.sums import millionths
from metrics.stats.kinds import Kind, Moments
from tests.metrics.observations import Row, told, write

VOTE = Measure("voto", Kind.MEAN)
LATE = Measure("ritardo", Kind.SHARE)
TOP = Measure("soddisfatti", Kind.TOP_BOX, Decimal(4))
NPS = Measure("nps", Kind.NPS)
WAIT = Measure("attesa", Kind.MEDIAN)
RATE = Measure("reclami", Kind.RATE)
ALL = [VOTE, LATE, TOP, NPS, WAIT, RATE]


def answers(folder: Path, *files: list[Row], questions: tuple[Question, ...] = ()) -> Facts:
    with Session(write(folder, *files), folder / "spill") as session:
        return told(session, ALL, questions)


def test_sums_are_exact_decimals(tmp_path: Path) -> None:
    facts = answers(tmp_path, [Row("voto", "0.1", str(k)) for k in range(10)])
    assert facts.total("voto") == Moments(n=10, s=1_000_000, ss=100_000_000_000)


def test_an_aggregated_row_counts_for_all_its_answers(tmp_path: Path) -> None:
    facts = answers(tmp_path, [Row("voto", 4, unit="Roma", n=3, sd="1")])
    assert facts.total("voto") == Moments(n=3, s=12_000_000, ss=(3 * 16 + 2) * 10**12)


def test_a_rate_sums_events_over_its_base(tmp_path: Path) -> None:
    facts = answers(tmp_path, [Row("reclami", 7, unit="Roma", n=1000), Row("reclami", 5, unit="Bari", n=500)])
    assert (facts.total("reclami").s, facts.total("reclami").n) == (12_000_000, 1500)


def test_the_top_box_counts_from_its_lowest_value_up(tmp_path: Path) -> None:
    facts = answers(tmp_path, [Row("soddisfatti", vote, str(vote)) for vote in (1, 2, 3, 4, 5)])
    assert facts.total("soddisfatti").hi == 2


def test_nps_counts_promoters_and_detractors(tmp_path: Path) -> None:
    facts = answers(tmp_path, [Row("nps", vote, str(vote)) for vote in range(11)])
    assert (facts.total("nps").hi, facts.total("nps").lo) == (2, 7)


def test_the_last_row_of_a_case_is_the_one_that_counts(tmp_path: Path) -> None:
    first = [
        Row("voto", 5, "ordine", rule="last", ord="2026-07-02"),
        Row("voto", 1, "ordine", rule="last", ord="2026-07-01"),
    ]
    assert answers(tmp_path, first).total("voto") == Moments(n=1, s=5_000_000, ss=25 * 10**12)


def test_of_rows_with_the_same_order_key_the_greatest_value_counts(tmp_path: Path) -> None:
    rows = [Row("voto", value, "ordine", rule="last", ord="1") for value in (2, 3, 1)]
    assert answers(tmp_path, rows).total("voto").s == 3_000_000


def test_rows_of_a_case_are_counted_together(tmp_path: Path) -> None:
    rows = [Row("voto", 1, case, rule="count") for case in ("a", "a", "a", "b")]
    assert answers(tmp_path, rows).total("voto") == Moments(n=2, s=4_000_000, ss=10 * 10**12)


def test_units_are_summed_apart_and_a_row_without_unit_is_in_the_whole_only(tmp_path: Path) -> None:
    facts = answers(tmp_path, [Row("voto", 1, "a", "Roma"), Row("voto", 2, "b", "Bari"), Row("voto", 4, "c")])
    assert {unit: moments.s for unit, moments in facts.units["voto"].items()} == {"Roma": 1_000_000, "Bari": 2_000_000}
    assert facts.total("voto").s == 7_000_000


def test_medians_keep_every_value_in_order(tmp_path: Path) -> None:
    facts = answers(tmp_path, [Row("attesa", value, str(value)) for value in (3, 1, 2)])
    assert facts.ordered["attesa"].values.tolist() == [1_000_000, 2_000_000, 3_000_000]


def test_drivers_are_summed_over_the_cases_where_all_are_known(tmp_path: Path) -> None:
    rows = [Row("voto", 2, "a"), Row("ritardo", 1, "a"), Row("voto", 5, "b"), Row("ritardo", 0, "c")]
    facts = answers(tmp_path, rows, questions=(Question("voto", ("ritardo",)),))
    (sums,) = facts.joined.drivers["voto"].values()
    assert (sums.names, sums.n, list(sums.s), sums.ss[0][1]) == (
        ("voto", "ritardo"),
        1,
        [2_000_000, 1_000_000],
        2 * 10**12,
    )


def test_a_case_with_several_rows_of_a_result_is_joined_by_their_mean(tmp_path: Path) -> None:
    rows = [Row("voto", 3, "a"), Row("ritardo", 0, "a"), Row("ritardo", 1, "a")]
    facts = answers(tmp_path, rows, questions=(Question("voto", ("ritardo",)),))
    (sums,) = facts.joined.drivers["voto"].values()
    assert sums.s[1] == 500_000


def test_an_event_that_happened_in_half_of_a_cases_rows_did_not_happen(tmp_path: Path) -> None:
    rows = [Row(slug, value, "a") for slug, value in (("voto", 3), ("ritardo", 0), ("ritardo", 1), ("reso", 1))]
    rows += [Row(slug, value, "b") for slug, value in (("voto", 5), ("ritardo", 0), ("reso", 1))]
    asked = Question("voto", events=("ritardo", "reso"), pairs=(("ritardo", "reso"),))
    with Session(write(tmp_path, rows), tmp_path / "spill") as session:
        facts = told(session, [*ALL, Measure("reso", Kind.SHARE)], [asked])
    assert facts.joined.cells["voto", "ritardo", "reso"] == {(0, 1): Moments(2, 8_000_000, 34 * 10**12)}


@given(st.integers(1 - 10**15, 10**15 - 1))
def test_values_leave_the_engine_exactly(stored: int) -> None:
    with duckdb.connect() as connection:
        columns = connection.execute("SELECT ?::DECIMAL(18,6) AS x", [f"{Decimal(stored).scaleb(-6):f}"]).fetchnumpy()
        assert millionths(columns["x"]).tolist() == [stored]


@pytest.mark.parametrize(("vote", "worth"), [(10, 100), (9, 100), (8, 0), (7, 0), (6, -100), (0, -100)])
def test_an_nps_answer_is_joined_as_what_it_adds(tmp_path: Path, vote: int, worth: int) -> None:
    rows = [Row("nps", vote, "a"), Row("ritardo", 1, "a")]
    facts = answers(tmp_path, rows, questions=(Question("nps", events=("ritardo",)),))
    ((met, _),) = facts.joined.events["nps", "ritardo"].values()
    assert met.s == worth * 1_000_000


def test_without_files_there_is_nothing_and_no_error(tmp_path: Path) -> None:
    with Session([], tmp_path) as session:
        assert ask(session, ALL, ()) == Facts()


RULES = {"voto": "last", "ritardo": "count", "attesa": "last"}


@st.composite
def observation(draw: st.DrawFn) -> Row:
    indicator = draw(st.sampled_from(sorted(RULES)))
    case, unit = draw(st.sampled_from("abcdefgh")), draw(st.sampled_from(["Roma", "Bari", None]))
    value = 1 if RULES[indicator] == "count" else draw(st.integers(0, 5))
    return Row(indicator, value, case, unit, rule=RULES[indicator], ord=draw(st.sampled_from(["1", "2"])))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(observation(), min_size=1, max_size=30),
    order=st.randoms(use_true_random=False),
    cuts=st.tuples(st.integers(0, 30), st.integers(0, 30)),
)
def test_how_rows_are_ordered_and_split_into_files_changes_no_sum(
    tmp_path: Path, rows: list[Row], order: object, cuts: tuple[int, int]
) -> None:
    shuffled = list(rows)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = sorted(cuts)
    pieces = [piece for piece in (shuffled[:first], shuffled[first:second], shuffled[second:]) if piece]
    asked = (Question("voto", ("ritardo",), ("ritardo",)),)
    whole = answers(tmp_path / "whole", rows, questions=asked)
    split = answers(tmp_path / "split", *pieces, questions=asked)
    assert (whole.folds, whole.units, whole.joined.drivers, whole.joined.events) == (
        split.folds,
        split.units,
        split.joined.drivers,
        split.joined.events,
    )
