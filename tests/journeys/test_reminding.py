"""Letters about what is missing: three days before and on the day, to who answers for it, once."""

from datetime import UTC, datetime

import pytest
from django.core import mail

from company.models import Company, User
from journeys.models import Quarter, Reminder, Source
from journeys.reminding import remind
from tests import dati

BEFORE, ON_DAY = datetime(2026, 10, 7, 8, tzinfo=UTC), datetime(2026, 10, 10, 8, tzinfo=UTC)


@pytest.fixture
def source(company: Company, quarter: Quarter) -> Source:
    return dati.votes_source(company.departments.all()[0], due_day=10)


def test_the_head_is_told_three_days_before_and_on_the_day(source: Source, head: User) -> None:
    for moment in (BEFORE, BEFORE, ON_DAY, ON_DAY):
        remind(moment)
    assert [letter.to for letter in mail.outbox] == [[head.email]] * 2
    assert mail.outbox[0].subject == "«Voti di consegna» scade il 10 ottobre 2026"
    assert "/dati/?t=2026-3" in str(mail.outbox[0].body)


def test_the_owner_is_told_instead_of_the_head(source: Source, head: User, analyst: User) -> None:
    Source.objects.update(owner=analyst)
    remind(ON_DAY)
    assert [letter.to for letter in mail.outbox] == [[analyst.email]]


def test_an_owner_who_left_is_not_written_to(source: Source, head: User, analyst: User) -> None:
    Source.objects.update(owner=analyst)
    User.objects.filter(pk=analyst.pk).update(is_active=False)
    remind(ON_DAY)
    assert [letter.to for letter in mail.outbox] == [[head.email]]


def test_nobody_is_told_of_what_has_arrived(source: Source, quarter: Quarter, head: User) -> None:
    dati.upload(source, quarter=quarter)
    remind(ON_DAY)
    assert mail.outbox == []


@pytest.mark.parametrize(
    "now", [datetime(2026, 10, 6, 8, tzinfo=UTC), datetime(2026, 10, 11, 8, tzinfo=UTC), ON_DAY.replace(hour=3)]
)
def test_other_days_and_early_hours_are_quiet(source: Source, head: User, now: datetime) -> None:
    remind(now)
    assert (mail.outbox, Reminder.objects.count()) == ([], 0)


def test_a_letter_that_could_not_leave_is_tried_again(
    source: Source, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("journeys.reminding.send_mail", lambda *_: (_ for _ in ()).throw(OSError()))
        with pytest.raises(OSError):  # noqa: PT011
            remind(ON_DAY)
    remind(ON_DAY)
    assert len(mail.outbox) == 1
