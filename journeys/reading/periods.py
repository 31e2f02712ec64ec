"""PURE: days, months, quarters and weeks named in a heading, a file's name or a title."""

import re
from collections.abc import Iterable
from datetime import date

from journeys.reading import dates

_MONTHS = tuple(
    (name, number)
    for names in (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "january february march april may june july august september october november december",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
    )
    for number, name in enumerate(names.split(), 1)
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_YEAR = r"(?P<year>20[0-9]{2}|[0-9]{2})"
_FORMS = (
    re.compile(r"(?P<year>20[0-9]{2})[-_/ ]?[tq](?P<quarter>[1-4])", re.IGNORECASE),
    re.compile(r"[tq](?P<quarter>[1-4])[-_/ ]*(?P<year>20[0-9]{2})", re.IGNORECASE),
    re.compile(r"(?P<roman>i{1,3}|iv|[1-4][°ºoª])[ _-]*trim(?:estre)?\.?[ _-]*(?P<year>20[0-9]{2})", re.IGNORECASE),
    re.compile(rf"(?P<word>[a-zàéèûô]{{3,9}})\.?[-_/ ']*{_YEAR}", re.IGNORECASE),
    re.compile(r"(?P<year>20[0-9]{2})[-_/](?P<month>0[1-9]|1[0-2])(?![-_/]?[0-9])"),
    re.compile(r"(?P<month>0[1-9]|1[0-2])[-_/](?P<year>20[0-9]{2})"),
)  # fmt: skip


def period_of_text(text: str) -> str:
    """The whole text as a period: ``2026-3`` (a quarter), ``2026-07`` (a month) or ``2026-07-15``; else empty."""
    text = text.strip()
    for form in _FORMS:
        if (match := form.fullmatch(text)) and (found := _period(match.groupdict())):
            return found
    day = dates.parse(text, ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%G-W%V"))
    return day.date().isoformat() if day and dates.EARLIEST <= day.date() <= dates.LATEST else ""


def periods_in(texts: Iterable[str]) -> list[str]:
    """Every quarter or month named inside the texts, once, in order."""
    found: list[str] = []
    for text in texts:
        for form in _FORMS:
            for match in form.finditer(text):
                before = text[match.start() - 1 : match.start()]
                if not before.isalnum() and (one := _period(match.groupdict())):
                    found.append(one)
    return list(dict.fromkeys(found))


def first_day(period: str, start_month: int) -> date:
    """The first day of a period, in a fiscal year that starts in the month; ValueError when there is none."""
    parts = period.split("-")
    if len(parts) == 3:
        return date.fromisoformat(period)
    year, number = int(parts[0]), int(parts[1])
    if len(parts[1]) == 2:
        return date(year, number, 1)
    months = (year - (start_month > 1)) * 12 + (number - 1) * 3 + start_month - 1
    return date(months // 12, months % 12 + 1, 1)


def _period(said: dict[str, str | None]) -> str:
    year = said["year"] or ""
    year = year if len(year) == 4 else f"20{year}"
    if said.get("quarter"):
        return f"{year}-{said['quarter']}"
    if roman := (said.get("roman") or "").casefold():
        return f"{year}-{_ROMAN.get(roman) or int(roman[0])}"
    if word := (said.get("word") or "").casefold():
        word = word.translate({ord("é"): "e", ord("û"): "u"})
        month = next((number for name, number in _MONTHS if name.startswith(word)), 0)
        return f"{year}-{month:02d}" if month else ""
    return f"{year}-{said['month']}"
