"""From bytes to observations: derivations are exact, doubts refuse the whole file with row and column."""

import csv
import io
import random
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeys.files import place_of
from journeys.pseudonyms import fold, pseudonym
from journeys.reading.mapping import IndicatorFacts
from journeys.written import NAME
from tests.journeys.taking import KEY, Lake, calendar

HEAD = "id,day,shop,vote\n"
FUZZ = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path)


def of(lake: Lake, entry: dict[str, Any], *facts: IndicatorFacts, **keys: Any) -> Lake:
    """The lake with another mapping: one indicator, ``it``, made so."""
    mapping = {"date": "day", "values": [{"indicator": "it", **entry}], **keys}
    return Lake(lake.folder, mapping, *facts)


def test_a_row_becomes_an_observation_with_every_column_of_the_schema(lake: Lake) -> None:
    taken = lake.take(HEAD + "A-1,2026-07-15,Milano,8\n")
    assert (taken.problems, taken.rows_in, taken.rows_out, taken.units) == ([], 1, 1, ["Milano"])
    (row,) = lake.rows("*")
    assert row == (
        "vote", "sales", "Milano", pseudonym(KEY, "A-1"), fold("A-1"), datetime(2026, 7, 15).date(),
        Decimal(8), 1, None, "each", None, 2,
    )  # fmt: skip
    kinds = "VARCHAR VARCHAR VARCHAR UUID UTINYINT DATE DECIMAL(18,6) BIGINT DECIMAL(18,6) VARCHAR VARCHAR INTEGER"
    names = ["indicator", "department", "unit", "case", "fold", "day", "value", "n", "sd", "rule", "ord", "line"]
    described = lake.rows(", ".join(f'typeof("{name}")' for name in names))
    assert described == [tuple(kinds.split())]


def test_a_file_is_cut_into_one_part_a_quarter(lake: Lake) -> None:
    taken = lake.take(HEAD + "1,2026-07-15,,8\n2,2026-06-30,,9\n3,2026-07-01,,9\n")
    assert [(part["quarter"], part["observations"]) for part in taken.parts] == [("2026-2", 1), ("2026-3", 2)]


def test_the_fiscal_year_decides_the_quarter(lake: Lake) -> None:
    lake.calendar = calendar(["2026-1"])
    lake.calendar = type(lake.calendar)((2025 * 4,), (), 7, lake.calendar.latest)
    taken = lake.take(HEAD + "1,2025-07-01,,8\n")
    assert [part["quarter"] for part in taken.parts] == ["2026-1"]


@pytest.mark.parametrize(
    ("by", "start", "end", "seconds"),
    [
        ("hours", "2026-07-01 10:00:00", "2026-07-01 11:30:01", 5401),
        ("days", "2026-07-02 00:00:00", "2026-07-01 00:00:00", -86400),
        ("days", "2026-07-01", "2026-07-03", 172800),
        ("working_days", "2026-07-03 18:00:00", "2026-07-06 09:00:00", 86400),
        ("working_days", "2026-07-04", "2026-07-05", 0),
        ("working_days", "2026-07-06", "2026-07-03", -86400),
        ("working_days", "2026-07-01", "2026-07-15", 864000),
    ],
)
def test_a_duration_is_kept_in_seconds(lake: Lake, by: str, start: str, end: str, seconds: int) -> None:
    of_duration = of(lake, {"duration": {"start": "from", "end": "to", "by": by}})
    of_duration.take(f"day,from,to\n2026-07-01,{start},{end}\n")
    assert of_duration.values("it") == [seconds]


@pytest.mark.parametrize(
    ("entry", "cells", "value"),
    [
        ({"later": {"column": "a", "than": "b"}}, ("2026-07-02 10:00:00", "2026-07-02 09:00:00"), 1),
        ({"later": {"column": "a", "than": "b", "by": "day"}}, ("2026-07-02 10:00:00", "2026-07-02 00:00:00"), 0),
        ({"later": {"column": "a", "than": "b", "by": "day"}}, ("2026-07-03", "2026-07-02 23:00:00"), 1),
        ({"in": {"column": "a", "values": ["lost", "sent back"]}}, ("sent back", ""), 1),
        ({"in": {"column": "a", "values": ["lost"]}}, ("arrived", ""), 0),
        ({"over": {"column": "a", "threshold": 1}}, ("1", ""), 0),
        ({"over": {"column": "a", "threshold": 1.5}}, ("1.6", ""), 1),
        ({"over": {"start": "a", "end": "b", "by": "hours", "threshold": 24}}, ("2026-07-01", "2026-07-02"), 0),
        (
            {"over": {"start": "a", "end": "b", "by": "hours", "threshold": 24}},
            ("2026-07-01", "2026-07-02 00:00:01"),
            1,
        ),
        ({"filled": "a"}, ("thank you", ""), 1),
        ({"filled": "a"}, (" NA ", ""), 0),
        ({"blank": "a"}, ("", ""), 1),
    ],
)
def test_a_yes_or_no_is_kept_as_one_or_zero(
    lake: Lake, entry: dict[str, Any], cells: tuple[str, str], value: int
) -> None:
    made = of(lake, entry)
    taken = made.take(f"day,a,b\n2026-07-01,{cells[0]},{cells[1]}\n")
    assert (taken.problems, made.values("it")) == ([], [value])


@pytest.mark.parametrize("null", ["", "NA", "N/A", "#N/D", "-", "null", " "])
def test_a_missing_answer_gives_no_observation_and_is_counted(lake: Lake, null: str) -> None:
    taken = lake.take(HEAD + f"1,2026-07-15,,{null}\n2,2026-07-15,,7\n")
    assert taken.receipt["indicators"] == {"vote": {"observations": 1, "missing": 1}}
    assert (taken.rows_in, taken.rows_out) == (2, 1)


@pytest.mark.parametrize("entry", [{"in": {"column": "v", "values": ["#1"]}}, {"filled": "v"}, {"count": "rows"}])
@pytest.mark.parametrize("text", ["#DIV/0!", "#RIF!", "#valore!", "#N/A"])
def test_a_formula_that_failed_is_no_answer_where_the_text_is_read(
    lake: Lake, text: str, entry: dict[str, Any]
) -> None:
    made = of(lake, entry, case="v")
    assert made.problems(f"day,v\n2026-07-01,#1\n2026-07-01,{text}\n") == [("formula_error", 3, "v")]


def test_a_text_that_begins_with_a_hash_is_a_text(lake: Lake) -> None:
    made = of(lake, {"in": {"column": "v", "values": ["#1"]}}, case="v")
    made.take("day,v\n2026-07-01,#1\n2026-07-01,#2\n")
    assert made.values("it") == [1, 0]


def test_a_number_that_means_missing_is_not_a_value(lake: Lake) -> None:
    made = of(lake, {"column": "v"}, null=["999"])
    made.take("day,v\n2026-07-01,999\n2026-07-01,5\n")
    assert made.values("it") == [5]


def test_minutes_in_a_column_are_kept_in_seconds(lake: Lake) -> None:
    made = of(lake, {"column": "v"}, IndicatorFacts("it", divisor=60, highest=Decimal(100)))
    made.take("day,v\n2026-07-01,1.5\n")
    assert made.values("it") == [90]


def test_an_aggregate_keeps_its_base_and_spread(lake: Lake) -> None:
    made = of(lake, {"column": "v", "n": "calls", "sd": "sd"})
    made.take("day,v,calls,sd\n2026-07-01,4.5,120,1.25\n2026-07-02,4,0,\n2026-07-03,4,,\n2026-07-04,4,9,\n")
    assert made.rows("value, n, sd") == [(Decimal(4), 9, None), (Decimal("4.5"), 120, Decimal("1.25"))]


def test_rows_of_a_case_are_counted_where_the_case_is_known(lake: Lake) -> None:
    made = of(lake, {"count": "rows"}, case="id")
    made.take("id,day\nA,2026-07-01\nA,2026-07-01\n,2026-07-01\n")
    assert made.rows("value, rule") == [(Decimal(1), "count")] * 2


def test_the_order_of_a_case_rows_is_kept_as_sortable_text(lake: Lake) -> None:
    made = of(lake, {"column": "v"}, case="id", last_by=["at", "key"])
    made.take("id,day,v,at,key\nA,2026-07-01,1,2026-07-02,b\nA,2026-07-01,2,2026-07-02 09:00:00,-7\n,2026-07-01,3,,\n")
    assert made.rows("ord, rule") == [
        ("2026-07-02T00:00:00\x1fb", "last"),
        ("2026-07-02T09:00:00\x1f999999999993.000000", "last"),
    ]


def test_without_a_case_the_fold_is_that_of_unit_and_week_or_of_the_day(lake: Lake) -> None:
    made = of(lake, {"column": "v"}, unit="shop")
    made.take("day,v,shop\n2025-12-29,1,Roma\n2025-12-29,1,\n")
    assert sorted(made.rows("fold, unit")) == sorted([(fold("Roma|2026-W01"), "Roma"), (fold("2025-12-29"), None)])


def test_cases_and_units_are_compared_trimmed_and_composed(lake: Lake) -> None:
    lake.take(HEAD + " Forli\u0300\\x41 ,2026-07-15,\u00a0Forli\u0300\t,8\n")
    assert lake.rows('"case", unit') == [(pseudonym(KEY, "Forlì\\x41"), "Forlì")]


def test_italian_numbers_and_dates_are_read_as_declared(lake: Lake) -> None:
    written = {"decimal": ",", "thousands": ".", "dates": ["%d/%m/%Y", "%d/%m/%Y %H:%M"]}
    made = of(lake, {"column": "euro"}, format=written)
    taken = made.take("day;euro\n3/7/2026;1.234,56\n03/07/2026 10:15;7,5\n4/7/2026;-1234\n")
    assert (taken.problems, made.values("it")) == ([], [1234.56, 7.5, -1234])


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("11", "out_of_range"),
        ("-1", "out_of_range"),
        ("9.5", "not_whole"),
        ("NaN", "not_a_number"),
        ("inf", "not_a_number"),
        ("1e400", "not_a_number"),
        ("1e1", "not_a_number"),
        ("1_0", "not_a_number"),
        ("１２", "not_a_number"),
        ("٣", "not_a_number"),
        ("1" * 400, "too_many_digits"),
        ("0.1234567890123456", "too_many_digits"),
        ("1,5", "other_number_format"),
        ("ottimo", "not_a_number"),
        ("0x10", "not_a_number"),
        ("1 2", "not_a_number"),
    ],
)
def test_a_doubtful_number_names_row_and_column(lake: Lake, cell: str, code: str) -> None:
    lake.facts = (IndicatorFacts("vote", lowest=Decimal(0), highest=Decimal(10), whole=True),)
    lake.mapping = {**lake.mapping, "format": {"separator": ";"}}
    content = HEAD.replace(",", ";") + f"1;2026-07-15;x;9\n2;2026-07-15;x;{cell}\n"
    assert lake.problems(content) == [(code, 3, "vote")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "missing_date"),
        ("2025-02-29", "no_such_day"),
        ("2026-13-01", "no_such_day"),
        ("2026-W01-1", "not_a_date"),
        ("20260101", "not_a_date"),
        ("0001-01-01", "date_too_old"),
        ("9999-01-01", "date_in_future"),
        ("2026-09-02", "date_in_future"),
        ("2024-01-01", "unknown_quarter"),
        ("2025-04-01", "published_quarter"),
        ("Totale", "total_row"),
    ],
)
def test_a_doubtful_date_names_row_and_column(lake: Lake, cell: str, code: str) -> None:
    lake.calendar = calendar(published=["2025-2"])
    assert lake.problems(HEAD + f"1,2026-07-15,x,9\n2,{cell},x,9\n") == [(code, 3, "day")]


def test_every_bad_row_is_named_once_and_a_thousand_at_most(lake: Lake) -> None:
    taken = lake.take(HEAD + "".join(f"{i},boh,x,{'y' if i else 1}\n" for i in range(1500)))
    assert (len(taken.problems), taken.problems_total, taken.problems[999]["row"]) == (1000, 1500, 1001)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", ("empty", None, "")),
        (b"\xef\xbb\xbf\n\n", ("empty", None, "")),
        (HEAD.encode(), ("no_rows", None, "")),
        (HEAD.encode() + b",,,\n", ("no_rows", None, "")),
        (b"id,day,shop\n1,2026-07-15,x\n", ("missing_column", None, "vote")),
        (b"id,day,shop,vote,vote\n1,2026-07-15,x,1,1\n", ("header_twice", 1, "vote")),
        (b"Report\n\n\nid,day,shop,vote\n1,2026-07-15,x,1\n", ("header_elsewhere", 4, "")),
        (HEAD.encode() + b"1,2026-07-15,x,7,5\n", ("ragged_row", 2, "")),
        (HEAD.encode() + b"1,2026-07-15,x,7,\n", ("ragged_row", 2, "")),
        (HEAD.encode() + b"1,2026-07-15,x\n", ("ragged_row", 2, "")),
        (HEAD.encode() + b'1,2026-07-15,"x,7\n2,2026-07-15,x,7\n', ("unclosed_quote", 2, "")),
        (HEAD.encode() + b'1,2026-07-15,"1"x,7\n', ("text_after_quote", 2, "shop")),
        (HEAD.encode() + b"1,2026-07-15,aaaaaaaaaaaaaaaaaaaaaaaa\0,7\n", ("null_character", 2, "shop")),
        (HEAD.encode() + "1,2026-07-15,è,7\n".encode() + b"2,2026-07-15,\xe8,7\n", ("bad_byte", 3, "shop")),
        (HEAD.encode() + b"1,2026-07-15,x," + b"1" * 5000 + b"\n", ("cell_too_long", 2, "vote")),
        (HEAD.encode() + b"1,2026-07-15," + b"x" * 129 + b",1\n", ("code_too_long", 2, "shop")),
        (HEAD.encode() + "1,2026-07-15,a\u202eb,1\n".encode(), ("bad_code", 2, "shop")),
        (b"PK\x03\x04....xl/workbook.xml", ("broken_workbook", None, "")),
        (b"%PDF-1.7 ...", ("other_kind", None, "")),
        (b"\xd0\xcf\x11\xe0....", ("other_kind", None, "")),
        (b"<!DOCTYPE html><table><tr><td>1</td></tr></table>", ("other_kind", None, "")),
        (HEAD.encode("utf-16-le") + "1,2026-07-15,x,1\n".encode("utf-16-le"), ("unknown_encoding", None, "")),
        (bytes(range(256)) * 40, ("unknown_encoding", None, "")),
    ],
)
def test_a_misshapen_file_is_refused_with_its_place(
    lake: Lake, content: bytes, problem: tuple[str, int | None, str]
) -> None:
    assert lake.problems(content) == [problem]


@pytest.mark.parametrize(
    "content",
    [
        HEAD + "1,2026-07-15,x,7\n2,2026-07-15,x,8\n",
        HEAD + "1,2026-07-15,x,7\r\n2,2026-07-15,x,8\r\n\r\n",
        HEAD.replace("\n", "\r") + "1,2026-07-15,x,7\r2,2026-07-15,x,8\r",
        HEAD + '"1","2026-07-15","x","7"\n"2","2026-07-15","x","8"',
        "\ufeff" + HEAD + "1,2026-07-15,x,7\n2,2026-07-15,x,8",
        "sep=;\n" + (HEAD + "1,2026-07-15,x,7\n2,2026-07-15,x,8\n").replace(",", ";"),
        (HEAD + "1,2026-07-15,x,7\n2,2026-07-15,x,8\n").replace(",", "\t"),
        (HEAD + "1,2026-07-15,x,7\n2,2026-07-15,x,8\n").replace(",", "|"),
        "ID, Day\u200b ,shop,\u00a0VOTE\n1,2026-07-15,x,7\n2,2026-07-15,x,8\n",
        "note,id,day,shop,vote\n,1,2026-07-15,x,7\n,2,2026-07-15,x,8\n",
        HEAD + "1,2026-07-15,x,+7.0\n2,2026-07-15,x, 8. \n",
        (HEAD + "1,2026-07-15,x,7\n2,2026-07-15,x,8\n").encode("utf-16"),
    ],
)
def test_the_same_rows_written_otherwise_are_the_same_observations(lake: Lake, content: str | bytes) -> None:
    taken = lake.take(content)
    assert (taken.problems, lake.values("vote")) == ([], [7, 8])


def test_windows_1252_is_read_with_a_warning(lake: Lake) -> None:
    taken = lake.take((HEAD + "1,2026-07-15,Forlì,7\n").encode("cp1252"))
    assert (taken.units, [item["code"] for item in taken.receipt["warnings"]]) == (["Forlì"], ["decoded_as"])


def test_rows_are_counted_as_a_spreadsheet_counts_them(lake: Lake) -> None:
    content = HEAD + '1,2026-07-15,"two\nlines",7\n\n3,2026-07-15,x,boh\n'
    assert lake.problems(content.replace("two\nlines", "two  lines")) == [("not_a_number", 4, "vote")]
    broken = HEAD + "1,2026-07-15,x,7\n" + '"2",2026-07-15,"a ""b""",1\n' + "3,2026-07-15,x,boh\n"
    assert lake.problems(broken) == [("not_a_number", 4, "vote")]


def test_lines_inside_quotes_do_not_move_the_rows(lake: Lake) -> None:
    made = of(lake, {"filled": "note"})
    made.take('day,note\n2026-07-15,"one\r\ntwo\nthree"\n2026-07-15,\n')
    assert made.rows("line, value") == [(2, Decimal(1)), (3, Decimal(0))]


def test_a_file_that_is_not_beyond_doubt_still_keeps_its_line_numbers(lake: Lake) -> None:
    lake.take(HEAD + "1,2026-07-15,x,7\n\n\n4,2026-07-15,x,8\n")
    assert lake.rows("line, value") == [(2, Decimal(7)), (5, Decimal(8))]


def test_progress_is_told_by_step(lake: Lake) -> None:
    lake.take(HEAD + "1,2026-07-15,x,7\n")
    assert [step for step, _, _ in lake.told] == ["reading", "checking", "checking", "storing"]


# What the fast reader accepts, the strict reader says


PIECES = ["a", "b", ",", ",", '"', '""', " ", "\n", "\n", "\r\n", "\r", "a,b", '"a"', "é", "#", "\\", "'", ",\n", "\t"]


@FUZZ
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join))
def test_the_fast_reader_never_disagrees_with_the_strict_one(tmp_path: Path, body: str) -> None:
    made = Lake(
        tmp_path,
        {"date": "day", "unit": "b", "case": "a", "null": [], "values": [{"indicator": "it", "filled": "b"}]},
    )
    lines = "\n".join("2026-07-15," + line for line in body.split("\n"))
    content = "day,a,b\n" + lines
    taken = made.take(content)
    try:
        records = list(enumerate(csv.reader(io.StringIO(content, newline=""), strict=True), 1))[1:]
        records = [(row, record) for row, record in records if record]
        sound = all(len(record) == 3 and record[0] == "2026-07-15" for _, record in records)
    except csv.Error:
        sound = False
    if taken.problems:
        codes = {problem["code"] for problem in taken.problems}
        assert not sound or codes <= {"bad_code"}
        return
    assert sound
    trimmed = {row: record[2].strip(" \t\u00a0") or None for row, record in records}
    assert dict(made.rows("line, unit")) == trimmed


# Order, splitting and sequence leave no trace


def many(rows: int, seed: int) -> list[str]:
    """Rows of three quarters with repeated cases, missing cells, and two shops."""
    draw = random.Random(seed)
    start = datetime(2025, 12, 1)
    return [
        f"{draw.randrange(rows)},{start + timedelta(minutes=draw.randrange(300_000)):%Y-%m-%d},"
        f"{draw.choice(['Roma', 'Milano', ''])},{draw.choice(['', *map(str, range(11))])}"
        for _ in range(rows)
    ]


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.integers(1, 400), seed=st.integers(0, 10**6), parts=st.integers(1, 4), data=st.data())
def test_permuted_and_split_files_hold_the_same_observations(
    tmp_path: Path, rows: int, seed: int, parts: int, data: st.DataObject
) -> None:
    lines = many(rows, seed)
    whole, pieces = Lake(tmp_path), Lake(tmp_path)
    whole.take(HEAD + "\n".join(lines))
    shuffled = data.draw(st.permutations(lines))
    for i in range(parts):
        if shuffled[i::parts]:
            pieces.take(HEAD + "\n".join(shuffled[i::parts]))
    columns = 'indicator, department, unit, "case", fold, day, value, n, sd, rule, ord'
    assert pieces.rows(columns) == whole.rows(columns)


@pytest.mark.parametrize("rows", [300_000])
def test_line_numbers_hold_when_several_threads_read(lake: Lake, rows: int) -> None:
    made = of(lake, {"column": "v"})
    made.take("day,v\n" + "".join(f"2026-07-15,{i}\n" for i in range(rows)))
    assert made.rows("count(*), bool_and(line = value + 2)") == [(rows, True)]


def test_a_part_of_many_rows_brings_its_sums_and_one_of_few_does_not(lake: Lake) -> None:
    rows = [f"{number},2026-02-01,Roma,{number % 5}\n" for number in range(2000)]
    few, many = (lake.take(HEAD + "".join(some)).parts[0] for some in (rows[:900], rows))
    assert [len(sums_in(place_of(lake.folder / "lake", part["sha256"]))) for part in (few, many)] == [0, 1]


def sums_in(part: Path) -> list[tuple[bytes]]:
    query = f"SELECT value FROM parquet_kv_metadata('{part}') WHERE key = '{NAME}'"  # noqa: S608
    return duckdb.execute(query).fetchall()
