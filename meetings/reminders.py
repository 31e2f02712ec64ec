"""Owners are reminded 30, 15 and 7 days before a date, then week by week: one letter a day at most."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from company.models import User
from meetings.models import Decision, Digest, Meeting
from metrics.letters import send_before_meeting

BEFORE = (30, 15, 7)
MORNING = 7


def remind(now: datetime) -> None:
    """The digest of everybody who has something due today, from seven in the morning of the company's day."""
    local = timezone.localtime(now)
    if local.hour < MORNING:
        return
    today = local.date()
    horizon = today + timedelta(days=BEFORE[0])
    rows = Decision.objects.filter(state__in=["decided", "started"], due__lte=horizon, owner__is_active=True)
    due: dict[int, list[Decision]] = {}
    for row in rows.select_related("owner", "meeting__quarter").order_by("due"):
        if row.due is not None and row.owner_id is not None and stage(row.due, today) != row.reminded:
            due.setdefault(row.owner_id, []).append(row)
    for owner, decisions in due.items():
        _send(owner, decisions, today)


def announce(now: datetime) -> None:
    """The quarter's letter once more, the day before its meeting; the letters' own rows keep it from going twice."""
    local = timezone.localtime(now)
    if local.hour < MORNING:
        return
    tomorrow = local.date() + timedelta(days=1)
    for meeting in Meeting.objects.filter(at__date=tomorrow, state=Meeting.State.PREPARED).select_related("quarter"):
        edition = meeting.quarter.editions.filter(state="published").order_by("-version").first()
        if edition is not None:
            send_before_meeting(edition)


def stage(due: date, today: date) -> int | None:
    """The reminder a date has come to: 30, 15 or 7 days before, −1, −2 … for each week begun beyond it."""
    left = (due - today).days
    if left < 0:
        return -((-left - 1) // 7 + 1)
    return min((days for days in BEFORE if left <= days), default=None)


def _send(owner: int, decisions: list[Decision], today: date) -> None:
    """One letter; the day and the stages are noted in the transaction that sends it."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=owner)
        _day, first = Digest.objects.get_or_create(person=person, day=today)
        if not first:
            return
        for row in decisions:
            row.reminded = stage(row.due, today) if row.due else None
            row.save(update_fields=["reminded"])
        with translation.override(person.speaks):
            context = {
                "late": [row for row in decisions if row.overdue(today)],
                "soon": [row for row in decisions if not row.overdue(today)],
                "address": settings.SITE_URL + reverse("my-decisions"),
            }
            text = render_to_string("meetings/letters/reminder.txt", context)
            send_mail(_("Your decisions: what is due"), text, None, [person.email])
