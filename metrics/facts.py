"""From rows to what ``metrics.derive`` needs: a company's definitions as declared, and a quarter's sums."""

from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from company.models import Company
from journeys import lake
from journeys.models import Indicator, Influence, Part, Quarter
from metrics.derive.inputs import Declared, Inputs, by_week, levers, measures, questions
from metrics.engine.duckdb import Session
from metrics.engine.levels import largest, levels, weekly
from metrics.engine.moments import Facts, ask
from metrics.report import CompanyDef, DepartmentDef, IndicatorDef, Report, StageDef, fixed
from metrics.stats.kinds import Kind, Moments

WHOLE_JOURNEY = ""
FARTHER = (-2, -3, -5, -6, -7)  # the quarters of the last eight whose facts are not wanted whole


def inputs(quarter: Quarter) -> Inputs:
    """What the quarter's report is made of: definitions now, its facts, the last quarter's and last year's."""
    company = quarter.company
    quarters = {row.code: row for row in Quarter.objects.filter(company=company)}
    before, year = quarters.get(quarter.code.plus(-1)), quarters.get(quarter.code.plus(-4))
    indicators = _indicators(company)
    targets = {
        row.slug: goal
        for row in Indicator.objects.filter(company=company).prefetch_related("targets")
        if (goal := row.target_on(quarter.ends)) is not None
    }
    now = facts(quarter, indicators)
    return Inputs(
        quarter=str(quarter.code),
        starts=quarter.starts.isoformat(),
        ends=quarter.ends.isoformat(),
        previous=str(before.code) if before else "",
        company=_company(company),
        stages=_stages(company),
        departments=_departments(company),
        indicators=indicators,
        units=_units(company, now),
        targets=targets,
        now=now,
        before=facts(before, indicators) if before else None,
        year=facts(year, indicators) if year else None,
        weights_before=_weights(before),
        weights_year=_weights(year),
        earlier=[_levels(quarters[code], indicators) for code in map(quarter.code.plus, FARTHER) if code in quarters],
    )


def facts(quarter: Quarter, indicators: tuple[IndicatorDef, ...]) -> Facts:
    """The sums of the quarter's accepted files; empty where there are none or nothing is defined."""
    files = [path_of(sha256) for sha256 in parts(quarter).values_list("sha256", flat=True)]
    if not files or not indicators:
        return Facts()
    with Session(files, spill()) as session:
        known, asked = measures(indicators), questions(indicators)
        found = ask(session, known, asked)
        wanted = by_week(found, asked)
        found.weeks.update(weekly(session, [measure for measure in known if measure.slug in wanted]))
        found.largest.update(largest(session, [measure for measure in known if measure.kind is Kind.TOTAL]))
        return found


def _weights(quarter: Quarter | None) -> Declared | None:
    """The weights an earlier quarter was published with; an open one has today's."""
    if quarter is None:
        return None
    edition = quarter.editions.filter(state="published").order_by("-version").first()
    return Declared.of(Report.parse(edition.content)) if edition else None


def _levels(quarter: Quarter, indicators: tuple[IndicatorDef, ...]) -> dict[str, Moments]:
    """Where the results that act on outcomes stood in another quarter."""
    files, wanted = [path_of(sha256) for sha256 in parts(quarter).values_list("sha256", flat=True)], levers(indicators)
    if not files or not wanted:
        return {}
    with Session(files, spill(), [measure.slug for measure in wanted]) as session:
        return levels(session, wanted)


def parts(quarter: Quarter) -> QuerySet[Part]:
    """The files of observations of the quarter's accepted uploads, in an order that never changes."""
    return Part.objects.counted().filter(quarter=quarter).order_by("sha256")


def path_of(sha256: str) -> Path:
    """Where the file of observations of that hash lies."""
    return lake.place_of(Path(settings.LAKE_DIR), sha256)


def spill() -> Path:
    """Where a query too large for memory puts its intermediate results."""
    folder = Path(settings.LAKE_DIR) / "spill"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _units(company: Company, now: Facts) -> tuple[tuple[str, str], ...]:
    """The units heard of this quarter: others, known from other quarters' files, are no part of its report."""
    heard = {code for units in now.units.values() for code in units}
    return tuple((unit.code, unit.name) for unit in company.units.order_by("code") if unit.code in heard)


def _company(company: Company) -> CompanyDef:
    journey = company.journey
    return CompanyDef(
        slug=company.slug,
        name=company.name,
        generated=company.generated,
        unit_name=company.unit_name,
        hidden_under=company.hidden_under,
        reduced_under=company.reduced_under,
        fiscal_start_month=company.fiscal_start_month,
        journey=journey.name,
        journey_weight=_decimal(journey.weight),
    )


def _stages(company: Company) -> tuple[StageDef, ...]:
    return tuple(
        StageDef(
            stage.slug,
            stage.name,
            stage.question,
            _decimal(stage.weight),
            tuple((point.slug, point.name) for point in stage.touchpoints.all()),
        )
        for stage in company.journey.stages.prefetch_related("touchpoints")
    )


def _departments(company: Company) -> tuple[DepartmentDef, ...]:
    """Each department with the stages it acts on: where its results land and where it is declared to work."""
    stages: dict[int, list[str]] = {}
    declared = Influence.objects.filter(department__company=company).select_related("stage", "indicator__stage")
    for influence in declared.order_by("stage__position", "id"):
        landing = influence.indicator.stage if influence.indicator else influence.stage
        stages.setdefault(influence.department_id, []).append(landing.slug if landing else WHOLE_JOURNEY)
    return tuple(
        DepartmentDef(row.slug, row.name, tuple(dict.fromkeys(stages.get(row.pk, []))))
        for row in company.departments.all()
    )


def _indicators(company: Company) -> tuple[IndicatorDef, ...]:
    rows = company.indicators.select_related("department", "stage", "touchpoint").prefetch_related("influences__stage")
    return tuple(_indicator(row) for row in rows)


def _indicator(row: Indicator) -> IndicatorDef:
    acts_on = sorted(row.influences.all(), key=lambda influence: influence.stage.position if influence.stage else -1)
    return IndicatorDef(
        slug=row.slug,
        name=row.name,
        definition=row.definition,
        role=row.role,
        kind=row.kind,
        unit=row.unit,
        higher_is_better=row.higher_is_better,
        department=row.department.slug,
        stage=row.stage.slug if row.stage else WHOLE_JOURNEY,
        touchpoint=row.touchpoint.slug if row.touchpoint else "",
        essential=row.essential,
        in_health=row.in_health,
        weight=_decimal(row.weight),
        evidence=row.evidence,
        worst=fixed(row.worst),
        best=fixed(row.best),
        top_from=fixed(row.top_from),
        percentile=fixed(row.percentile) if row.kind == "percentile" else None,
        influences=tuple(item.stage.slug if item.stage else WHOLE_JOURNEY for item in acts_on),
    )


def _decimal(value: Decimal) -> Decimal:
    """As :func:`fixed`, for values that are always there."""
    return fixed(value) or Decimal("0E-9")
