"""What the front page and the owner's page say of decisions."""

from datetime import date

import pytest
from django.test import Client

from company.models import Company, User
from meetings.models import Decision, Meeting
from tests.meetings import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(aurora: Company, sara: User) -> Meeting:
    """T2's meeting with three decisions, T3's prepared."""
    before = world.meeting(aurora, "2026-2", sara, opened=True)
    late = {"measure": "indicator:coda_cassa", "start": "4.4", "goal": "3.5", "due_quarter": "2026-3"}
    world.decision(before, sara, "Aprire una cassa alle 18", **late, state="done", done_on=date(2026, 8, 17))
    world.decision(before, sara, "Assumere due persone", figures=[], opinion=True)
    world.close(before)
    return world.meeting(aurora, "2026-3", sara)


def text(client: Client, path: str) -> str:
    import re

    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).content.decode()).split())


def test_the_front_page_counts_what_became_of_the_last_decisions(client: Client, decided: Meeting, sara: User) -> None:
    client.force_login(sara)
    found = text(client, "/t/2026-3/")
    assert (
        "2 decisioni prese · 1 fatta · 1 ha funzionato · 1 non ancora misurabile"
        " · dalla decisione alla sua realizzazione: 34 giorni" in found
    )


def test_the_front_page_changes_when_a_decision_is_done(client: Client, decided: Meeting, sara: User) -> None:
    client.force_login(sara)
    first = client.get("/t/2026-3/")
    Decision.objects.filter(state="decided").update(state="done", done_on=date(2026, 8, 20))
    second = client.get("/t/2026-3/", headers={"if-none-match": first.headers["ETag"]})
    assert second.status_code == 200


def test_before_any_meeting_the_front_page_says_nothing_of_it(client: Client, aurora: Company, sara: User) -> None:
    client.force_login(sara)
    assert "Dallo scorso trimestre" not in text(client, "/t/2026-3/")


def test_the_owners_page_holds_only_the_owners_decisions(client: Client, aurora: Company, decided: Meeting) -> None:
    other = world.facilitator(aurora, "Elena Conti")
    client.force_login(other)
    assert "Per ora non ti è chiesto niente." in text(client, "/riunioni/decisioni/")
    assert "Assumere due persone" in text(client, "/riunioni/decisioni/?di=tutti")


def test_the_archive_of_meetings_says_how_fast_decisions_are_done(client: Client, decided: Meeting, sara: User) -> None:
    client.force_login(sara)
    assert "Dalla decisione alla sua realizzazione, mediana 34 giorni" in text(client, "/riunioni/")


def test_a_figure_is_brought_to_a_meeting_that_did_not_exist(client: Client, aurora: Company, sara: User) -> None:
    client.force_login(sara)
    assert "Metti all’ordine del giorno" in text(client, "/riunioni/2026-3/porta/?figure=impatto.logistica")
    client.post("/riunioni/2026-3/porta/", {"figure": "impatto.amministrazione"})
    assert Meeting.objects.get().items.filter(views=["impatto.amministrazione"]).exists()
