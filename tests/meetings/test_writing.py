"""Decisions written down: field by field, with who wrote what, correctable for seven days."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from company.models import Company, User
from meetings import writing
from meetings.deck import aim
from meetings.models import Change, Decision, Meeting
from tests.meetings import world

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture
def seat(client: Client, sara: User) -> Client:
    """The facilitator's browser."""
    client.force_login(sara)
    return client


@pytest.fixture
def proposal(meeting: Meeting, sara: User) -> Decision:
    """An empty proposal on the bridge."""
    return writing.propose(meeting, sara, "ponte")


def address(decision: Decision) -> str:
    return f"/riunioni/2026-3/decisioni/{decision.number}/"


def test_a_field_is_saved_by_itself(seat: Client, proposal: Decision) -> None:
    answer = seat.post(address(proposal), {"proposal": "Avvisare chi aspetta"}, headers=JSON)
    proposal.refresh_from_db()
    assert (answer.status_code, proposal.proposal, proposal.figures) == (200, "Avvisare chi aspetta", ["ponte"])


def test_a_number_is_read_as_italians_write_it(seat: Client, proposal: Decision) -> None:
    seat.post(address(proposal), {"start": "12,5"}, headers=JSON)
    proposal.refresh_from_db()
    assert str(proposal.start) == "12.500"


def test_what_cannot_be_kept_says_why_and_the_rest_is_kept(seat: Client, proposal: Decision) -> None:
    answer = seat.post(address(proposal), {"proposal": "Avvisare", "start": "dodici"}, headers=JSON)
    proposal.refresh_from_db()
    assert (answer.status_code, list(answer.json()["faults"]), proposal.proposal) == (422, ["start"], "Avvisare")


def test_two_who_write_different_fields_keep_both(seat: Client, proposal: Decision) -> None:
    seat.post(address(proposal), {"proposal": "Avvisare"}, headers=JSON)
    seat.post(address(proposal), {"obstacles": "Pochi telefoni"}, headers=JSON)
    proposal.refresh_from_db()
    assert (proposal.proposal, proposal.obstacles) == ("Avvisare", "Pochi telefoni")


def test_the_letters_of_one_person_are_one_change(seat: Client, proposal: Decision) -> None:
    for words in ("Avv", "Avvisare", "Avvisare chi aspetta"):
        seat.post(address(proposal), {"proposal": words}, headers=JSON)
    assert [(row.before, row.after) for row in Change.objects.filter(field="proposal")] == [
        ("", "Avvisare chi aspetta")
    ]


def test_no_figure_makes_it_an_opinion(seat: Client, proposal: Decision) -> None:
    seat.post(address(proposal), {"figure": "opinion"}, headers=JSON)
    proposal.refresh_from_db()
    assert (proposal.opinion, proposal.figures) == (True, [])


def test_a_figure_that_is_not_in_the_edition_is_refused(seat: Client, proposal: Decision) -> None:
    assert seat.post(address(proposal), {"figure": "stipendi"}, headers=JSON).status_code == 422


def test_a_proposal_without_owner_and_date_cannot_be_decided(seat: Client, proposal: Decision) -> None:
    answer = seat.post(address(proposal) + "stato/", {"state": "decided"}, headers=JSON)
    proposal.refresh_from_db()
    assert (answer.status_code, proposal.state) == (422, "proposed")


def test_a_new_proposal_is_judged_by_the_next_quarter_until_another_is_chosen(seat: Client, proposal: Decision) -> None:
    page = seat.get(address(proposal)).content.decode()
    assert '<option value="2026-4" selected>T4 2026</option>' in page
    seat.post(address(proposal), {"due_quarter": "2027-2"}, headers=JSON)
    proposal.refresh_from_db()
    assert proposal.due_quarter == "2027-2"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("it", "Per decidere manca ancora: il trimestre i cui dati diranno se ha funzionato."),
        ("en", "To decide it still needs: the quarter whose data will say whether it worked."),
        ("fr", "Pour décider il manque encore\xa0: le trimestre dont les données diront si elle a marché."),
    ],
)
def test_without_the_quarter_that_judges_it_nothing_is_decided(
    seat: Client, proposal: Decision, sara: User, language: str, said: str
) -> None:
    seat.post("/lingua/", {"language": language})
    words = {"proposal": "Avvisare chi aspetta", "owner": str(sara.pk), "due": "2026-12-15", "due_quarter": ""}
    assert seat.post(address(proposal), words, headers=JSON).status_code == 200
    for state in ("decided", "stopped", "started"):
        answer = seat.post(address(proposal) + "stato/", {"state": state}, headers=JSON)
        refused = answer.json()["faults"] == {"state": said}
        proposal.refresh_from_db()
        assert (refused, proposal.decided_on) == (state != "stopped", None)


def test_the_page_says_in_a_sentence_that_the_quarter_is_missing(seat: Client, proposal: Decision, sara: User) -> None:
    words = {"proposal": "Avvisare chi aspetta", "owner": str(sara.pk), "due": "2026-12-15", "due_quarter": ""}
    seat.post(address(proposal), words)
    page = seat.post(address(proposal) + "stato/", {"state": "decided"}, follow=True).content.decode()
    assert "Per decidere manca ancora: il trimestre i cui dati diranno se ha funzionato." in page


@pytest.mark.parametrize("state", ["decided", "stopped"])
def test_a_decision_taken_cannot_lose_the_quarter_that_judges_it(
    seat: Client, meeting: Meeting, sara: User, state: str
) -> None:
    made = world.decision(meeting, sara, "Avvisare", due_quarter="2026-4", state=state)
    answer = seat.post(address(made), {"due_quarter": "", "obstacles": "Pochi telefoni"}, headers=JSON)
    made.refresh_from_db()
    assert (answer.status_code, made.due_quarter, made.obstacles) == (422, "2026-4", "")
    assert "il trimestre che la giudica" in answer.json()["faults"]["due_quarter"]


def test_a_decision_taken_before_the_quarter_was_asked_for_is_shown_corrected_and_done(
    seat: Client, meeting: Meeting, sara: User
) -> None:
    made = world.decision(meeting, sara, "Avvisare", due_quarter="")
    assert "Avvisare" in seat.get(address(made)).content.decode()
    seat.post(address(made), {"obstacles": "Pochi telefoni"}, headers=JSON)
    seat.post(address(made) + "stato/", {"state": "done"}, headers=JSON)
    made.refresh_from_db()
    assert (made.obstacles, made.state, made.due_quarter) == ("Pochi telefoni", "done", "")


def test_an_owner_who_begins_what_was_never_decided_is_told_what_it_lacks(
    client: Client, aurora: Company, meeting: Meeting
) -> None:
    owner = world.facilitator(aurora, "Elena Conti")
    made = world.decision(meeting, owner, "Avvisare", state="stopped", decided_on=None, due_quarter="")
    client.force_login(owner)
    page = client.post(f"/riunioni/decisioni/{made.pk}/", {"state": "started"}, follow=True).content.decode()
    made.refresh_from_db()
    assert (made.state, made.decided_on) == ("stopped", None)
    assert "Per decidere manca ancora: il trimestre" in page
    assert "Segnato, grazie." not in page


def test_a_benefit_without_a_measure_says_when_it_is_looked_at_again(
    seat: Client, meeting: Meeting, sara: User
) -> None:
    world.decision(meeting, sara, "Ascoltare", benefits="Capire prima", due_quarter="2026-4")
    room = seat.get("/riunioni/2026-3/sala/").content.decode()
    assert "Capire prima · si riguarda nel T4 2026" in room
    world.close(meeting)
    assert "<p>si riguarda nel T4 2026</p>" in seat.get("/riunioni/2026-3/verbale/").content.decode()


def test_a_proposal_with_everything_is_decided_today(seat: Client, proposal: Decision, sara: User) -> None:
    words = {"proposal": "Avvisare chi aspetta", "owner": str(sara.pk), "due": "2026-12-15"}
    seat.post(address(proposal), words, headers=JSON)
    seat.post(address(proposal) + "stato/", {"state": "decided"}, headers=JSON)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_on) == ("decided", timezone.localdate())


def test_a_decision_taken_cannot_lose_its_owner(seat: Client, meeting: Meeting, sara: User) -> None:
    made = world.decision(meeting, sara, "Avvisare")
    answer = seat.post(address(made), {"owner": ""}, headers=JSON)
    made.refresh_from_db()
    assert (answer.status_code, made.owner) == (422, sara)


def test_a_step_that_does_not_follow_changes_nothing(seat: Client, meeting: Meeting, sara: User) -> None:
    made = world.decision(meeting, sara, "Avvisare", state="superseded")
    seat.post(address(made) + "stato/", {"state": "done"})
    made.refresh_from_db()
    assert made.state == "superseded"


def test_an_owner_answers_for_the_own_decision(client: Client, aurora: Company, meeting: Meeting) -> None:
    owner = world.facilitator(aurora, "Elena Conti")
    made = world.decision(meeting, owner, "Avvisare")
    client.force_login(owner)
    client.post(f"/riunioni/decisioni/{made.pk}/", {"state": "done", "reason": "Con un messaggio"})
    made.refresh_from_db()
    assert made.state == "done"
    assert Change.objects.get(field="state").after == "done · Con un messaggio"


def test_before_the_meeting_there_are_no_minutes_to_send(seat: Client, meeting: Meeting) -> None:
    Meeting.objects.update(state="prepared", opened_at=None)
    page = seat.get("/riunioni/2026-3/verbale/").content.decode()
    assert "La riunione non è ancora cominciata" in page
    assert 'data-test="send"' not in page


def test_a_correction_within_seven_days_is_written_in_the_minutes(seat: Client, meeting: Meeting, sara: User) -> None:
    made = world.decision(meeting, sara, "Avvisare")
    world.close(meeting)
    seat.post(address(made), {"proposal": "Avvisare entro le 12"}, headers=JSON)
    page = seat.get("/riunioni/2026-3/verbale/").content.decode()
    assert 'data-test="corrections"' in page
    assert "Avvisare entro le 12" in page


def test_the_minutes_do_not_call_absent_who_was_never_asked(seat: Client, meeting: Meeting, sara: User) -> None:
    world.close(meeting)
    text = seat.get("/riunioni/2026-3/verbale/").content.decode()
    assert "Chi c’era non è stato segnato." in text
    assert "Assenti" not in text


def test_a_benefit_without_a_goal_is_written_as_its_measure_alone(seat: Client, meeting: Meeting, sara: User) -> None:
    row = world.decision(meeting, sara, "Avvisare", measure="indicator:ritardi")
    assert aim(row) == "Consegne oltre due giorni di ritardo"


@pytest.mark.parametrize(
    ("language", "said"),
    [("it", "favorevoli 1, contrari 0, astenuti 1"), ("fr", "pour\xa0: 1, contre\xa0: 0, abstentions\xa0: 1")],
)
def test_one_hand_is_not_counted_in_the_plural(
    seat: Client, meeting: Meeting, sara: User, language: str, said: str
) -> None:
    world.decision(meeting, sara, "Avvisare", in_favour=1, against=0, abstained=1)
    world.close(meeting)
    seat.post("/lingua/", {"language": language})
    assert said in seat.get("/riunioni/2026-3/verbale/").content.decode()


def test_the_minutes_count_what_was_decided_and_not_what_is_still_proposed(
    seat: Client, meeting: Meeting, sara: User, proposal: Decision
) -> None:
    world.decision(meeting, sara, "Avvisare")
    world.close(meeting)
    page = seat.get("/riunioni/2026-3/verbale/").content.decode()
    assert "<h1>1 decisione presa</h1>" in page


def test_after_seven_days_the_console_says_so_and_offers_nothing_new(
    seat: Client, meeting: Meeting, sara: User
) -> None:
    world.close(meeting)
    Meeting.objects.update(closed_at=timezone.now() - timedelta(days=8))
    text = seat.get("/riunioni/2026-3/conduzione/").content.decode()
    assert 'data-test="locked"' in text
    assert 'data-test="propose"' not in text
    assert 'data-test="start-poll"' not in text


def test_after_seven_days_the_minutes_are_locked(seat: Client, meeting: Meeting, sara: User) -> None:
    made = world.decision(meeting, sara, "Avvisare")
    world.close(meeting)
    Meeting.objects.update(closed_at=timezone.now() - timedelta(days=7, seconds=1))
    assert seat.post(address(made), {"proposal": "Altro"}, headers=JSON).status_code == 422
    made.refresh_from_db()
    assert made.proposal == "Avvisare"


def test_locked_minutes_say_what_was_decided_not_what_came_of_it(seat: Client, meeting: Meeting, sara: User) -> None:
    made = world.decision(meeting, sara, "Avvisare")
    world.close(meeting)
    Meeting.objects.update(closed_at=timezone.now() - timedelta(days=30))
    writing.advance(made, "done", sara, timezone.localdate())
    found = seat.get("/riunioni/2026-3/verbale/").content.decode()
    assert 'class="badge">decisa<' in found
    assert 'data-test="corrections"' not in found


def test_notes_are_kept_with_their_point(seat: Client, meeting: Meeting) -> None:
    item = meeting.items.get(kind="closing")
    seat.post(f"/riunioni/2026-3/punti/{item.pk}/note/", {"notes": "Si rivede a gennaio"}, headers=JSON)
    item.refresh_from_db()
    assert item.notes == "Si rivede a gennaio"


def test_what_is_typed_stands_in_the_log_once_a_change_not_once_a_letter(
    seat: Client, proposal: Decision, meeting: Meeting, aurora: Company
) -> None:
    item = meeting.items.all()[0]
    before = aurora.audit_entries.count()
    for text in ("A", "Av", "Avvisare"):
        seat.post(address(proposal), {"proposal": text}, headers=JSON)
        seat.post(f"/riunioni/2026-3/punti/{item.pk}/note/", {"notes": text}, headers=JSON)
    found = aurora.audit_entries.order_by("sequence")[before:]
    assert [(row.action, row.detail) for row in found] == [
        ("decision.written", {"fields": ["proposal"]}),
        ("minutes.written", {"point": item.title}),
    ]


def test_a_save_that_is_refused_leaves_neither_history_nor_line(
    seat: Client, sara: User, meeting: Meeting, aurora: Company
) -> None:
    made = world.decision(meeting, sara, "Avvisare chi aspetta")
    before = aurora.audit_entries.count()
    assert seat.post(address(made), {"proposal": ""}, headers=JSON).status_code == 422
    assert (made.changes.count(), aurora.audit_entries.count()) == (0, before)
