"""What a file changes once it is confirmed: the quarters computed again, and the pages that show its measures."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from company.models import Company, Department
from journeys.calendar import QuarterCode
from journeys.drafts import Draft
from journeys.ingest import DEPENDENT
from journeys.models import Indicator, Part, Quarter, Stage


@dataclass(frozen=True)
class Reached:
    """A quarter whose facts the file changes: its rows in the file; ``shown``: it has a report already."""

    quarter: Quarter
    rows: int
    shown: bool


@dataclass(frozen=True)
class Consequences:
    """``later`` quarters look back at these ones and are computed again; ``standing`` ones are published: they stay.

    ``stages`` and ``departments`` are those whose page shows a measure of the file, or a share of one; ``whole``: some
    measure is of the journey as a whole.
    """

    quarters: Sequence[Reached]
    later: Sequence[Quarter]
    standing: Sequence[Quarter]
    stages: Sequence[Stage]
    departments: Sequence[Department]
    whole: bool


def consequences_of(draft: Draft) -> Consequences:
    """What confirming the file would change; nothing of it is changed by asking."""
    company = draft.upload.company
    codes = {QuarterCode.parse(code) for code in _changed(draft)}
    after = {code.plus(later) for code in codes for later in DEPENDENT} - codes
    years = {code.year for code in codes | after}
    quarters = [row for row in Quarter.objects.filter(company=company, year__in=years) if row.code in codes | after]
    shown = set(Part.objects.counted().filter(quarter__in=quarters).values_list("quarter", flat=True))
    rows = draft.outcome.get("quarters", {})
    reached = [Reached(row, rows[str(row.code)], row.pk in shown) for row in quarters if row.code in codes]
    others = [row for row in quarters if row.code in after and row.pk in shown]
    later, standing = ([row for row in others if row.closed == closed] for closed in (False, True))
    return Consequences(reached, later, standing, *_pages(company, _measures(draft)))


def _changed(draft: Draft) -> list[str]:
    """The quarters of the file but those in which it says, case by case, what is known."""
    diff, known = draft.outcome.get("diff", {}), draft.outcome.get("known", ())
    return [
        code
        for code in draft.outcome.get("quarters", {})
        if code not in known or any(diff[code][sign] for sign in ("new", "changed", "gone"))
    ]


def _measures(draft: Draft) -> list[Indicator]:
    """The indicators the file has observations of."""
    counts = draft.upload.receipt.get("indicators", {})
    given = [slug for slug, found in counts.items() if found["observations"]]
    rows = Indicator.objects.filter(company=draft.upload.company, slug__in=given)
    return list(rows.select_related("department").prefetch_related("influences"))


def _pages(company: Company, measures: Sequence[Indicator]) -> tuple[list[Stage], list[Department], bool]:
    """Stages where the measures land or act; their departments, and all that are declared to act on those stages."""
    landing = {row.stage_id for row in measures}
    acting = {one.stage_id for row in measures for one in row.influences.all()}
    stages = [stage for stage in landing | acting if stage is not None]
    touched = Q(influences__stage__in=stages) | Q(influences__indicator__stage__in=stages)
    if None in landing:
        touched |= Q(influences__isnull=False, influences__stage=None)
    found = Department.objects.filter(Q(pk__in={row.department_id for row in measures}) | touched, company=company)
    return list(Stage.objects.filter(pk__in=stages)), list(found.distinct()), None in landing
