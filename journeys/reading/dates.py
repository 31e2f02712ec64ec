"""PURE: days and moments in declared formats. A format is a strptime text of a closed set of directives."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

DEFAULT_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")
EARLIEST = date(2000, 1, 1)
LATEST = date(2099, 12, 31)
_PARTS = {
    "Y": r"(?P<Y>[0-9]{4})",
    "y": r"(?P<y>[0-9]{2})",
    "m": r"(?P<m>[0-9]{1,2})",
    "d": r"(?P<d>[0-9]{1,2})",
    "G": r"(?P<G>[0-9]{4})",
    "V": r"(?P<V>[0-9]{1,2})",
    "H": r"(?P<H>[0-9]{1,2})",
    "I": r"(?P<I>[0-9]{1,2})",
    "M": r"(?P<M>[0-9]{1,2})",
    "S": r"(?P<S>[0-9]{1,2})",
    "f": r"(?P<f>[0-9]{1,6})",
    "p": r"(?P<p>[AaPp][Mm])",
}
_DAYS = ({"Y", "m", "d"}, {"y", "m", "d"}, {"Y", "m"}, {"G", "V"})
_TIMES: tuple[set[str], ...] = (
    set(),
    {"H"},
    {"H", "M"},
    {"H", "M", "S"},
    {"H", "M", "S", "f"},
    {"I", "M", "p"},
    {"I", "M", "S", "p"},
)
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", " %H.%M", " %H.%M.%S", " %I:%M %p", " %I:%M:%S %p", " %H:%M:%S.%f")
_ISO = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M")
_SPANS = ("%Y-%m", "%m/%Y", "%m-%Y", "%G-W%V")
CANDIDATES = tuple(day + clock for day in _DATES for clock in _CLOCKS) + _ISO + _SPANS


def format_is_known(text: str) -> bool:
    """True for a format with a day (or a month, or a week) once, optionally a time, and single separators."""
    letters = re.findall(r"%(.)", text)
    if len(set(letters)) != len(letters):
        return False
    day = {letter for letter in letters if letter in "YymdGV"}
    if day not in _DAYS or set(letters) - day not in _TIMES:
        return False
    return re.fullmatch(r"(?:%[YymdHIMSfp](?:[-/.: T]|Z?$))+|%G-W%V", text) is not None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = re.findall(r"%.|[^%]", text)
    return re.compile("".join(_PARTS[part[1]] if len(part) == 2 else re.escape(part) for part in parts))


def parse(text: str, formats: Sequence[str] = DEFAULT_FORMATS) -> datetime | None:
    """The moment in the first format that fits; None when none does, or when there is no such day or time."""
    for one in formats:
        found = _pattern(one).fullmatch(text)
        if found:
            try:
                return _moment(found.groupdict())
            except ValueError:
                continue
    return None


def _moment(said: dict[str, str]) -> datetime:
    parts = {name: int(value) for name, value in said.items() if name not in "pf"}
    if "G" in parts:
        return datetime.fromisocalendar(parts["G"], parts["V"], 1)
    year = parts["Y"] if "Y" in parts else parts["y"] + (2000 if parts["y"] < 69 else 1900)
    hour = parts.get("H", 0)
    if "I" in parts:
        if not 1 <= parts["I"] <= 12:
            raise ValueError("no such hour")
        hour = parts["I"] % 12 + (12 if said["p"].casefold() == "pm" else 0)
    micro = int(said.get("f", "0").ljust(6, "0"))
    return datetime(year, parts["m"], parts.get("d", 1), hour, parts.get("M", 0), parts.get("S", 0), micro)


def names_no_day(text: str, formats: Sequence[str] = DEFAULT_FORMATS) -> bool:
    """True when the text is written in one of the formats but names a day or time that does not exist."""
    return parse(text, formats) is None and any(_pattern(one).fullmatch(text) for one in formats)


def fitting(texts: Sequence[str]) -> list[str]:
    """Every candidate format in which each of the texts is a moment from 2000 to 2099; day before month first."""
    found = list(CANDIDATES)
    for text in texts:
        found = [one for one in found if (moment := parse(text, (one,))) and EARLIEST <= moment.date() <= LATEST]
        if not found:
            break
    return found


def together(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Formats that fit all texts taken together, where no single one does: one day's order, several clocks.

    Beside that order a day may be written year, month, day: that is how a workbook's own days come.
    """
    found = []
    for day in _DATES:
        formats = tuple(one + clock for one in dict.fromkeys((day, _DATES[0])) for clock in _CLOCKS)
        if all(parse(text, formats) for text in texts):
            found.append(tuple(one for one in formats if any(parse(text, (one,)) for text in texts)))
    return found
