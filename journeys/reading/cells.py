"""PURE: the cells a mapping reads, as SQL: three layers of columns over a source of texts.

``c3`` is the text of the file's fourth column; ``m3``, ``x3`` and ``t3`` are that text as a moment, a number and a
trimmed text (NULL: missing or not one). Each column is read as its own answers say, else as the file's format does.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from journeys.reading import dates
from journeys.reading.answers import ColumnAnswers
from journeys.reading.mapping import (
    Among,
    Derivation,
    Duration,
    Filled,
    Later,
    LongerThan,
    Over,
    SourceMapping,
    Value,
    columns_of,
)
from journeys.reading.numbers import DIGITS, NumberFormat

NUMBER = "DECIMAL(18,6)"
SPACES = ("' '", "chr(9)", "chr(160)")


def quote(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def quoted_list(texts: Sequence[str]) -> str:
    """SQL strings in parentheses."""
    return "(" + ", ".join(quote(text) for text in texts) + ")"


@dataclass(frozen=True)
class Cells:
    """The columns of one source's mapping in one file, where they lie at the given positions."""

    mapping: SourceMapping
    positions: Mapping[str, int]

    def moments(self) -> Iterator[tuple[str, str]]:
        """Name and expression of every column read as a moment."""
        mapping = self.mapping
        for place in self._places([mapping.date, *self._inputs(Duration, LongerThan, Later), *mapping.last_by]):
            known = mapping.dates(self._names[place])
            dated = any(dates.parse(text, known) for text in self._nulls(place))
            formats = ", ".join(quote(text) for text in known)
            yield f"m{place}", f"try_strptime({self._said(place, dated)}, [{formats}])"

    def numbers(self) -> Iterator[tuple[str, str]]:
        """Name and expression of every column read as a number."""
        for place in self._places(self._figures):
            yield f"x{place}", self._turned(place, self._number(place))

    def _number(self, place: int) -> str:
        style = self.mapping.numbers(self._names[place])
        numeric = any(re.fullmatch(style.pattern, text) for text in self._nulls(place))
        return f"CASE {' '.join(self._written(self._said(place, numeric), way) for way in style.ways)} END"

    def _written(self, text: str, style: NumberFormat) -> str:
        """The branch of a CASE for texts written in this way."""
        pattern = quote(rf"\s*{style.pattern}\s*")
        clean = f"replace({text}, {quote(style.thousands)}, '')" if style.thousands else text
        clean = f"replace({clean}, {quote(style.decimal)}, '.')" if style.decimal != "." else clean
        long = f"length({clean}) > {DIGITS} AND length(replace(ltrim(trim({clean}), '+-0.'), '.', '')) > {DIGITS}"
        cast = f"CASE WHEN NOT ({long}) THEN TRY_CAST({clean} AS {NUMBER}) END"
        return f"WHEN regexp_full_match({text}, {pattern}) THEN {cast}"

    def _turned(self, place: int, number: str) -> str:
        """The number with labels put into figures, and a reversed scale set right."""
        answers = self.mapping.answers.get(self._names[place], ColumnAnswers())
        if answers.labels:
            labels = " ".join(f"WHEN {quote(text)} THEN {value}::{NUMBER}" for text, value in answers.labels)
            number = f"CASE trim(c{place}) {labels} ELSE {number} END"
        if answers.reversed:
            number = f"TRY_CAST({sum(answers.reversed)} - {number} AS {NUMBER})"
        return number

    def trimmed(self) -> Iterator[tuple[str, str]]:
        """Name and expression of every column read as a text, without the spaces around it, in NFC."""
        mapping = self.mapping
        spaces = [f"{side}(c{{0}}, {space})" for side in ("starts_with", "ends_with") for space in SPACES]
        for place in self._places(
            [mapping.case, mapping.unit, *self._inputs(Among, Filled), *self._wheres, *mapping.last_by]
        ):
            edges = " OR ".join(spaces).format(place)
            text = f"CASE WHEN {edges} THEN trim(c{place}, {' || '.join(SPACES)}) ELSE c{place} END"
            yield f"w{place}", f"nfc_normalize({text})"

    def texts(self) -> Iterator[tuple[str, str]]:
        """Name and expression of every trimmed text, NULL where it means that nothing was said."""
        for name, _ in self.trimmed():
            nulls = quoted_list(self._nulls(int(name[1:])))
            yield f"t{name[1:]}", f"CASE WHEN {name} NOT IN {nulls} THEN {name} END"

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
    def _names(self) -> dict[int, str]:
        """The mapping's name of the column at each position."""
        return {place: name for name, place in reversed(list(self.positions.items()))}

    @property
    def _wheres(self) -> list[str]:
        return [where.column for where in self.mapping.where if where]

    @property
    def _figures(self) -> list[str]:
        """Columns read as numbers."""
        compared = [name for pair in self.mapping.at_most for name in pair]
        return [*self._inputs(Value, Over), self.mapping.weight, *compared, *self.mapping.last_by]

    def _nulls(self, place: int) -> tuple[str, ...]:
        return self.mapping.nulls(self._names[place])

    def _places(self, names: Sequence[str]) -> list[int]:
        return list(dict.fromkeys(self.positions[name] for name in names if name))

    def _inputs(self, *kinds: type[Derivation]) -> list[str]:
        return [name for _, one in self.mapping.values if isinstance(one, kinds) for name in columns_of(one)]

    def _said(self, place: int, doubtful: bool) -> str:
        """The column's text; where some text for "missing" could be read as a value, NULL in its place."""
        nulls = quoted_list(self._nulls(place))
        return f"(CASE WHEN trim(c{place}) NOT IN {nulls} THEN c{place} END)" if doubtful else f"c{place}"

    def _missing(self, place: int) -> str:
        return f"(c{place} IS NULL OR trim(c{place}) IN {quoted_list(self._nulls(place))})"
