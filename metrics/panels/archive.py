"""The archive: every quarter with its health and message, and the line that joins them all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics import labels, wording
from metrics.models import Edition
from metrics.panels import blocks, contested, lineage, trend
from metrics.panels.blocks import Chart, Verdict
from metrics.report import FigureRow, Report
from metrics.shown import reports_of


@dataclass(frozen=True)
class Restated:
    """A published report corrected by a later one: what was, what is, why, by whom and when."""

    before: str
    now: str
    reason: str
    who: str
    published: datetime | None


@dataclass(frozen=True)
class Entry:
    """A quarter of the archive, the latest version of its report; ``method`` is the version of the method behind it."""

    code: str
    level: str
    interval: str
    verdict: Verdict | None
    base: str
    message: str
    state: str
    draft: bool
    version: int
    computed: datetime
    restated: list[Restated]
    contested: list[contested.Line]
    method: int


@dataclass(frozen=True)
class Archive:
    heading: str
    entries: list[Entry]
    chart: Chart | None


def archive(editions: Iterable[Edition], published: Iterable[Edition]) -> Archive:
    """Every quarter that has a report, the latest first, with what its published versions corrected."""
    rows, versions = list(editions), list(published)
    reports = reports_of({edition.digest: edition.pk for edition in (*rows, *versions)})
    pairs = [(edition, reports[edition.digest]) for edition in rows]
    entries = [_entry(edition, report, versions, reports) for edition, report in reversed(pairs)]
    return Archive(_heading(entries), entries, _line(pairs) if len(pairs) > 1 else None)


def _heading(entries: Sequence[Entry]) -> str:
    drafts = sum(entry.draft for entry in entries)
    published = len(entries) - drafts
    said = (
        _("No quarter published yet")
        if not published
        else ngettext("%(n)s quarter published", "%(n)s quarters published", published) % {"n": published}
    )
    corrected = sum(bool(entry.restated) for entry in entries)
    if corrected:
        said += ", " + ngettext("%(n)s restated", "%(n)s restated", corrected) % {"n": corrected}
    if not drafts:
        return said
    rest = ngettext("%(n)s still a draft", "%(n)s still drafts", drafts) % {"n": drafts}
    return labels.apart(said, rest)


def _restated(edition: Edition, versions: Sequence[Edition], reports: dict[str, Report]) -> list[Restated]:
    """Each published version of the quarter beside the one it corrected."""
    own = [row for row in versions if row.quarter_id == edition.quarter_id]
    return [
        Restated(_level(reports[old.digest]), _level(reports[new.digest]), new.reason, new.publisher, new.published)
        for old, new in pairwise(sorted(own, key=lambda row: row.version))
    ]


def _level(report: Report) -> str:
    row = report.health
    return labels.level(row.value) if row.base != "hidden" else labels.figure_base(row, report)


def _entry(edition: Edition, report: Report, versions: Sequence[Edition], reports: dict[str, Report]) -> Entry:
    row = report.health
    visible = row.base != "hidden" and row.value is not None
    return Entry(
        code=str(edition.quarter.code),
        level=labels.level(row.value) if visible else "",
        interval=labels.interval(row.low, row.high) if visible else "",
        verdict=blocks.verdict_of(row) if row.base == "full" and row.change is not None else None,
        base=labels.figure_base(row, report),
        message=wording.place(report, "front"),
        state=str(edition.get_state_display()),
        draft=edition.state == Edition.State.DRAFT,
        version=edition.version,
        computed=edition.computed,
        restated=_restated(edition, versions, reports),
        contested=_contested(edition, report, versions),
        method=report.method,
    )


def _contested(edition: Edition, report: Report, versions: Sequence[Edition]) -> list[contested.Line]:
    """What was contested in any version of the quarter, those that were corrected too."""
    held = [row for row in versions if row.quarter_id == edition.quarter_id and row.pk != edition.pk]
    rows = sorted((one for row in (*held, edition) for one in row.objections.all()), key=lambda one: one.at)
    return contested.lines(rows, report)


def _line(pairs: Sequence[tuple[Edition, Report]]) -> Chart:
    rows: list[tuple[str, FigureRow | None]] = [(str(edition.quarter.code), report.health) for edition, report in pairs]
    last = pairs[-1][1]
    drawn = trend.chart(
        last.company.reduced_under, "archivio", _("Health, quarter by quarter"), rows, blocks.voices(last)
    )
    return replace(drawn, lineage=lineage.address(last.quarter), evidence=blocks.heard(last))
