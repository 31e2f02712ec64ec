"""From the edition's findings to an agenda, and changes to it."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from meetings import figures, frozen
from meetings.models import AgendaItem, Meeting
from metrics.report import Report
from metrics.sentences import total_impact
from metrics.shown import Shown

PROVEN = ("better", "worse")
DEPARTMENTS = 3
KIND = AgendaItem.Kind
BROUGHT = 5


def prepare(meeting: Meeting) -> None:
    """The default agenda of a meeting that has none: 75 minutes, last quarter's decisions before any new figure."""
    shown = frozen.shown(meeting)
    items = [
        (KIND.OPENING, _("Opening, one word each"), 3, []),
        (KIND.FOLLOWUP, _("Last quarter's decisions"), 15, []),
        (KIND.FIGURES, _("Front page"), 5, ["hero", "strip", "ponte"]),
        (KIND.FIGURES, _("The journey: where, how, how much"), 10, _journey(shown)),
        (KIND.FIGURES, _("Departments"), 15, _departments(shown)),
        (KIND.DECISIONS, _("Decisions"), 22, []),
        (KIND.CLOSING, _("Closing and reading back"), 5, []),
    ]
    kept = [
        (kind, title, minutes, [name for name in views if figures.exists(shown, name)])
        for kind, title, minutes, views in items
        if kind != KIND.FIGURES or views
    ]
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meeting, position=place, kind=kind, title=title, minutes=minutes, views=views)
        for place, (kind, title, minutes, views) in enumerate(kept, start=1)
    )


def _journey(shown: Shown) -> list[str]:
    """The map, and the stage that moved most, guessed before it is shown."""
    moved = [
        (abs(row.change or Decimal(0)), stage.slug)
        for stage in shown.report.stages
        if (row := shown.report.stage_health(stage.slug)).verdict in PROVEN
    ]
    if not moved:
        return ["map"]
    slug = max(moved)[1]
    return ["map", f"guess.{slug}", f"andamento.{slug}"]


def _departments(shown: Shown) -> list[str]:
    """The chain and the impacts of the departments that weigh most."""
    return [f"{kind}.{slug}" for slug in leading(shown.report) for kind in ("chain", "impatto")]


def leading(report: Report) -> list[str]:
    """At most three departments: the largest demonstrated impacts, then the largest demonstrated gaps."""
    found: dict[str, None] = {}
    for reference in ("before", "target", "best"):
        totals = [(row.slug, total_impact(report, row.slug, reference)) for row in report.departments]
        proven = [(slug, total.points) for slug, total in totals if total is not None and total.verdict in PROVEN]
        ranked = sorted(proven, key=lambda pair: -abs(pair[1] or Decimal(0)))
        found |= {slug: None for slug, _points in ranked if slug not in found}
    return list(found)[:DEPARTMENTS]


def total(items: Sequence[AgendaItem]) -> int:
    """Minutes of the points that are kept."""
    return sum(item.minutes for item in items if not item.skipped)


def move(item: AgendaItem, up: bool) -> bool:
    """Change places with the neighbour above or below; at the end nothing happens, and False."""
    with transaction.atomic():
        items = list(AgendaItem.objects.select_for_update().filter(meeting=item.meeting_id))
        here = next(place for place, other in enumerate(items) if other.pk == item.pk)
        there = here + (-1 if up else 1)
        if not 0 <= there < len(items):
            return False
        items[here].position, items[there].position = items[there].position, items[here].position
        items[here].save(update_fields=["position"])
        items[there].save(update_fields=["position"])
    return True


def bring(meeting: Meeting, name: str) -> AgendaItem:
    """A figure put on the agenda: a point of its own before the decisions; one already there is not put twice."""
    with transaction.atomic():
        items = list(AgendaItem.objects.select_for_update().filter(meeting=meeting))
        there = next((item for item in items if name in item.views and not item.skipped), None)
        if there is not None:
            return there
        place = next((item.position for item in items if item.kind == KIND.DECISIONS), len(items) + 1)
        for item in reversed(items):
            if item.position >= place:
                item.position += 1
                item.save(update_fields=["position"])
        known = {entry.name: entry for entry in figures.all_figures(meeting)}
        title = known[name].about if name in known else figures.message(frozen.shown(meeting), name)
        return AgendaItem.objects.create(
            meeting=meeting, position=place, kind=KIND.FIGURES, title=title[:120], minutes=BROUGHT, views=[name]
        )
