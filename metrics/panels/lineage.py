"""Where a figure comes from: its definition, its formula with its numbers, and the files behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from company import formats
from journeys.models import Upload
from metrics import labels
from metrics.models import Edition
from metrics.report import FigureRow, IndicatorDef, Report

WHOLE_CASES = Decimal("0.0001")  # how far from a whole number of cases a product of nine decimals may be


@dataclass(frozen=True)
class File:
    """A file behind the figure; ``sender``, ``name`` and ``upload`` are empty for who may not see its receipt.

    ``taken`` and ``left_out`` count the rows that gave an observation and those that had none; None where the figure
    is hidden, because they would say how few people it has.
    """

    source: str
    received: datetime
    sha256: str
    taken: int | None
    left_out: int | None
    upload: str = ""
    name: str = ""
    sender: str = ""


@dataclass(frozen=True)
class Lineage:
    """A figure with all that it rests on; ``parts`` are the names and addresses of the figures it is made of."""

    title: str
    definition: str
    kind: str
    evidence: str
    formula: str
    interval: str
    base: str
    parts: tuple[tuple[str, str], ...]
    files: tuple[File, ...]


def address(quarter: str, **which: str) -> str:
    """Address of a figure's lineage; ``which`` as in the API, empty words left out."""
    named = {name: value for name, value in which.items() if value}
    return reverse("lineage", args=[quarter]) + (f"?{urlencode(named)}" if named else "")


def find(report: Report, **which: str) -> FigureRow | None:
    """The figure with this level, stage, indicator and unit; None where the report has none."""
    wanted = tuple(which[name] for name in ("level", "stage", "indicator", "unit"))
    rows = (row for row in report.figures if (row.level, row.stage, row.indicator, row.unit) == wanted)
    return next(rows, None)


def lineage(edition: Edition, report: Report, row: FigureRow, readable: QuerySet[Upload]) -> Lineage:
    """All that stands behind the figure; ``readable`` are the uploads whose receipts the reader may see."""
    defined = report.indicator(row.indicator) if row.indicator else None
    outcomes = () if defined else _outcomes(report, row.stage)
    slugs = {defined.slug} if defined else {outcome.slug for outcome in outcomes}
    visible = row.base != "hidden" and row.value is not None
    return Lineage(
        title=defined.name if defined else labels.stage_name(report, row.stage),
        definition=defined.definition if defined else _("Mean of the outcomes' scores, each with its declared weight."),
        kind=labels.kind(defined) if defined else _("score from 0 to 100"),
        evidence=labels.names(dict.fromkeys(labels.evidence(item.evidence) for item in outcomes or [defined] if item)),
        formula=_formula(row, defined) if visible else "",
        interval=_interval(row, defined) if visible else "",
        base=labels.figure_base(row, report),
        parts=tuple((item.name, _part(report, item, row.unit)) for item in outcomes),
        files=tuple(_files(edition, slugs, readable, visible)),
    )


def _outcomes(report: Report, stage: str) -> tuple[IndicatorDef, ...]:
    return tuple(item for item in report.indicators if item.in_health and stage in ("", item.stage))


def _part(report: Report, item: IndicatorDef, unit: str) -> str:
    level = "unit" if unit else "indicator"
    rows = (row for row in report.figures if (row.level, row.indicator, row.unit) == (level, item.slug, unit))
    found = next(rows, None)
    return address(report.quarter, level=level, stage=found.stage, indicator=item.slug, unit=unit) if found else ""


def _formula(row: FigureRow, defined: IndicatorDef | None) -> str:
    """``123 / 1.797 = 6,8%`` where cases are counted, else the value itself."""
    if defined is None:
        return labels.level(row.value)
    value = labels.measure(row.value, defined)
    cases = (row.value or Decimal(0)) * row.n
    whole = round(cases)
    if defined.kind not in ("share", "top_box") or abs(cases - whole) > WHOLE_CASES:
        return value
    return f"{_count(whole)} / {_count(row.n)} = {value}"


def _count(number: int) -> str:
    return formats.number(Decimal(number), 0, labels.locale())


def _interval(row: FigureRow, defined: IndicatorDef | None) -> str:
    if row.low is None or row.high is None:
        return ""
    if defined is None:
        return labels.interval(row.low, row.high)
    return labels.between(labels.measure(row.low, defined), labels.measure(row.high, defined))


def _files(edition: Edition, slugs: set[str], readable: QuerySet[Upload], visible: bool) -> Iterator[File]:
    """The quarter's files that say something of the indicators, the latest first."""
    quarter = edition.quarter
    held = {item["upload"] for item in edition.provenance if item["quarter"] == str(quarter.code)}
    allowed = set(readable.filter(pk__in=held).values_list("pk", flat=True))
    rows = quarter.company.uploads.filter(pk__in=held).select_related("source", "sender")
    for upload in rows.order_by("-received"):
        counts = [found for slug, found in upload.receipt.get("indicators", {}).items() if slug in slugs]
        if not counts:
            continue
        own = upload.pk in allowed
        yield File(
            source=upload.source.name,
            received=upload.received,
            sha256=upload.sha256,
            taken=sum(found.get("observations", 0) for found in counts) if visible else None,
            left_out=sum(found.get("missing", 0) for found in counts) if visible else None,
            upload=str(upload.pk) if own else "",
            name=upload.filename if own else "",
            sender=str(upload.sender) if own and upload.sender else "",
        )
