"""A restated quarter says so on its pages, keeps both versions readable, and shows what moved between them and why."""

import pytest
from django.test import Client

from company.models import Company, User
from metrics.models import Edition, Objection
from metrics.publish import Order, publish, restate, review
from metrics.refresh import store
from tests import make, make_report
from tests.metrics.test_pages import text

FRONT, VERSIONS = "/t/2026-3/", "/archivio/2026-3/"


@pytest.fixture
def restated(company: Company, analyst: User, client: Client) -> Edition:
    """Published at 69.4, contested before, and restated to 67.2."""
    now = make_report.aurora()
    first = make_report.edition(company, make_report.past(now, "2026-3", 69.4))
    make_report.edition(company, make_report.past(now, "2026-2", 68.0))
    quarter = first.quarter
    review(quarter, analyst)
    first.objections.create(
        department="logistica", level="company", value=69, reason="Manca il Sud", author=analyst.email,
        state=Objection.State.DISMISSED, answer="C'è",
    )  # fmt: skip
    publish(quarter, analyst, Order(first.digest))
    quarter.refresh_from_db()
    restate(quarter, analyst, "un file arrivato tardi")
    quarter.refresh_from_db()
    edition = store(quarter, now, [])
    assert edition is not None
    type(quarter).objects.filter(pk=quarter.pk).update(stale=False, revision=edition.revision)
    quarter.refresh_from_db()
    client.force_login(make.user(company))
    return publish(quarter, analyst, Order(edition.digest))


def test_every_page_says_old_and_new_and_leads_to_both(restated: Edition, client: Client) -> None:
    for page in (FRONT, f"{FRONT}percorso/consegna/"):
        answer = client.get(page).content.decode()
        assert "prima 69,4, ora 67,2" in answer
        assert f"{FRONT}?versione=1" in answer
        assert VERSIONS in answer


def test_the_first_version_is_read_as_it_was_and_says_that_it_was_corrected(restated: Edition, client: Client) -> None:
    page = text(client, f"{FRONT}?versione=1")
    assert "69,4 su 100" in page
    assert "VERSIONE 1 poi corretta" in page
    stage = f"{FRONT}percorso/consegna/?versione=1"
    assert stage in client.get(f"{FRONT}?versione=1").content.decode()
    assert "VERSIONE 1" in text(client, stage)


@pytest.mark.parametrize("number", ["3", "0", "x", "%00", "9" * 30])
def test_a_version_that_never_came_out_is_not_found(restated: Edition, client: Client, number: str) -> None:
    assert client.get(f"{FRONT}?versione={number}").status_code == 404


def test_another_quarter_is_not_asked_for_in_this_version(restated: Edition, analyst: User, client: Client) -> None:
    client.force_login(analyst)
    page = client.get(f"{FRONT}?versione=1").content.decode()
    assert 'href="/t/2026-2/"' in page


def test_the_versions_stand_together_with_reason_figures_and_objections(restated: Edition, client: Client) -> None:
    page = text(client, VERSIONS)
    assert "pubblicata a 69,4, rideterminata a 67,2" in page
    assert "un file arrivato tardi" in page
    assert "Manca il Sud" in page
    assert "versione.2" in client.get(VERSIONS).content.decode()


def test_the_archive_keeps_what_was_contested_in_a_version_that_was_corrected(
    restated: Edition, client: Client
) -> None:
    page = text(client, "/archivio/")
    assert "Manca il Sud" in page
    assert VERSIONS in client.get("/archivio/").content.decode()


def test_a_draft_restatement_shows_nobody_a_version_before_it_is_out(
    restated: Edition, analyst: User, client: Client
) -> None:
    quarter = restated.quarter
    quarter.refresh_from_db()
    restate(quarter, analyst, "un altro")
    assert "un altro" not in text(client, VERSIONS)
    assert client.get(f"{FRONT}?versione=3").status_code == 404


def test_a_quarter_published_once_has_one_version(company: Company, analyst: User, client: Client) -> None:
    edition = make_report.edition(company, make_report.aurora())
    client.force_login(analyst)
    assert client.get(VERSIONS).status_code == 404
    review(edition.quarter, analyst)
    publish(edition.quarter, analyst, Order(edition.digest))
    assert "67,2, pubblicata una volta" in text(client, VERSIONS)
    assert "RIDETERMINATO" not in text(client, FRONT)
