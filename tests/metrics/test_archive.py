"""The archive keeps what a published quarter said before it was corrected."""

import pytest
from django.test import Client
from django.utils import timezone

from company.models import Company
from metrics.models import Edition
from metrics.report import Report
from tests import make, make_report
from tests.metrics.test_pages import text, titles

pytestmark = pytest.mark.django_db


def published(company: Company, report: Report, version: int, **fields: object) -> Edition:
    """The report as a published version of its quarter."""
    first = Edition.objects.filter(quarter__company=company).first()
    quarter = first.quarter if first else make.quarter(company, report.quarter)
    at = timezone.now()
    made: Edition = Edition.objects.create(
        quarter=quarter, version=version, revision=0, digest=report.digest, content=report.content(), **fields
    )
    Edition.objects.filter(pk=made.pk).update(
        state="published", number=version, published=at, visible_from=at, publisher="anna@prova.example"
    )
    return made


def test_h7_the_old_and_the_new_value_of_a_restated_quarter_stand_together_with_the_reason(
    company: Company, client: Client
) -> None:
    now = make_report.aurora()
    published(company, make_report.past(now, now.quarter, 69.4), 1)
    published(company, now, 2, reason="un file arrivato tardi")
    client.force_login(make.user(company))
    page = text(client, "/archivio/")
    assert "Rideterminato: prima 69,4, ora 67,2 – un file arrivato tardi" in page
    assert titles(client, "/archivio/") == "1 trimestre pubblicato, 1 rideterminato"
