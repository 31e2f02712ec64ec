"""A meeting from preparation to close: its figures stand still, nothing written is lost."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from company.models import AuditEntry, Company, User
from meetings import frozen, running, writing
from meetings.deck import cards
from meetings.models import Decision, FollowUp, Meeting
from meetings.views.room import LONGEST
from tests import make_report
from tests.meetings import world

pytestmark = pytest.mark.django_db
BASE = "/riunioni/2026-3/"


@pytest.fixture
def opened(meeting: Meeting, aurora: Company, sara: User) -> Meeting:
    """The meeting under way."""
    running.begin(meeting, world.editions(aurora), sara)
    meeting.refresh_from_db()
    return meeting


@pytest.fixture
def seat(client: Client, sara: User) -> Client:
    """The facilitator's browser."""
    client.force_login(sara)
    return client


def another_edition(company: Company) -> None:
    """The quarter computed anew, with another health."""
    report = make_report.aurora()
    figures = [replace(row, value=Decimal("50")) if row.level == "company" else row for row in report.figures]
    make_report.edition(company, replace(report, figures=tuple(figures)))


def test_figures_do_not_change_under_a_meeting_that_has_begun(opened: Meeting, aurora: Company, sara: User) -> None:
    another_edition(aurora)
    running.begin(opened, world.editions(aurora), sara)
    running.renew(opened, world.editions(aurora), sara)
    opened.refresh_from_db()
    assert frozen.report(opened).health.value == Decimal("67.2")


def test_a_meeting_begins_on_the_newest_edition(meeting: Meeting, aurora: Company, sara: User) -> None:
    another_edition(aurora)
    running.begin(meeting, world.editions(aurora), sara)
    meeting.refresh_from_db()
    assert frozen.report(meeting).health.value == Decimal("50")


def test_the_frozen_line_of_quarters_is_the_one_of_the_page(opened: Meeting) -> None:
    line = frozen.shown(opened).history
    assert [past.quarter for past in line][-1] == "2026-3"
    assert line[-1].company is not None
    assert line[-1].company.value == Decimal("67.2")


def test_beginning_and_closing_are_in_the_audit_log(opened: Meeting, sara: User) -> None:
    running.close(opened, sara)
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"meeting.opened", "meeting.closed"}


def test_the_room_moves_where_it_is_told_whoever_tells_it(opened: Meeting, seat: Client) -> None:
    seat.post(BASE + "sala/stato/", {"item": "3", "view": "2"})
    answer = seat.get(BASE + "sala/stato/").json()
    assert (answer["item"], answer["view"]) == (3, 2)


@pytest.mark.parametrize("place", [("0", "1"), ("x", "1"), ("-1", "2"), ("99999", "1"), ("1", "")])
def test_a_place_that_is_none_moves_nothing(opened: Meeting, seat: Client, place: tuple[str, str]) -> None:
    answer = seat.post(BASE + "sala/stato/", {"item": place[0], "view": place[1]})
    assert (answer.status_code, answer.json()["item"]) == (200, 1)


@pytest.mark.parametrize("seconds", ["x", "", str(LONGEST + 1), "--5", "1" * 40])
def test_a_time_that_is_none_sets_no_timer(opened: Meeting, seat: Client, seconds: str) -> None:
    assert seat.post(BASE + "sala/stato/", {"seconds": seconds, "running": "1"}).json()["seconds"] is None


def test_the_timer_runs_beyond_its_end_and_moves_nothing(opened: Meeting) -> None:
    running.time(opened, 0, runs=True)
    opened.refresh_from_db()
    later = timezone.now() + timedelta(seconds=80)
    found = running.state(opened, later)
    assert (found["seconds"] <= -79, found["item"]) == (True, 1)


def test_a_paused_timer_keeps_its_seconds(opened: Meeting) -> None:
    running.time(opened, 123, runs=False)
    opened.refresh_from_db()
    assert opened.seconds_left(timezone.now() + timedelta(hours=1)) == 123


def test_a_running_timer_starts_anew_with_the_next_points_minutes(opened: Meeting) -> None:
    running.time(opened, 5, runs=True)
    running.place(opened, 4, 1)
    opened.refresh_from_db()
    assert 595 <= (opened.seconds_left(timezone.now()) or 0) <= 600


def test_a_link_opens_the_room_without_an_account_until_it_is_revoked(
    opened: Meeting, sara: User, client: Client
) -> None:
    from meetings.access import room_token

    running.link(opened, on=True, actor=sara)
    opened.refresh_from_db()
    address = f"/riunioni/schermo/{room_token(opened)}/"
    assert client.get(address).status_code == 200
    running.link(opened, on=False, actor=sara)
    assert client.get(address).status_code == 404


def test_a_link_dies_at_its_end(opened: Meeting, sara: User, client: Client) -> None:
    from meetings.access import room_token

    running.link(opened, on=True, actor=sara)
    Meeting.objects.update(link_until=timezone.now() - timedelta(seconds=1))
    opened.refresh_from_db()
    answer = client.get(f"/riunioni/schermo/{room_token(opened)}/")
    assert answer.status_code == 404
    assert "Questo link per la sala non vale più" in answer.content.decode()


def test_a_meeting_with_unanswered_decisions_is_not_closed(aurora: Company, sara: User) -> None:
    before = world.meeting(aurora, "2026-2", sara)
    world.decision(before, sara, "Avvisare chi aspetta")
    now = world.meeting(aurora, "2026-3", sara, opened=True)
    assert running.close(now, sara) == ["followup"]


def test_a_meeting_whose_follow_up_is_skipped_with_a_reason_is_closed(aurora: Company, sara: User) -> None:
    before = world.meeting(aurora, "2026-2", sara)
    world.decision(before, sara, "Avvisare chi aspetta")
    now = world.meeting(aurora, "2026-3", sara, opened=True)
    now.items.filter(kind="followup").update(skipped=True, reason="Il responsabile è malato")
    assert running.close(now, sara) == []
    assert now.followups.get().answer == FollowUp.Answer.CARRIED


def test_a_decision_is_carried_into_every_meeting_until_it_is_closed(aurora: Company, sara: User) -> None:
    first = world.meeting(aurora, "2026-1", sara)
    made = world.decision(first, sara, "Avvisare chi aspetta")
    second = world.meeting(aurora, "2026-2", sara, opened=True)
    row = second.followups.get()
    writing.answer(row, FollowUp.Done.PARTLY, sara, timezone.localdate())
    running.close(second, sara)
    third = world.meeting(aurora, "2026-3", sara)
    assert third.followups.get().decision_id == made.pk


def test_a_closed_decision_comes_back_no_more(aurora: Company, sara: User) -> None:
    first = world.meeting(aurora, "2026-1", sara)
    world.decision(first, sara, "Avvisare chi aspetta")
    second = world.meeting(aurora, "2026-2", sara, opened=True)
    FollowUp.objects.update(done="yes", answer="closed")
    running.close(second, sara)
    assert world.meeting(aurora, "2026-3", sara).followups.count() == 0


def test_a_proposal_that_nobody_decided_is_carried_on_as_a_proposal(aurora: Company, sara: User) -> None:
    first = world.meeting(aurora, "2026-1", sara, opened=True)
    made = world.decision(first, sara, "Avvisare chi aspetta", state="proposed", decided_on=None)
    writing.propose(first, sara)
    running.close(first, sara)
    second = world.meeting(aurora, "2026-2", sara, opened=True)
    assert running.close(second, sara) == []
    row = world.meeting(aurora, "2026-3", sara).followups.get()
    assert (row.decision_id, row.done, row.decision.state) == (made.pk, "", "proposed")
    assert [(card.done, card.found.outcome) for card in cards(row.meeting)] == [("proposta", "not_yet")]


def test_a_carried_proposal_can_only_be_given_up(aurora: Company, sara: User, seat: Client) -> None:
    first = world.meeting(aurora, "2026-2", sara)
    made = world.decision(first, sara, "Avvisare chi aspetta", state="proposed", decided_on=None)
    row = world.meeting(aurora, "2026-3", sara).followups.get()
    for done, state in (("yes", "proposed"), ("unneeded", "stopped")):
        seat.post(f"{BASE}seguiti/{row.pk}/", {"done": done, "answer": "closed"})
        made.refresh_from_db()
        assert made.state == state
    row.refresh_from_db()
    assert (row.done, row.answer) == ("unneeded", "closed")


def test_a_carried_proposal_is_taken_up_and_decided_in_the_new_meeting(
    aurora: Company, sara: User, seat: Client
) -> None:
    first = world.meeting(aurora, "2026-2", sara, opened=True)
    old = world.decision(first, sara, "Avvisare chi aspetta", state="proposed", decided_on=None)
    running.close(first, sara)
    second = world.meeting(aurora, "2026-3", sara, opened=True)
    answer = seat.post(f"{BASE}seguiti/{second.followups.get().pk}/riprendi/")
    made = second.decisions.get()
    assert answer.headers["Location"] == f"{BASE}decisioni/{made.number}/"
    assert (made.proposal, made.figures, made.owner, made.due) == ("Avvisare chi aspetta", ["ponte"], sara, None)
    seat.post(f"{BASE}decisioni/{made.number}/", {"due": "2026-12-15"})
    seat.post(f"{BASE}decisioni/{made.number}/stato/", {"state": "decided"})
    old.refresh_from_db()
    made.refresh_from_db()
    assert (old.state, old.superseded_by, made.state) == ("superseded", made, "decided")
    assert [row.after for row in old.changes.filter(field="state")] == [f"superseded · {made}"]


def test_a_proposal_is_taken_up_once_and_comes_back_no_more(aurora: Company, sara: User, seat: Client) -> None:
    first = world.meeting(aurora, "2026-1", sara, opened=True)
    world.decision(first, sara, "Avvisare chi aspetta", state="proposed", decided_on=None)
    running.close(first, sara)
    second = world.meeting(aurora, "2026-2", sara, opened=True)
    for _twice in range(2):
        seat.post(f"/riunioni/2026-2/seguiti/{second.followups.get().pk}/riprendi/")
    assert [card.done for card in cards(second)] == ["ripresa come decisione 1"]
    assert running.close(second, sara) == []
    row = world.meeting(aurora, "2026-3", sara).followups.get()
    assert (row.decision.meeting, row.decision.state) == (second, "proposed")


def test_what_was_done_by_mistake_is_taken_back(aurora: Company, sara: User) -> None:
    made = world.decision(world.meeting(aurora, "2026-2", sara), sara, "Avvisare chi aspetta")
    row = world.meeting(aurora, "2026-3", sara).followups.get()
    states = []
    for done in ("unneeded", "yes", "no"):
        row = FollowUp.objects.get(pk=row.pk)
        writing.answer(row, done, sara, timezone.localdate())
        made.refresh_from_db()
        states.append(made.state)
    assert states == ["stopped", "done", "started"]


def test_what_the_owner_said_meanwhile_stands_in_the_follow_up(aurora: Company, sara: User) -> None:
    first = world.meeting(aurora, "2026-2", sara)
    made = world.decision(first, sara, "Avvisare chi aspetta")
    writing.advance(made, "done", sara, timezone.localdate())
    assert world.meeting(aurora, "2026-3", sara).followups.get().done == "yes"


def test_the_database_keeps_a_decision_from_being_taken_without_an_owner(meeting: Meeting) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(meeting=meeting, number=1, state="decided", proposal="x", opinion=True)


def test_the_database_keeps_a_decision_from_having_neither_figure_nor_opinion(meeting: Meeting, sara: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        world.decision(meeting, sara, "x", figures=[])


def test_the_room_opens_in_the_companys_theme_unless_its_address_says_another(
    opened: Meeting, aurora: Company, seat: Client
) -> None:
    def dark(address: str) -> bool:
        return 'class="sala scuro"' in seat.get(BASE + address).content.decode()

    assert [dark("sala/"), dark("sala/?tema=scuro")] == [False, True]
    Company.objects.filter(pk=aurora.pk).update(dark_room=True)
    assert [dark("sala/"), dark("sala/?tema=chiaro")] == [True, False]
