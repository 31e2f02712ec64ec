"""The company's elements added, changed, moved and retired, never deleted.

From its day on a retired one is in no report, and what was before keeps it. Every act holds the company's row, makes
the open quarters' figures be computed again, and leaves one line in the log; what is published stays as it is.
"""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from company.audit import record
from company.models import Company, Department, Membership, Unit
from journeys import naming
from journeys.calendar import QuarterCode
from journeys.defining import make_stale
from journeys.models import Quarter, Source, Stage, Touchpoint
from journeys.models.forecasts import local_day
from journeys.models.sources import IndicatorRole
from journeys.structure import Element, ElementForm, Kind


class Refused(Exception):
    """A step that cannot be taken; the text says why."""


@transaction.atomic
def save(kind: Kind, form: ElementForm, membership: Membership) -> bool:
    """Writes the form if it holds, once the company is held; False where it does not, or changes nothing."""
    _hold(membership.company)
    if not form.is_valid():
        return False
    new, changes = form.new, form.save()
    if changes:
        _done(kind, form.element, membership, "added" if new else "changed", changes)
    return bool(changes)


@transaction.atomic
def move(kind: Kind, element: Element, by: int, membership: Membership) -> None:
    """One place up (-1) or down (1) among those in use; refused at the ends."""
    _hold(membership.company)
    rows = list(kind.form(membership.company, element).siblings())
    used = [row for row in rows if row.retired is None]
    place = used.index(element) if element in used else len(used)
    if not kind.moves or not 0 <= place + by < len(used):
        raise Refused(_("It cannot be moved any further."))
    neighbour = used[place + by]
    one, other = rows.index(element), rows.index(neighbour)
    rows[one], rows[other] = rows[other], rows[one]
    for position, row in enumerate(rows):
        row.position = position
        row.save(update_fields=["position"])
    used[place], used[place + by] = neighbour, element
    _done(kind, element, membership, "moved", {"order": [row.name for row in used]})


@transaction.atomic
def retire(kind: Kind, element: Element, day: date | None, membership: Membership) -> None:
    """Not in use any more from the first day of a quarter that is not published yet."""
    _hold(membership.company)
    days = dict(days_to_retire(membership.company))
    if day not in days:
        raise Refused(_("Choose from which quarter on."))
    if element.retired is not None:
        raise Refused(_("It is retired already."))
    if reason := obstacle(element):
        raise Refused(reason)
    element.retired = day
    element.save(update_fields=["retired"])
    _done(kind, element, membership, "retired", {"since": str(days[day])})


@transaction.atomic
def restore(kind: Kind, element: Element, membership: Membership) -> None:
    """In use again, in the open quarters too."""
    _hold(membership.company)
    if element.retired is None:
        raise Refused(_("It is in use already."))
    used = kind.form.rows(membership.company).filter(retired=None).count()
    if isinstance(element, Stage) and (fault := naming.stages_fault(used + 1)):
        raise Refused(naming.sentence(fault))
    if isinstance(element, Touchpoint) and element.stage.retired is not None:
        raise Refused(_("Its stage is retired: use that again first."))
    element.retired = None
    element.save(update_fields=["retired"])
    _done(kind, element, membership, "restored", {})


def days_to_retire(company: Company) -> list[tuple[date, QuarterCode]]:
    """The first days of the quarters from which something may be retired: the open ones, and the one to come."""
    month = company.fiscal_start_month
    rows = company.quarters.exclude(state=Quarter.State.PUBLISHED).order_by("-starts")
    last = company.quarters.order_by("-starts").first()
    after = last.code.plus(1) if last else QuarterCode.of(local_day(company, timezone.now()), month)
    return [(row.starts, row.code) for row in rows] + [(after.days(month)[0], after)]


def obstacle(element: Element) -> str:
    """Why it cannot be retired yet, if so."""
    if isinstance(element, Stage) and not element.journey.stages.filter(retired=None).exclude(pk=element.pk).exists():
        return _("A journey needs at least one stage.")
    if isinstance(element, Department):
        voices = element.indicators.filter(role=IndicatorRole.OUTCOME, stage__retired=None).count()
        if voices:
            return ngettext(
                "%(n)s measure of what customers say or do is in its care, and health is made of it: "
                "give it to another department first.",
                "%(n)s measures of what customers say or do are in its care, and health is made of them: "
                "give them to another department first.",
                voices,
            ) % {"n": voices}
    return ""


def consequence(element: Element) -> str:
    """What retiring it does, in a sentence."""
    if isinstance(element, Unit):
        return _(
            "From that quarter on templates do not propose it and a file that names it is remarked on. "
            "Its data, if any come, still count: what happened to customers there happened."
        )
    if isinstance(element, Touchpoint):
        return _(
            "From that quarter on the report does not name it, and its measures stay with their stage. "
            "Reports of the quarters before keep it."
        )
    if isinstance(element, Source):
        return _(
            "From that quarter on its file is not awaited and nobody is reminded of it. "
            "What it has sent stays, and counts."
        )
    count = element.indicators.count()
    with_them = ngettext("%(n)s measure", "%(n)s measures", count) % {"n": count}
    if isinstance(element, Department):
        return _(
            "From that quarter on the report leaves it out with its %(measures)s, and its files are not awaited any "
            "more. Give another department the measures that go on. Reports of the quarters before keep it."
        ) % {"measures": with_them}
    return _(
        "From that quarter on the report leaves it out with the %(measures)s that land on it; health is made of the "
        "other stages, and compared on them. Reports of the quarters before keep it."
    ) % {"measures": with_them}


def _hold(company: Company) -> None:
    """One act at a time a company."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _done(kind: Kind, element: Element, membership: Membership, what: str, detail: dict[str, Any]) -> None:
    make_stale(membership.company)
    subject = f"{kind.slug} {element.pk}"
    record(
        membership.company,
        membership.user,
        f"element.{what}",
        subject,
        {"what": kind.slug, "name": element.name, **detail},
    )
