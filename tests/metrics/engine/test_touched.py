"""Sums of the cases that met a touchpoint: against a count by hand, on any data."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.engine.asking import join
from metrics.engine.duckdb import Session
from metrics.engine.moments import EVERYBODY, Measure, Question, Touched
from metrics.stats.kinds import Kind, Moments
from tests.metrics.observations import Row, write

MILLION = 10**6
VOTES = (
    Measure("voto", Kind.MEAN),
    Measure("nps", Kind.NPS),
    Measure("soddisfatti", Kind.TOP_BOX, Decimal(4)),
    Measure("risolto", Kind.SHARE),
)
TILL, HOME = ("acquisto", "cassa"), ("consegna", "casa")
PLACES = {TILL: ["coda", "casse"], HOME: ["ritardo"]}
SLUGS = [*(measure.slug for measure in VOTES), *PLACES[TILL], *PLACES[HOME], "altro"]

rows = st.lists(
    st.builds(
        Row,
        st.sampled_from(SLUGS),
        st.integers(0, 10),
        st.sampled_from([None, *"abcdefgh"]),
        n=st.sampled_from([1, 1, 1, 3]),
    ),
    max_size=60,
)


def summed(*files: list[Row]) -> Touched:
    with TemporaryDirectory() as folder:
        paths = write(Path(folder), *(file for file in files if file))
        with Session(paths, Path(folder) / "spill") as session:
            return join(session, VOTES, [Question(measure.slug) for measure in VOTES], PLACES).touched


def answer(measure: Measure, votes: list[int]) -> int:
    """One case's answer in millionths of what it adds to the outcome's level."""
    mean = sum(votes) * MILLION // len(votes)
    if measure.kind is Kind.TOP_BOX:
        return MILLION * (mean >= 4 * MILLION)
    if measure.kind is Kind.NPS:
        return 100 * MILLION * ((mean >= 9 * MILLION) - (mean <= 6 * MILLION))
    return mean


def counted(found: list[Row]) -> Touched:
    """The same by hand: case by case."""
    votes: dict[tuple[str, str], list[int]] = defaultdict(list)
    met: dict[str, set[tuple[str, str]]] = defaultdict(lambda: {EVERYBODY})
    folds: dict[str, int] = {}
    for row in found:
        if row.case is not None and row.n == 1:
            folds[row.case] = int(row.record(0)["fold"])  # type: ignore[call-overload]
            votes[row.indicator, row.case].append(int(row.value))
            met[row.case] |= {place for place, slugs in PLACES.items() if row.indicator in slugs}
    sums: Touched = {}
    for measure in VOTES:
        for case in folds:
            if values := votes.get((measure.slug, case)):
                for place in met[case]:
                    cell = sums.setdefault(measure.slug, {}).setdefault(place, {})
                    cell[folds[case]] = cell.get(folds[case], Moments()) + Moments(1, answer(measure, values))
    return sums


@settings(max_examples=60)
@given(rows)
def test_the_sums_are_those_of_a_count_case_by_case(found: list[Row]) -> None:
    assert summed(found) == counted(found)


@settings(max_examples=30)
@given(rows, st.randoms(use_true_random=False), st.integers(0, 60))
def test_rows_in_another_order_and_other_files_give_the_same_sums(found: list[Row], chance: Random, cut: int) -> None:
    shuffled = chance.sample(found, len(found))
    assert summed(shuffled[:cut], shuffled[cut:]) == summed(found)


def test_folds_come_in_their_order_whatever_the_order_of_the_rows() -> None:
    found = [row for case in range(200) for row in (Row("voto", case % 11, str(case)), Row("coda", 1, str(case)))]
    for by_place in (summed(found)["voto"], summed(found[::-1])["voto"]):
        assert [list(folds) == sorted(folds) for folds in by_place.values()] == [True, True]


def test_a_case_with_two_indicators_of_a_touchpoint_counts_once() -> None:
    found = summed([Row("voto", 7, "a"), Row("coda", 12, "a"), Row("coda", 3, "a"), Row("casse", 4, "a")])
    assert list(found["voto"][TILL].values()) == [Moments(1, 7 * MILLION)]


def test_a_case_whose_event_did_not_happen_met_the_touchpoint_all_the_same() -> None:
    found = summed([Row("voto", 9, "a"), Row("ritardo", 0, "a")])
    assert list(found["voto"]) == [EVERYBODY, HOME]


def test_an_answer_given_twice_counts_with_its_mean() -> None:
    found = summed([Row("soddisfatti", 5, "a"), Row("soddisfatti", 2, "a"), Row("coda", 1, "a")])
    assert list(found["soddisfatti"][TILL].values()) == [Moments(1, 0)]


@pytest.mark.parametrize("row", [Row("coda", 1, None, "Roma"), Row("coda", 1, "a", n=3)], ids=["no case", "several"])
def test_a_row_that_is_not_of_one_case_says_nothing_of_who_met_the_touchpoint(row: Row) -> None:
    assert list(summed([Row("voto", 9, "a"), row])["voto"]) == [EVERYBODY]
