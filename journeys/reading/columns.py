"""PURE: what a column holds, from its texts: numbers and how they are written, days and their order, codes, words."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from journeys.reading import dates, numbers, personal
from journeys.reading.described import APART, Column, Question
from journeys.reading.mapping import DEFAULT_NULLS
from journeys.reading.numbers import NumberFormat
from journeys.reading.problems import shown
from journeys.reading.shape import plain

EXAMPLES = 3
LONG = 40
_WORDS = """
blank|non so|nonso|non sa|non risponde|non applicabile|n.a.|n.d.|nd|na|n/a|nr|n.r.|ns|non indicato|nessuna risposta
don't know|dont know|do not know|dk|refused|not applicable|no answer|prefer not to say|ne sait pas|nsp|sans réponse
missing|null|none|#n/d|#n/a|-|--|?|.
"""
NO_ANSWER = frozenset(re.split(r"[|\n]", _WORDS.strip()))
_SCALES = ((1, 5), (0, 5), (1, 7), (1, 10), (0, 10), (0, 100))
_CODES = frozenset(
    {"0", "6", "7", "8", "9", "88", "96", "97", "98", "99", "888", "997", "998", "999", "9999", "-1", "-9", "-99"}
)
_CASE = re.compile(
    r"(^|[^a-z])(id|codice|cod|ordine|order|ticket|pratica|numero|number|case|respondent|cliente)([^a-z]|$)"
)
_REVERSED = re.compile(
    r"1\s*[=:]\s*(?:ottim|molto soddisf|eccellent|excellent|very satisf|très satisf|best|massim)", re.IGNORECASE
)
_DIGITS = re.compile(r"[0-9]")


@dataclass
class Described:
    """A column and the doubts about it."""

    column: Column
    questions: list[Question] = field(default_factory=list)


def describe(position: int, name: str, texts: Sequence[str]) -> Described:
    """The column of these texts, one a row."""
    said = [text.strip() for text in texts if text.strip() and text.strip() not in DEFAULT_NULLS]
    counts = Counter(said)
    worker, kind_of_person = personal.names_a_worker(name), personal.identifiers(list(counts)[:500], name)
    if not kind_of_person and personal.names(list(counts)[:500]):
        kind_of_person = "name"
    private = "worker" if worker else kind_of_person
    made = _read(plain(name), counts)
    examples = tuple(_example(text, private) for text in list(counts)[:EXAMPLES])
    column = Column(
        position, name, made.kind, examples, len(said), len(counts), made.answers, made.codes, private, *made.range
    )
    return Described(column, [] if private else list(_questions(name, made)))


@dataclass
class _Made:
    """What was made of the texts."""

    kind: str
    answers: dict[str, Any] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    range: tuple[str, str] = ("", "")
    numeric: tuple[str, NumberFormat, NumberFormat] | None = None
    dated: tuple[str, tuple[str, ...], tuple[str, ...]] | None = None
    clear: str = ""
    mixed: tuple[tuple[str, ...], NumberFormat, NumberFormat] | None = None
    reversed: tuple[str, str] | None = None
    zoned: str = ""


def _read(name: str, counts: Counter[str]) -> _Made:
    if not counts:
        return _Made("empty")
    for read in (_as_dates, _as_numbers):
        made: _Made | None = read(name, counts)
        if made:
            return made
    longest = max(map(len, counts))
    if longest > LONG and len(counts) * 2 > sum(counts.values()):
        return _Made("comment")
    codes = tuple(text for text in counts if text.casefold() in NO_ANSWER)
    return _Made("code" if _CASE.search(name.casefold()) and len(counts) > 1 else "text", codes=codes)


def _as_dates(name: str, counts: Counter[str]) -> _Made | None:
    texts = [text for text in counts if text.casefold() not in NO_ANSWER]
    first = texts[:50]
    if not texts or 5 * sum(bool(_DIGITS.match(text)) for text in first) < 4 * len(first):
        return None
    found = dates.fitting(texts)
    if not found:
        texts = _without_odd_days(texts, counts)
        found = dates.fitting(texts)
    if not found:
        several = dates.together(texts)
        made = _Made("date", {"dates": list(several[0])}, _codes_among(counts)) if several else None
        return _in_doubt(made, texts, several) if made else None
    chosen = found[0]
    answers = {} if chosen in dates.DEFAULT_FORMATS else {"dates": [chosen]}
    made = _Made("date", answers, _codes_among(counts), zoned=texts[0] if chosen.endswith("Z") else "")
    return _in_doubt(made, texts, [(one,) for one in found])


def _without_odd_days(texts: list[str], counts: Counter[str]) -> list[str]:
    """The texts without a handful that no format makes days of (31/09/2026): the check will ask about these."""
    kept = [text for text in texts if dates.fitting([text])]
    odd = sum(counts[text] for text in texts) - sum(counts[text] for text in kept)
    return kept if 20 * odd <= sum(counts[text] for text in kept) else texts


def _in_doubt(made: _Made, texts: Sequence[str], ways: Sequence[tuple[str, ...]]) -> _Made:
    """The dates with the first text that another of the ways reads as another day."""
    chosen = ways[0]
    for other in ways[1:]:
        example = next((text for text in texts if dates.parse(text, chosen) != dates.parse(text, other)), "")
        if example:
            made.dated = example, chosen, other
            break
    return made


def _as_numbers(name: str, counts: Counter[str]) -> _Made | None:
    words = [text for text in counts if not _DIGITS.search(text)]
    figures = [text for text in counts if _DIGITS.search(text)]
    rows = sum(counts[text] for text in figures)
    if not figures or (any(text.casefold() not in NO_ANSWER for text in words) and not _few(words, counts, rows)):
        return None
    if all(re.fullmatch(r"[0-9]{10,}", text) for text in figures):
        return _Made("code", codes=tuple(words))
    styles = numbers.fitting(figures)
    if not styles:
        figures = _without_slips(figures, counts)
        styles = numbers.fitting(figures)
    if not styles:
        return _as_mixed(figures, words)
    if any(re.fullmatch(r"0[0-9]+", text) for text in figures):
        return _Made("code", codes=tuple(words))
    style = styles[0]
    doubt = numbers.doubt(figures, styles)
    if doubt and doubt[1].thousands == "":
        doubt = (doubt[0], doubt[2], doubt[1]) if doubt[1].decimal == "." and doubt[2].decimal == "," else doubt
        style = doubt[1]
    whole = all(re.fullmatch(r"[0-9]+", text) for text in figures)
    if whole and _CASE.search(name.casefold()) and len(figures) == rows and rows > 1:
        return _Made("code")
    return _number(name, counts, (figures, words), (style, doubt))


def _as_mixed(figures: list[str], words: list[str]) -> _Made | None:
    """Numbers written in two ways: one of each as an example, and one that both could be, where there is one."""
    pair = numbers.mixed(figures)
    if pair is None:
        return None
    style, other = pair
    only = [
        [text for text in figures if way.reads(text) and not away.reads(text)]
        for way, away in (style.ways, style.ways[::-1])
    ]
    both = [text for text in figures if style.parse(text) != other.parse(text)]
    kept = [style.parse(text) for text in figures]
    answers = {"decimal": style.decimal, "thousands": style.thousands, "mixed": True}
    made = _Made("number", answers, tuple(words), (f"{min(kept).normalize():f}", f"{max(kept).normalize():f}"))
    made.mixed = (tuple(texts[0] for texts in (both, *only) if texts), style, other)
    return made


def _without_slips(figures: list[str], counts: Counter[str]) -> list[str]:
    """The texts without a handful that no way of writing makes numbers (8/10): the check will ask about these."""
    kept = [text for text in figures if any(style.reads(text) for style in numbers.STYLES)]
    slips = [text for text in figures if text not in kept]
    return kept if _few(slips, counts, sum(counts[text] for text in kept)) else figures


def _few(words: Sequence[str], counts: Counter[str], rows: int) -> bool:
    """True for a handful of words among many figures: codes nobody told us about."""
    return len(words) <= 3 and rows >= 4 * sum(counts[text] for text in words)


def _number(
    name: str,
    counts: Counter[str],
    texts: tuple[list[str], list[str]],
    read: tuple[NumberFormat, tuple[str, NumberFormat, NumberFormat] | None],
) -> _Made:
    (figures, words), (style, doubt) = texts, read
    values = {text: style.parse(text) for text in figures}
    codes = [*words, *_outside(values, counts)]
    kept = [value for text, value in values.items() if text not in codes] or [Decimal(0)]
    marked = style.decimal == "," or style.thousands
    answers: dict[str, Any] = {}
    if marked and any(re.search(r"[^0-9+-]", text) for text in figures):
        answers = {"decimal": style.decimal, "thousands": style.thousands}
    if doubt:
        answers = {"decimal": style.decimal, "thousands": style.thousands}
    clear = next((text for text in figures if style.thousands and style.thousands in text), "")
    made = _Made("number", answers, tuple(codes), (f"{min(kept).normalize():f}", f"{max(kept).normalize():f}"), doubt)
    made.clear = "" if doubt else clear
    if _REVERSED.search(name):
        made.reversed = made.range
    return made


def _outside(values: dict[str, Decimal], counts: Counter[str]) -> Iterator[str]:
    """Codes among votes: whole numbers outside the smallest scale that holds four fifths of the answers.

    Numbers that go on without a gap beyond the scale are counts, and nobody's codes.
    """
    whole = {text: int(value) for text, value in values.items() if value == value.to_integral_value()}
    if len(whole) < len(values) or len(values) > 20:
        return
    total = sum(counts[text] for text in values)
    for low, high in _SCALES:
        inside = sum(counts[text] for text, value in whole.items() if low <= value <= high)
        if {high + 1, high + 2} <= set(whole.values()):
            continue
        if inside * 5 >= total * 4 and len({value for value in whole.values() if low <= value <= high}) > 1:
            for text, value in whole.items():
                beside = low - 1 <= value <= high + 1
                rare = counts[text] * (20 if beside else 5) <= total
                if not low <= value <= high and text in _CODES and rare:
                    yield text
            return


def _codes_among(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(text for text in counts if text.casefold() in NO_ANSWER)


def _questions(name: str, made: _Made) -> Iterator[Question]:
    def piece(**answers: Any) -> dict[str, Any]:
        return {"columns": {name: answers}}

    if made.numeric:
        text, first, second = made.numeric
        pieces = [piece(decimal=style.decimal, thousands=style.thousands) for style in (first, second)]
        readings = [f"{style.parse(text).normalize():f}" for style in (first, second)]
        yield Question("decimal", name, text, readings[0], readings[1], True, pieces[0], pieces[1])
    elif made.clear:
        style = NumberFormat(made.answers["decimal"], made.answers["thousands"])
        yield Question(
            "decimal", name, made.clear, f"{style.parse(made.clear).normalize():f}", yes=piece(**made.answers)
        )
    if made.mixed:
        shown_as, first, second = made.mixed
        pieces = [piece(decimal=one.decimal, thousands=one.thousands, mixed=True) for one in (first, second)]
        reading = APART.join(f"{first.parse(text).normalize():f}" for text in shown_as)
        if first.parse(shown_as[0]) == second.parse(shown_as[0]):
            pieces[1] = piece(decimal=first.decimal, thousands=first.thousands, mixed=False)
            yield Question("mixed", name, APART.join(shown_as), reading, yes=pieces[0], no=pieces[1])
        else:
            away = f"{second.parse(shown_as[0]).normalize():f}"
            yield Question("mixed", name, APART.join(shown_as), reading, away, True, pieces[0], pieces[1])
    if made.dated:
        text, chosen, other = made.dated
        days = [moment.date().isoformat() for form in (chosen, other) if (moment := dates.parse(text, form))]
        yield Question("dates", name, text, days[0], days[1], True, piece(dates=list(chosen)), piece(dates=list(other)))
    if made.zoned:
        yield Question("clock", name, made.zoned, made.zoned[:-1], yes=piece(**made.answers))
    if made.codes:
        scale = "–".join(made.range) if made.range[1] else ""
        nulls = [piece(null=texts) for texts in (list(made.codes), [])]
        yield Question("codes", name, ", ".join(made.codes), scale, "", True, *nulls)
    if made.reversed:
        low, high = made.reversed
        yield Question("reversed", name, low, high, yes=piece(reversed=[low, high]), no=piece(reversed=None))


def _example(text: str, private: str) -> str:
    if private == "name":
        return personal.initials(text)
    return shown(personal.MASK if private in ("email", "phone", "iban", "fiscal_code") else personal.masked(text))
