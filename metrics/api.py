"""What programs read of the report: the pages' own numbers, each with what it was made of."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, ConfigDict, Field

from company.bearer import Bearer
from company.models import Scope
from metrics import labels, panels
from metrics.report import FigureRow, IndicatorDef, Report
from metrics.shown import Asked, ask, read
from metrics.tables import Cell, Column

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


class FileOut(BaseModel):
    """A file the quarter's figures come from; its receipt is at /api/uploads/{upload} for those who may see it."""

    source: str
    upload: str
    sha256: str
    part: str
    observations: int


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


class LineageOut(BaseModel):
    """A figure, how it is defined, and every file of the quarter's edition."""

    quarter: str
    digest: str
    state: str
    figure: FigureOut
    definition: str
    kind: str
    measure: str
    evidence: str
    files: list[FileOut]


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
    """The edition's canonical JSON: the very text whose SHA-256 is its digest, which the header names too."""
    found = ask(request, code).edition
    response = HttpResponse(found.content, content_type="application/json; charset=utf-8")
    response["X-Edition-Digest"], response["X-Edition-State"] = found.digest, found.state
    return response


@router.get("/quarters/{code}/figures", auth=REPORT, response={200: list[FigureOut], **MISSING}, url_name="api_figures")
def figures(request: HttpRequest, code: Path[str]) -> Any:
    """Every figure of the quarter's edition."""
    report = read(ask(request, code)).report
    return [figure_out(row, report) for row in report.figures]


@router.get("/quarters/{code}/figure", auth=REPORT, response={200: LineageOut, **MISSING}, url_name="api_figure")
def figure(request: HttpRequest, code: Path[str], which: Query[Which]) -> Any:
    """One figure with its definition and the files it comes from; without parameters, the company's health."""
    asked = ask(request, code)
    report = read(asked).report
    wanted = (which.level, which.stage, which.indicator, which.unit)
    for row in report.figures:
        if (row.level, row.stage, row.indicator, row.unit) == wanted:
            return lineage(asked, report, row)
    raise Http404


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


def lineage(asked: Asked, report: Report, row: FigureRow) -> LineageOut:
    """Where the figure comes from."""
    defined: IndicatorDef | None = report.indicator(row.indicator) if row.indicator else None
    return LineageOut(
        quarter=report.quarter,
        digest=asked.edition.digest,
        state=asked.edition.state,
        figure=figure_out(row, report),
        definition=defined.definition if defined else "",
        kind=defined.kind if defined else "",
        measure=labels.unit(defined) if defined else "",
        evidence=defined.evidence if defined else "",
        files=[FileOut(**{name: entry[name] for name in FileOut.model_fields}) for entry in asked.edition.provenance],
    )


def _cell(column: Column, cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = {"text": cell.text}
    if cell.value is not None:
        found["value"] = str(cell.value)
    if cell.verdict:
        found["verdict"] = cell.verdict
    if cell.note:
        found["note"] = cell.note
    return found
