"""The doubts about a file in plain sentences, each with an example from it; and the answers as pieces of mapping."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from company.formats import agreed, day_long
from journeys.reading.described import APART, Piece, Recognised, merged
from journeys.receipts import SEPARATORS

TOOLS = {
    "qualtrics": "Qualtrics",
    "surveymonkey": "SurveyMonkey",
    "limesurvey": "LimeSurvey",
    "google_forms": "Google Forms",
    "typeform": "Typeform",
    "formbricks": "Formbricks",
}
ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252", "latin-1": "ISO 8859-1"}


@dataclass(frozen=True)
class Asked:
    """One question: its sentence, its two answers in words, and the one that is given or may be taken for granted."""

    place: int
    column: str
    text: str
    yes: str
    no: str
    answer: str = "yes"


def asked(questions: Sequence[Mapping[str, Any]], said: Mapping[str, str] | None = None) -> list[Asked]:
    """Every open question in words, with what was said to it already: ``q0`` → yes or no."""
    made = [_asked(place, question) for place, question in enumerate(questions)]
    return [replace(one, answer=(said or {}).get(f"q{one.place}") or one.answer) for one in made]


def answers(questions: Sequence[Mapping[str, Any]], said: Mapping[str, str]) -> Piece:
    """The pieces of mapping the answers stand for; ``said``: ``q0`` → yes or no."""
    made: dict[str, Any] = {}
    for place, question in enumerate(questions):
        answer = said.get(f"q{place}")
        piece = question["yes"] if answer == "yes" else question["no"] or _otherwise(question)
        made = merged(made, piece)
    return made


def unanswered(questions: Sequence[Mapping[str, Any]], said: Mapping[str, str]) -> bool:
    """True when a question has no answer yet."""
    return any(said.get(f"q{place}") not in ("yes", "no") for place in range(len(questions)))


def facts(seen: Recognised) -> Iterator[str]:
    """What was recognised, a sentence each."""
    if seen.tool:
        yield _("An export of %(tool)s, read as that tool writes it.") % {"tool": TOOLS.get(seen.tool, seen.tool)}
    if seen.sheet:
        yield _("The sheet “%(sheet)s” of a workbook.") % {"sheet": seen.sheet}
    elif seen.separator in SEPARATORS:
        found = {"encoding": ENCODINGS.get(seen.encoding, seen.encoding), "separator": SEPARATORS[seen.separator]}
        yield _("A text in %(encoding)s, with columns separated by %(separator)s.") % found
    yield ngettext(
        "The headings are in row %(row)s; there is %(columns)s column.",
        "The headings are in row %(row)s; there are %(columns)s columns.",
        len(seen.columns),
    ) % {"row": seen.header_row, "columns": len(seen.columns)}
    if seen.preamble:
        yield _("Above them, not read: “%(text)s”.") % {"text": seen.preamble[0][:80]}


def _otherwise(question: Mapping[str, Any]) -> Piece:
    """What "no" means where the question itself does not say."""
    code = question["code"]
    if code == "header":
        return {"format": {"header": {"row": 1, "rows": 1, "names": "first"}}}
    if code == "footer":
        return {"format": {"footer": []}}
    if code == "encoding":
        return {"format": {"encoding": "latin-1" if question["reading"] == "cp1252" else "cp1252"}}
    return {}


def _asked(place: int, question: Mapping[str, Any]) -> Asked:
    code, column = question["code"], question["column"]
    words = {"column": column, "example": question["example"]}
    reading, other = _meant(code, question["reading"]), _meant(code, question["other"])
    words |= {"reading": reading, "other": other}
    if code == "codes":
        words["low"], _dash, words["high"] = question["reading"].partition("–")
        text = (_apart() if question["reading"] else _among()) % words
        return Asked(place, column, text, _("“No answer”: it never counts"), _("A value like the others"), answer="")
    no = _denial(code)
    words["unsure"] = question["example"].partition(APART)[0]
    language = get_language() or "it"
    text = agreed(" ".join([_sentence(code) % words, _("Is that right?")]), language)
    return Asked(place, column, text, _("Yes"), agreed(no % words, language) if other else _("No"))


def _apart() -> str:
    return _(
        "In “%(column)s” the values go from %(low)s to %(high)s, and some cells hold %(example)s. What does it mean?"
    )


def _among() -> str:
    return _("In “%(column)s” some cells hold %(example)s. What does it mean?")


def _sentence(code: str) -> str:
    return {
        "sheet": _("The workbook has several sheets. I read “%(reading)s”."),
        "header": _("I take row %(reading)s for the headings: %(example)s."),
        "footer": _("The table ends where “%(example)s” begins; the lines from there on are not data."),
        "encoding": _("Some characters are not UTF-8; read as %(reading)s one word is “%(example)s”."),
        "decimal": _("In “%(column)s” I read %(example)s as %(reading)s."),
        "dates": _("In “%(column)s” %(example)s is %(reading)s."),
        "mixed": _("In “%(column)s” numbers are written in two ways: I read %(example)s as %(reading)s."),
        "reversed": _("In “%(column)s” the scale runs the other way: %(reading)s is the worst."),
        "clock": _("In “%(column)s” %(example)s is the time of the clock there: %(reading)s."),
    }.get(code, _("In “%(column)s” I read %(example)s as %(reading)s."))


def _denial(code: str) -> str:
    """No, and what it is instead: before a day Italian and French want their article."""
    return {
        "mixed": _("No, %(unsure)s is %(other)s"),
        "dates": pgettext("day", "No, it is %(other)s"),
    }.get(code, _("No, it is %(other)s"))


def _meant(code: str, text: str) -> str:
    """A reading as a person says it: 1.234,5 in figures, 3 April 2026 in words."""
    language = get_language() or "it"
    if code == "encoding":
        return ENCODINGS.get(text, text)
    if code == "dates":
        try:
            return day_long(date.fromisoformat(text[:10]), language)
        except ValueError:
            return text
    if code in ("decimal", "mixed"):
        return APART.join(map(_in_words, text.split(APART)))
    return text


def _in_words(text: str) -> str:
    """1234.5 as it is read out."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    whole, _point, decimals = f"{value:f}".partition(".")
    return _("%(whole)s point %(decimals)s") % {"whole": whole, "decimals": decimals} if decimals else whole
