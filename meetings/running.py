"""A meeting from its preparation to its close: every step under the row's lock, every word kept with who wrote it."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from company import audit
from company.models import Membership, User
from journeys.models import Quarter
from meetings import agenda, frozen
from meetings.followup import carry, settle
from meetings.models import AgendaItem, Attendance, Change, Decision, Meeting
from metrics.models import Edition

SAME = timedelta(minutes=5)
LINK_HOURS = 12
KIND = AgendaItem.Kind


def create(quarter: Quarter, editions: Iterable[Edition], actor: User) -> Meeting:
    """The quarter's meeting with its default agenda, everybody of the company invited; the one there is, if any."""
    with transaction.atomic():
        meeting, made = made_or_there(quarter, editions)
        if made:
            audit.record(quarter.company, actor, "meeting.created", f"meeting {quarter}")
    return meeting


def made_or_there(quarter: Quarter, editions: Iterable[Edition]) -> tuple[Meeting, bool]:
    """The same without the entry in the log, which is the caller's, and whether it was made now."""
    with transaction.atomic():
        Quarter.objects.select_for_update().get(pk=quarter.pk)
        there = Meeting.objects.filter(quarter=quarter).select_related("quarter__company").first()
        if there is not None:
            return there, False
        meeting = Meeting(quarter=quarter, computed=timezone.now())
        frozen.freeze(meeting, editions)
        meeting.save()
        agenda.prepare(meeting)
        people = quarter.company.memberships.filter(user__is_active=True)
        Attendance.objects.bulk_create(Attendance(meeting=meeting, person_id=row.user_id) for row in people)
        carry(meeting)
    return meeting, True


def renew(meeting: Meeting, editions: Iterable[Edition], actor: User) -> None:
    """The newest edition in place of the one taken before; only while the meeting is being prepared."""
    with locked(meeting) as held:
        if held.state == Meeting.State.PREPARED:
            frozen.freeze(held, editions)
            held.save()
            carry(held)
            touch(held, structure=True)
            log(held, actor, "meeting.edition", {"digest": held.digest})


def begin(meeting: Meeting, editions: Iterable[Edition], actor: User) -> None:
    """Open the meeting on the newest edition, which from now on does not change; a second time nothing happens."""
    with locked(meeting) as held:
        if held.state != Meeting.State.PREPARED:
            return
        frozen.freeze(held, editions)
        held.state, held.opened_at, held.item, held.view = Meeting.State.OPEN, timezone.now(), 1, 1
        held.save()
        carry(held)
        touch(held, structure=True)
        log(held, actor, "meeting.opened", {"digest": held.digest})


def close(meeting: Meeting, actor: User) -> list[str]:
    """Close the meeting; what is still missing to do so, as codes, when it cannot be."""
    with locked(meeting) as held:
        if held.state != Meeting.State.OPEN:
            return []
        item = held.items.filter(kind=KIND.FOLLOWUP).first()
        unanswered = held.followups.filter(done="").exclude(decision__decided_on=None).exists()
        if unanswered and (item is None or not item.skipped):
            return ["followup"]
        settle(held)
        held.state, held.closed_at = Meeting.State.CLOSED, timezone.now()
        held.deadline = held.remaining = None
        held.save()
        touch(held)
        log(held, actor, "meeting.closed")
    return []


def place(meeting: Meeting, item: int, view: int) -> None:
    """Put the room on a view; a running timer starts anew with another point's minutes."""
    with locked(meeting) as held:
        if (held.item, held.view) == (item, view):
            return
        if held.item != item and held.deadline is not None:
            held.deadline = timezone.now() + timedelta(minutes=_minutes(held, item))
        held.item, held.view, held.revealed, held.table, held.blank = item, view, False, False, False
        held.save(update_fields=["item", "view", "revealed", "table", "blank", "deadline"])


def show(meeting: Meeting, name: str, on: bool) -> None:
    """Blank the room, show the table instead of the chart, or reveal what was hidden."""
    with locked(meeting) as held:
        setattr(held, name, on)
        held.save(update_fields=[name])


def time(meeting: Meeting, left: int, runs: bool) -> None:
    """The timer at so many seconds, running or standing. At its end nothing happens but that it shows so."""
    now = timezone.now()
    with locked(meeting) as held:
        held.deadline, held.remaining = (now + timedelta(seconds=left), None) if runs else (None, left)
        held.save(update_fields=["deadline", "remaining"])


def guess(meeting: Meeting, stage: str, value: float | None) -> None:
    """What the department expects the customers to say about a stage, typed before they are revealed."""
    with locked(meeting) as held:
        held.guesses = {**held.guesses, stage: value}
        held.save(update_fields=["guesses"])
        touch(held)


def link(meeting: Meeting, on: bool, actor: User) -> None:
    """A new link to the room for a screen without an account, good for twelve hours; or none any more.

    Who has the link sees the figures without signing in: the log says who gave it out and until when.
    """
    with locked(meeting) as held:
        held.link_key = secrets.token_urlsafe(16) if on else ""
        held.link_until = timezone.now() + timedelta(hours=LINK_HOURS) if on else None
        held.save(update_fields=["link_key", "link_until"])
        if held.link_until is not None:
            log(held, actor, "meeting.screen_given", {"until": held.link_until.isoformat()})
        else:
            log(held, actor, "meeting.screen_revoked")


def write(meeting: Meeting, actor: User, field: str, words: tuple[str, str], decision: Decision | None = None) -> bool:
    """Note what was written before and after; the same person's further letters within five minutes are one change.

    Whether a change begins here: what is saved as it is typed stands in the log once a change, not once a letter.
    """
    now = timezone.now()
    before, after = words
    if before == after:
        return False
    late = meeting.state == Meeting.State.CLOSED
    known = Change.objects.filter(meeting=meeting, decision=decision, field=field).order_by("-at", "-id").first()
    if known is not None and known.actor == actor.reference and known.late == late and now - known.at < SAME:
        known.after, known.at = after, now
        known.save(update_fields=["after", "at"])
        return False
    Change.objects.create(
        meeting=meeting, decision=decision, at=now, actor=actor.reference, field=field, before=before, after=after,
        late=late,
    )  # fmt: skip
    return True


def log(
    meeting: Meeting,
    actor: User,
    action: str,
    detail: dict[str, Any] | None = None,
    decision: Decision | None = None,
) -> None:
    """The action's entry in the audit log, in the transaction that does it; about the meeting or one decision of it."""
    quarter = meeting.quarter
    subject = f"decision {quarter} {decision.number}" if decision else f"meeting {quarter}"
    audit.record(quarter.company, actor, action, subject, detail)


def touch(meeting: Meeting, structure: bool = False) -> None:
    """Tell every screen that something it shows has changed; ``structure`` that there are other views."""
    more: dict[str, Any] = {"structure": F("structure") + 1} if structure else {}
    Meeting.objects.filter(pk=meeting.pk).update(revision=F("revision") + 1, **more)


@contextmanager
def locked(meeting: Meeting) -> Iterator[Meeting]:
    """The meeting's row, read anew under its lock, in a transaction of its own."""
    with transaction.atomic():
        rows = Meeting.objects.select_for_update(of=("self",)).select_related("quarter__company")
        yield rows.get(pk=meeting.pk)


def _minutes(meeting: Meeting, place: int) -> int:
    kept = list(meeting.items.filter(skipped=False))
    return kept[place - 1].minutes if 0 < place <= len(kept) else 0


def state(meeting: Meeting, now: datetime) -> dict[str, Any]:
    """Where the room stands, for every screen that follows it."""
    return {
        "item": meeting.item,
        "view": meeting.view,
        "blank": meeting.blank,
        "table": meeting.table,
        "revealed": meeting.revealed,
        "seconds": meeting.seconds_left(now),
        "running": meeting.deadline is not None,
        "minutes": _minutes(meeting, meeting.item),
        "revision": meeting.revision,
        "structure": meeting.structure,
        "state": meeting.state,
    }


def may_conduct(membership: Membership) -> bool:
    """Whether the person runs meetings."""
    return membership.role in ("facilitator", "admin")
