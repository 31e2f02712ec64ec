"""Two quarters of a real company: what was decided on the first is judged by the second, and the minutes say so."""

import html
import re
from datetime import date

import pytest
from django.test import Client

from company.models import Company, User
from meetings import running
from meetings.models import FollowUp, Meeting
from tests import make
from tests.meetings import world
from tests.olist.conftest import Olist

pytestmark = pytest.mark.django_db
PROMISES = {
    "Chiedere ai corrieri la data vera prima di prometterla": ("indicator:late_delivery", "12", "6"),
    "Approvare anche il decimo pagamento più lento entro un giorno": ("indicator:approval_hours_p90", "33", "24"),
    "Rispondere a chi scrive entro due ore": ("stage:assistenza", "50", "70"),
}


@pytest.fixture
def judged(standing: Olist) -> tuple[Meeting, User]:
    """The meeting on the second quarter of 2018, three decisions of the first one before it."""
    company = Company.objects.get(slug="olist")
    sara = make.user(company, "facilitator")
    first = world.meeting(company, "2018-1", sara, opened=True)
    for proposal, (measure, start, goal) in PROMISES.items():
        promise = {"measure": measure, "start": start, "goal": goal, "due_quarter": "2018-2"}
        world.decision(first, sara, proposal, **promise, due=date(2018, 6, 1), decided_on=date(2018, 4, 12))
    world.close(first)
    return world.meeting(company, "2018-2", sara, opened=True), sara


def test_the_data_say_which_decisions_worked(judged: tuple[Meeting, User]) -> None:
    meeting, _sara = judged
    assert [row.outcome for row in meeting.followups.all()] == ["reached", "unproven", "not_measurable"]


def test_the_minutes_say_so(judged: tuple[Meeting, User], client: Client) -> None:
    meeting, sara = judged
    FollowUp.objects.filter(meeting=meeting).update(done="yes")
    running.close(meeting, sara)
    client.force_login(sara)
    page = html.unescape(client.get("/riunioni/2018-2/verbale/").content.decode())
    part = re.sub(r"<[^>]+>", " ", page[page.index('data-test="part-followup"') : page.index('data-test="part-shown"')])
    said = " ".join(part.split())
    assert [said.index(f"Ha funzionato? {word}") > 0 for word in ("raggiunto", "non dimostrato", "non misurabile")]
    assert re.search(r"raggiunto \(.*: 1\d,\d% → \d,\d%\)", said)
