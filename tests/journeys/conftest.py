"""A source of votes and an analyst at the browser, for whoever prepares a file."""

import pytest
from django.test import Client

from company.models import Company, User
from journeys.models import Quarter, Source
from tests import dati

VOTES = {
    "date": "giorno",
    "case": "ordine",
    "unit": "negozio",
    "values": [{"indicator": "voto", "column": "voto"}],
}


@pytest.fixture
def source(company: Company, quarter: Quarter) -> Source:
    made = dati.source(company.departments.all()[0], VOTES)
    company.indicators.update(lowest=0, highest=10)
    return made


@pytest.fixture
def browser(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client
