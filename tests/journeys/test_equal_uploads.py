"""Fifty people send the same bytes at the same moment: one file is taken, the others are shown it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from journeys import ingest
from journeys.models import Job, Source, Upload
from tests import dati, make

PEOPLE, LANES = 50, 10


@pytest.fixture
def source(transactional_db: None) -> Source:
    company = make.company()
    make.quarter(company)
    return dati.votes_source(make.department(company))


def send(source: Source) -> str:
    try:
        return str(ingest.receive(source, "voti.csv", iter([dati.votes(8, 9)]), None, Upload.State.DRAFT).pk)
    except ingest.Refused as refusal:
        return str(refusal.problem.extra["upload"])
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_of_fifty_equal_files_one_is_taken_and_all_others_lead_to_it(source: Source) -> None:
    with ThreadPoolExecutor(LANES) as pool:
        answers = list(pool.map(send, [source] * PEOPLE))
    assert (Upload.objects.count(), Job.objects.count(), len(set(answers))) == (1, 1, 1)
    assert answers[0] == str(Upload.objects.get().pk)
