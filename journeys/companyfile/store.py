"""A ``CompanyFile`` put into the database and read back out of it: ``read(write(entry))`` equals ``entry``."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Min

from company.models import Company, Department, Membership, Unit, User
from company.people import renamed
from journeys.calendar import QuarterCode
from journeys.companyfile.definitions import (
    CompanyFile,
    DepartmentEntry,
    IndicatorEntry,
    PersonEntry,
    SourceEntry,
    StageEntry,
    TargetEntry,
    TouchpointEntry,
    UnitEntry,
)
from journeys.models import Indicator, Influence, Journey, Quarter, Source, Stage, Target, Touchpoint

COMPANY = ("name", "generated", "fiscal_start_month", "unit_name", "hidden_under", "reduced_under", "time_zone")
INDICATOR = (
    *("name", "definition", "role", "kind", "evidence", "unit", "higher_is_better", "worst", "best", "lowest"),
    *("highest", "whole", "top_from", "percentile", "essential", "by_hand", "in_health", "weight"),
)


def write(entry: CompanyFile) -> Company:
    """Create or update everything the file names, by slug; what it does not name stays as it is.

    To be called inside a transaction. Returns the company.
    """
    company, _ = Company.objects.update_or_create(
        slug=entry.slug, defaults={name: getattr(entry, name) for name in COMPANY}
    )
    writer = _Writer(company)
    writer.quarters(entry)
    writer.journey(entry)
    writer.departments(entry.departments)
    writer.units(entry.units)
    writer.indicators(entry.indicators)
    writer.sources(entry.sources)
    writer.people(entry.people)
    return company


class _Writer:
    def __init__(self, company: Company) -> None:
        self.company = company
        self.stage: dict[str, Stage | None] = {"": None}
        self.touchpoint: dict[tuple[str, str], Touchpoint | None] = {}
        self.department: dict[str, Department] = {}

    def quarters(self, entry: CompanyFile) -> None:
        for code in entry.codes():
            starts, ends = code.days(entry.fiscal_start_month)
            Quarter.objects.update_or_create(
                company=self.company, year=code.year, number=code.number, defaults={"starts": starts, "ends": ends}
            )

    def journey(self, entry: CompanyFile) -> None:
        journey, _ = Journey.objects.update_or_create(
            company=self.company, defaults={"name": entry.journey, "weight": entry.journey_weight}
        )
        for position, item in enumerate(entry.stages):
            defaults = {name: getattr(item, name) for name in ("name", "question", "weight", "retired")}
            defaults["position"] = position
            stage, _ = Stage.objects.update_or_create(journey=journey, slug=item.slug, defaults=defaults)
            self.stage[item.slug] = stage
            for place, point in enumerate(item.touchpoints):
                self.touchpoint[item.slug, point.slug], _ = Touchpoint.objects.update_or_create(
                    stage=stage,
                    slug=point.slug,
                    defaults={"name": point.name, "position": place, "retired": point.retired},
                )

    def departments(self, entries: Iterable[DepartmentEntry]) -> None:
        for position, entry in enumerate(entries):
            defaults = {"name": entry.name, "position": position, "retired": entry.retired}
            department, _ = Department.objects.update_or_create(
                company=self.company, slug=entry.slug, defaults=defaults
            )
            self.department[entry.slug] = department
            self._influences(department, None, entry.stages)

    def units(self, entries: Iterable[UnitEntry]) -> None:
        for entry in entries:
            defaults = {"name": entry.name, "retired": entry.retired}
            Unit.objects.update_or_create(company=self.company, code=entry.code, defaults=defaults)

    def indicators(self, entries: Iterable[IndicatorEntry]) -> None:
        for position, entry in enumerate(entries):
            values: dict[str, Any] = {name: getattr(entry, name) for name in INDICATOR}
            values["department"] = self.department[entry.department]
            values["stage"] = self.stage[entry.stage]
            values["touchpoint"] = self.touchpoint.get((entry.stage, entry.touchpoint))
            indicator, _ = Indicator.objects.update_or_create(
                company=self.company, slug=entry.slug, defaults={**values, "position": position}
            )
            self._influences(indicator.department, indicator, entry.influences)
            self._targets(indicator, entry.targets)

    def _influences(self, department: Department, indicator: Indicator | None, stages: Iterable[str]) -> None:
        Influence.objects.declare(department, indicator, [self.stage[slug] for slug in stages])

    def _targets(self, indicator: Indicator, entries: Iterable[TargetEntry]) -> None:
        wanted = {entry.starts: entry.value for entry in entries}
        indicator.targets.exclude(starts__in=wanted).delete()
        for starts, value in wanted.items():
            Target.objects.update_or_create(indicator=indicator, starts=starts, defaults={"value": value})

    def sources(self, entries: Iterable[SourceEntry]) -> None:
        for entry in entries:
            defaults = {
                "name": entry.name,
                "department": self.department[entry.department],
                "due_day": entry.due_day,
                "mapping": entry.mapping,
                "retired": entry.retired,
            }
            Source.objects.update_or_create(company=self.company, slug=entry.slug, defaults=defaults)

    def people(self, entries: Iterable[PersonEntry]) -> None:
        for entry in entries:
            user = User.objects.filter(email=entry.email).first()
            if user is None:
                user = User.objects.create_user(entry.email, first_name=entry.name)
            elif user.first_name != entry.name and entry.name:
                User.objects.filter(pk=user.pk).update(first_name=entry.name, last_name="")
                renamed(self.company)
            member, _ = Membership.objects.update_or_create(
                user=user, defaults={"company": self.company, "role": entry.role}
            )
            member.departments.set([self.department[slug] for slug in entry.departments])


def read(company: Company) -> CompanyFile:
    """Everything declared about the company, as the file would say it, without the list of files."""
    journey = Journey.objects.filter(company=company).first()
    bounds = company.quarters.aggregate(first=Min("starts"), last=Max("starts"))
    month = company.fiscal_start_month
    declared = _declared(company)
    return CompanyFile(
        **{name: getattr(company, name) for name in COMPANY},
        slug=company.slug,
        journey=journey.name if journey else "",
        journey_weight=journey.weight if journey else CompanyFile.journey_weight,
        quarters=(QuarterCode.of(bounds["first"], month), QuarterCode.of(bounds["last"], month)),
        departments=tuple(
            DepartmentEntry(row.slug, row.name, declared.get((row.pk, None), ()), row.retired)
            for row in company.departments.all()
        ),
        stages=_stages(journey),
        units=tuple(UnitEntry(row.code, row.name, row.retired) for row in company.units.all()),
        indicators=tuple(_indicators(company, declared)),
        sources=tuple(
            SourceEntry(row.slug, row.name, row.department.slug, row.mapping, row.due_day, retired=row.retired)
            for row in company.sources.select_related("department")
        ),
        people=tuple(_people(company)),
    )


def _declared(company: Company) -> dict[tuple[int, int | None], tuple[str, ...]]:
    """Declared stages by department and indicator, in the journey's order, the whole journey last."""
    rows = Influence.objects.filter(department__company=company).select_related("stage")
    found: dict[tuple[int, int | None], list[tuple[int, str]]] = {}
    for row in rows:
        place = (row.stage.position, row.stage.slug) if row.stage else (100, "")
        found.setdefault((row.department_id, row.indicator_id), []).append(place)
    return {key: tuple(slug for _, slug in sorted(places)) for key, places in found.items()}


def _stages(journey: Journey | None) -> tuple[StageEntry, ...]:
    rows = journey.stages.prefetch_related("touchpoints") if journey else []
    return tuple(
        StageEntry(
            row.slug,
            row.name,
            row.question,
            row.weight,
            tuple(TouchpointEntry(point.slug, point.name, point.retired) for point in row.touchpoints.all()),
            row.retired,
        )
        for row in rows
    )


def _indicators(company: Company, declared: dict[tuple[int, int | None], tuple[str, ...]]) -> Iterable[IndicatorEntry]:
    rows = company.indicators.select_related("department", "stage", "touchpoint").prefetch_related("targets")
    for row in rows:
        yield IndicatorEntry(
            **{name: getattr(row, name) for name in INDICATOR},
            slug=row.slug,
            department=row.department.slug,
            stage=row.stage.slug if row.stage else "",
            touchpoint=row.touchpoint.slug if row.touchpoint else "",
            influences=declared.get((row.department_id, row.pk), ()),
            targets=tuple(TargetEntry(target.starts, target.value) for target in row.targets.all()),
        )


def _people(company: Company) -> Iterable[PersonEntry]:
    rows = company.memberships.select_related("user").prefetch_related("departments").order_by("user__email")
    for row in rows:
        departments = tuple(department.slug for department in row.departments.all())
        yield PersonEntry(row.user.email, row.role, row.user.get_full_name(), departments)
