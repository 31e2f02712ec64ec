"""A real company, imported once: the reports of its ten quarters, and the sums they were made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from company.models import Company
from journeys.models import Quarter
from metrics import facts
from metrics.derive.pairs import Tried, tried
from metrics.engine.moments import Facts
from metrics.models import Edition
from metrics.report import Report
from metrics.verify import Checked, verify
from tests import owner

FOLDER = Path(__file__).parent.parent / "data" / "olist"


@dataclass(frozen=True)
class Olist:
    """What the import gave: reports, digests and sums by quarter, what ``verify`` found, a pair tried, lake, rows."""

    reports: dict[str, Report]
    digests: dict[str, str]
    sums: dict[str, Facts]
    checked: dict[str, Checked]
    pair: Tried
    lake: Path
    rows: owner.Rows


@pytest.fixture(scope="session")
def olist(
    shared_data: Path,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Olist:
    """Olist through ``import_company`` and ``refresh``; gone from the database before the test begins."""
    home = tmp_path_factory.mktemp("olist")
    with django_db_blocker.unblock(), override_settings(UPLOADS_DIR=home / "uploads", LAKE_DIR=home / "lake"):
        owner.empty()
        call_command("import_company", str(FOLDER), stdout=StringIO())
        call_command("refresh", stdout=StringIO())
        company = Company.objects.get(slug="olist")
        editions = Edition.objects.filter(quarter__company=company).select_related("quarter__company__journey")
        by_code = {str(edition.quarter): edition for edition in editions}
        reports = {code: Report.parse(edition.content) for code, edition in by_code.items()}
        quarters = Quarter.objects.filter(company=company)
        found = Olist(
            reports,
            {code: edition.digest for code, edition in by_code.items()},
            {
                str(quarter): facts.facts(
                    facts.parts(quarter).values_list("sha256", flat=True), reports[str(quarter)].indicators
                )
                for quarter in quarters
            },
            {code: verify(edition) for code, edition in by_code.items()},
            tried(facts.of_pair(by_code["2018-1"], "late_delivery", "voto")),
            home / "lake",
            owner.rows(),
        )
        owner.empty()
    return found


@pytest.fixture(scope="module")
def standing(olist: Olist) -> Iterator[Olist]:
    """Olist with its rows in the database, for the module alone: the tests of others find none of them."""
    owner.put_back(olist.rows)
    yield olist
    owner.empty()
