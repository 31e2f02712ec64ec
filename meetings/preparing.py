"""A meeting being prepared: day, place, agenda, people and notes, each step with its entry in the audit log.

Every step is one transaction under the meeting's lock. What changes nothing leaves no entry.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from company.models import User
from journeys.models import Quarter
from meetings import agenda, figures, frozen
from meetings.forms import ItemForm, WhenForm
from meetings.letters import queue
from meetings.models import AgendaItem, Letter, Meeting
from meetings.running import locked, log, made_or_there, touch, write
from metrics.models import Edition


class NoFigure(Exception):
    """The meeting's edition has no figure of that name."""


def schedule(meeting: Meeting, said: Mapping[str, Any], actor: User) -> bool:
    """Day, time and place; False where what was said is none."""
    with locked(meeting) as held:
        form = WhenForm(said, instance=held)
        before = {name: _text(form.initial.get(name)) for name in form.fields}
        if not form.is_valid():
            return False
        form.save()
        touch(held)
        changed = {name: [before[name], _text(getattr(held, name))] for name in form.changed_data}
        if changed:
            log(held, actor, "meeting.dated", changed)
    return True


def step(item: AgendaItem, said: Mapping[str, Any], actor: User) -> str:
    """A point saved, moved, left out with its reason, or taken back in: what ``do`` names. Why not, when it cannot."""
    with locked(item.meeting) as held:
        row = held.items.get(pk=item.pk)
        do = said.get("do", "save")
        if do in ("up", "down"):
            if agenda.move(row, up=do == "up"):
                log(held, actor, "agenda.moved", {"point": row.title, "up": do == "up"})
        elif do in ("skip", "keep"):
            reason = str(said.get("reason", "")).strip()[:300] if do == "skip" else ""
            if row.kind == AgendaItem.Kind.FOLLOWUP and do == "skip" and not reason:
                return _("Last quarter's decisions are skipped only with a written reason: it goes in the minutes.")
            row.skipped, row.reason = do == "skip", reason
            row.save(update_fields=["skipped", "reason"])
            action = "agenda.skipped" if row.skipped else "agenda.kept"
            log(held, actor, action, {"point": row.title, "reason": reason})
        elif not _saved(row, said, actor):
            return _("Minutes are a whole number from 0 to 90, and a point has a title.")
        touch(held, structure=True)
    return ""


def _saved(row: AgendaItem, said: Mapping[str, Any], actor: User) -> bool:
    form = ItemForm(said, instance=row)
    before = {name: _text(form.initial[name]) for name in form.fields}
    if not form.is_valid():
        return False
    form.save()
    changed: dict[str, Any] = {name: [before[name], _text(getattr(row, name))] for name in form.changed_data}
    if changed:
        log(row.meeting, actor, "agenda.changed", {"point": before["title"]} | changed)
    return True


def bring(quarter: Quarter, editions: Iterable[Edition], name: str, actor: User) -> AgendaItem | None:
    """A figure put on the agenda of the quarter's meeting, which is made where there is none.

    None where the meeting is over; ``NoFigure``, and no meeting made, where its edition has no such figure.
    """
    with transaction.atomic():
        made, new = made_or_there(quarter, editions)
        with locked(made) as held:
            if not figures.exists(frozen.shown(held), name):
                raise NoFigure(name)
            if held.state == Meeting.State.CLOSED:
                return None
            count = held.items.count()
            row = agenda.bring(held, name)
            touch(held, structure=True)
            if new:
                log(held, actor, "meeting.created", {"figure": row.title})
            elif held.items.count() > count:
                log(held, actor, "agenda.brought", {"figure": row.title})
    return row


def people(meeting: Meeting, do: str, chosen: set[str], actor: User) -> int | None:
    """Who is invited, or with ``do`` "present" who is there; with "invite" the letters leave too: how many.

    None where none leave: nobody asked for it, or an invitation would be without a day.
    """
    field = "present" if do == "present" else "invited"
    with locked(meeting) as held:
        rows = [row for row in held.people.select_related("person") if getattr(row, field) != (str(row.pk) in chosen)]
        detail: dict[str, Any] = {"added": [], "removed": []}
        for row in rows:
            wanted = str(row.pk) in chosen
            setattr(row, field, wanted)
            row.save(update_fields=[field])
            write(held, actor, field, ("", str(row.person)) if wanted else (str(row.person), ""))
            detail["added" if wanted else "removed"].append(row.person.reference)
        count = queue(held, Letter.Kind.INVITATION) if do == "invite" and held.at is not None else None
        if count is not None:
            log(held, actor, "invitations.sent", {"letters": count} | detail)
        elif rows:
            log(held, actor, "people.present" if field == "present" else "people.invited", detail)
    return count


def note(item: AgendaItem, text: str, actor: User) -> None:
    """The notes of a point, saved as they are typed: an entry where a change begins, not at every letter."""
    with locked(item.meeting) as held:
        row = held.items.get(pk=item.pk)
        begun = write(held, actor, f"notes:{row.title}", (row.notes, text))
        row.notes = text
        row.save(update_fields=["notes"])
        touch(held)
        if begun:
            log(held, actor, "minutes.written", {"point": row.title})


def _text(value: Any) -> str:
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
