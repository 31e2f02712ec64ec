"""Who reads a meeting: a reader no earlier than the edition it carries."""

import pytest
from django.test import Client

from company.models import Company, User
from journeys.models import Quarter
from meetings import running
from meetings.access import room_token
from meetings.models import Meeting
from metrics.access import visible
from metrics.models import Edition
from metrics.publish import Order, publish
from tests import make
from tests.meetings import world

pytestmark = pytest.mark.django_db
BASE = "/riunioni/2026-3/"
PAGES = (BASE, BASE + "sala/", BASE + "sala/vive/", BASE + "sala/stato/", BASE + "verbale/", BASE + "decisioni/1/")


def out(company: Company, number: int) -> Edition:
    """The edition of a quarter of 2026, published."""
    quarter = company.quarters.get(year=2026, number=number)
    Quarter.objects.filter(pk=quarter.pk).update(state=Quarter.State.REVIEW)
    return publish(quarter, make.user(company, "analyst"), Order(quarter.editions.get().digest))


@pytest.fixture
def reader(client: Client, aurora: Company) -> User:
    """Somebody who only reads, signed in."""
    made = make.user(aurora)
    client.force_login(made)
    return made


@pytest.fixture
def spring(aurora: Company) -> Edition:
    """The second quarter's edition is out, the third's is a draft."""
    return out(aurora, 2)


def statuses(client: Client) -> set[int]:
    return {client.get(path).status_code for path in PAGES}


def test_a_meeting_on_a_draft_does_not_exist_for_a_reader(
    client: Client, spring: Edition, meeting: Meeting, sara: User, reader: User
) -> None:
    world.decision(meeting, sara, "Avvisare chi aspetta")
    assert statuses(client) == {404}
    assert BASE not in client.get("/riunioni/").content.decode()
    assert "Avvisare" not in client.get("/riunioni/decisioni/?di=tutti").content.decode()
    assert "since-last" not in client.get("/t/2026-2/").content.decode()


def test_a_meeting_on_what_is_out_is_read_by_everybody(
    client: Client, spring: Edition, aurora: Company, meeting: Meeting, sara: User, reader: User
) -> None:
    out(aurora, 3)
    running.renew(meeting, visible(sara.membership), sara)
    world.decision(meeting, sara, "Avvisare chi aspetta")
    assert statuses(client) == {200}


def test_before_the_first_publication_a_reader_reads_the_meeting_too(
    client: Client, meeting: Meeting, sara: User, reader: User
) -> None:
    world.decision(meeting, sara, "Avvisare chi aspetta")
    assert statuses(client) == {200}


def test_a_reader_sees_no_figure_of_an_earlier_draft_in_the_follow_up(
    client: Client, spring: Edition, aurora: Company, sara: User, reader: User
) -> None:
    winter = world.meeting(aurora, "2026-1", sara)
    promise = {"measure": "stage:uso", "start": "78", "goal": "80", "due_quarter": "2026-2"}
    world.decision(winter, sara, "Avvisare chi aspetta", **promise)
    world.meeting(aurora, "2026-2", sara, opened=True)
    then, page = "78,7", f"{BASE.replace('-3', '-2')}"
    for path in ("sala/", "sala/vive/", "verbale/"):
        assert then not in client.get(page + path).content.decode()
    client.force_login(sara)
    assert then in client.get(page + "verbale/").content.decode()


def test_a_link_that_was_given_out_shows_the_room_of_a_draft(
    client: Client, spring: Edition, meeting: Meeting, sara: User, reader: User
) -> None:
    running.link(meeting, on=True, actor=sara)
    meeting.refresh_from_db()
    assert client.get(f"/riunioni/schermo/{room_token(meeting)}/").status_code == 200


def test_an_owner_who_only_reads_sees_the_own_decision_without_the_meeting(
    client: Client, spring: Edition, meeting: Meeting, reader: User
) -> None:
    world.decision(meeting, reader, "Avvisare chi aspetta")
    found = client.get("/riunioni/decisioni/").content.decode()
    assert "Avvisare chi aspetta" in found
    assert BASE not in found
