"""The default agenda, and changes to it."""

import pytest

from company.models import Company, User
from meetings import agenda, figures, frozen, running
from meetings.models import AgendaItem, Meeting
from tests import make_report
from tests.meetings import world

pytestmark = pytest.mark.django_db


def kinds(meeting: Meeting) -> list[str]:
    return [item.kind for item in meeting.items.all()]


def test_the_agenda_opens_with_last_quarters_decisions_and_ends_with_reading_back(meeting: Meeting) -> None:
    assert kinds(meeting) == ["opening", "followup", "figures", "figures", "figures", "decisions", "closing"]


def test_the_agenda_takes_seventy_five_minutes(meeting: Meeting) -> None:
    assert agenda.total(list(meeting.items.all())) == 75


def test_every_figure_of_the_agenda_is_in_the_edition(meeting: Meeting) -> None:
    shown = frozen.shown(meeting)
    assert all(figures.exists(shown, name) for item in meeting.items.all() for name in item.views)


def test_the_departments_with_the_largest_demonstrated_impacts_are_on_it() -> None:
    assert agenda.leading(make_report.aurora()) == ["logistica", "assistenza-clienti", "vendite"]


def test_a_point_moved_up_changes_places_with_the_one_above(meeting: Meeting) -> None:
    agenda.move(meeting.items.get(position=3), up=True)
    assert kinds(meeting)[1:3] == ["figures", "followup"]


def test_the_first_point_cannot_move_up(meeting: Meeting) -> None:
    agenda.move(meeting.items.get(position=1), up=True)
    assert kinds(meeting)[0] == "opening"


def test_a_figure_brought_to_the_meeting_stands_before_the_decisions(meeting: Meeting) -> None:
    made = agenda.bring(meeting, "impatto.amministrazione")
    assert kinds(meeting)[made.position] == "decisions"


def test_a_figure_already_on_the_agenda_is_not_put_there_twice(meeting: Meeting) -> None:
    agenda.bring(meeting, "ponte")
    assert meeting.items.count() == 7


def test_of_two_who_create_the_meeting_at_once_both_get_the_same(aurora: Company, sara: User, meeting: Meeting) -> None:
    assert running.create(meeting.quarter, world.editions(aurora), sara).pk == meeting.pk


def test_every_figure_of_the_report_can_be_named(meeting: Meeting) -> None:
    shown = frozen.shown(meeting)
    names = [row.name for row in figures.all_figures(meeting)]
    assert len(names) == len(set(names))
    assert [name for name in names if not figures.exists(shown, name)] == []


def test_the_database_keeps_follow_up_from_being_skipped_without_a_reason(meeting: Meeting) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaItem.objects.filter(meeting=meeting, kind="followup").update(skipped=True)
