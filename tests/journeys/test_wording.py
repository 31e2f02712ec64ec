"""Every problem has words, in Italian too: where, what, and what to do."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from journeys import wording
from journeys.reading.mapping import MappingError
from journeys.reading.problems import Problem
from journeys.wording import mapping_sentence, sentence

ROOT = Path(wording.__file__).parent
SOURCES = [*sorted((ROOT / "reading").glob("*.py")), ROOT / "taking.py", ROOT / "ingest.py", ROOT / "ledger.py"]
CODES = sorted(
    {
        code
        for file in SOURCES
        for code in re.findall(r'(?:Problem\(\s*|NotANumber\(|Check\([^"]*"[^"]*"[^,]*, )"([a-z_]+)"', file.read_text())
    }
)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_words(code: str) -> None:
    assert code in wording._WORDS


@pytest.mark.parametrize("code", sorted(wording._WORDS))
@pytest.mark.parametrize("language", ["it", "en"])
def test_every_sentence_can_be_said_even_when_cells_hold_percent_signs(code: str, language: str) -> None:
    problem = Problem(code, 12, "100 %(sure)s", "50 %", "0–10", extra={"first": 1, "second": 2, "byte": "0xE8"})
    with translation.override(language):
        text = sentence(problem)
    assert "12" in text
    assert "100 %(sure)s" in text


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem("out_of_range", 12, "voto", "11", "0–10"), "Riga 12, «voto»: 11"),
        (Problem("not_a_date", 501, "giorno", "Totale", "%d/%m/%Y"), "GG/MM/AAAA"),
        (Problem("missing_column", column="data_contatto", extra={"like": "Data Contato"}), "«Data Contato»?"),
        (Problem("ragged_row", 18, extra={"fields": 12, "expected": 11}), "Riga 18: 12 campi"),
        (Problem("published_quarter", 3, "giorno", "2026-01-02"), "trimestre pubblicato"),
        (Problem("other_kind", value="pdf"), "PDF"),
        (Problem("empty"), "vuoto"),
        (Problem("something_new"), "something_new"),
    ],
)
def test_the_italian_sentence_names_place_value_and_remedy(problem: Problem, words: str) -> None:
    with translation.override("it"):
        assert words in sentence(problem)


def test_a_fault_in_a_mapping_begins_with_its_key() -> None:
    error = MappingError("values[2].duration.by", "unknown_choice", {"value": "weeks", "known": "hours, days"})
    with translation.override("it"):
        assert mapping_sentence(error).startswith("values[2].duration.by: «weeks»")
