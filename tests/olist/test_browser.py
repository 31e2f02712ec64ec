"""An analyst who uploads the same files by hand, one after another, gets the editions of ``import_company``."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from company.models import Company
from journeys import ledger
from journeys.companyfile.importing import import_folder
from journeys.models import Job, Quarter, Upload
from metrics.models import Edition
from metrics.refresh import refresh
from tests import make
from tests.chromium import Open
from tests.olist.conftest import FOLDER, Olist

FILES = {
    "Ordini": "sales_orders.csv",
    "Pagamenti": "billing_payments.csv",
    "Approvazioni, dal file dei negozi": "stores_handover.csv",
    "Affidamenti al corriere": "stores_handover.csv",
    "Consegne": "logistics_deliveries.csv",
    "Recensioni": "voice_reviews.csv",
}


def definitions(folder: Path) -> Company:
    """Olist without a row of data."""
    folder.mkdir()
    text = (FOLDER / "company.yml").read_text()
    (folder / "company.yml").write_text(re.sub(r"^    files:.*\n", "", text, flags=re.MULTILINE))
    company, _ = import_folder(folder, lambda line: None)
    return company


def worked() -> list[str]:
    """What the worker does, done here: the states of the uploads whose jobs waited."""
    return [ledger.run(job.pk).upload.state for job in Job.objects.filter(state=Job.State.QUEUED)]


@pytest.mark.django_db(transaction=True)
def test_files_uploaded_by_hand_give_the_same_digests(
    olist: Olist, shared_data: Path, open_page: Open, tmp_path: Path
) -> None:
    company = definitions(tmp_path / "company")
    page = open_page("/dati/carica/", user=make.user(company, "analyst"))
    for source, name in FILES.items():
        page.goto("/dati/carica/")
        page.get_by_label("Fonte").select_option(label=page.get_by_role("option").filter(has_text=source).inner_text())
        page.get_by_label("File").set_input_files(shared_data / "olist" / name)
        page.get_by_role("button", name="Carica").click()
        expect(page.locator("[data-test=status]")).to_be_visible()
        assert worked() == [Upload.State.DRAFT]
        expect(page.locator("[data-test=agree], [data-test=confirm]").first).to_be_visible(timeout=20_000)
        if page.locator("[data-test=agree]").count():
            for tick in page.locator("[data-test=agree]").all():
                tick.check()
            page.locator("[data-test=agree-all]").click()
        page.locator("[data-test=confirm]").click(timeout=20_000)
        expect(page.locator("[data-test=status]")).to_be_visible()
        assert worked() == [Upload.State.ACCEPTED]
    for quarter in Quarter.objects.filter(company=company):
        refresh(quarter.pk)
    expect(page.get_by_role("link", name="Apri la ricevuta")).to_be_visible(timeout=20_000)
    editions = Edition.objects.filter(quarter__company=company).select_related("quarter")
    assert {str(edition.quarter): edition.digest for edition in editions} == olist.digests
