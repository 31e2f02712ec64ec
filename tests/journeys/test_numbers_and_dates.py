"""What SQL reads, Python reads: numbers and dates mean the same to the fast reader and to the explanation."""

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeys.pseudonyms import fold, pseudonym
from journeys.reading import dates
from journeys.reading.derive import Calendar, Plan
from journeys.reading.mapping import IndicatorFacts, parse_mapping
from journeys.reading.numbers import NotANumber, NumberFormat

QUIET = settings(max_examples=300)
STYLES = [NumberFormat(), NumberFormat(","), NumberFormat(",", "."), NumberFormat(".", ",")]
FORMATS = [dates.DEFAULT_FORMATS, ("%d/%m/%Y",), ("%d.%m.%Y %H:%M", "%m/%d/%Y")]


def plan(style: NumberFormat, formats: tuple[str, ...]) -> Plan:
    written = {"decimal": style.decimal, "thousands": style.thousands, "dates": list(formats)}
    entry = {"date": "d", "case": "t", "format": written, "values": [{"indicator": "i", "column": "x"}]}
    mapping = parse_mapping(entry, {"i": IndicatorFacts("i")})
    return Plan(mapping, {"d": 0, "x": 1, "t": 2}, Calendar((), (), 1, date(2026, 1, 1)), b"key")


def sql(expression: str, place: int, text: str) -> object:
    return duckdb.execute(f"SELECT {expression} FROM (SELECT ? AS c{place})", [text]).fetchall()[0][0]  # noqa: S608


def number(style: NumberFormat, text: str) -> Decimal | None:
    try:
        return style.parse(text)
    except NotANumber:
        return None


@QUIET
@given(st.sampled_from(STYLES), st.text("0123456789.,-+e _'", max_size=20))
def test_numbers_are_the_same_in_sql_and_python(style: NumberFormat, text: str) -> None:
    text = text.strip()
    ((_, expression),) = plan(style, dates.DEFAULT_FORMATS).numbers()
    found = sql(expression, 1, text)
    bounded = found if found is None or abs(Decimal(str(found))) < 10**9 else None
    assert bounded == number(style, text)


@QUIET
@given(
    st.sampled_from(FORMATS),
    st.from_regex(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([ T][0-9]{1,2}(:[0-9]{1,2}){1,2})?", fullmatch=True),
)
def test_dates_are_the_same_in_sql_and_python(formats: tuple[str, ...], text: str) -> None:
    ((_, expression),) = plan(NumberFormat(), formats).moments()
    found = sql(expression, 0, text)
    known = found if isinstance(found, datetime) and found.year >= 1000 else None  # older ones are refused by the year
    parsed = dates.parse(text, formats)
    assert known == (parsed if parsed and parsed.year >= 1000 else None)


@QUIET
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zs", "Zl", "Zp"]), min_size=1))
def test_pseudonyms_and_folds_are_the_same_in_sql_and_python(text: str) -> None:
    made = plan(NumberFormat(), dates.DEFAULT_FORMATS)
    source = f"(SELECT NULL AS c0, NULL AS c1, '{text.replace(chr(39), chr(39) * 2)}' AS c2)"
    (found,) = duckdb.execute(f"{made.reading(source)} SELECT {made.case}, {made.fold}, t2 FROM said").fetchall()  # noqa: S608
    if found[2] is not None:
        assert found[:2] == (pseudonym(b"key", text), fold(text))


@pytest.mark.parametrize("key", [b"k", b"k" * 64, b"k" * 65])
def test_the_pseudonym_is_a_true_hmac_for_keys_of_any_length(key: bytes) -> None:
    made = Plan(
        plan(NumberFormat(), dates.DEFAULT_FORMATS).mapping,
        {"d": 0, "x": 1, "t": 2},
        plan(NumberFormat(), dates.DEFAULT_FORMATS).calendar,
        key,
    )
    source = "(SELECT NULL AS c0, NULL AS c1, 'A-1' AS c2)"
    (found,) = duckdb.execute(f"{made.reading(source)} SELECT {made.case} FROM said").fetchall()  # noqa: S608
    assert found[0] == pseudonym(key, "A-1")


def test_a_number_is_rounded_half_up_to_six_decimals() -> None:
    assert [NumberFormat().parse(text) for text in ("0.0000005", "-0.0000005", "0.00000049")] == [
        Decimal("0.000001"),
        Decimal("-0.000001"),
        Decimal(0),
    ]
