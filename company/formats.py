"""PURE: numbers, dates and quarters as each language writes them. Every page, chart, table and download uses these.

Rules (CLDR through Babel): the minus is U+2212, changes are always signed and a zero never is, halves round away
from zero, months are lower case in Italian. ``locale`` is always given: "it", "en", "fr".
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.numbers import get_decimal_symbol, get_group_symbol

MINUS, NO_BREAK = "\u2212", "\u00a0"
BELOW_TWO = re.compile(r"(?<![\d,.\u00a0\u202f])(?P<number>[+\u2212]?[01](?:,\d+)?)(?P<gap>[ \u00a0])points\b")
FULL_ARTICLE = re.compile(r"\bil (?=(?:8|11) [a-z])")
NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{0,6})?", re.ASCII)


def rounded(value: Decimal | float | int, decimals: int = 0) -> Decimal:
    """The value to so many digits, halves away from zero, without negative zero."""
    result = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return result or abs(result)


def number(value: Decimal | float | int, decimals: int, locale: str) -> str:
    """``1.234,5`` in Italian, ``1,234.5`` in English, with exactly so many decimals."""
    figure = rounded(value, decimals)
    text = f"{abs(figure):,f}".translate(_marks(locale))
    return MINUS + text if figure < 0 else text


def signed(value: Decimal | float | int, decimals: int, locale: str) -> str:
    """The number with its sign, ``+0,9`` or ``−2,6``; what rounds to zero has none."""
    text = number(value, decimals, locale)
    return f"+{text}" if rounded(value, decimals) > 0 else text


def percent(value: Decimal | float | int, decimals: int, locale: str) -> str:
    """A share of one as a percentage, ``68,5%``; in French with its space."""
    gap: str = _locale(locale).percent_formats[None].pattern.rpartition("0")[2]
    return number(Decimal(str(value)) * 100, decimals, locale) + gap


def agreed(sentence: str, locale: str) -> str:
    """The sentence as its language wants it once the figures stand in it; English is as it was.

    The plural begins at two in French, ``1,4 point``; the article is cut before 8 and 11 in Italian, ``l’8 ottobre``.
    """
    if locale == "it":
        return FULL_ARTICLE.sub("l’", sentence)
    return BELOW_TWO.sub(r"\g<number>\g<gap>point", sentence) if locale == "fr" else sentence


def plain(value: Decimal | float | int, decimals: int, locale: str) -> str:
    """The number for a CSV file: no thousands mark, ASCII minus, the language's decimal mark."""
    return f"{rounded(value, decimals):f}".replace(".", get_decimal_symbol(_locale(locale)))


def parsed(text: str, locale: str) -> Decimal | None:
    """The number a person wrote, with the language's decimal mark or a point; None for what is not one number."""
    bare = text.strip().removesuffix("%").strip().replace(MINUS, "-").replace(get_decimal_symbol(_locale(locale)), ".")
    return Decimal(bare) if NUMBER.fullmatch(bare) else None


def separators(locale: str) -> str:
    """Decimal and thousands marks as Plotly wants them: ``,.`` in Italian."""
    return get_decimal_symbol(_locale(locale)) + get_group_symbol(_locale(locale))


def list_mark(locale: str) -> str:
    """What separates the fields of a CSV file: a semicolon where the comma is the decimal mark."""
    return ";" if get_decimal_symbol(_locale(locale)) == "," else ","


def listing(items: Iterable[str], locale: str) -> str:
    """``A, B e C``."""
    return format_list(list(items), locale=_locale(locale))


def quarter_short(year: int, quarter: int, locale: str) -> str:
    """``T3 2026`` in Italian, ``Q3 2026`` in English."""
    return f"{_names(locale, 'abbreviated')[quarter]} {year}"


def quarter_tick(year: int, quarter: int, locale: str) -> str:
    """``T3 26``, for the axis of a chart."""
    return f"{_names(locale, 'abbreviated')[quarter]} {year % 100:02d}"


def quarter_long(year: int, quarter: int, locale: str) -> str:
    """``3º trimestre 2026``."""
    return f"{_names(locale, 'wide')[quarter]} {year}"


def months(first: date, last: date, locale: str) -> str:
    """``luglio–settembre``: the months between two days."""
    names = [format_date(day, "LLLL", locale=_locale(locale)) for day in (first, last)]
    return names[0] if names[0] == names[1] else "–".join(names)


def day_short(day: date, locale: str) -> str:
    """``12/10/2026``, for tables."""
    return format_date(day, "dd/MM/yyyy", locale=_locale(locale))


def day_long(day: date, locale: str) -> str:
    """``12 ottobre 2026``."""
    return format_date(day, "long", locale=_locale(locale))


def moment(at: datetime, locale: str) -> str:
    """``12/10/2026, 10:42``, in the time zone the moment carries."""
    return f"{day_short(at, locale)}, {format_time(at, 'HH:mm', locale=_locale(locale))}"


def moment_long(at: datetime, locale: str) -> str:
    """``12 ottobre 2026, 10:42``, within a sentence."""
    return f"{day_long(at.date(), locale)}, {format_time(at, 'HH:mm', locale=_locale(locale))}"


def headed(text: str, locale: str) -> str:
    """``Consegna:``, before what is said of it; in French with its space."""
    return text + (NO_BREAK if locale == "fr" else "") + ":"


def apart(clauses: Iterable[str], locale: str) -> str:
    """``A; B``: two things said one after the other; in French with its space."""
    return f"{NO_BREAK if locale == 'fr' else ''}; ".join(clauses)


@lru_cache
def _locale(code: str) -> Locale:
    return Locale.parse("en_GB" if code == "en" else code)  # 12 October 2026, not October 12, 2026


@lru_cache
def _marks(locale: str) -> dict[int, str]:
    return str.maketrans({".": get_decimal_symbol(_locale(locale)), ",": get_group_symbol(_locale(locale))})


@lru_cache
def _names(code: str, width: str) -> dict[int, str]:
    return dict(_locale(code).quarters["format"][width])
