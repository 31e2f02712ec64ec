"""Any result beside any outcome: what a pair shows alone, and what many tried show together."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from metrics.derive.driving import driver_rows
from metrics.derive.effects import Weights
from metrics.derive.fits import fits
from metrics.derive.inputs import questions
from metrics.derive.pairs import Tried, alone, judged, outcomes, results, tried
from metrics.derive.report import derive
from metrics.report import EffectRow
from tests.metrics.derive.company import DELIVERY, INDICATORS, LATE, QUEUE, Truth, facts, inputs, observations

WHOLE = Truth()


def found(folder: Path, result: str, outcome: str, truth: Truth = WHOLE) -> Tried:
    rows = observations(truth, "now")
    report = derive(inputs(facts(folder / "whole", rows)))
    pair = alone(report, result, outcome)
    return tried(inputs(facts(folder / "pair", rows, pair), indicators=pair))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("whole", "pair"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_a_pair_is_the_fit_of_that_one_result(folder: Path) -> None:
    rows = observations(Truth(), "now")
    pair = (DELIVERY, replace(LATE, influences=("consegna",)))
    given = inputs(facts(folder / "whole", rows, pair), indicators=pair)
    (row,) = driver_rows(fits(given, questions(pair)), Weights({}, {}))
    shown = found(folder, "ritardo", "voto_consegna").row
    assert (shown.points, shown.low, shown.high, shown.share, shown.n) == (
        row.points,
        row.low,
        row.high,
        row.share,
        row.n,
    )


def test_a_pair_nobody_declared_is_joined_case_by_case(folder: Path) -> None:
    shown = found(folder, "ritardo", "voto_acquisto").row
    assert (shown.outcome, shown.n, shown.points is not None) == ("voto_acquisto", 600, True)


def test_a_planted_link_is_found_with_its_sign(folder: Path) -> None:
    late = found(folder, "ritardo", "voto_consegna")
    assert (late.row.points is not None and late.row.points < -20, (late.p_value or 1) < 0.001) == (True, True)


def test_under_fifty_cases_a_pair_has_no_number(folder: Path) -> None:
    shown = found(folder, "ritardo", "voto_consegna", Truth(cases=40))
    assert (shown.row.points, shown.row.note, shown.p_value) == (None, "refused", None)


def test_a_pair_is_no_lever(folder: Path) -> None:
    assert not {"now", "seen", "worth"} & set(found(folder, "ritardo", "voto_consegna").row.detail)


def test_what_departments_do_stands_beside_what_customers_say() -> None:
    assert [row.slug for row in results(INDICATORS)] == [LATE.slug, QUEUE.slug]
    assert [row.slug for row in outcomes(INDICATORS)] == ["voto_acquisto", "voto_consegna"]


def test_an_outcome_outside_health_can_be_tried_too() -> None:
    assert [row.slug for row in outcomes([replace(DELIVERY, in_health=False)])] == ["voto_consegna"]


def pair_of(p_value: float) -> Tried:
    row = EffectRow(
        "driver", indicator="x", n=400, points=Decimal(2), low=Decimal(1), high=Decimal(3), verdict="better"
    )
    return Tried(row, p_value)


def test_the_more_pairs_are_tried_the_less_a_chance_find_counts() -> None:
    assert [row.verdict for row in judged([pair_of(0.03)])] == ["better"]
    many = judged([pair_of(0.03), *(pair_of(0.2 + number / 50) for number in range(9))])
    assert many[0].verdict == "unproven"


def test_a_pair_without_a_number_leaves_the_family() -> None:
    empty = Tried(EffectRow("driver", indicator="y", note="refused", verdict="too_little"), None)
    assert [row.verdict for row in judged([pair_of(0.03), empty])] == ["better", "too_little"]
