"""Real and messy files of others: each is read rightly or refused with a sentence, and the documents say which."""

import json
from pathlib import Path

from django.utils import translation

from tests.journeys import corpus


def test_csv_spectrum_equals_its_answers(shared_data: Path) -> None:
    folder = shared_data / "messy" / "csv-spectrum"
    for answer in sorted((folder / "answers").glob("*.json")):
        text = answer.read_text(encoding="utf-8")
        expected = json.loads(text.replace("\\r\\n", "\\n"))  # the copies have lost their returns
        assert corpus.cells(folder / f"{answer.stem}.csv") == expected, answer.stem


def test_the_documents_say_what_becomes_of_every_file(shared_data: Path) -> None:
    with translation.override("it"):
        made = corpus.table(shared_data)
    text = corpus.DOCUMENT.read_text(encoding="utf-8")
    assert text.split(corpus.BEGIN)[1].split(corpus.END)[0].strip() == made
