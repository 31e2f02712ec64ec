"""The file to fill in is one that the source takes."""

import io
from datetime import date

import openpyxl
import pytest

from company.models import Company
from journeys import blanks, ingest, ledger
from journeys.models import Indicator, Quarter, Source
from tests import dati


@pytest.fixture
def source(company: Company, quarter: Quarter) -> Source:
    made = dati.source(
        company.departments.all()[0],
        {
            "date": "giorno",
            "case": "ordine",
            "unit": "negozio",
            "format": {"dates": ["%d/%m/%Y"], "separator": ";", "decimal": ","},
            "values": [
                {"indicator": "voto", "column": "voto"},
                {"indicator": "ritardo", "in": {"column": "stato", "values": ["tardi"]}},
                {"indicator": "attesa", "duration": {"start": "partito", "end": "arrivato", "by": "days"}},
            ],
        },
    )
    Indicator.objects.filter(slug="voto").update(lowest=0, highest=10, whole=True)
    return made


def test_the_examples_of_the_csv_are_taken_as_they_are(source: Source) -> None:
    upload = ingest.receive(source, "x.csv", iter([blanks.as_csv(source, date(2026, 7, 1))]), None)
    ledger.run(upload.job.pk)
    upload.refresh_from_db()
    assert (upload.problems, upload.state, upload.observations) == ([], "accepted", 9)


def test_the_workbook_has_the_same_columns_and_limits_and_no_formula(source: Source) -> None:
    book = openpyxl.load_workbook(io.BytesIO(blanks.as_xlsx(source, date(2026, 7, 1))))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["giorno", "ordine", "negozio", "voto", "stato", "partito", "arrivato"]
    assert [(float(rule.formula1), float(rule.formula2)) for rule in sheet.data_validations.dataValidation] == [(0, 10)]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_file_of_times_and_states_to_fill_in_is_taken_as_it_is(source: Source) -> None:
    source.mapping = {
        **source.mapping,
        "format": {"dates": ["%d/%m/%Y %H:%M:%S", "%d/%m/%Y"], "separator": ";"},
        "values": [
            {"indicator": "attesa", "later": {"column": "arrivato", "than": "promesso", "by": "day"}},
            {"indicator": "voto", "duration": {"start": "in_coda", "end": "alla_cassa", "by": "hours"}},
            {"indicator": "ritardo", "in": {"column": "stato", "values": ["tardi"]}},
        ],
    }
    source.save()
    Indicator.objects.update(lowest=None, highest=None)
    text = blanks.as_csv(source, date(2026, 7, 1)).decode("utf-8-sig")
    first, second = (
        dict(zip(text.splitlines()[0].split(";"), line.split(";"), strict=True)) for line in text.splitlines()[1:3]
    )
    assert (first["giorno"], first["in_coda"], first["alla_cassa"]) == (
        "01/07/2026",
        "01/07/2026 10:00:00",
        "01/07/2026 10:20:00",
    )
    assert (first["stato"], second["stato"], first["arrivato"]) == ("tardi", "altro", "02/07/2026")
    upload = ingest.receive(source, "x.csv", iter([text.encode()]), None)
    ledger.run(upload.job.pk)
    upload.refresh_from_db()
    assert (upload.problems, upload.state, upload.observations) == ([], "accepted", 9)
