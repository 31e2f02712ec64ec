"""The published versions of a quarter side by side: what each said, why it was made, and every figure that moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.urls import reverse
from django.utils.translation import gettext as _

from metrics import labels
from metrics.models import Edition
from metrics.panels import changes, contested
from metrics.report import Report
from metrics.shown import VERSION, reports_of
from metrics.tables import Table


@dataclass(frozen=True)
class Said:
    """A version: its health, who published it and why it corrects the one before, and what was contested in it.

    ``moved`` and ``turned`` are None in the first: figures old → new, and verdicts of later quarters that turn.
    ``method`` is the version of the method that made it, ``extended`` whether the version before had another.
    """

    number: int
    level: str
    href: str
    published: datetime | None
    publisher: str
    reason: str
    author: str
    moved: Table | None
    turned: Table | None
    contested: list[contested.Line]
    method: int
    extended: bool


@dataclass(frozen=True)
class Versions:
    heading: str
    quarter: str
    said: list[Said]


def versions(editions: Iterable[Edition]) -> Versions:
    """Of the versions of one quarter, the first first; shown the latest first."""
    rows = list(editions)
    reports = reports_of({row.digest: row.pk for row in rows})
    known = [reports[row.digest] for row in rows]
    earlier: list[Report | None] = [None, *(old for old, _new in pairwise(known))]
    said = [_said(row, report, old, row is rows[-1]) for row, report, old in zip(rows, known, earlier, strict=True)]
    return Versions(_heading(known), known[-1].quarter, said[::-1])


def _heading(reports: list[Report]) -> str:
    words = {"quarter": labels.quarter(reports[-1].quarter), "now": level(reports[-1])}
    if len(reports) == 1:
        return _("%(quarter)s: %(now)s, published once") % words
    return _("%(quarter)s: published as %(before)s, restated to %(now)s") % (words | {"before": level(reports[0])})


def level(report: Report) -> str:
    """Health as it is shown, or what stands where it is hidden."""
    row = report.health
    return labels.level(row.value) if row.base != "hidden" else labels.figure_base(row, report)


def _said(row: Edition, report: Report, old: Report | None, last: bool) -> Said:
    front = reverse("front", args=[report.quarter])
    caption = _("Every figure that changed")
    return Said(
        number=row.version,
        level=level(report),
        href=front if last else f"{front}?{VERSION}={row.version}",
        published=row.published,
        publisher=row.publisher,
        reason=row.reason,
        author=row.author,
        moved=changes.changes(f"versione.{row.version}", caption, old, report) if old else None,
        turned=changes.consequences(row.consequences, report),
        contested=contested.lines(row.objections.all(), report),
        method=report.method,
        extended=old is not None and old.method != report.method,
    )
