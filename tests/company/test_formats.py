"""Numbers, dates and quarters as each language writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from company import formats


@pytest.mark.parametrize(("locale", "written"), [("it", "−1.234,6"), ("en", "−1,234.6"), ("fr", "−1\u202f234,6")])
def test_a_number_has_the_language_marks_and_a_true_minus(locale: str, written: str) -> None:
    assert formats.number(Decimal("-1234.56"), 1, locale) == written


def test_halves_round_away_from_zero() -> None:
    assert [formats.number(Decimal(value), 1, "it") for value in ("0.25", "-0.25", "2.675")] == ["0,3", "−0,3", "2,7"]


def test_a_change_is_signed_and_a_zero_is_not() -> None:
    assert [formats.signed(value, 1, "it") for value in (0.9, -2.6, 0.04, -0.04)] == ["+0,9", "−2,6", "0,0", "0,0"]


@pytest.mark.parametrize(("locale", "written"), [("it", "68,5%"), ("en", "68.5%"), ("fr", "68,5\u00a0%")])
def test_a_share_is_a_percentage_spaced_as_in_the_language(locale: str, written: str) -> None:
    assert formats.percent(Decimal("0.685"), 1, locale) == written


def test_fields_of_a_file_are_separated_by_what_is_not_the_decimal_mark() -> None:
    assert [formats.list_mark(locale) for locale in ("it", "en", "fr")] == [";", ",", ";"]


def test_names_are_listed_as_in_the_language() -> None:
    names = [formats.listing(["A", "B", "C"], locale) for locale in ("it", "en", "fr")]
    assert names == ["A, B e C", "A, B and C", "A, B et C"]


@pytest.mark.parametrize(
    ("locale", "short", "long"),
    [
        ("it", "T3 2026", "3º trimestre 2026"),
        ("en", "Q3 2026", "3rd quarter 2026"),
        ("fr", "T3 2026", "3e trimestre 2026"),
    ],
)
def test_a_quarter_is_named_as_in_the_language(locale: str, short: str, long: str) -> None:
    assert (formats.quarter_short(2026, 3, locale), formats.quarter_long(2026, 3, locale)) == (short, long)


def test_months_of_a_quarter_are_lower_case_in_italian() -> None:
    assert formats.months(date(2026, 7, 1), date(2026, 9, 30), "it") == "luglio–settembre"


def test_days_and_moments() -> None:
    at = datetime(2026, 10, 12, 10, 42, tzinfo=UTC)
    assert formats.day_short(at.date(), "it") == "12/10/2026"
    assert formats.day_long(at.date(), "it") == "12 ottobre 2026"
    assert [formats.day_long(at.date(), locale) for locale in ("en", "fr")] == ["12 October 2026", "12 octobre 2026"]
    assert formats.moment(at, "it") == "12/10/2026, 10:42"


def test_a_number_in_a_file_has_no_thousands_mark_and_a_plain_minus() -> None:
    assert (formats.plain(-1234.56, 1, "it"), formats.plain(-1234.56, 1, "en")) == ("-1234,6", "-1234.6")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("baisse de 1,4 points.", "baisse de 1,4 point."),
        ("+0,9 points, entre +0,2 et +1,6", "+0,9 point, entre +0,2 et +1,6"),
        ("de −1\u00a0points", "de −1\u00a0point"),
        ("de 2,0 points", "de 2,0 points"),
        ("de 11,4 points, de 21 points", "de 11,4 points, de 21 points"),
    ],
)
def test_the_plural_begins_at_two_in_french(written: str, read: str) -> None:
    assert [formats.agreed(written, locale) for locale in ("fr", "it")] == [read, written]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("è il 8 ottobre 2026. Giusto?", "è l’8 ottobre 2026. Giusto?"),
        ("entro il 11 gennaio 2027", "entro l’11 gennaio 2027"),
        ("esce il 18 aprile, non il 10 maggio", "esce il 18 aprile, non il 10 maggio"),
        ("il 8,5 per cento, il 11", "il 8,5 per cento, il 11"),
    ],
)
def test_before_the_eighth_and_the_eleventh_the_italian_article_is_cut(written: str, read: str) -> None:
    assert [formats.agreed(written, locale) for locale in ("it", "fr")] == [read, written]


@pytest.mark.parametrize(("locale", "written"), [("it", "Consegna:"), ("en", "Consegna:"), ("fr", "Consegna\u00a0:")])
def test_a_colon_is_written_as_each_language_does(locale: str, written: str) -> None:
    assert formats.headed("Consegna", locale) == written


def test_a_semicolon_has_its_space_in_french() -> None:
    assert [formats.apart(["A", "B"], locale) for locale in ("it", "fr")] == ["A; B", "A\u00a0; B"]


def test_a_moment_in_a_sentence_has_the_name_of_its_month() -> None:
    assert formats.moment_long(datetime(2026, 10, 12, 10, 42, tzinfo=UTC), "fr") == "12 octobre 2026, 10:42"
