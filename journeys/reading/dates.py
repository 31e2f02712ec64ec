"""PURE: days and moments in declared formats. A format is a strptime text of a closed set of directives."""

import re
from datetime import date, datetime
from functools import cache

DEFAULT_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")
EARLIEST = date(2000, 1, 1)
LATEST = date(2099, 12, 31)
_PARTS = {
    "Y": r"(?P<Y>[0-9]{4})",
    "m": r"(?P<m>[0-9]{1,2})",
    "d": r"(?P<d>[0-9]{1,2})",
    "H": r"(?P<H>[0-9]{1,2})",
    "M": r"(?P<M>[0-9]{1,2})",
    "S": r"(?P<S>[0-9]{1,2})",
}


def format_is_known(text: str) -> bool:
    """True for a format with year, month and day once each, optionally a time, and single separators."""
    letters = re.findall(r"%(.)", text)
    if len(set(letters)) != len(letters) or not set(letters) <= set(_PARTS) or not {"Y", "m", "d"} <= set(letters):
        return False
    if ("M" in letters and "H" not in letters) or ("S" in letters and "M" not in letters):
        return False
    return re.fullmatch(r"(?:%[YmdHMS](?:[-/.: T]|$))+", text) is not None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = re.findall(r"%.|[^%]", text)
    return re.compile("".join(_PARTS[part[1]] if len(part) == 2 else re.escape(part) for part in parts))


def parse(text: str, formats: tuple[str, ...] = DEFAULT_FORMATS) -> datetime | None:
    """The moment in the first format that fits; None when none does, or when there is no such day or time."""
    for one in formats:
        found = _pattern(one).fullmatch(text)
        if found:
            parts = {name: int(value) for name, value in found.groupdict().items()}
            try:
                return datetime(
                    parts["Y"], parts["m"], parts["d"], parts.get("H", 0), parts.get("M", 0), parts.get("S", 0)
                )
            except ValueError:
                continue
    return None


def names_no_day(text: str, formats: tuple[str, ...] = DEFAULT_FORMATS) -> bool:
    """True when the text is written in one of the formats but names a day or time that does not exist."""
    return parse(text, formats) is None and any(_pattern(one).fullmatch(text) for one in formats)
