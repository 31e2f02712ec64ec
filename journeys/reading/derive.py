"""PURE: a checked mapping as SQL: every derivation exact, every doubt a numbered check with its column and value.

Over the layers of ``cells`` (``c3``, ``m3``, ``x3``, ``t3``) ``v0``, ``v1`` … are the indicators' stored values.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from hashlib import sha256

from journeys.reading import dates
from journeys.reading.cells import NUMBER, Cells
from journeys.reading.cells import quote as quote
from journeys.reading.cells import quoted_list as quoted_list
from journeys.reading.mapping import (
    SECONDS_BY,
    Among,
    CountRows,
    Derivation,
    Duration,
    Filled,
    IndicatorFacts,
    Later,
    LongerThan,
    Over,
    Value,
    columns_of,
)
from journeys.reading.numbers import BOUND, MOST_CASES, SQUARES

LONGEST_CODE = 128
HEAVIEST = 1_000_000
_SHORT_OF = date(2031, 1, 1)
# What a sheet shows where a formula failed, in its languages here; #N/A may be a source's own word for no answer
_FAILED = (
    *("#DIV/0!", "#N/A", "#N/D", "#NAME?", "#NOME?", "#NOM?", "#NULL!", "#NULLO!", "#NUL!", "#NUM!", "#NOMBRE!"),
    *("#REF!", "#RIF!", "#VALUE!", "#VALORE!", "#VALEUR!", "#SPILL!", "#CALC!", "#####"),
)
_MONDAY = "DATE '1970-01-05'"


@dataclass(frozen=True)
class Calendar:
    """The quarters a row may fall in, as numbers of quarters (months from the fiscal year's start, by three).

    ``odd``: spans of time in which the clocks of the place change.
    """

    open: tuple[int, ...]
    published: tuple[int, ...]
    start_month: int
    latest: date
    odd: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Check:
    """Something a row must not be: the condition in SQL, the problem's code, the column and text it is about."""

    condition: str
    code: str
    position: int
    expected: str = ""


@dataclass(frozen=True)
class Plan(Cells):
    """The SQL of one source's mapping on one file, whose columns lie at the given positions."""

    calendar: Calendar
    key: bytes

    @cached_property
    def checks(self) -> list[Check]:
        """Every check, in the order in which a row's first fault is named."""
        return [*self._date_checks(), *self._cell_checks(), *self._range_checks()]

    @property
    def sound(self) -> str:
        """A condition that no row with a fault fulfils, and nearly every other row does, at a fraction of the cost.

        Spans between 2000 and 2031 cannot reach the largest value, so days alone vouch for durations.
        """
        parts = [f"({' OR '.join(self._open_days())})"]
        for place in self._places(self._inputs(Duration, LongerThan, Later)):
            parts.append(f"(m{place} BETWEEN DATE '{dates.EARLIEST}' AND DATE '{_SHORT_OF}' OR c{place} IS NULL)")
        for place in self._places(self._inputs(Over)):
            parts.append(f"(x{place} IS NOT NULL OR c{place} IS NULL)")
        for name in (self.mapping.case, self.mapping.unit):
            if name:
                text = f"t{self.positions[name]}"
                parts.append(f"(strlen({text}) <= {LONGEST_CODE} OR {text} IS NULL)")
        for place in self._texts():
            parts.append(f"(NOT starts_with(t{place}, '#') OR t{place} IS NULL)")
        for place, names in self._named().items():
            parts.append(f"(t{place} IN {quoted_list(names)} OR t{place} IS NULL)")
        for pair in self.mapping.at_most:
            low, high = (f"x{self.positions[name]}" for name in pair)
            parts.append(f"({low} <= {high} OR {low} IS NULL OR {high} IS NULL)")
        if self.mapping.weight:
            parts.append(f"(x{self.positions[self.mapping.weight]} BETWEEN 0 AND {HEAVIEST})")
        for i, (facts, derivation) in enumerate(self.mapping.values):
            about = self._about(i)
            free = f"NOT coalesce({about}, false) OR " if about else ""
            parts.extend(f"({free}{part})" for part in self._sound_value(facts, derivation))
        return " AND ".join(parts)

    def _sound_value(self, facts: IndicatorFacts, derivation: Derivation) -> Iterator[str]:
        if isinstance(derivation, Value):
            x = f"x{self.positions[derivation.column]}"
            bound = Decimal(BOUND // facts.divisor - 1)
            low = -bound if facts.lowest is None else max(facts.lowest, -bound)
            high = bound if facts.highest is None else min(facts.highest, bound)
            whole = f" AND {x} = trunc({x})" if facts.whole and not derivation.n else ""
            yield f"({x} BETWEEN {low} AND {high}{whole} OR c{x[1:]} IS NULL)"
            for name, most in ((derivation.n, MOST_CASES), (derivation.sd, bound)):
                if name:
                    x = f"x{self.positions[name]}"
                    whole = f" AND {x} = trunc({x})" if name == derivation.n else ""
                    yield f"({x} BETWEEN 0 AND {most}{whole} OR c{x[1:]} IS NULL)"
        elif isinstance(derivation, Duration):
            seconds = self._seconds(derivation)
            for check in self._limits(seconds, 0, facts, facts.divisor):
                yield f"(NOT {check.condition} OR {seconds} IS NULL)"
        for check in self._square_checks(facts, derivation):
            yield f"NOT coalesce({check.condition}, false)"

    def _open_days(self) -> Iterator[str]:
        """A range of the date for each unbroken run of open quarters."""
        moment, calendar = f"m{self.positions[self.mapping.date]}", self.calendar
        runs: list[list[int]] = []
        for period in sorted(calendar.open):
            if runs and period == runs[-1][1] + 1:
                runs[-1][1] = period
            else:
                runs.append([period, period])
        after = calendar.latest + timedelta(days=1)
        for first, last in runs:
            start, end = (_first_day(period, calendar.start_month) for period in (first, last + 1))
            yield f"({moment} >= DATE '{max(start, dates.EARLIEST)}' AND {moment} < DATE '{min(end, after)}')"
        if not runs:
            yield "FALSE"

    @property
    def day(self) -> str:
        """The day that decides the quarter."""
        return f"m{self.positions[self.mapping.date]}::DATE"

    @property
    def odd(self) -> str:
        """The row's first time at which the clocks change, as text; NULL for nearly every row."""
        found = []
        for name, _ in self.moments():
            spans = (
                f"({name} >= TIMESTAMP '{start}' AND {name} < TIMESTAMP '{end}')" for start, end in self.calendar.odd
            )
            found.append(f"CASE WHEN {' OR '.join(spans)} THEN strftime({name}, '%d/%m/%Y %H:%M') END")
        return f"coalesce({', '.join(found)})" if self.calendar.odd else "NULL::VARCHAR"

    @property
    def period(self) -> str:
        """The quarter's number, as ``Calendar`` counts."""
        moment = f"m{self.positions[self.mapping.date]}"
        return f"((year({moment}) * 12 + month({moment}) - {self.calendar.start_month}) // 3)"

    @property
    def unit(self) -> str:
        """The unit's code, or NULL."""
        return f"t{self.positions[self.mapping.unit]}" if self.mapping.unit else "NULL::VARCHAR"

    @property
    def case(self) -> str:
        """The case's pseudonym: the first 128 bits of HMAC-SHA-256 of its identifier under the installation's key."""
        if not self.mapping.case:
            return "NULL::UUID"
        padded = (self.key if len(self.key) <= 64 else sha256(self.key).digest()).ljust(64, b"\0")
        inner, outer = ("'" + "".join(f"\\x{byte ^ pad:02X}" for byte in padded) + "'::BLOB" for pad in (0x36, 0x5C))
        digest = f"sha256({outer} || unhex(sha256({inner} || encode({self._case_text}))))"
        return f"unhex(substr({digest}, 1, 32))::UUID"

    @property
    def fold(self) -> str:
        """The first byte of SHA-256 of the case (else unit and week, else day), modulo 64."""
        options = [self._case_text] if self.mapping.case else []
        options += [f"{self.unit} || '|' || strftime({self.day}, '%G-W%V')"] if self.mapping.unit else []
        text = ", ".join([*options, f"strftime({self.day}, '%Y-%m-%d')"])
        text = f"coalesce({text})"
        return f"(('0x' || left(sha256({text}), 2))::UTINYINT % 64)::UTINYINT"

    @property
    def order(self) -> str:
        """The sortable text by which the last row of a case is chosen, or NULL."""
        parts = []
        for place in self._places(self.mapping.last_by):
            parts.append(
                f"CASE WHEN m{place} IS NOT NULL THEN strftime(m{place}, '%Y-%m-%dT%H:%M:%S')"
                f" WHEN x{place} IS NOT NULL THEN (x{place} + 1000000000000)::DECIMAL(38,6)::VARCHAR"
                f" ELSE coalesce(t{place}, '') END"
            )
        return " || chr(31) || ".join(parts) if parts else "NULL::VARCHAR"

    def values(self) -> Iterator[tuple[str, str]]:
        """Name and expression of every stored value (``v``), and of the base and sd of aggregates (``n``, ``s``)."""
        for i, (facts, derivation) in enumerate(self.mapping.values):
            value = self._value(facts, derivation)
            if self.mapping.rule(derivation) != "each":
                value = f"CASE WHEN {self._case_text} IS NOT NULL THEN {value} END"
            if base := getattr(derivation, "n", ""):
                value = f"CASE WHEN x{self.positions[base]} >= 1 THEN {value} END"
                yield f"n{i}", f"x{self.positions[base]}::BIGINT"
            elif self.mapping.weight:
                value = f"CASE WHEN {self.weight} > 0 THEN {value} END"
            if about := self._about(i):
                value = f"CASE WHEN {about} THEN {value} END"
            yield f"v{i}", f"TRY_CAST({value} AS {NUMBER})"
            if isinstance(derivation, Value) and derivation.sd:
                yield f"s{i}", f"(x{self.positions[derivation.sd]} * {facts.divisor})::{NUMBER}"

    @property
    def weight(self) -> str:
        """The row's sampling weight, or NULL."""
        return f"x{self.positions[self.mapping.weight]}" if self.mapping.weight else f"NULL::{NUMBER}"

    def empty(self) -> str:
        """True for a row in which every mapped cell is missing; cheap where the row has a date."""
        places = self._places(self.mapping.columns)
        return " AND ".join([f"m{places[0]} IS NULL", *(self._missing(place) for place in places)])

    @property
    def _case_text(self) -> str:
        return f"t{self.positions[self.mapping.case]}" if self.mapping.case else "NULL"

    def _date_checks(self) -> Iterator[Check]:
        place = self.positions[self.mapping.date]
        calendar, moment = self.calendar, f"m{place}"
        known = ", ".join(str(period) for period in (*calendar.open, *calendar.published)) or "NULL"
        yield Check(f"({moment} IS NULL AND {self._missing(place)})", "missing_date", place)
        yield Check(f"{moment} IS NULL", "not_a_date", place, self.mapping.format.dates[0])
        yield Check(f"{moment} < DATE '{dates.EARLIEST}'", "date_too_old", place, str(dates.EARLIEST))
        yield Check(f"{moment}::DATE > DATE '{calendar.latest}'", "date_in_future", place, str(calendar.latest))
        yield Check(f"{self.period} NOT IN ({known})", "unknown_quarter", place)
        if calendar.published:
            published = ", ".join(map(str, calendar.published))
            yield Check(f"{self.period} IN ({published})", "published_quarter", place)

    def _cell_checks(self) -> Iterator[Check]:
        latest = dates.LATEST.replace(year=dates.LATEST.year + 1, day=1, month=1)
        for place in self._places(self._inputs(Duration, LongerThan, Later)):
            bad = f"(m{place} IS NULL AND NOT {self._missing(place)})"
            yield Check(bad, "not_a_date", place, self.mapping.format.dates[0])
            outside = f"(m{place} < DATE '{dates.EARLIEST}' OR m{place} >= DATE '{latest}')"
            yield Check(outside, "date_out_of_range", place, f"{dates.EARLIEST.year}–{dates.LATEST.year}")
        for place, names in self._named().items():
            yield Check(f"t{place} NOT IN {quoted_list(names)}", "unknown_name", place, "\n".join(names))
        for place in self._places(self._inputs(Value, Over)):
            bad = f"(x{place} IS NULL AND NOT {self._missing(place)})"
            yield Check(self._only(place, bad), "not_a_number", place)
        for first, second in self.mapping.at_most:
            low, high = f"x{self.positions[first]}", self.positions[second]
            yield Check(f"{low} > x{high}", "over_another", self.positions[first], second)
        if self.mapping.weight:
            x = f"x{self.positions[self.mapping.weight]}"
            wrong = f"({x} IS NULL OR {x} < 0 OR {x} > {HEAVIEST})"
            yield Check(wrong, "bad_weight", self.positions[self.mapping.weight])
        for name in (self.mapping.case, self.mapping.unit):
            if name:
                place = self.positions[name]
                yield Check(f"length(t{place}) > {LONGEST_CODE}", "code_too_long", place, str(LONGEST_CODE))
        for place in self._texts():
            yield Check(f"upper(t{place}) IN {quoted_list(_FAILED)}", "formula_error", place)

    def _texts(self) -> list[int]:
        """The columns of which only the text is read: nothing else would tell a formula that failed from an answer."""
        coded = self._places([self.mapping.case, self.mapping.unit])
        return list(dict.fromkeys([*self._places(self._inputs(Among, Filled)), *coded]))

    def _about(self, i: int) -> str:
        """The condition of the rows that the value is about; empty for all rows."""
        where = self.mapping.where[i] if i < len(self.mapping.where) else None
        return f"t{self.positions[where.column]} IN {quoted_list(where.values)}" if where else ""

    def _named(self) -> dict[int, list[str]]:
        """Every text known in each column that names indicators."""
        made: dict[int, list[str]] = {}
        for where in self.mapping.where:
            if where:
                made.setdefault(self.positions[where.column], []).extend(where.values)
        return made

    def _only(self, place: int, bad: str) -> str:
        """The condition, for the rows that some value reads the column in."""
        read = [
            i for i, (_, one) in enumerate(self.mapping.values) if place in map(self.positions.get, columns_of(one))
        ]
        about = [self._about(i) for i in read]
        return f"(({' OR '.join(about)}) AND {bad})" if all(about) else bad

    def _range_checks(self) -> Iterator[Check]:
        for i, (facts, derivation) in enumerate(self.mapping.values):
            about = self._about(i)
            for check in self._range_of(facts, derivation):
                yield replace(check, condition=f"({about} AND {check.condition})") if about else check

    def _range_of(self, facts: IndicatorFacts, derivation: Derivation) -> Iterator[Check]:
        if isinstance(derivation, Value):
            place = self.positions[derivation.column]
            yield Check(f"abs(x{place}) * {facts.divisor} >= {BOUND}", "too_large", place, str(BOUND))
            yield from self._limits(f"x{place}", place, facts, 1)
            if facts.whole and not derivation.n:
                yield Check(f"x{place} <> trunc(x{place})", "not_whole", place)
            for name, code in ((derivation.n, "bad_count"), (derivation.sd, "negative_sd")):
                if name:
                    x = f"x{self.positions[name]}"
                    wrong = f"({x} < 0 OR {x} <> trunc({x}))" if code == "bad_count" else f"{x} < 0"
                    yield Check(wrong, code, self.positions[name])
                    most = f"{x} > {MOST_CASES}" if code == "bad_count" else f"{x} * {facts.divisor} >= {BOUND}"
                    yield Check(most, "too_large", self.positions[name], str(BOUND))
        elif isinstance(derivation, Duration):
            seconds, place = self._seconds(derivation), self.positions[derivation.end]
            yield Check(f"abs({seconds}) >= {BOUND}", "too_large", place, str(BOUND))
            yield from self._limits(seconds, place, facts, facts.divisor)
        yield from self._square_checks(facts, derivation)

    def _square_checks(self, facts: IndicatorFacts, derivation: Derivation) -> Iterator[Check]:
        """Values, each within its limits, whose squares are too large taken as often as the row says they are."""
        often = getattr(derivation, "n", "") or self.mapping.weight
        if not often or not isinstance(derivation, Value | Duration):
            return
        many, last = f"x{self.positions[often]}", columns_of(derivation)[0 if isinstance(derivation, Value) else 1]
        squared = [(self._value(facts, derivation), last)]
        if isinstance(derivation, Value) and derivation.sd:
            squared.append((f"x{self.positions[derivation.sd]} * {facts.divisor}", derivation.sd))
        for value, name in squared:
            large = f"({value})::DOUBLE * ({value})::DOUBLE * {many}::DOUBLE > {SQUARES}"
            yield Check(f"({large})", "too_large_together", self.positions[often], name)

    def _limits(self, value: str, place: int, facts: IndicatorFacts, scale: int) -> Iterator[Check]:
        low, high = facts.lowest, facts.highest
        expected = f"{_short(low)}–{_short(high)}"
        if low is not None:
            yield Check(f"{value} < {low * scale}", "out_of_range", place, expected)
        if high is not None:
            yield Check(f"{value} > {high * scale}", "out_of_range", place, expected)

    def _seconds(self, duration: Duration) -> str:
        start, end = (f"m{self.positions[name]}" for name in (duration.start, duration.end))
        if duration.by == "working_days":
            return f"(({_weekdays(end)}) - ({_weekdays(start)})) * 86400"
        return f"date_diff('second', {start}, {end})"

    def _value(self, facts: IndicatorFacts, derivation: Derivation) -> str:
        at = self.positions
        match derivation:
            case Value(column):
                return f"x{at[column]} * {facts.divisor}" if facts.divisor != 1 else f"x{at[column]}"
            case Duration():
                return self._seconds(derivation)
            case Later(column, than, by):
                cast = "::DATE" if by == "day" else ""
                return f"(m{at[column]}{cast} > m{at[than]}{cast})::INTEGER"
            case Among(column, values):
                return f"(t{at[column]} IN {quoted_list(values)})::INTEGER"
            case Over(column, threshold):
                return f"(x{at[column]} > {threshold})::INTEGER"
            case LongerThan(duration, threshold):
                return f"({self._seconds(duration)} > {threshold * SECONDS_BY[duration.by]})::INTEGER"
            case Filled(column, blank):
                return f"(t{at[column]} IS {'' if blank else 'NOT '}NULL)::INTEGER"
            case CountRows():
                return "1"


def _first_day(period: int, start_month: int) -> date:
    months = period * 3 + start_month - 1
    return date(months // 12, months % 12 + 1, 1)


def _weekdays(moment: str) -> str:
    """Number of Mondays to Fridays up to the moment's day, from a Monday on."""
    days = f"({moment}::DATE - {_MONDAY})"
    return f"{days} // 7 * 5 + least({days} % 7 + 1, 5)"


def _short(limit: Decimal | None) -> str:
    return "" if limit is None else f"{limit.normalize():f}"
