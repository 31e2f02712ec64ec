"""What programs read of the report: the pages' own numbers, each with what it was made of."""

from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Path, Query, Router
from pydantic import BaseModel, ConfigDict, Field

from company.bearer import Bearer
from company.models import Scope
from journeys.access import uploads_visible_to
from metrics import panels
from metrics.panels import lineage as panel
from metrics.report import FigureRow, Report
from metrics.shown import Asked, ask, read, report_of
from metrics.tables import Cell, Column
from metrics.views.lineage import rows as lineage_rows

router = Router(tags=["report"])
REPORT = Bearer(Scope.REPORT)
LEVELS = Literal["company", "stage", "indicator", "unit", "unit_stage", "unit_whole"]


class Which(BaseModel):
    """One figure of the report; those that are not named stay out of the question."""

    model_config = ConfigDict(extra="forbid")
    level: LEVELS = "company"
    stage: str = Field("", max_length=50)
    indicator: str = Field("", max_length=60)
    unit: str = Field("", max_length=128)


class Narrow(BaseModel):
    """One unit, or the whole company."""

    model_config = ConfigDict(extra="forbid")
    segmento: str = Field("", max_length=128)


class Effect(BaseModel):
    """One effect of the report, by the words of the edition's own ``effects``."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["impact", "driver", "contribution", "joint", "share"] = "impact"
    reference: Literal["", "before", "target", "best"] = ""
    department: str = Field("", max_length=50)
    stage: str = Field("", max_length=50)
    outcome: str = Field("", max_length=60)
    indicator: str = Field("", max_length=60)
    unit: str = Field("", max_length=128)
    touchpoint: str = Field("", max_length=50, description="Of the stage: whose customers a contribution is of.")
    other: str = Field("", max_length=60, description="The second of two events that happen to the same customer.")


class Step(BaseModel):
    """One step of the bridge, by its ``position`` in the edition's own ``bridge``."""

    model_config = ConfigDict(extra="forbid")
    position: int = Field(1, ge=0, le=1000)


class CountOut(BaseModel):
    """Of a file, the observations it gave to an indicator and the rows without a value for it."""

    name: str
    taken: int
    without: int


class FileOut(BaseModel):
    """A file behind the figure. ``upload``, ``name`` and ``sender`` are empty for who may not see its receipt.

    The receipt is at /api/uploads/{upload}.
    """

    source: str
    quarter: str
    received: datetime
    sha256: str
    upload: str
    name: str
    sender: str
    counts: list[CountOut]
    notes: list[str]


class FigureOut(BaseModel):
    """A figure as it stands in the edition; ``value`` and ``n`` are null where too few people stand behind it."""

    level: str
    stage: str
    indicator: str
    unit: str
    n: int | None
    base: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    score: Decimal | None
    score_low: Decimal | None
    score_high: Decimal | None
    before: Decimal | None
    change: Decimal | None
    change_low: Decimal | None
    change_high: Decimal | None
    verdict: str
    target: Decimal | None
    note: str


class PartOut(BaseModel):
    """What a figure is made of, and the address of its page."""

    name: str
    href: str


class OriginOut(BaseModel):
    """Where a number comes from: definition, formula with its numbers, rows left out and why, files.

    ``digest`` names the edition, ``method`` the version of the method that made it.
    ``rows`` is the address of the rows as CSV; empty for who may not see them.
    """

    quarter: str
    digest: str
    method: int
    state: str
    title: str
    definition: str
    kind: str
    evidence: str
    formula: list[str]
    interval: str
    base: str
    left_out: list[str]
    parts: list[PartOut]
    files: list[FileOut]
    rows: str


class LineageOut(OriginOut):
    """A figure and where it comes from."""

    figure: FigureOut


class TableOut(BaseModel):
    """The table of a page: labels, and in each row the text shown and the number where it is one."""

    name: str
    caption: str
    columns: list[str]
    rows: list[list[dict[str, Any]]]


class NotThere(BaseModel):
    detail: str
    errors: list[Any] = []


MISSING = dict.fromkeys((401, 403, 404, 422, 429), NotThere)


@router.get("/quarters/{code}/edition", auth=REPORT, response={200: dict[str, Any], **MISSING}, url_name="api_edition")
def edition(request: HttpRequest, code: Path[str]) -> Any:
    """The edition's canonical JSON: the very text whose SHA-256 is its digest, which the header names too.

    ``X-Edition-Method`` is the version of the method that made it; editions without ``method`` are of the first.
    """
    found = ask(request, code).edition
    response = HttpResponse(found.content, content_type="application/json; charset=utf-8")
    response["X-Edition-Digest"], response["X-Edition-State"] = found.digest, found.state
    response["X-Edition-Method"] = str(report_of(found.digest, found.pk).method)
    return response


@router.get("/quarters/{code}/figures", auth=REPORT, response={200: list[FigureOut], **MISSING}, url_name="api_figures")
def figures(request: HttpRequest, code: Path[str]) -> Any:
    """Every figure of the quarter's edition."""
    report = read(ask(request, code)).report
    return [figure_out(row, report) for row in report.figures]


@router.get("/quarters/{code}/figure", auth=REPORT, response={200: LineageOut, **MISSING}, url_name="api_figure")
def figure(request: HttpRequest, code: Path[str], which: Query[Which]) -> Any:
    """One figure with its formula and the files it comes from; without parameters, the company's health."""
    asked = ask(request, code)
    report = read(asked).report
    row = panel.find(report, **which.model_dump())
    if row is None:
        raise Http404
    found = panel.of_figure(asked.edition, report, row, uploads_visible_to(asked.membership))
    rows = reverse("api_rows", args=[code]) + found.rows[found.rows.index("?") :] if found.rows else ""
    return LineageOut(**_origin(asked, replace(found, rows=rows)), figure=figure_out(row, report))


@router.get("/quarters/{code}/effect", auth=REPORT, response={200: OriginOut, **MISSING}, url_name="api_effect")
def effect(request: HttpRequest, code: Path[str], which: Query[Effect]) -> Any:
    """What a result, a department or an event weighs, with its formula and the files it comes from."""
    asked = ask(request, code)
    report = read(asked).report
    row = panel.find_effect(report, **which.model_dump())
    if row is None:
        raise Http404
    found = panel.of_effect(asked.edition, report, row, uploads_visible_to(asked.membership))
    return OriginOut(**_origin(asked, found))


@router.get("/quarters/{code}/step", auth=REPORT, response={200: OriginOut, **MISSING}, url_name="api_step")
def step(request: HttpRequest, code: Path[str], which: Query[Step]) -> Any:
    """What one part of health moved in the whole, with its formula and the files it comes from."""
    asked = ask(request, code)
    report = read(asked).report
    row = panel.find_step(report, str(which.position))
    if row is None:
        raise Http404
    found = panel.of_step(asked.edition, report, row, uploads_visible_to(asked.membership))
    return OriginOut(**_origin(asked, found))


@router.get("/quarters/{code}/rows", auth=REPORT, response={200: Any, **MISSING}, url_name="api_rows")
def rows(request: HttpRequest, code: Path[str], which: Query[Which]) -> Any:
    """The observations behind an indicator's figure as CSV, of the files the key's owner handles."""
    return lineage_rows(request, code)


@router.get("/quarters/{code}/tables", auth=REPORT, response={200: list[str], **MISSING}, url_name="api_tables")
def tables(request: HttpRequest, code: Path[str]) -> Any:
    """Names of the quarter's tables, as in the addresses of their CSV files."""
    return panels.names(read(ask(request, code)))


@router.get("/quarters/{code}/tables/{name}", auth=REPORT, response={200: TableOut, **MISSING}, url_name="api_table")
def table(request: HttpRequest, code: Path[str], name: Path[str], narrow: Query[Narrow]) -> Any:
    """A table of a page, with the page's own digits; ``segmento`` narrows it to a unit, as it does the page."""
    found = panels.table(read(ask(request, code)), name)
    if found is None:
        raise Http404
    rows = [[_cell(column, cell) for column, cell in zip(found.columns, row, strict=True)] for row in found.rows]
    return TableOut(
        name=found.slug, caption=found.caption, columns=[column.label for column in found.columns], rows=rows
    )


def figure_out(row: FigureRow, report: Report) -> FigureOut:
    """The figure for a program; how few people a hidden one has is not said."""
    values = {name: value for name, value in asdict(row).items() if name in FigureOut.model_fields}
    hidden = row.base == "hidden" and row.n < report.company.hidden_under
    return FigureOut(**{**values, "n": None if hidden else row.n})


def _origin(asked: Asked, found: panel.Lineage) -> dict[str, Any]:
    values = {name: value for name, value in asdict(found).items() if name in OriginOut.model_fields}
    edition = asked.edition
    values["parts"] = [{"name": name, "href": href} for name, href in found.parts]
    values["method"] = report_of(edition.digest, edition.pk).method
    return values | {"quarter": str(edition.quarter.code), "digest": edition.digest, "state": edition.state}


def _cell(column: Column, cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = {"text": cell.text}
    if cell.value is not None:
        found["value"] = str(cell.value)
    if cell.verdict:
        found["verdict"] = cell.verdict
    if cell.note:
        found["note"] = cell.note
    return found
