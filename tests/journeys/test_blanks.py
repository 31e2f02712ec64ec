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
