"""What readers read keeps to one hand: typographic apostrophes, and in French the polite form and its own spaces."""

import re

import pytest

from trimestrale import catalogue

INSIDE_MARKUP = re.compile(r"<[^>]*>")
FAMILIAR = re.compile(r"\b(tu|toi|te|ton|tes|tien|tiens|tiennes?)\b|\bt’", re.IGNORECASE)
LOOSE = re.compile(r"[ \u202f][:;?!»]|[ \u202f]%(?!\()|«[^\u00a0]|[^\u00a0]»|[^\W\d_][;?!](?!\w)|\d%(?!\()")
ESCAPED = re.compile(r"&\w+;")
HEADER = re.compile(r"(Authorization|Content-Type)\s+:")


def _sentences(language: str) -> list[str]:
    po = next(file for file in catalogue.files() if language in file.parts)
    return [text for message in catalogue._read(po) if message.id for text in catalogue._forms(message.string)]


@pytest.mark.parametrize("language", ["it", "fr"])
def test_apostrophes_are_typographic(language: str) -> None:
    assert [text for text in _sentences(language) if "'" in INSIDE_MARKUP.sub("", text)] == []


def test_french_says_vous() -> None:
    assert [text for text in _sentences("fr") if FAMILIAR.search(text)] == []


def test_no_line_breaks_before_a_french_colon_semicolon_question_percent_or_within_guillemets() -> None:
    plain = {text: ESCAPED.sub("", INSIDE_MARKUP.sub("", text)) for text in _sentences("fr")}
    assert [text for text, bare in plain.items() if LOOSE.search(bare)] == []


def test_french_has_one_word_for_the_steps_of_the_bridge() -> None:
    assert [text for text in _sentences("fr") if re.search(r"pas à pas", text, re.IGNORECASE)] == []


def test_a_header_of_a_request_is_written_as_it_is_sent_in_every_language() -> None:
    assert [text for text in _sentences("fr") + _sentences("it") if HEADER.search(text)] == []
