"""A column whose numbers are written in two ways is one question; codes among votes are nobody's guess."""

import io
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys.questions import answers, asked, unanswered
from journeys.reading.numbers import NumberFormat
from journeys.reading.recognise import recognise
from tests.journeys.taking import VOTES, Lake

BOTH = NumberFormat(",", ".", mixed=True)


def questions(rows: str) -> list[dict[str, Any]]:
    text = "id;day;shop;vote\n" + "".join(f"{i};2026-07-15;x;{cell}\n" for i, cell in enumerate(rows.split()))
    return [asdict(one) for one in recognise(io.BytesIO(text.encode()), "x.csv").questions]


@given(st.decimals(min_value=-99999, max_value=99999, places=2))
def test_either_way_of_writing_is_read_exactly(value: Decimal) -> None:
    english = f"{value:,.2f}"
    italian = english.translate({ord(","): ".", ord("."): ","})
    assert (BOTH.parse(italian), BOTH.parse(english)) == (value, value)


def test_what_both_ways_could_be_is_read_as_the_first() -> None:
    assert (BOTH.parse("1.234"), NumberFormat(".", ",", mixed=True).parse("1.234")) == (Decimal(1234), Decimal("1.234"))


@pytest.mark.parametrize(
    ("cells", "said", "stored"),
    [
        ("1.234,5 1.234 1234.50", "yes", [1234.5, 1234.0, 1234.5]),
        ("1.234,5 1.234 1234.50", "no", [1234.5, 1.234, 1234.5]),
    ],
)
def test_the_answer_says_how_the_column_is_stored(tmp_path: Path, cells: str, said: str, stored: list[float]) -> None:
    open_ones = questions(cells)
    piece = answers(open_ones, {"q0": said})
    lake = Lake(tmp_path, {**VOTES, **piece})
    rows = "".join(f"{i};2026-07-15;x;{cell}\n" for i, cell in enumerate(cells.split()))
    assert lake.take("id;day;shop;vote\n" + rows).problems == []
    assert lake.values("vote") == stored


def test_the_doubtful_text_is_in_the_question() -> None:
    [one] = asked(questions("1.234,5 1.234 1234.50"))
    assert "leggo 1.234 · 1.234,5 · 1234.50 come 1234 · 1234 virgola 5 · 1234 virgola 5" in one.text
    assert one.no == "No, 1.234 è 1 virgola 234"


def test_codes_among_votes_are_for_a_person_to_judge() -> None:
    open_ones = questions(" ".join(["7", "8", "9", "10", "3"] * 6 + ["99"]))
    [one] = asked(open_ones)
    assert one.text == "In «vote» i valori vanno da 3 a 10, e alcune celle dicono 99. Che cosa significa?"
    assert (one.answer, unanswered(open_ones, {}), one.no) == ("", True, "Un valore come gli altri")


def test_the_answer_about_codes_is_remembered_either_way() -> None:
    open_ones = questions(" ".join(["7", "8", "9", "10", "3"] * 6 + ["99"]))
    assert answers(open_ones, {"q0": "yes"}) == {"columns": {"vote": {"null": ["99"]}}}
    assert answers(open_ones, {"q0": "no"}) == {"columns": {"vote": {"null": []}}}


def test_a_slip_among_many_numbers_does_not_hide_how_they_are_written() -> None:
    from journeys.reading.columns import describe

    column = describe(0, "voto", [*["7,5", "8", "6,5"] * 4, "8/10"]).column
    assert (column.kind, column.answers["decimal"]) == ("number", ",")


def test_a_workbook_s_days_beside_typed_ones_are_one_column_of_dates() -> None:
    from journeys.reading.columns import describe

    told, doubtful = (describe(0, "giorno", ["2026-07-06", text]) for text in ("20/07/2026", "03/04/2026"))
    assert (told.column.kind, told.questions) == ("date", [])
    [question] = doubtful.questions
    assert (question.code, question.reading, question.other) == ("dates", "2026-04-03", "2026-03-04")


def test_a_day_that_does_not_exist_does_not_hide_how_the_others_are_written() -> None:
    from journeys.reading.columns import describe

    days = [f"{day:02}/07/2026" for day in range(1, 29)] * 3
    column = describe(0, "giorno", [*days, "31/09/2026", "da decidere"]).column
    assert (column.kind, column.answers) == ("date", {"dates": ["%d/%m/%Y"]})


def test_a_column_of_which_many_texts_are_no_days_holds_no_days() -> None:
    from journeys.reading.columns import describe

    days = [f"{day:02}/07/2026" for day in range(1, 29)]
    assert describe(0, "giorno", [*days, *["da decidere"] * 5]).column.kind != "date"
