"""However the same rows arrive — order, split, upload order, workers — the editions are the same, digest for digest."""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from company.models import Company
from journeys import ingest, ledger
from journeys.models import Quarter, Source, Upload
from metrics.models import Edition
from metrics.refresh import refresh
from tests.digest.orders import DELIVERIES, VOTES, as_csv, make_company, rows

FILES = {"consegne": DELIVERIES, "voti": VOTES}
pytestmark = pytest.mark.django_db


@pytest.fixture
def company(db: None, tmp_path: Path) -> Company:
    return make_company(tmp_path / "company")


def send(company: Company, files: Sequence[tuple[str, bytes]], workers: int = 1) -> dict[str, str]:
    """Take the files in, in this order, and give the digest of each quarter."""
    jobs = []
    for number, (slug, content) in enumerate(files):
        source = Source.objects.get(company=company, slug=slug)
        upload = ingest.receive(source, f"{slug}-{number}.csv", [content], None)
        jobs.append(upload.job.pk)
    if workers == 1:
        assert [ledger.run(job).upload.state for job in jobs] == [Upload.State.ACCEPTED] * len(jobs)
    else:
        with ThreadPoolExecutor(workers) as pool:
            assert set(pool.map(_elsewhere, jobs)) == {Upload.State.ACCEPTED}
    return digests(company)


def _elsewhere(job: int) -> str:
    try:
        return ledger.run(job).upload.state
    finally:
        connection.close()


def digests(company: Company) -> dict[str, str]:
    for quarter in Quarter.objects.filter(company=company, stale=True):
        refresh(quarter.pk)
    return {str(edition.quarter): edition.digest for edition in Edition.objects.filter(quarter__company=company)}


def undo_all(company: Company) -> None:
    for upload in Upload.objects.filter(company=company, state=Upload.State.ACCEPTED):
        ingest.undo(upload, None)


def pieces(content: list[list[str]], cuts: Sequence[int]) -> Iterator[list[list[str]]]:
    edges = [0, *sorted(cuts), len(content)]
    for start, end in pairwise(edges):
        if content[start:end]:
            yield content[start:end]


def plain() -> list[tuple[str, bytes]]:
    deliveries, votes = rows()
    return [("consegne", as_csv(DELIVERIES, deliveries)), ("voti", as_csv(VOTES, votes))]


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), cut=st.tuples(st.integers(1, 150), st.integers(1, 150)))
def test_permuted_rows_files_in_three_and_any_upload_order_give_the_same_digest(
    company: Company, seed: int, cut: tuple[int, int]
) -> None:
    wanted = send(company, plain())
    undo_all(company)
    chance, files = random.Random(seed), []
    for slug, content in zip(FILES, rows(), strict=True):
        chance.shuffle(content)
        files += [(slug, as_csv(FILES[slug], piece)) for piece in pieces(content, cut)]
    chance.shuffle(files)
    assert send(company, files) == wanted
    undo_all(company)


@pytest.mark.django_db(transaction=True)
def test_four_workers_give_the_digest_of_one(company: Company) -> None:
    parts = {slug: pieces(content, (40, 90)) for slug, content in zip(FILES, rows(), strict=True)}
    files = [(slug, as_csv(FILES[slug], piece)) for slug, held in parts.items() for piece in held]
    wanted = send(company, plain())
    undo_all(company)
    assert send(company, files, workers=4) == wanted


def test_undoing_an_upload_brings_the_digest_before_it_back(company: Company) -> None:
    files = plain()
    before = send(company, files[:1])
    after = send(company, files[1:])
    ingest.undo(Upload.objects.get(company=company, source__slug="voti", state=Upload.State.ACCEPTED), None)
    assert before != after
    assert digests(company) == before


def test_one_vote_more_gives_another_digest(company: Company) -> None:
    before = send(company, plain())
    more = as_csv(VOTES, [["R-x", "un altro ordine", "2026-02-03", "1", "2026-02-04 23:59"]])
    assert send(company, [("voti", more)]) != before
