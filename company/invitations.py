"""Letters with an address at which a person chooses a password: good once, for three days."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import override

from company.models import Invitation, User

TRIES = 8
AT_ONCE = 50
logger = logging.getLogger(__name__)


def deliver(now: datetime) -> None:
    """The chore: send what waits; each letter is marked in the transaction that sends it."""
    due = Q(not_before=None) | Q(not_before__lte=now)
    for pk in list(Invitation.objects.filter(due, sent=None, tries__lt=TRIES).values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            waiting = Invitation.objects.select_for_update(skip_locked=True, of=("self",)).select_related("person")
            letter = waiting.filter(pk=pk, sent=None).first()
            if letter is not None:
                _deliver(letter, now)


def _deliver(letter: Invitation, now: datetime) -> None:
    try:
        _send(letter.person)
        letter.sent = now
    except OSError:
        letter.tries += 1
        letter.not_before = now + timedelta(minutes=2**letter.tries)
        logger.warning("invitation %s did not leave, try %s", letter.pk, letter.tries)
    letter.save()


def _send(person: User) -> None:
    """The address is made now and kept nowhere; it dies with the password it leads to."""
    with override(person.speaks):
        membership = getattr(person, "membership", None)
        company = membership.company.name if membership else ""
        context = {
            "person": person,
            "company": company,
            "address": settings.SITE_URL + address(person),
            "known": person.has_usable_password(),
        }
        subject = _("%(company)s: choose your password") % {"company": company}
        send_mail(subject, render_to_string("company/letters/invitation.txt", context), None, [person.email])


def address(person: User) -> str:
    """Where the person chooses a password, until one is chosen."""
    who = urlsafe_base64_encode(force_bytes(person.pk))
    return reverse("invited", args=[who, default_token_generator.make_token(person)])


def opened(who: str, token: str) -> User | None:
    """The active person an address belongs to; None for what is no such address, or no longer."""
    try:
        number = int(urlsafe_base64_decode(who).decode())
    except (ValueError, UnicodeDecodeError):
        return None
    people = User.objects.select_related("membership__company")
    person = people.filter(pk=number, is_active=True).first() if 0 < number < 2**63 else None
    return person if person is not None and default_token_generator.check_token(person, token) else None
