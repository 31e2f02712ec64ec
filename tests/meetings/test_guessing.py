"""◇ and ● in the room: forecasts given in time, what is said there, the customers' vote once revealed."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from company.models import Company, User
from meetings import figures, frozen, running
from meetings.deck import deck
from meetings.guessing import Guess
from meetings.models import Meeting
from tests.forecasts import forecast
from tests.meetings import world

ADDRESS = "/riunioni/2026-3/sala/attese/consegna/"


def guess(meeting: Meeting) -> Guess:
    """What the room shows of Consegna."""
    fresh = Meeting.objects.select_related("quarter__company").get(pk=meeting.pk)
    found = next(view.content for view in deck(fresh) if view.kind == "guess")
    assert isinstance(found, Guess)
    return found


def test_each_departments_forecast_has_its_row_with_its_date(aurora: Company, meeting: Meeting) -> None:
    forecast(aurora, "logistica", "consegna", "79")
    rows = [(row.name, row.when, row.said, row.gap) for row in guess(meeting).rows]
    assert rows == [("Logistica", "data il 25/09/2026", "79,0", "+18,0")]


def test_a_department_that_gave_none_can_say_it_in_the_room(aurora: Company, meeting: Meeting, sara: User) -> None:
    assert [row.department for row in guess(meeting).blanks] == ["logistica", ""]
    client = Client()
    client.force_login(sara)
    assert client.post(ADDRESS, {"department": "logistica", "guess": "70"}).status_code == 303
    assert [(row.name, row.when, row.said) for row in guess(meeting).rows] == [("Logistica", "detto in sala", "70,0")]


def test_who_gave_a_forecast_says_no_other_in_the_room(aurora: Company, meeting: Meeting) -> None:
    running.guess(meeting, "consegna:logistica", 50)
    forecast(aurora, "logistica", "consegna", "79")
    assert [row.said for row in guess(meeting).rows] == ["79,0"]


def test_what_is_given_after_the_meeting_began_stays_out_of_it(aurora: Company, sara: User) -> None:
    opened = world.meeting(aurora, "2026-3", sara, opened=True)
    forecast(aurora, "logistica", "consegna", "79", at=("2026-3", timezone.now() + timedelta(minutes=1)))
    assert [(row.name, row.when, row.said) for row in guess(opened).rows] == [("Logistica", "nessuna previsione", "")]


def test_the_gap_can_be_brought_to_the_meeting(aurora: Company, meeting: Meeting) -> None:
    assert not figures.exists(frozen.shown(meeting), "divario.logistica")
    before = {entry.name for entry in figures.all_figures(meeting)}
    forecast(aurora, "logistica", "consegna", "79")
    assert figures.exists(frozen.shown(meeting), "divario.logistica")
    assert {entry.name for entry in figures.all_figures(meeting)} - before == {"divario.logistica"}
