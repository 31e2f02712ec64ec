"""The report's pages: who gets them, what they say, what they cost."""

import pytest
from django.test import Client

from company.models import Company, User
from tests import make, make_report

PAGES = ("", "percorso/", "percorso/consegna/", "percorso/uso/", "reparti/logistica/", "reparti/amministrazione/", "reparti/marketing/")


@pytest.fixture
def aurora(company: Company) -> Company:
    """The company with the chain's report and seven quarters before it."""
    make_report.history(company, make_report.aurora())
    return company


@pytest.fixture
def reader(company: Company, client: Client) -> User:
    """A reader, signed in."""
    user = make.user(company)
    client.force_login(user)
    return user


@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers(aurora: Company, reader: User, client: Client, page: str) -> None:
    response = client.get(f"/t/2026-3/{page}")
    assert response.status_code == 200
    open(f"/tmp/pages/{page.replace('/', '_') or 'front'}.html", "w").write(response.content.decode())
