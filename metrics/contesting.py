"""Contesting a figure of a draft, and answering: each with its audit entry, under the quarter's lock."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from company.audit import record
from company.models import Department, User
from journeys.models import Quarter
from metrics.differences import key_of
from metrics.models import Edition, Objection
from metrics.publish import Refused
from metrics.report import Report

LONGEST = 1000
LEVELS = ("company", "stage", "indicator")
FIGURE = ("level", "stage", "indicator", "unit")
SEPARATOR = "|"


@dataclass(frozen=True)
class Contest:
    """A department says that a figure is wrong, and why."""

    department: Department
    key: tuple[str, ...]
    reason: str


def keys(report: Report) -> list[tuple[str, ...]]:
    """Every figure that can be contested: of the company, of stages, of indicators; then what results weigh."""
    return list(_values(report))


def _values(report: Report) -> dict[tuple[str, ...], Decimal | None]:
    figures = (row for row in report.figures if row.level in LEVELS and row.base != "hidden" and not row.unit)
    effects = (row for row in report.effects if row.points is not None and row.verdict != "too_little" and not row.unit)
    return {**{key_of(row): row.value for row in figures}, **{row.key: row.points for row in effects}}


def contest(quarter: Quarter, actor: User, made: Contest) -> Objection:
    """Before publication only: the draft waits for the answer."""
    reason = _said(made.reason, _("Say why, in at most 1,000 characters."))
    with transaction.atomic():
        held = _open(quarter)
        edition = held.editions.select_for_update().filter(state=Edition.State.DRAFT).first()
        report = Report.parse(edition.content) if edition else None
        values = _values(report) if report else {}
        if edition is None or made.key not in values:
            raise Refused(_("Choose a figure of the report."))
        fields = {**_fields(made.key), "department": made.department.slug}
        if edition.objections.filter(state=Objection.State.OPEN, **fields).exists():
            raise Refused(_("This figure is already contested by the department."))
        value = values[made.key]
        found: Objection = edition.objections.create(value=value, reason=reason, author=actor.reference, **fields)
        record(held.company, actor, "figure.contested", f"{held.code} {found}", {**fields, "reason": reason})
        return found


def _fields(key: tuple[str, ...]) -> dict[str, str]:
    """The columns that name what is contested: the words of a figure, or of an effect in one."""
    return dict(zip(FIGURE, key, strict=True)) if len(key) == len(FIGURE) else {"effect": SEPARATOR.join(key)}


def answer(quarter: Quarter, actor: User, objection: Objection, state: str, words: str) -> None:
    """Upheld or dismissed, with what was checked; an answered objection stays as it is."""
    said = _said(words, _("Say what was checked and what follows."))
    if state not in (Objection.State.UPHELD, Objection.State.DISMISSED):
        raise Refused(_("Choose what to do."))
    with transaction.atomic():
        held = _open(quarter)
        found = Objection.objects.select_for_update().get(pk=objection.pk)
        if found.state != Objection.State.OPEN:
            raise Refused(_("It is already answered."))
        found.state, found.answer, found.answered_by, found.answered = state, said, actor.reference, timezone.now()
        found.save()
        record(held.company, actor, f"objection.{state}", f"{held.code} {found}", {"answer": said})


def _said(words: str, problem: str) -> str:
    text = words.replace("\0", "").strip()
    if not text or len(text) > LONGEST:
        raise Refused(problem)
    return text


def _open(quarter: Quarter) -> Quarter:
    """The quarter under its lock; refused once it is published."""
    held = Quarter.objects.select_for_update(of=("self",)).select_related("company").get(pk=quarter.pk)
    if held.closed:
        raise Refused(_("The quarter is published: a figure is contested before. Ask for a restatement."))
    return held
