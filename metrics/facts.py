"""From rows to what ``metrics.derive`` needs: a company's definitions as declared, and a quarter's sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from company.models import Company
from journeys import lake
from journeys.calendar import QuarterCode
from journeys.models import Indicator, Influence, Part, Quarter
from metrics.derive.inputs import Declared, Inputs, levers, measures, questions, touchpoints
from metrics.derive.pairs import alone
from metrics.engine.apart import Apart
from metrics.engine.asking import ask, join
from metrics.engine.duckdb import Session
from metrics.engine.levels import largest, levels
from metrics.engine.moments import Facts, Joined
from metrics.models import Edition
from metrics.report import CompanyDef, DepartmentDef, IndicatorDef, Report, StageDef, fixed
from metrics.stats.disclosure import dominated
from metrics.stats.exact import MILLION
from metrics.stats.kinds import Kind, Moments

WHOLE_JOURNEY = ""
QUARTERS = 8
FARTHER = (-2, -3, -5, -6, -7)  # the quarters of the last eight whose facts are not wanted whole

FilesByQuarter = dict[QuarterCode, tuple[str, ...]]


@dataclass(frozen=True)
class Definitions:
    """What figures mean: as declared today, or as an edition holds it."""

    company: CompanyDef
    stages: tuple[StageDef, ...]
    departments: tuple[DepartmentDef, ...]
    indicators: tuple[IndicatorDef, ...]
    units: tuple[tuple[str, str], ...]
    targets: dict[str, Decimal]


def inputs(quarter: Quarter, files: FilesByQuarter | None = None) -> Inputs:
    """What the quarter's report is made of: definitions, its facts, the last quarter's and last year's.

    A restatement keeps the definitions its quarter was published with, unless it is about the definitions.
    """
    files = files_by_quarter(provenance(quarter)) if files is None else files
    restated = None if _redefined(quarter) else current(quarter)
    known = declared(quarter) if restated is None else held_by(Report.parse(restated.content))
    previous = Quarter.objects.filter(company=quarter.company_id, **_named(quarter.code.plus(-1))).exists()
    return _inputs(quarter, known, previous, files)


def recomputed(edition: Edition, other: FilesByQuarter | None = None) -> Inputs:
    """The inputs of an edition as they were: its own definitions and the very files it names, or others for some."""
    report = Report.parse(edition.content)
    files = files_by_quarter(edition.provenance) | (other or {})
    return _inputs(edition.quarter, held_by(report), bool(report.previous), files, edition)


def of_pair(edition: Edition, result: str, outcome: str) -> Inputs:
    """The inputs of one result beside one outcome, with the definitions and the very files of the edition."""
    report = Report.parse(edition.content)
    known = replace(held_by(report), indicators=alone(report, result, outcome), targets={})
    files = files_by_quarter(edition.provenance)
    near = {code: files[code] for code in (edition.quarter.code, edition.quarter.code.plus(-1)) if code in files}
    return _inputs(edition.quarter, known, bool(report.previous), near, edition)


def _inputs(
    quarter: Quarter,
    known: Definitions,
    previous: bool,
    files: FilesByQuarter,
    edition: Edition | None = None,
) -> Inputs:
    """Of an edition, what it was made of, every row summed again."""
    code, indicators, number = quarter.code, known.indicators, edition.number if edition else None
    trusting = edition is None
    others = code.plus(-1) if previous else None, code.plus(-4) if code.plus(-4) in files else None
    before, year = (one and _whole(facts(files.get(one, ()), indicators, trusting)) for one in others)
    earlier = [_levels(files[far], indicators, trusting) for far in map(code.plus, FARTHER) if far in files]
    now = facts(files.get(code, ()), indicators, trusting)  # the last: its cases are joined while the report begins
    heard = {unit for units in now.units.values() for unit in units}
    return Inputs(
        quarter=str(code),
        starts=quarter.starts.isoformat(),
        ends=quarter.ends.isoformat(),
        previous=str(code.plus(-1)) if previous else "",
        company=known.company,
        stages=known.stages,
        departments=known.departments,
        indicators=indicators,
        units=tuple(unit for unit in known.units if unit[0] in heard),
        targets=known.targets,
        now=now,
        before=before,
        year=year,
        earlier=earlier,
        weights_before=_weights(quarter, code.plus(-1), number),
        weights_year=_weights(quarter, code.plus(-4), number),
    )


def declared(quarter: Quarter) -> Definitions:
    """The definitions as they stand now, without what is not in use any more in the quarter."""
    company, day = quarter.company, quarter.starts
    goals = company.indicators.on(day).prefetch_related("targets")
    return Definitions(
        company=_company(company),
        stages=_stages(company, day),
        departments=_departments(company, day),
        indicators=_indicators(company, day),
        units=tuple((unit.code, unit.name) for unit in company.units.order_by("code")),
        targets={row.slug: _decimal(goal) for row in goals if (goal := row.target_on(quarter.ends)) is not None},
    )


def held_by(report: Report) -> Definitions:
    """The definitions an edition was made with."""
    return Definitions(
        company=report.company,
        stages=report.stages,
        departments=report.departments,
        indicators=report.indicators,
        units=report.units,
        targets=dict(report.targets),
    )


def _weights(quarter: Quarter, code: QuarterCode, number: int | None) -> Declared | None:
    """The weights an earlier quarter was published with, as of that publication; an open one has none."""
    editions = Edition.objects.filter(quarter__company=quarter.company_id, state=Edition.State.PUBLISHED)
    editions = editions.filter(quarter__year=code.year, quarter__number=code.number)
    if number is not None:
        editions = editions.filter(number__lt=number)
    edition = editions.order_by("-version").first()
    return Declared.of(Report.parse(edition.content)) if edition else None


def _named(code: QuarterCode) -> dict[str, int]:
    return {"year": code.year, "number": code.number}


def provenance(quarter: Quarter) -> list[dict[str, Any]]:
    """The files the quarter's report rests on, with their uploads: its own and those of the seven quarters before.

    Of a published quarter they are the ones it was published with, whatever arrived since.
    """
    wanted = {quarter.code.plus(-step) for step in range(QUARTERS)}
    rows = [row for row in Quarter.objects.filter(company=quarter.company_id) if row.code in wanted]
    found: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: row.code, reverse=True):
        held = None if row.pk == quarter.pk else current(row)
        code = str(row.code)
        found += [item for item in held.provenance if item["quarter"] == code] if held else _arrived(row)
    return found


def _arrived(quarter: Quarter) -> list[dict[str, Any]]:
    rows: QuerySet[Part] = parts(quarter).select_related("upload__source")
    return [
        {
            "quarter": str(quarter.code),
            "source": part.upload.source.slug,
            "upload": str(part.upload_id),
            "filename": part.upload.filename,
            "sha256": part.upload.sha256,
            "part": part.sha256,
            "observations": part.observations,
        }
        for part in rows
    ]


def files_by_quarter(provenance: Iterable[dict[str, Any]]) -> FilesByQuarter:
    """The hashes of the files of each quarter, in an order that never changes."""
    found: dict[QuarterCode, set[str]] = {}
    for item in provenance:
        found.setdefault(QuarterCode.parse(item["quarter"]), set()).add(item["part"])
    return {code: tuple(sorted(hashes)) for code, hashes in found.items()}


def current(quarter: Quarter) -> Edition | None:
    """The published edition that counts: the last one."""
    return quarter.editions.filter(state=Edition.State.PUBLISHED).order_by("-version").first()


def _redefined(quarter: Quarter) -> bool:
    return quarter.editions.filter(state=Edition.State.DRAFT, redefined=True).exists()


def facts(hashes: Iterable[str], indicators: tuple[IndicatorDef, ...], trusting: bool = False) -> Facts:
    """The sums of the files of those hashes; empty where there are none or nothing is defined.

    The sums that files bring with them are taken from them only when ``trusting``; else every row is summed.
    """
    files = [path_of(sha256) for sha256 in hashes]
    if not files or not indicators:
        return Facts()
    known, asked = measures(indicators), questions(indicators)
    joining = Apart(partial(_joined, files, indicators, trusting))
    with Session(files, spill(), trusting=trusting) as session:
        found = ask(session, known, asked)
        found.largest.update(largest(session, [measure for measure in known if measure.kind is Kind.TOTAL]))
    return replace(found, join=joining)


def _joined(files: Sequence[Path], indicators: Sequence[IndicatorDef], trusting: bool) -> Joined:
    """What needs several answers of one case, or a week's of one unit; one core, the other is at the plain sums."""
    with Session(files, spill(), trusting=trusting, threads=1) as session:
        return join(session, measures(indicators), questions(indicators), touchpoints(indicators))


def _whole(found: Facts) -> Facts:
    """The facts with nothing still on its way."""
    joined = found.joined
    return replace(found, join=lambda: joined)


def _levels(hashes: Iterable[str], indicators: tuple[IndicatorDef, ...], trusting: bool) -> dict[str, Moments]:
    """Where the results that act on outcomes stood in another quarter, without totals that one case makes."""
    files, wanted = [path_of(sha256) for sha256 in hashes], levers(indicators)
    if not files or not wanted:
        return {}
    with Session(files, spill(), [measure.slug for measure in wanted], trusting) as session:
        found = levels(session, wanted)
        most = largest(session, [measure for measure in wanted if measure.kind is Kind.TOTAL])
        alone = {slug for slug, case in most.items() if dominated(Fraction(case, MILLION), found[slug].total())}
        return {slug: moments for slug, moments in found.items() if slug not in alone}


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


def _stages(company: Company, day: date) -> tuple[StageDef, ...]:
    return tuple(
        StageDef(
            stage.slug,
            stage.name,
            stage.question,
            _decimal(stage.weight),
            tuple((point.slug, point.name) for point in stage.touchpoints.all() if point.used_on(day)),
        )
        for stage in company.journey.stages.on(day).prefetch_related("touchpoints")
    )


def _departments(company: Company, day: date) -> tuple[DepartmentDef, ...]:
    """Each department with the stages it acts on: where its results land and where it is declared to work."""
    stages: dict[int, list[str]] = {}
    declared = Influence.objects.filter(department__company=company).select_related("stage", "indicator__stage")
    for influence in declared.order_by("stage__position", "id"):
        landing = influence.indicator.stage if influence.indicator else influence.stage
        if landing and not landing.used_on(day):
            continue
        stages.setdefault(influence.department_id, []).append(landing.slug if landing else WHOLE_JOURNEY)
    return tuple(
        DepartmentDef(row.slug, row.name, tuple(dict.fromkeys(stages.get(row.pk, []))))
        for row in company.departments.on(day)
    )


def _indicators(company: Company, day: date) -> tuple[IndicatorDef, ...]:
    rows = company.indicators.on(day).select_related("department", "stage", "touchpoint")
    return tuple(_indicator(row, day) for row in rows.prefetch_related("influences__stage"))


def _indicator(row: Indicator, day: date) -> IndicatorDef:
    acting = [influence for influence in row.influences.all() if not influence.stage or influence.stage.used_on(day)]
    acts_on = sorted(acting, key=lambda influence: influence.stage.position if influence.stage else -1)
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
        touchpoint=row.touchpoint.slug if row.touchpoint and row.touchpoint.used_on(day) else "",
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
