"""What people write on a quarter: notes of what happened, and titles of their own until it is published."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from company.audit import record
from company.models import Membership
from journeys.models import Quarter
from metrics import honesty, wording
from metrics.models import Remark
from metrics.report import Message, Report

LONGEST_NOTE = 140


@dataclass(frozen=True)
class Titled:
    """A place with the sentence the data say and the title a person wrote; ``stale`` where the data say another now."""

    place: str
    said: str
    text: str = ""
    author: str = ""
    stale: bool = False


def titles(report: Report, remarks: list[Remark]) -> list[Titled]:
    """Every title of the report, in the order of its messages, with what was written in the reader's language."""
    written = {row.place: row for row in remarks if row.kind == Remark.Kind.TITLE and row.language == get_language()}
    return [_titled(report, message, written.get(message.place)) for message in report.messages]


def _titled(report: Report, message: Message, title: Remark | None) -> Titled:
    said = wording.say(message, report)
    if title is None:
        return Titled(message.place, said)
    return Titled(message.place, said, title.text, title.author, title.said != message.saying)


def faults(text: str, message: Message) -> list[str]:
    """What a title may not say here, in words."""
    words = {
        "long": _("At most 90 characters."),
        "numbers": _("At most two numbers."),
        "cause": _("It names a cause: the data show only what goes along with what."),
        "change": _("It speaks of a change that is not demonstrated."),
        "against": _("It says the opposite of the demonstrated change."),
    }
    return [words[code] for code in honesty.faults(text, message.code, get_language() or "it")]


@transaction.atomic
def write_title(membership: Membership, quarter: Quarter, message: Message, text: str) -> None:
    """The title in the reader's language; an empty one gives the place back to the data."""
    place: dict[str, Any] = {
        "quarter": quarter,
        "kind": Remark.Kind.TITLE,
        "place": message.place,
        "language": get_language(),
    }
    if text:
        values = {"text": text, "said": message.saying, "author": membership.user.reference}
        Remark.objects.update_or_create(**place, defaults=values)
    else:
        Remark.objects.filter(**place).delete()
    detail = {"place": message.place, "language": get_language(), "text": text}
    record(membership.company, membership.user, "title.written", f"quarter {quarter.code}", detail)


@transaction.atomic
def write_note(membership: Membership, quarter: Quarter, stage: str, text: str) -> None:
    """A note on the quarter or on one of its stages."""
    Remark.objects.create(
        quarter=quarter, kind=Remark.Kind.NOTE, place=stage, text=text[:LONGEST_NOTE], author=membership.user.reference
    )
    detail = {"stage": stage, "text": text}
    record(membership.company, membership.user, "note.written", f"quarter {quarter.code}", detail)


@transaction.atomic
def remove_note(membership: Membership, note: Remark) -> None:
    """The note leaves every page; the audit log keeps it."""
    detail = {"stage": note.place, "text": note.text}
    record(membership.company, membership.user, "note.removed", f"quarter {note.quarter.code}", detail)
    note.delete()
