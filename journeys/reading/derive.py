"""PURE: a checked mapping as SQL: every derivation exact, every doubt a numbered check with its column and value.

Three layers of columns: ``c3`` is the text of the file's fourth column; ``m3``, ``x3`` and ``t3`` are that text as a
moment, a number and a trimmed text (NULL: missing or not one); ``v0``, ``v1`` … are the indicators' stored values.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from hashlib import sha256

from journeys.reading import dates
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
    SourceMapping,
    Value,
    columns_of,
)
from journeys.reading.numbers import BOUND, DIGITS

LONGEST_CODE = 128
NUMBER = "DECIMAL(18,6)"
_SPACES = ("' '", "chr(9)", "chr(160)")
_SHORT_OF = date(2031, 1, 1)
_MONDAY = "DATE '1970-01-05'"


@dataclass(frozen=True)
class Calendar:
    """The quarters a row may fall in, as numbers of quarters (months from the fiscal year's start, by three)."""

    open: tuple[int, ...]
    published: tuple[int, ...]
    start_month: int
    latest: date


@dataclass(frozen=True)
class Check:
    """Something a row must not be: the condition in SQL, the problem's code, the column and text it is about."""

    condition: str
    code: str
    position: int
    expected: str = ""


def quote(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def quoted_list(texts: Sequence[str]) -> str:
    """SQL strings in parentheses."""
    return "(" + ", ".join(quote(text) for text in texts) + ")"


@dataclass(frozen=True)
class Plan:
    """The SQL of one source's mapping on one file, whose columns lie at the given positions."""

    mapping: SourceMapping
    positions: Mapping[str, int]
    calendar: Calendar
    key: bytes

    def moments(self) -> Iterator[tuple[str, str]]:
        """Name and expression of every column read as a moment."""
        mapping = self.mapping
        formats = ", ".join(quote(text) for text in mapping.format.dates)
        dated = any(dates.parse(text, mapping.format.dates) for text in mapping.null)
        for place in self._places([mapping.date, *self._inputs(Duration, LongerThan, Later), *mapping.last_by]):
            yield f"m{place}", f"try_strptime({self._said(place, dated)}, [{formats}])"

    def numbers(self) -> Iterator[tuple[str, str]]:
        """Name and expression of every column read as a number."""
        style = self.mapping.format.numbers
        pattern = quote(rf"\s*{style.pattern}\s*")
        numeric = any(re.fullmatch(style.pattern, text) for text in self.mapping.null)
        for place in self._places([*self._inputs(Value, Over), *self.mapping.last_by]):
            text = self._said(place, numeric)
            clean = f"replace({text}, {quote(style.thousands)}, '')" if style.thousands else text
            clean = f"replace({clean}, {quote(style.decimal)}, '.')" if style.decimal != "." else clean
            long = f"length({clean}) > {DIGITS} AND length(replace(ltrim(trim({clean}), '+-0.'), '.', '')) > {DIGITS}"
            cast = f"CASE WHEN NOT ({long}) THEN TRY_CAST({clean} AS {NUMBER}) END"
            yield f"x{place}", f"CASE WHEN regexp_full_match({text}, {pattern}) THEN {cast} END"

    def trimmed(self) -> Iterator[tuple[str, str]]:
        """Name and expression of every column read as a text, without the spaces around it, in NFC."""
        mapping = self.mapping
        spaces = [f"{side}(c{{0}}, {space})" for side in ("starts_with", "ends_with") for space in _SPACES]
        for place in self._places([mapping.case, mapping.unit, *self._inputs(Among, Filled), *mapping.last_by]):
            edges = " OR ".join(spaces).format(place)
            text = f"CASE WHEN {edges} THEN trim(c{place}, {' || '.join(_SPACES)}) ELSE c{place} END"
            yield f"w{place}", f"nfc_normalize({text})"

    def texts(self) -> Iterator[tuple[str, str]]:
        """Name and expression of every trimmed text, NULL where it means that nothing was said."""
        for name, _ in self.trimmed():
            yield f"t{name[1:]}", f"CASE WHEN {name} NOT IN {quoted_list(self.mapping.null)} THEN {name} END"

    def reading(self, source: str, kept: Sequence[str] = ()) -> str:
        """The layers up to ``said``, over a source of text columns; ``kept`` columns are passed on."""
        raw = ", ".join([*kept, *(f"c{place}" for place in self.places)])
        parsed = ", ".join(f"{sql} AS {name}" for name, sql in (*self.moments(), *self.numbers(), *self.trimmed()))
        texts = "".join(f", {sql} AS {name}" for name, sql in self.texts())
        return (
            f"WITH raw AS (SELECT {raw} FROM {source}), parsed AS (SELECT *, {parsed} FROM raw), "
            f"said AS (SELECT *{texts} FROM parsed)"
        )

    @property
    def places(self) -> list[int]:
        """Position of every column the mapping reads, once."""
        return sorted(set(self.positions.values()))

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
        for facts, derivation in self.mapping.values:
            parts.extend(self._sound_value(facts, derivation))
        return " AND ".join(parts)

    def _sound_value(self, facts: IndicatorFacts, derivation: Derivation) -> Iterator[str]:
        if isinstance(derivation, Value):
            x = f"x{self.positions[derivation.column]}"
            bound = Decimal(BOUND // facts.divisor - 1)
            low = -bound if facts.lowest is None else max(facts.lowest, -bound)
            high = bound if facts.highest is None else min(facts.highest, bound)
            whole = f" AND {x} = trunc({x})" if facts.whole else ""
            yield f"({x} BETWEEN {low} AND {high}{whole} OR c{x[1:]} IS NULL)"
            for name in (derivation.n, derivation.sd):
                if name:
                    x = f"x{self.positions[name]}"
                    whole = f" AND {x} = trunc({x})" if name == derivation.n else ""
                    yield f"({x} >= 0{whole} OR c{x[1:]} IS NULL)"
        elif isinstance(derivation, Duration):
            seconds = self._seconds(derivation)
            for check in self._limits(seconds, 0, facts, facts.divisor):
                yield f"(NOT {check.condition} OR {seconds} IS NULL)"

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
            yield f"v{i}", f"TRY_CAST({value} AS {NUMBER})"
            if isinstance(derivation, Value) and derivation.n:
                yield f"n{i}", f"x{self.positions[derivation.n]}::BIGINT"
            if isinstance(derivation, Value) and derivation.sd:
                yield f"s{i}", f"(x{self.positions[derivation.sd]} * {facts.divisor})::{NUMBER}"

    def empty(self) -> str:
        """True for a row in which every mapped cell is missing; cheap where the row has a date."""
        places = self._places(self.mapping.columns)
        return " AND ".join([f"m{places[0]} IS NULL", *(self._missing(place) for place in places)])

    @property
    def _case_text(self) -> str:
        return f"t{self.positions[self.mapping.case]}" if self.mapping.case else "NULL"

    def _places(self, names: Sequence[str]) -> list[int]:
        return list(dict.fromkeys(self.positions[name] for name in names if name))

    def _inputs(self, *kinds: type[Derivation]) -> list[str]:
        return [name for _, one in self.mapping.values if isinstance(one, kinds) for name in columns_of(one)]

    def _said(self, place: int, doubtful: bool) -> str:
        """The column's text; where some text for "missing" could be read as a value, NULL in its place."""
        nulls = quoted_list(self.mapping.null)
        return f"(CASE WHEN trim(c{place}) NOT IN {nulls} THEN c{place} END)" if doubtful else f"c{place}"

    def _missing(self, place: int) -> str:
        return f"(c{place} IS NULL OR trim(c{place}) IN {quoted_list(self.mapping.null)})"

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
        for place in self._places(self._inputs(Value, Over)):
            yield Check(f"(x{place} IS NULL AND NOT {self._missing(place)})", "not_a_number", place)
        for name in (self.mapping.case, self.mapping.unit):
            if name:
                place = self.positions[name]
                yield Check(f"length(t{place}) > {LONGEST_CODE}", "code_too_long", place, str(LONGEST_CODE))

    def _range_checks(self) -> Iterator[Check]:
        for facts, derivation in self.mapping.values:
            if isinstance(derivation, Value):
                place = self.positions[derivation.column]
                yield Check(f"abs(x{place}) * {facts.divisor} >= {BOUND}", "too_large", place, str(BOUND))
                yield from self._limits(f"x{place}", place, facts, 1)
                if facts.whole:
                    yield Check(f"x{place} <> trunc(x{place})", "not_whole", place)
                for name, code in ((derivation.n, "bad_count"), (derivation.sd, "negative_sd")):
                    if name:
                        x = f"x{self.positions[name]}"
                        wrong = f"({x} < 0 OR {x} <> trunc({x}))" if code == "bad_count" else f"{x} < 0"
                        yield Check(wrong, code, self.positions[name])
            elif isinstance(derivation, Duration):
                seconds, place = self._seconds(derivation), self.positions[derivation.end]
                yield Check(f"abs({seconds}) >= {BOUND}", "too_large", place, str(BOUND))
                yield from self._limits(seconds, place, facts, facts.divisor)

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
            case Value(column, n):
                value = f"x{at[column]} * {facts.divisor}" if facts.divisor != 1 else f"x{at[column]}"
                return f"CASE WHEN x{at[n]} >= 1 THEN {value} END" if n else value
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
