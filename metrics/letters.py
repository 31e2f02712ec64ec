"""The letter of the quarter: queued once for each person and occasion, sent by the sweeper, tried again if it fails."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override

from company.models import Membership
from metrics.models import Edition
from metrics.panels import front
from metrics.paperwork import Letter
from metrics.shown import ask_for, read

TRIES = 8
AT_ONCE = 50
logger = logging.getLogger(__name__)


def send_quarter(edition: Edition, occasion: str = Letter.Occasion.PUBLISHED) -> int:
    """Queue the letter to everybody of the company who wants it; calling it twice writes to nobody twice."""
    people = Membership.objects.filter(company=edition.quarter.company_id, user__is_active=True)
    wanting = people.exclude(user__correspondent__wanted=False).values_list("user_id", flat=True)
    rows = [Letter(edition=edition, person_id=person, occasion=occasion) for person in wanting]
    return len(Letter.objects.bulk_create(rows, ignore_conflicts=True))


def send_before_meeting(edition: Edition) -> int:
    """The same letter once more, the day before the meeting."""
    return send_quarter(edition, Letter.Occasion.MEETING)


def deliver(now: datetime) -> None:
    """Send what waits; each letter is marked in the transaction that sends it."""
    due = Q(not_before=None) | Q(not_before__lte=now)
    for pk in list(Letter.objects.filter(due, sent=None, tries__lt=TRIES).values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            waiting = Letter.objects.select_for_update(skip_locked=True, of=("self",))
            letter = waiting.select_related("edition__quarter", "person").filter(pk=pk, sent=None).first()
            if letter is not None:
                _deliver(letter, now)


def _deliver(letter: Letter, now: datetime) -> None:
    try:
        message(letter).send()
        letter.sent = now
    except Http404:  # no longer a member, or may no longer read it: nothing to say, now or later
        letter.tries = TRIES
    except OSError:
        letter.tries += 1
        letter.not_before = now + timedelta(minutes=2**letter.tries)
        logger.warning("letter %s did not leave, try %s", letter.pk, letter.tries)
    letter.save()


def message(letter: Letter) -> EmailMultiAlternatives:
    """The letter as its reader gets it: the message, the reader's own departments, one address. 404 as the page."""
    membership = Membership.objects.select_related("user", "company").filter(user=letter.person_id).first()
    if membership is None or not letter.person.is_active:
        raise Http404
    with override(letter.person.speaks):
        shown = read(ask_for(membership, str(letter.edition.quarter.code)))
        hero = front.hero(shown, "")
        context = {
            "shown": shown,
            "hero": hero,
            "strip": front.strip(shown, ""),
            "yours": front.yours(shown, "") or [],
            "language": get_language(),
            "address": settings.SITE_URL + reverse("front", args=[shown.quarter]),
            "choices": settings.SITE_URL + reverse("letters"),
            "meeting": letter.occasion == Letter.Occasion.MEETING,
        }
        text = render_to_string("metrics/letters/quarter.txt", context)
        mail = EmailMultiAlternatives(hero.message, text, to=[letter.person.email])
        mail.attach_alternative(render_to_string("metrics/letters/quarter.html", context), "text/html")
        mail.extra_headers["List-Unsubscribe"] = f"<{context['choices']}>"
        return mail
