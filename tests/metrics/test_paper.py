"""The PDFs of an edition: made once, by whom nobody else is making it, and never from other figures."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from company.models import Company, User
from metrics import paper
from metrics.models import Edition
from metrics.paperwork import Paper
from tests import make, make_report


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The papers the broker was told of."""
    told: list[int] = []
    monkeypatch.setattr("journeys.bell.ring", lambda task, number: told.append(number))
    return told


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents given to a printer that prints nothing."""
    documents: list[str] = []

    def pdf(document: str, style: str, tell: object) -> bytes:
        documents.append(document)
        return b"%PDF"

    monkeypatch.setattr(paper, "pdf", pdf)
    return documents


@pytest.fixture
def edition(company: Company) -> Edition:
    """The chain's report, a draft."""
    return make_report.edition(company, make_report.aurora())


@pytest.fixture
def reader(company: Company, edition: Edition, client: Client) -> User:
    """A reader, signed in."""
    user = make.user(company)
    client.force_login(user)
    return user


def ordered(client: Client, **data: str) -> Paper:
    """The paper of a POST."""
    response = client.post("/t/2026-3/pdf/", data)
    return Paper.objects.get(pk=int(response.headers["Location"].split("/")[2]))


def test_asking_twice_makes_one(reader: User, client: Client, rung: list[int]) -> None:
    assert ordered(client) == ordered(client)
    assert len(rung) == 1


def test_another_language_is_another_paper(reader: User, client: Client) -> None:
    first = ordered(client)
    client.cookies["lang"] = "en"
    assert ordered(client).key != first.key


def test_a_paper_holds_every_page_in_order(reader: User, client: Client, drawn: list[str]) -> None:
    paper.run(ordered(client).pk)
    assert Paper.objects.get().state == Paper.State.DONE
    assert drawn[0].count('class="leaf"') == 1 + 1 + 6 + 1 + 1 + 6


def test_a_departments_paper_holds_its_page_alone(reader: User, client: Client, drawn: list[str]) -> None:
    made = ordered(client, reparto="logistica")
    paper.run(made.pk)
    assert (made.name, drawn[0].count('class="leaf"')) == ("Logistica", 1)


def test_a_paper_of_no_department_is_not_found(reader: User, client: Client) -> None:
    assert client.post("/t/2026-3/pdf/", {"reparto": "spionaggio"}).status_code == 404


def test_names_stay_unique_in_the_whole_document(reader: User, client: Client) -> None:
    page = client.get("/t/2026-3/stampa/").content.decode()
    names = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert len(names) == len(set(names))


def test_a_made_paper_is_downloaded(reader: User, client: Client, drawn: list[str]) -> None:
    made = ordered(client)
    assert client.get(f"/carta/{made.pk}/trimestrale.pdf").status_code == 404
    paper.run(made.pk)
    response = client.get(f"/carta/{made.pk}/trimestrale.pdf")
    assert b"".join(response.streaming_content) == b"%PDF"  # type: ignore[attr-defined]
    assert 'filename="trimestrale-2026-3-it.pdf"' in response.headers["Content-Disposition"]


def test_a_paper_in_other_hands_is_left_alone(reader: User, client: Client, drawn: list[str]) -> None:
    made = ordered(client)
    later = timezone.now() + timedelta(minutes=1)
    Paper.objects.update(state=Paper.State.RUNNING, lease_until=later)
    paper.run(made.pk)
    assert drawn == []


def test_a_silent_worker_is_replaced_and_three_bad_ends_are_the_last(
    reader: User, client: Client, rung: list[int], drawn: list[str]
) -> None:
    made, before = ordered(client), timezone.now() - timedelta(minutes=1)
    Paper.objects.update(state=Paper.State.RUNNING, lease_until=before, attempts=2)
    paper.sweep(timezone.now())
    assert rung == [made.pk, made.pk]
    Paper.objects.update(attempts=3)
    paper.run(made.pk)
    assert (Paper.objects.get().error, drawn) == ("worker_died", [])


def test_figures_that_changed_meanwhile_are_not_printed(
    company: Company, reader: User, client: Client, drawn: list[str]
) -> None:
    made = ordered(client)
    make_report.edition(company, make_report.empty(make_report.aurora()))
    paper.run(made.pk)
    assert (Paper.objects.get().error, drawn) == ("gone", [])


def test_without_chromium_the_page_says_what_is_missing(reader: User, client: Client, settings: Settings) -> None:
    settings.CHROMIUM = ""
    made = ordered(client)
    paper.run(made.pk)
    page = client.get(f"/carta/{made.pk}/").content.decode()
    assert "Chromium" in page
    assert "/t/2026-3/stampa/" in page


def test_a_failed_paper_is_made_again_when_asked(reader: User, client: Client, rung: list[int]) -> None:
    made = ordered(client)
    Paper.objects.update(state=Paper.State.FAILED, error="timeouterror")
    assert ordered(client).state == Paper.State.QUEUED
    assert rung == [made.pk, made.pk]


def test_old_papers_are_thrown_away_with_their_file(reader: User, client: Client, drawn: list[str]) -> None:
    made = ordered(client)
    paper.run(made.pk)
    paper.sweep(timezone.now() + paper.KEPT + timedelta(days=1))
    assert not Paper.objects.exists()
    assert not made.path.exists()


def test_a_company_name_cannot_leave_the_margins_style(company: Company, reader: User, client: Client) -> None:
    style = client.get("/t/2026-3/stampa.css").content.decode()
    assert style.count("{") == style.count("}") == 5
    assert "SHA-256" in style
