"""The alarm: every administrator is written to about a verification that found something, in the person's language."""

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from company.models import Role, User
from metrics.models import Verification
from metrics.panels.verified import run

logger = logging.getLogger(__name__)


def tell(now: datetime) -> None:
    """The chore: whoever administers the company is written to once a run; what did not leave goes with the next."""
    waiting = Verification.objects.filter(identical=False, told=None).order_by("pk").values_list("pk", flat=True)
    for pk in list(waiting):
        with transaction.atomic():
            held = Verification.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, told=None)
            found = held.select_related("company").first()
            if found is not None and _told(found):
                found.told = now
                found.save(update_fields=["told"])


def _told(found: Verification) -> bool:
    people = User.objects.filter(membership__company=found.company_id, membership__role=Role.ADMIN, is_active=True)
    try:
        for person in people.order_by("pk"):
            _write(person, found)
    except OSError:
        logger.warning("the alarm of verification %s did not leave", found.pk)
        return False
    return True


def _write(person: User, found: Verification) -> None:
    with override(person.speaks):
        subject = _("%(company)s: something published is not what its files give") % {"company": found.company.name}
        context = {"person": person, "last": run(found), "address": settings.SITE_URL + reverse("verification")}
        send_mail(subject, render_to_string("metrics/letters/alarm.txt", context), None, [person.email])
