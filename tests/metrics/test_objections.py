"""A department contests a figure of a draft; it is answered before publication and stays beside the figure."""

from urllib.parse import quote

import pytest
from django.test import Client

from company.models import AuditEntry, Company, User
from journeys.models import Quarter
from metrics import seals
from metrics.models import Edition, Objection
from metrics.report import EffectRow
from metrics.sentences import total_impact
from tests import make, make_report
from tests.metrics.test_pages import text

PAGE = "/t/2026-3/contestazioni/"
STAGE = "stage|consegna||"
HEALTH = {"figure": STAGE, "department": "logistica", "reason": "Mancano i corrieri del Sud"}


@pytest.fixture
def draft(company: Company, head: User, client: Client) -> Edition:
    """The chain's draft, and the head of Logistica signed in."""
    client.force_login(head)
    return make_report.edition(company, make_report.aurora())


def contest(client: Client, **fields: str) -> int:
    return client.post(PAGE, {**HEALTH, **fields}).status_code


def answer(client: Client, **fields: str) -> int:
    return client.post(f"{PAGE}{Objection.objects.get().pk}/", fields).status_code


def test_a_contested_figure_says_so_beside_it(draft: Edition, client: Client) -> None:
    tag = client.get("/t/2026-3/percorso/consegna/")["ETag"]
    assert contest(client) == 303
    page = client.get("/t/2026-3/percorso/consegna/", headers={"If-None-Match": tag})
    assert page.status_code == 200
    assert "Contestato da Logistica il" in page.content.decode()
    assert "Contestato da" not in text(client, "/t/2026-3/percorso/uso/")


def test_an_indicator_is_contested_in_its_row(draft: Edition, client: Client) -> None:
    row = draft.figures.filter(level="indicator", base="full").first()
    assert row is not None
    key = f"indicator|{row.stage}|{row.indicator}|"
    assert contest(client, figure=key) == 303
    stage = make_report.aurora().indicator(row.indicator).stage
    assert "Contestato da Logistica il" in text(client, f"/t/2026-3/percorso/{stage}/")


@pytest.mark.parametrize(
    "fields", [{"reason": " "}, {"figure": "stage|nessuna||"}, {"figure": "x"}, {"department": "assistenza"}]
)
def test_what_cannot_be_contested_is_refused(draft: Edition, client: Client, fields: dict[str, str]) -> None:
    assert contest(client, **fields) == 422
    assert not Objection.objects.exists()


def test_a_department_contests_a_figure_once_while_it_is_open(draft: Edition, client: Client) -> None:
    assert [contest(client), contest(client)] == [303, 422]


def test_an_answer_is_given_once_by_who_publishes(draft: Edition, analyst: User, client: Client) -> None:
    contest(client)
    assert answer(client, state="upheld", answer="Sì") == 403
    client.force_login(analyst)
    assert answer(client, state="dismissed", answer="") == 422
    assert answer(client, state="dismissed", answer="I corrieri ci sono") == 303
    assert answer(client, state="upheld", answer="Anzi no") == 422
    assert "respinta" in text(client, PAGE)
    actions = AuditEntry.objects.filter(action__contains="objection").values_list("action", flat=True)
    assert list(actions) == ["objection.dismissed"]


def test_objection_and_answer_stay_in_the_archive_and_are_counted(
    draft: Edition, analyst: User, client: Client
) -> None:
    contest(client)
    client.force_login(analyst)
    answer(client, state="upheld", answer="Rifatto il conto")
    client.post("/t/2026-3/pubblica/", {"step": "review"})
    client.post("/t/2026-3/pubblica/", {"step": "publish", "digest": draft.digest})
    assert "1 contestazione risolta" in text(client, "/t/2026-3/")
    assert "Rifatto il conto" in text(client, "/archivio/")


def test_a_published_figure_is_no_longer_contested(draft: Edition, client: Client) -> None:
    Quarter.objects.filter(pk=draft.quarter_id).update(state=Quarter.State.PUBLISHED)
    assert contest(client) == 422


def test_a_reader_of_another_role_reads_objections_only(draft: Edition, company: Company, client: Client) -> None:
    contest(client)
    client.force_login(make.user(company, "facilitator"))
    assert "Mancano i corrieri" in text(client, PAGE)
    assert contest(client) == 403


def the_sum(slug: str) -> EffectRow:
    found = total_impact(make_report.aurora(), slug, "before")
    assert found is not None
    return found


def test_what_a_department_weighs_is_contested_on_its_page_and_says_so_there_and_on_the_front(
    draft: Edition, client: Client
) -> None:
    key = "|".join(the_sum("logistica").key)
    assert f"?figure={quote(key, safe='')}" in client.get("/t/2026-3/reparti/logistica/").content.decode()
    assert contest(client, figure=key) == 303
    for page in ("/t/2026-3/", "/t/2026-3/reparti/logistica/"):
        assert "Contestato da Logistica il" in text(client, page)
    other = next(row.slug for row in make_report.aurora().departments if row.slug != "logistica")
    assert "Contestato da" not in text(client, f"/t/2026-3/reparti/{other}/")


def test_what_one_result_weighs_is_contested_in_its_row(draft: Edition, client: Client) -> None:
    own = [row for row in make_report.aurora().effects_of("impact", department="logistica") if row.indicator]
    row = next(row for row in own if row.points is not None)
    assert contest(client, figure="|".join(row.key)) == 303
    assert "Contestato da Logistica il" in text(client, "/t/2026-3/reparti/logistica/")
    listed = text(client, PAGE)
    assert make_report.aurora().indicator(row.indicator).name in listed


def test_an_effect_that_is_hidden_or_unknown_cannot_be_contested(draft: Edition, client: Client) -> None:
    assert contest(client, figure="impact|before|nessuno||||") == 422
    assert not Objection.objects.exists()


def test_the_seal_says_which_effect_was_contested_and_of_figures_what_it_always_said(
    draft: Edition, client: Client
) -> None:
    contest(client)
    figures = seals.seal(draft)
    Objection.objects.update(effect="impact|before|logistica||||")
    assert seals.seal(draft) != figures
    Objection.objects.update(effect="")
    assert seals.seal(draft) == figures
    assert "effect" not in seals._objection({"level": "stage", "effect": ""})
