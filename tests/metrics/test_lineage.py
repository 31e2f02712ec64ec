"""Where a figure comes from: two clicks from the figure to its files, each reader as far as theirs."""

import pytest
from django.test import Client

from company.models import Company, User
from metrics.models import Edition
from tests import dati, make, make_report
from tests.metrics.test_pages import text

PAGE = "/t/2026-3/provenienza/"


@pytest.fixture
def edition(company: Company, analyst: User, client: Client) -> Edition:
    client.force_login(analyst)
    return make_report.edition(company, make_report.aurora())


def test_without_a_name_it_is_the_companys_health_and_what_it_is_made_of(edition: Edition, client: Client) -> None:
    page = text(client, PAGE)
    assert "67,2" in page
    assert "Voto a Consegna" in page


def test_a_row_of_a_stage_leads_to_its_definition_and_formula(edition: Edition, client: Client) -> None:
    link = "provenienza/?level=indicator&amp;stage=consegna&amp;indicator=voto_consegna"
    assert link in client.get("/t/2026-3/percorso/consegna/").content.decode()
    assert "Voto a Consegna" in text(client, "/t/2026-3/" + link.replace("&amp;", "&"))


@pytest.mark.parametrize("query", ["?level=indicator&indicator=no", "?level=%00", "?stage=nowhere", "?unit=x"])
def test_a_figure_the_report_has_not_is_not_found(edition: Edition, client: Client, query: str) -> None:
    assert client.get(PAGE + query).status_code == 404


def test_a_reader_sees_the_files_without_sender_or_receipt(edition: Edition, company: Company, client: Client) -> None:
    upload = dati.upload(dati.votes_source(company.departments.all()[0]))
    upload.receipt = {"indicators": {"voto_consegna": {"observations": 40, "missing": 2}}}
    upload.save()
    Edition.objects.filter(pk=edition.pk).update(provenance=[{"quarter": "2026-3", "upload": str(upload.pk)}])
    assert f"/dati/caricamenti/{upload.pk}/" in client.get(PAGE).content.decode()
    client.force_login(make.user(company, "reader"))
    page = client.get(PAGE).content.decode()
    assert upload.sha256[:32] in page
    assert upload.filename not in page
    assert f"/dati/caricamenti/{upload.pk}/" not in page
