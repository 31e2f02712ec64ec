"""A ``company.yml`` read into a ``CompanyFile``, or everything that is wrong with it at once."""

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from company.models import Role
from journeys import naming
from journeys.calendar import QuarterCode
from journeys.companyfile import rules, sources
from journeys.companyfile.definitions import (
    CompanyFile,
    DepartmentEntry,
    IndicatorEntry,
    PersonEntry,
    StageEntry,
    TargetEntry,
    TouchpointEntry,
    UnitEntry,
)
from journeys.companyfile.document import CompanyFileError, Keys, Mistake, Notes, Record, compose
from journeys.models.sources import Evidence, IndicatorKind, IndicatorRole
from journeys.naming import WHOLE_JOURNEY

NAME = "company.yml"
LARGEST = 2_000_000
MOST_QUARTERS = 100
TOP = Keys(("company", "quarters", "departments", "journey"), ("units", "indicators", "sources", "people"))
COMPANY = Keys(("slug", "name"), ("generated", "fiscal_start_month", "unit_name", "thresholds", "time_zone"))
INDICATOR = Keys(
    ("slug", "name", "definition", "role", "kind", "department", "evidence"),
    (
        *("unit", "higher_is_better", "worst", "best", "lowest", "highest", "whole", "top_from", "percentile"),
        *("stage", "touchpoint", "essential", "by_hand", "in_health", "weight", "influences", "targets"),
    ),
)
STAGE = Keys(("slug", "name"), ("question", "weight", "touchpoints", "retired"))


def parse_company(folder: Path) -> CompanyFile:
    """The company described in the folder's ``company.yml``; CompanyFileError names every mistake with its line."""
    text = _text(folder / NAME)
    notes = Notes(NAME)
    top = Record(compose(text, NAME), "", TOP, notes)
    company = _Reader(top, notes, folder).company()
    if notes.mistakes:
        raise CompanyFileError(notes.mistakes)
    return company


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise CompanyFileError([Mistake(NAME, 1, "", _("the file is larger than 2 MB"))])
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        message = _("the file cannot be read: %(path)s") % {"path": path}
        raise CompanyFileError([Mistake(NAME, 1, "", message)]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CompanyFileError([Mistake(NAME, line, "", _("the text is not UTF-8"))]) from error


class _Reader:
    """Reads section after section, so that later ones may refer to the slugs of earlier ones."""

    def __init__(self, top: Record, notes: Notes, folder: Path) -> None:
        self.top, self.notes, self.folder = top, notes, folder
        self.journey = top.record("journey", Keys(("name", "stages"), ("weight",)))
        self.stages = self._stages(self.journey.records("stages", STAGE))
        self.places = [stage.slug for stage in self.stages] + [WHOLE_JOURNEY]
        self.departments = tuple(self._departments())

    def company(self) -> CompanyFile:
        record = self.top.record("company", COMPANY)
        limits = record.record("thresholds", Keys((), ("hidden_under", "reduced_under")))
        hidden = limits.whole("hidden_under", 10, 5, 1000)
        reduced = limits.whole("reduced_under", 30, 10, 10_000)
        if reduced < hidden:
            limits.wrong("reduced_under", _("this cannot be less than hidden_under"))
        indicators = tuple(self._indicators())
        return CompanyFile(
            slug=record.slug(),
            name=record.text("name"),
            journey=self.journey.text("name"),
            quarters=self._quarters(),
            generated=record.flag("generated"),
            fiscal_start_month=record.whole("fiscal_start_month", 1, 1, 12),
            unit_name=record.text("unit_name", 60),
            hidden_under=hidden,
            reduced_under=reduced,
            time_zone=self._zone(record),
            journey_weight=self.journey.weight(),
            departments=self.departments,
            stages=self.stages,
            units=tuple(self._units()),
            indicators=indicators,
            sources=sources.read(self.top, self.folder, (self.departments, indicators)),
            people=tuple(self._people()),
        )

    def _zone(self, record: Record) -> str:
        zone = record.text("time_zone", 60) or "Europe/Rome"
        if zone not in available_timezones():
            record.wrong("time_zone", _("“%(value)s” is not a time zone: write Europe/Rome") % {"value": zone})
        return zone

    def _quarters(self) -> tuple[QuarterCode, QuarterCode]:
        record = self.top.record("quarters", Keys(("first", "last")))
        first, last = self._quarter(record, "first"), self._quarter(record, "last")
        if first is None or last is None:
            return QuarterCode(2000, 1), QuarterCode(2000, 1)
        if last < first:
            record.wrong("last", _("the last quarter is before the first"))
        elif last > first.plus(MOST_QUARTERS - 1):
            record.wrong("last", _("these are more than %(most)d quarters") % {"most": MOST_QUARTERS})
        return first, last

    def _quarter(self, record: Record, key: str) -> QuarterCode | None:
        text = record.text(key, 10)
        try:
            return QuarterCode.parse(text) if text else None
        except ValueError:
            record.wrong(key, _("“%(value)s” is not a quarter: write it as 2026-3") % {"value": text})
            return None

    def _stages(self, records: list[Record]) -> tuple[StageEntry, ...]:
        stages = []
        for record in records:
            touchpoints = record.records("touchpoints", Keys(("slug", "name"), ("retired",)))
            if fault := naming.stage_slug_fault(record.slug()):
                record.wrong("slug", fault)
            self._once([(point, point.slug()) for point in touchpoints])
            stages.append(
                StageEntry(
                    slug=record.slug(),
                    name=record.text("name", naming.STAGE_NAME_LENGTH),
                    question=record.text("question", naming.QUESTION_LENGTH),
                    weight=record.weight(),
                    touchpoints=tuple(
                        TouchpointEntry(point.slug(), point.text("name"), point.day("retired")) for point in touchpoints
                    ),
                    retired=record.day("retired"),
                )
            )
        self._once([(record, stage.slug) for record, stage in zip(records, stages, strict=True)])
        used = [stage for stage in stages if stage.retired is None]
        if self.journey.has("stages") and (fault := naming.stages_fault(len(used))):
            self.journey.wrong("stages", fault)
        return tuple(stages)

    def _departments(self) -> Iterable[DepartmentEntry]:
        records = self.top.records("departments", Keys(("slug", "name"), ("stages", "retired")))
        self._once([(record, record.slug()) for record in records])
        for record in records:
            places = record.several_of("stages", self.places)
            stages = tuple(map(_stage, places))
            yield DepartmentEntry(record.slug(), record.text("name"), stages, record.day("retired"))

    def _units(self) -> Iterable[UnitEntry]:
        records = self.top.records("units", Keys(("code", "name"), ("retired",)))
        self._once([(record, record.text("code", naming.CODE_LENGTH)) for record in records], "code")
        for record in records:
            yield UnitEntry(record.text("code", naming.CODE_LENGTH), record.text("name"), record.day("retired"))

    def _indicators(self) -> Iterable[IndicatorEntry]:
        records = self.top.records("indicators", INDICATOR)
        self._once([(record, record.slug()) for record in records])
        entries = [self._indicator(record) for record in records]
        for record, entry in zip(records, entries, strict=True):
            rules.check_indicator(record, entry, self.stages)
        rules.check_caps(list(zip(records, entries, strict=True)))
        return entries

    def _indicator(self, record: Record) -> IndicatorEntry:
        kind = record.one_of("kind", IndicatorKind.values)
        return IndicatorEntry(
            slug=record.slug(),
            name=record.text("name"),
            definition=record.text("definition", 2000),
            role=record.one_of("role", IndicatorRole.values),
            kind=kind,
            department=record.one_of("department", [entry.slug for entry in self.departments]),
            evidence=record.one_of("evidence", Evidence.values),
            unit=record.text("unit", 30),
            higher_is_better=record.flag("higher_is_better", default=True),
            worst=record.number("worst"),
            best=record.number("best"),
            lowest=record.number("lowest"),
            highest=record.number("highest"),
            whole=record.flag("whole"),
            top_from=record.number("top_from"),
            percentile=rules.percentile(record, kind),
            stage=_stage(record.one_of("stage", self.places)),
            touchpoint=record.slug("touchpoint"),
            essential=record.flag("essential"),
            by_hand=record.flag("by_hand"),
            in_health=record.flag("in_health"),
            weight=record.weight(),
            influences=tuple(map(_stage, record.several_of("influences", self.places))),
            targets=tuple(self._targets(record)),
        )

    def _targets(self, indicator: Record) -> Iterable[TargetEntry]:
        records = indicator.records("targets", Keys(("from", "value")))
        self._once([(record, record.text("from", 20)) for record in records], "from")
        for record in records:
            starts, value = record.day("from"), record.number("value")
            if starts is not None and value is not None:
                yield TargetEntry(starts, value)

    def _people(self) -> Iterable[PersonEntry]:
        records = self.top.records("people", Keys(("email", "role"), ("name", "departments")))
        self._once([(record, record.text("email", 254).lower()) for record in records], "email")
        known = [department.slug for department in self.departments]
        for record in records:
            email, role = record.text("email", 254).lower(), record.one_of("role", Role.values)
            departments = record.several_of("departments", known)
            if email and email.count("@") != 1:
                record.wrong("email", _("“%(value)s” is not an e-mail address") % {"value": email})
            if role == Role.HEAD and not record.texts("departments"):
                record.wrong("departments", _("a department head needs at least one department"))
            yield PersonEntry(email, role, record.text("name"), departments, record.node.start_mark.line + 1)

    def _once(self, entries: list[tuple[Record, str]], key: str = "slug") -> None:
        seen: set[str] = set()
        for record, value in entries:
            if value and value in seen:
                record.wrong(key, _("“%(value)s” stands here twice") % {"value": value})
            seen.add(value)


def _stage(place: str) -> str:
    """The stage's slug; "" for the whole journey."""
    return "" if place == WHOLE_JOURNEY else place
