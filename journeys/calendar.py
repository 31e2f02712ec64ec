"""PURE: fiscal quarters (a fiscal year is named after the calendar year in which it ends) and units of time."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple, Self

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


class QuarterCode(NamedTuple):
    """Year and number (1–4) of a fiscal quarter; its text is ``2026-3`` in every language."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The code written as ``2026-3``; ValueError for anything else."""
        match = re.fullmatch(r"(20\d\d)-([1-4])", text)
        if not match:
            raise ValueError(f"{text!r} is not a quarter: write it as 2026-3")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def typed(cls, text: str) -> Self:
        """The code as a person types it, ``T3-2026`` or ``Q3-2026`` too; ValueError for anything else."""
        return cls.parse(re.sub(r"(?i)[TQ]([1-4])-(20\d\d)", r"\2-\1", text.strip()))

    @classmethod
    def of(cls, day: date, start_month: int = 1) -> Self:
        """The fiscal quarter a day belongs to, for a fiscal year that starts in the given month."""
        months = day.year * 12 + day.month - start_month
        year, rest = divmod(months, 12)
        return cls(year + (start_month > 1), rest // 3 + 1)

    def plus(self, quarters: int) -> "QuarterCode":
        """The code so many quarters later (negative: earlier)."""
        year, rest = divmod(self.year * 4 + self.number - 1 + quarters, 4)
        return QuarterCode(year, rest + 1)

    def days(self, start_month: int = 1) -> tuple[date, date]:
        """First and last day of the quarter."""
        months = (self.year - (start_month > 1)) * 12 + start_month - 1 + (self.number - 1) * 3
        first = date(months // 12, months % 12 + 1, 1)
        after = months + 3
        return first, date(after // 12, after % 12 + 1, 1) - timedelta(days=1)


def clock_changes(zone: tzinfo, first: date, last: date) -> Iterator[tuple[str, str]]:
    """The spans of local time that do not exist or come twice, between two days: beginning and end of each."""
    for ahead in range((last - first).days + 1):
        at = datetime.combine(first + timedelta(days=ahead), time(), UTC)
        before, after = (moment.astimezone(zone).utcoffset() for moment in (at, at + timedelta(days=1)))
        while before != after and at.astimezone(zone).utcoffset() == before:
            at += timedelta(minutes=15)
        if before is not None and after is not None and before != after:
            start, end = sorted((at.replace(tzinfo=None) + before, at.replace(tzinfo=None) + after))
            yield start.isoformat(" "), end.isoformat(" ")
