"""The page that takes a quarter through its states: who sees it, what it checks, and what it publishes."""

import time
from dataclasses import replace

import pytest
from django.test import Client

from company.models import Company, User
from journeys.models import Quarter
from metrics.models import Edition
from tests import make, make_report
from tests.metrics.test_pages import text

PAGE = "/t/2026-3/pubblica/"


@pytest.fixture
def draft(company: Company, analyst: User, client: Client) -> Edition:
    """A draft of the chain's third quarter, and its analyst signed in."""
    make_report.edition(company, make_report.past(make_report.aurora(), "2026-2", 69.8))
    client.force_login(analyst)
    return make_report.edition(company, make_report.aurora())


def step(client: Client, name: str, **fields: str) -> int:
    return client.post(PAGE, {"step": name, **fields}).status_code


def state() -> str:
    return str(Quarter.objects.get(year=2026, number=3).state)


def test_a_quarter_is_reviewed_and_published_from_its_page(draft: Edition, client: Client) -> None:
    assert step(client, "review") == 303
    assert step(client, "publish", digest=draft.digest) == 303
    assert state() == "published"
    assert "pubblicato il" in text(client, "/t/2026-3/")


def test_figures_that_were_not_seen_are_refused_with_a_sentence(draft: Edition, client: Client) -> None:
    step(client, "review")
    response = client.post(PAGE, {"step": "publish", "digest": "0" * 64})
    assert (response.status_code, state()) == (422, "review")
    assert "non sono quelli che hai visto" in response.content.decode()


def test_the_draft_leads_to_its_publication_only_those_who_publish(
    draft: Edition, company: Company, client: Client
) -> None:
    assert PAGE in client.get("/t/2026-3/").content.decode()
    client.force_login(make.user(company, "facilitator"))
    assert PAGE not in client.get("/t/2026-3/").content.decode()


def test_the_checks_say_what_is_missing(draft: Edition, client: Client) -> None:
    Quarter.objects.filter(pk=draft.quarter_id).update(stale=True)
    assert "Sono arrivati dati: il calcolo è in corso." in text(client, PAGE)


def test_a_thirteenth_essential_indicator_stops_the_publication(
    company: Company, analyst: User, client: Client
) -> None:
    report = make_report.aurora()
    crowded = replace(report, indicators=tuple(replace(row, essential=True) for row in report.indicators))
    draft = make_report.edition(company, crowded)
    client.force_login(analyst)
    step(client, "review")
    assert "13 indicatori essenziali" in text(client, PAGE)
    assert "check-stops" in client.get(PAGE).content.decode()
    assert (step(client, "publish", digest=draft.digest), state()) == (422, "review")


def test_what_changed_since_the_figures_were_looked_at_is_shown(
    draft: Edition, company: Company, client: Client
) -> None:
    step(client, "review")
    assert 'data-table="dalla-bozza"' not in client.get(PAGE).content.decode()
    make_report.edition(company, make_report.past(make_report.aurora(), "2026-3", 60.0))
    assert 'data-table="dalla-bozza"' in client.get(PAGE).content.decode()
    step(client, "look")
    assert 'data-table="dalla-bozza"' not in client.get(PAGE).content.decode()


def test_what_changed_since_the_quarter_before_is_shown(draft: Edition, client: Client) -> None:
    assert 'data-table="dal-trimestre"' in client.get(PAGE).content.decode()


def test_an_embargo_is_a_moment_and_nothing_else(draft: Edition, client: Client) -> None:
    step(client, "review")
    assert step(client, "publish", digest=draft.digest, visible_from="boh") == 422
    assert step(client, "publish", digest=draft.digest, visible_from="2099-01-01T09:00") == 303
    assert Edition.objects.filter(pk=draft.pk, visible_from__year=2099).exists()


def test_a_restatement_shows_every_figure_old_and_new_and_is_published_beside(
    draft: Edition, company: Company, client: Client
) -> None:
    step(client, "review")
    step(client, "publish", digest=draft.digest)
    assert step(client, "restate", reason=" ") == 422
    assert step(client, "restate", reason="Il file dei corrieri è arrivato tardi") == 303
    make_report.edition(company, replace(make_report.past(make_report.aurora(), "2026-3", 61.0)))
    page = client.get(PAGE).content.decode()
    assert 'data-table="rideterminazione"' in page
    Quarter.objects.update(stale=False)
    Edition.objects.filter(state="draft").update(revision=Quarter.objects.get(year=2026, number=3).revision)
    new = Edition.objects.get(state="draft", quarter=draft.quarter)
    assert step(client, "publish", digest=new.digest) == 303
    assert "Il file dei corrieri è arrivato tardi" in text(client, "/archivio/")
    assert Edition.objects.filter(quarter=draft.quarter, state="published").count() == 2


def test_the_embargo_the_first_proposed_stands_in_the_form_of_the_second(
    draft: Edition, company: Company, client: Client
) -> None:
    Company.objects.filter(pk=company.pk).update(two_to_publish=True)
    step(client, "review")
    step(client, "publish", digest=draft.digest, visible_from="2099-01-01T09:00")
    client.force_login(make.user(company, "admin"))
    assert 'value="2099-01-01T09:00"' in client.get(PAGE).content.decode()
    step(client, "publish", digest=draft.digest, visible_from="2099-01-01T09:00")
    assert "gennaio 2099" in client.get(PAGE).content.decode()
    assert Edition.objects.get(pk=draft.pk).visible_from.year == 2099  # type: ignore[union-attr]


def test_publishing_at_an_old_sign_in_asks_who_is_there_and_then_goes_on(draft: Edition, client: Client) -> None:
    session = client.session
    session["started"] = int(time.time()) - 901
    session.save()
    assert step(client, "review") == 303
    answer = client.post(PAGE, {"step": "publish", "digest": draft.digest})
    assert (answer.headers["Location"].startswith("/accedi/ancora/"), state()) == (True, "review")
    assert client.post(answer.headers["Location"], {"password": make.PASSWORD}).status_code == 303
    assert state() == "published"
