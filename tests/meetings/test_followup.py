"""How long a decision takes: to done, and to the edition that demonstrates what it was to change."""

from datetime import UTC, datetime

from company.models import Company, User
from meetings.followup import speeds
from meetings.models import Decision, FollowUp, Meeting
from metrics.models import Edition
from tests.meetings import world


def demonstrated(company: Company, sara: User) -> list[Decision]:
    """A decision of July whose measure the meeting of T3, held in December, found better."""
    world.decision(world.meeting(company, "2026-2", sara), sara, "Avvisare chi aspetta")
    world.meeting(company, "2026-3", sara, opened=True)
    Meeting.objects.filter(quarter__number=3).update(opened_at=datetime(2026, 12, 1, 9, tzinfo=UTC))
    FollowUp.objects.update(verdict="better")
    return list(Decision.objects.prefetch_related("followups__meeting"))


def publish(company: Company, at: datetime) -> None:
    editions = Edition.objects.filter(quarter__company=company, quarter__number=3)
    editions.update(state="published", published=at, visible_from=at, number=1)


def test_a_change_is_demonstrated_the_day_its_edition_was_published(aurora: Company, sara: User) -> None:
    found = demonstrated(aurora, sara)
    publish(aurora, datetime(2026, 10, 12, 9, tzinfo=UTC))
    assert speeds(found)[1].median_days == 90


def test_an_edition_that_is_a_draft_has_demonstrated_nothing_yet(aurora: Company, sara: User) -> None:
    found = demonstrated(aurora, sara)
    assert (speeds(found)[1].median_days, speeds(found)[1].still_open) == (None, 1)
