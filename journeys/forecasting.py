"""The blind forecast: what a department is asked of each stage it works on, by when, and what it has answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from company.audit import record
from company.models import Company, Department, User
from journeys.calendar import QuarterCode
from journeys.models import Forecast, Influence, Quarter, Stage
from journeys.models.forecasts import local_day


@dataclass(frozen=True)
class Asked:
    """A stage the department is asked about, and what it has given, if anything."""

    stage: Stage
    held: Forecast | None = None


@dataclass(frozen=True)
class Sheet:
    """What a department is asked of one quarter; ``over``: its last day has come, and what was given stays."""

    code: QuarterCode
    ends: date
    over: bool
    rows: tuple[Asked, ...]

    @property
    def until(self) -> date:
        """The last day on which a forecast is blind and may be given anew."""
        return self.ends - timedelta(days=1)

    @property
    def open(self) -> list[Asked]:
        """The stages of which a forecast can be given now."""
        return [row for row in self.rows if row.held is None or not self.over]


def stages_of(department: Department) -> list[Stage]:
    """The stages the department acts on, in the journey's order; the whole journey where none is named."""
    declared = Influence.objects.filter(department=department).select_related("stage", "indicator")
    found = {row.indicator.stage_id if row.indicator else row.stage_id for row in declared}
    stages = list(Stage.objects.filter(journey__company=department.company_id))
    return [stage for stage in stages if stage.pk in found] or stages


def sheets(department: Department) -> list[Sheet]:
    """The quarter under way, then those that are over and not published, the latest first."""
    company = department.company
    today = local_day(company, timezone.now())
    month = company.fiscal_start_month
    codes = [QuarterCode.of(today, month)]
    waiting = company.quarters.exclude(state=Quarter.State.PUBLISHED).filter(ends__lt=today)
    codes += sorted((row.code for row in waiting), reverse=True)
    stages = stages_of(department)
    given = {(row.code, row.stage_id): row for row in department.forecasts.select_related("stage")}
    return [
        Sheet(
            code,
            code.days(month)[1],
            code.days(month)[1] <= today,
            tuple(Asked(stage, given.get((code, stage.pk))) for stage in stages if stage.used_on(code.days(month)[0])),
        )
        for code in codes
        if department.used_on(code.days(month)[0])
    ]


def told(company: Company, code: QuarterCode) -> QuerySet[Forecast]:
    """What the company's departments gave for the quarter, in the order of departments and stages."""
    rows = Forecast.objects.filter(department__company=company, year=code.year, number=code.number)
    return rows.select_related("department__company", "stage")


def give(department: Department, sheet: Sheet, values: Mapping[str, Decimal], actor: User) -> list[Forecast]:
    """Write what was said of the sheet's open stages, by their slugs: one line in the log, with the numbers before.

    Returns what was written; a value that says the same as before is not written again.
    """
    quarter = {"year": sheet.code.year, "number": sheet.code.number}
    written, said = [], {}
    with transaction.atomic():
        Department.objects.select_for_update().get(pk=department.pk)
        known = {row.stage_id: row for row in department.forecasts.filter(**quarter)}
        for row in sheet.open:
            value, held = values.get(row.stage.slug), known.get(row.stage.pk)
            if value is None or (held is not None and (sheet.over or held.value == value)):
                continue
            made = held or Forecast(department=department, stage=row.stage, ends=sheet.ends, **quarter)
            said[row.stage.name] = ["" if held is None else str(held.value), str(value)]
            made.value, made.given = value, timezone.now()
            made.save()
            written.append(made)
        if written:
            detail = {**said, "blind": written[0].blind}
            record(department.company, actor, "forecast.given", f"{department.slug} {sheet.code}", detail)
    return written
