"""Letters of the meeting: the rows are the queue, the sweeper sends what is due and tries again what failed."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Max, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from company.models import User
from meetings import agenda
from meetings.ics import Event, calendar
from meetings.minutes import minutes_of
from meetings.models import Letter, Meeting
from meetings.paper import paper
from meetings.running import log
from metrics import labels

KIND = Letter.Kind
TRIES = 8
AT_ONCE = 20
logger = logging.getLogger(__name__)


def queue(meeting: Meeting, kind: str) -> int:
    """A letter to everybody invited (or present); how many. They leave with the next round of the sweeper."""
    people = meeting.people.filter(invited=True) if kind == KIND.INVITATION else meeting.people.filter(present=True)
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        last = meeting.letters.filter(kind=kind).aggregate(last=Max("number"))["last"]
        number, now = 0 if last is None else last + 1, timezone.now()
        meeting.letters.filter(kind=kind, sent=None).delete()
        rows = [
            Letter(meeting=meeting, person_id=row.person_id, kind=kind, number=number, queued=now) for row in people
        ]
        Letter.objects.bulk_create(rows)
    return len(rows)


def send_minutes(meeting: Meeting, actor: User) -> int:
    """The minutes to everybody who was present; how many letters."""
    with transaction.atomic():
        count = queue(meeting, KIND.MINUTES)
        if count:
            log(meeting, actor, "minutes.sent", {"letters": count})
    return count


def deliver(now: datetime) -> None:
    """Send what is waiting; each letter is marked in the transaction that sends it."""
    waiting = Letter.objects.filter(Q(not_before=None) | Q(not_before__lte=now), sent=None, tries__lt=TRIES)
    for pk in list(waiting.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            letter = Letter.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, sent=None).first()
            if letter is None:
                continue
            try:
                _message(letter).send()
                letter.sent = max(now, letter.queued)
            except OSError:
                letter.tries += 1
                letter.not_before = now + timedelta(minutes=2**letter.tries)
                logger.warning("letter %s did not leave, try %s", letter.pk, letter.tries)
            letter.save()


def _message(letter: Letter) -> EmailMultiAlternatives:
    with translation.override(letter.person.speaks):
        return _invitation(letter) if letter.kind == KIND.INVITATION else _minutes(letter)


def _invitation(letter: Letter) -> EmailMultiAlternatives:
    meeting = letter.meeting
    items = [item for item in meeting.items.all() if not item.skipped]
    address = settings.SITE_URL + reverse("meeting", args=[meeting.quarter])
    title = _("Quarterly meeting, %(quarter)s") % {"quarter": labels.quarter(str(meeting.quarter))}
    total = agenda.total(items)
    context = {"meeting": meeting, "items": items, "address": address, "total": total}
    text = render_to_string("meetings/letters/invitation.txt", context)
    mail = EmailMultiAlternatives(title, text, to=[letter.person.email])
    event = Event(
        uid=f"meeting-{meeting.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].rstrip('>')}",
        starts=meeting.at or letter.queued,
        minutes=total,
        title=title,
        place=meeting.place,
        text=text,
        url=address,
        organizer=settings.DEFAULT_FROM_EMAIL,
        sequence=letter.number,
    )
    mail.attach("riunione.ics", calendar(event, letter.person.email, letter.queued), "text/calendar; method=REQUEST")
    return mail


def _minutes(letter: Letter) -> EmailMultiAlternatives:
    meeting, printed = letter.meeting, paper(letter.meeting)
    address = settings.SITE_URL + reverse("meeting-minutes", args=[meeting.quarter])
    title = _("Minutes of the quarterly meeting, %(quarter)s") % {"quarter": labels.quarter(str(meeting.quarter))}
    text = render_to_string("meetings/letters/minutes.txt", {"minutes": minutes_of(meeting), "address": address})
    mail = EmailMultiAlternatives(title, text, to=[letter.person.email])
    if printed is not None:
        mail.attach(f"verbale-{meeting.quarter}.pdf", printed, "application/pdf")
    return mail
