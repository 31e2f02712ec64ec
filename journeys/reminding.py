"""Letters about sources that have not arrived: three days before the due day and on the day, once each a person."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from company.formats import day_long
from company.models import Company, Role, User
from journeys.board import SourceRow, source_rows
from journeys.models import Quarter, Reminder, Source

DAYS = {Reminder.Moment.BEFORE: 3, Reminder.Moment.ON_DAY: 0}
MORNING = 7
LONGEST_WAIT = timedelta(days=366)


def remind(now: datetime) -> None:
    """A chore: what is due today, from seven in the morning of the company's day."""
    for company in Company.objects.all():
        local = now.astimezone(ZoneInfo(company.time_zone))
        if local.hour < MORNING:
            continue
        today = local.date()
        ended = company.quarters.exclude(state=Quarter.State.PUBLISHED)
        for quarter in ended.filter(ends__lt=today + timedelta(days=3), ends__gt=today - LONGEST_WAIT):
            sources = company.sources.select_related("department", "owner")
            for row in source_rows(quarter, sources, today):
                for moment, ahead in DAYS.items():
                    if not row.arrived and row.due == today + timedelta(days=ahead):
                        _tell(row, quarter, moment)


def _tell(row: SourceRow, quarter: Quarter, moment: Reminder.Moment) -> None:
    """One letter to each who answers for the source; the row that says so is written with it, or not at all."""
    for person in _answerable(row.source):
        with transaction.atomic():
            _reminder, new = Reminder.objects.get_or_create(
                source=row.source, quarter=quarter, person=person, moment=moment
            )
            if new:
                _write(person, row, quarter)


def _answerable(source: Source) -> Iterator[User]:
    """The source's owner, else the heads of its department; only people who can sign in."""
    if source.owner is not None and source.owner.is_active:
        yield source.owner
        return
    heads = User.objects.filter(membership__role=Role.HEAD, membership__departments=source.department, is_active=True)
    yield from heads.order_by("pk")


def _write(person: User, row: SourceRow, quarter: Quarter) -> None:
    with translation.override(person.speaks):
        day = day_long(row.due, translation.get_language() or "it")
        subject = _("“%(source)s” is due on %(day)s") % {"source": row.source.name, "day": day}
        address = f"{settings.SITE_URL}{reverse('data')}?t={quarter.code}"
        context = {"person": person, "row": row, "quarter": quarter, "address": address}
        send_mail(subject, render_to_string("journeys/letters/reminder.txt", context), None, [person.email])
