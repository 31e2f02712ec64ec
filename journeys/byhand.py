"""What a department writes by hand: a grid of weeks or months, each save a new version of the quarter's upload."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from company.formats import day_short, months, separators
from company.models import Department, User
from journeys import observing
from journeys.ingest import Refused
from journeys.models import Indicator, Quarter, Source, Upload
from journeys.models.sources import IndicatorKind
from journeys.observing import Observation
from journeys.reading.numbers import NotANumber, NumberFormat
from journeys.reading.problems import Problem
from journeys.wording import sentence

KINDS = frozenset({*observing.SUMMED, IndicatorKind.TOTAL})
STEPS = ("months", "weeks")
LIVING = (Upload.State.RECEIVED, Upload.State.ACCEPTED)


@dataclass(frozen=True)
class Cell:
    """One box of the grid: its name in the form, what stands in it, and what is wrong with that."""

    name: str
    label: str
    text: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Row:
    """A week or month of the quarter, beginning on a day, with a box for each measure."""

    label: str
    cells: list[Cell]


@dataclass
class Grid:
    """A department's grid of a quarter. ``texts`` are what was typed or stored, by the boxes' names."""

    department: Department
    quarter: Quarter
    step: str
    locale: str
    indicators: list[Indicator]
    texts: Mapping[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    @property
    def starts(self) -> list[date]:
        """The first day of each row: of months, or of weeks as far as they lie in the quarter."""
        first, last = self.quarter.starts, self.quarter.ends
        days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
        if self.step == "months":
            return [day for day in days if day.day == 1 or day == first]
        return [day for day in days if day.weekday() == 0 or day == first]

    def parts(self, indicator: Indicator) -> list[tuple[str, str]]:
        """Letter and heading of the boxes an indicator has in each row."""
        boxes = [("v", _("value, in percent") if indicator.kind == IndicatorKind.SHARE else _("value"))]
        if indicator.kind != IndicatorKind.TOTAL:
            boxes.append(("n", _("n")))
        if indicator.kind == IndicatorKind.MEAN:
            boxes.append(("s", _("spread")))
        return boxes

    @property
    def rows(self) -> Iterator[Row]:
        for place, day in enumerate(self.starts):
            cells = [
                self._cell(f"{letter}-{place}-{indicator.pk}", f"{indicator}, {heading}")
                for indicator in self.indicators
                for letter, heading in self.parts(indicator)
            ]
            label = months(day, day, self.locale) if self.step == "months" else day_short(day, self.locale)
            yield Row(label, cells)

    @property
    def heads(self) -> list[tuple[Indicator, list[str]]]:
        """Each indicator with the headings of its boxes."""
        return [(one, [heading for _letter, heading in self.parts(one)]) for one in self.indicators]

    def observations(self) -> list[Observation]:
        """What the boxes say; what is wrong with them is left in ``faults``."""
        found: list[tuple[str, Observation]] = []
        for place, day in enumerate(self.starts):
            for indicator in self.indicators:
                end = f"{place}-{indicator.pk}"
                value, n, sd = (self._number(f"{letter}-{end}") for letter in "vns")
                if value is None and n is None and sd is None:
                    continue
                if value is None:
                    self.faults.setdefault(f"v-{end}", _("the value is missing"))
                    continue
                value = value / 100 if indicator.kind == IndicatorKind.SHARE else value
                if n is None and indicator.kind != IndicatorKind.TOTAL:
                    self.faults.setdefault(f"n-{end}", _("of how many cases?"))
                elif n is not None and (n < 1 or n != int(n)):
                    self.faults.setdefault(f"n-{end}", _("a whole number from 1 on is expected"))
                else:
                    found.append((end, Observation(indicator.slug, day, value, int(n or 1), sd)))
        self._check(found)
        return [one for _end, one in found]

    def _check(self, found: list[tuple[str, Observation]]) -> None:
        for fault in observing.faults(source_of(self.department), [one for _end, one in found]):
            letter = {"value": "v", "n": "n", "sd": "s"}.get(fault.field, "v")
            self.faults.setdefault(f"{letter}-{found[fault.place][0]}", sentence(fault.problem))

    def _number(self, name: str) -> Decimal | None:
        text = self.texts.get(name, "").strip().removesuffix("%").strip()
        if not text:
            return None
        marks = separators(self.locale)
        try:
            return NumberFormat(marks[0], marks[1]).parse(text.replace("\u2212", "-")).normalize()
        except NotANumber as error:
            example = f"7{marks[0]}5"
            self.faults[name] = sentence(Problem(error.code, value=text[:60], expected=example))
            return None

    def _cell(self, name: str, label: str) -> Cell:
        return Cell(name, label, self.texts.get(name, ""), self.faults.get(name, ""))


def allowed(department: Department) -> list[Indicator]:
    """The department's indicators that are written by hand and of which several cases can be said together."""
    rows = department.indicators.filter(by_hand=True)
    return [row for row in rows if row.kind in KINDS]


def source_of(department: Department) -> Source:
    """The department's source of what is written by hand; not stored before the first save."""
    found = department.sources.filter(by_hand=True).first()
    names = {row.slug: row.slug for row in allowed(department)}
    name = _("By hand · %(department)s") % {"department": department.name}
    return found or Source(
        company=department.company,
        department=department,
        slug=f"a-mano-{department.slug}"[:60],
        name=name[:120],
        by_hand=True,
        mapping=observing.mapping_of(names),
    )


def versions(department: Department, quarter: Quarter) -> list[Upload]:
    """Every save of the quarter's grid, the latest first."""
    rows = Upload.objects.filter(
        source__department=department, source__by_hand=True, filename=_name(department, quarter)
    )
    return list(rows.select_related("sender").order_by("-received"))


def stored(grid: Grid) -> Grid:
    """The grid as it was last saved and not undone; empty before."""
    living = [row for row in versions(grid.department, grid.quarter) if row.state in LIVING]
    if not living or not living[0].path.exists():
        return grid
    with living[0].path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    if lines:
        grid.step = lines[0]["batch"].partition(" ")[0]
    places = {day.isoformat(): place for place, day in enumerate(grid.starts)}
    texts, named = {}, {entry["indicator"]: entry["column"] for entry in living[0].mapping["values"]}
    for line in lines:
        for indicator in grid.indicators:
            for letter, column in (("v", ""), ("n", " n"), ("s", " sd")):
                text = line.get(f"{named.get(indicator.slug)}{column}") or ""
                if text and line["date"] in places:
                    percent = letter == "v" and indicator.kind == IndicatorKind.SHARE
                    shown = f"{(Decimal(text) * (100 if percent else 1)).normalize():f}"
                    texts[f"{letter}-{places[line['date']]}-{indicator.pk}"] = shown.replace(
                        ".", separators(grid.locale)[0]
                    )
    grid.texts = texts
    return grid


def save(grid: Grid, sender: User) -> Upload | None:
    """The new version, or None with the reasons in the grid's faults."""
    observations = grid.observations()
    if not observations and not grid.faults:
        grid.faults[""] = _("Nothing is written. To empty a quarter, undo its versions.")
    if grid.faults:
        return None
    with transaction.atomic():
        source = source_of(grid.department)
        if source.pk is None:
            source.save()
        count = len(versions(grid.department, grid.quarter))
        upload = observing.draft(source, sender, Upload.Way.HAND, Upload.How.REPLACE)
        columns = [row.slug for row in grid.indicators]
        name = _name(grid.department, grid.quarter)
        try:
            return observing.send(upload, observations, name, f"{grid.step} {count}", columns)
        except Refused as refusal:
            grid.faults[""] = sentence(refusal.problem)
            return None


def _name(department: Department, quarter: Quarter) -> str:
    return f"a-mano-{department.slug}-{quarter.code}.csv"
