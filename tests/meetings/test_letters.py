"""Invitations, minutes and reminders: queued as rows, sent by the sweeper, each once."""

import io
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import Settings

from company.models import Company, Membership, User
from meetings.letters import deliver, queue
from meetings.minutes import minutes_of
from meetings.models import Decision, Letter, Meeting
from meetings.reminders import announce, remind, stage
from metrics.models import Edition
from metrics.paperwork import Letter as QuarterLetter
from tests.meetings import world
from trimestrale import chromium

pytestmark = pytest.mark.django_db
MORNING = timezone.make_aware(datetime(2026, 9, 1, 9, 0))


@pytest.fixture
def dated(meeting: Meeting) -> Meeting:
    """The meeting with a day."""
    meeting.at = timezone.make_aware(datetime(2026, 10, 12, 10, 0))
    meeting.save()
    return meeting


def test_an_invitation_goes_to_everybody_invited_with_a_calendar_entry(dated: Meeting) -> None:
    assert queue(dated, Letter.Kind.INVITATION) == 1
    deliver(timezone.now())
    name, body, kind = mail.outbox[0].attachments[0]
    assert (name, kind) == ("riunione.ics", "text/calendar; method=REQUEST")
    assert "DTSTART:20261012T080000Z" in str(body)


def test_a_letter_is_sent_once(dated: Meeting) -> None:
    queue(dated, Letter.Kind.INVITATION)
    deliver(timezone.now())
    deliver(timezone.now())
    assert len(mail.outbox) == 1


def test_a_letter_that_did_not_leave_is_tried_again_later(dated: Meeting) -> None:
    queue(dated, Letter.Kind.INVITATION)
    now = timezone.now()
    with patch.object(EmailMultiAlternatives, "send", side_effect=ConnectionRefusedError):
        deliver(now)
    deliver(now + timedelta(seconds=30))
    assert mail.outbox == []
    deliver(now + timedelta(minutes=3))
    assert len(mail.outbox) == 1


def test_no_invitation_leaves_without_a_day(client: Client, meeting: Meeting, sara: User) -> None:
    client.force_login(sara)
    client.post("/riunioni/2026-3/persone/", {"do": "invite", "person": meeting.people.get().pk})
    assert Letter.objects.count() == 0


def test_the_minutes_go_to_those_present_as_a_tagged_pdf(dated: Meeting, sara: User) -> None:
    if chromium.find() is None:
        pytest.skip("skipped: no Chromium")
    world.decision(dated, sara, "Avvisare chi aspetta")
    dated.people.update(present=True)
    queue(dated, Letter.Kind.MINUTES)
    deliver(timezone.now())
    name, body, kind = mail.outbox[0].attachments[0]
    assert (name, kind) == ("verbale-2026-3.pdf", "application/pdf")
    paper = PdfReader(io.BytesIO(bytes(body)))
    assert b"/MarkInfo" in bytes(body)
    assert "Avvisare chi aspetta" in paper.pages[0].extract_text() + paper.pages[-1].extract_text()


def test_the_letter_of_the_minutes_says_at_which_point_each_message_was_shown(dated: Meeting) -> None:
    dated.people.update(present=True)
    queue(dated, Letter.Kind.MINUTES)
    with patch("meetings.letters.paper", return_value=None):
        deliver(timezone.now())
    text = str(mail.outbox[0].body)
    for point in minutes_of(dated).points:
        if point.messages:
            said = "".join(f"   – {message}\n" for message in point.messages)
            assert f"{point.item.position}. {point.item.title}\n{said}" in text


def test_the_minutes_are_downloaded_as_a_tagged_pdf(client: Client, dated: Meeting, sara: User) -> None:
    if chromium.find() is None:
        pytest.skip("skipped: no Chromium")
    world.decision(dated, sara, "Avvisare chi aspetta")
    client.force_login(sara)
    assert "/riunioni/2026-3/verbale/pdf/" in client.get("/riunioni/2026-3/verbale/").content.decode()
    answer = client.get("/riunioni/2026-3/verbale/pdf/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="verbale-2026-3.pdf"'
    assert b"/MarkInfo" in answer.content
    assert "Avvisare chi aspetta" in "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages
    )


def test_without_chromium_the_minutes_page_says_to_print_it(
    client: Client, dated: Meeting, sara: User, settings: Settings
) -> None:
    settings.CHROMIUM = ""
    client.force_login(sara)
    answer = client.get("/riunioni/2026-3/verbale/pdf/", follow=True)
    assert "stampa questa pagina dal browser" in answer.content.decode()


@pytest.mark.parametrize(
    ("left", "expected"),
    [(40, None), (30, 30), (16, 30), (15, 15), (8, 15), (7, 7), (0, 7), (-1, -1), (-7, -1), (-8, -2)],
)
def test_reminders_come_thirty_fifteen_and_seven_days_before_and_weekly_after(left: int, expected: int | None) -> None:
    today = date(2026, 9, 1)
    assert stage(today + timedelta(days=left), today) == expected


def test_an_owner_gets_one_digest_a_day_with_everything_due(aurora: Company, meeting: Meeting, sara: User) -> None:
    for place in range(3):
        world.decision(meeting, sara, f"Decisione {place}", due=MORNING.date() + timedelta(days=place))
    remind(MORNING)
    remind(MORNING + timedelta(minutes=1))
    assert len(mail.outbox) == 1
    assert all(f"Decisione {place}" in mail.outbox[0].body for place in range(3))


def test_nobody_is_reminded_twice_of_the_same_stage(meeting: Meeting, sara: User) -> None:
    world.decision(meeting, sara, "Avvisare", due=MORNING.date() + timedelta(days=14))
    remind(MORNING)
    remind(MORNING + timedelta(days=1))
    assert len(mail.outbox) == 1


def test_a_reminder_that_was_missed_comes_with_the_next_round(meeting: Meeting, sara: User) -> None:
    world.decision(meeting, sara, "Avvisare", due=MORNING.date() + timedelta(days=12))
    remind(MORNING)
    assert len(mail.outbox) == 1


def test_nobody_is_reminded_at_night_or_of_what_is_done(meeting: Meeting, sara: User) -> None:
    world.decision(meeting, sara, "Avvisare", due=MORNING.date(), state="done", done_on=MORNING.date())
    remind(MORNING)
    Decision.objects.update(state="decided")
    remind(MORNING.replace(hour=3))
    assert mail.outbox == []


def test_the_letter_of_the_quarter_goes_once_more_the_day_before_the_meeting(dated: Meeting) -> None:
    edition = dated.quarter.editions.get()
    out = {"state": "published", "number": 1, "published": MORNING, "visible_from": MORNING}
    Edition.objects.filter(pk=edition.pk).update(**out, publisher="anna@prova.example")
    eve = timezone.make_aware(datetime(2026, 10, 11, 9, 0))
    queued = []
    for now in (eve - timedelta(days=1), eve, eve + timedelta(hours=1)):
        announce(now)
        queued.append(QuarterLetter.objects.filter(edition=edition, occasion=QuarterLetter.Occasion.MEETING).count())
    everybody = Membership.objects.filter(company=dated.quarter.company, user__is_active=True).count()
    assert queued == [0, everybody, everybody]
