"""Objections as they are shown: a badge beside the figure, and the list with reason and answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from company import formats
from metrics import labels
from metrics.differences import Key
from metrics.models import Objection
from metrics.panels import changes
from metrics.report import Report


@dataclass(frozen=True)
class Line:
    """One objection: of which figure, the badge, and what was said."""

    pk: int
    figure: str
    said: str
    open: bool
    value: str
    reason: str
    author: str
    answer: str
    answered_by: str


def key_of(row: Objection) -> Key:
    return row.level, row.stage, row.indicator, row.unit


def badge(rows: Iterable[Objection], report: Report, key: Key) -> str:
    """What stands beside a contested figure; nothing beside the others."""
    return " · ".join(said(row, report) for row in rows if key_of(row) == key)


def said(row: Objection, report: Report) -> str:
    """``Contestato da Logistica il 3 ottobre 2026``, or how it was answered."""
    texts = {
        Objection.State.OPEN: _("Contested by %(who)s on %(day)s"),
        Objection.State.UPHELD: _("Upheld, contested by %(who)s on %(day)s"),
        Objection.State.DISMISSED: _("Dismissed, contested by %(who)s on %(day)s"),
    }
    day = formats.day_long(timezone.localtime(row.at).date(), labels.locale())
    return texts[Objection.State(row.state)] % {"who": _department(report, row.department), "day": day}


def lines(rows: Iterable[Objection], report: Report) -> list[Line]:
    """Every objection, in the order in which they came."""
    return [_line(row, report) for row in rows]


def _line(row: Objection, report: Report) -> Line:
    known = {indicator.slug: indicator for indicator in report.indicators}
    of_indicator = known.get(row.indicator)
    value = labels.measure(row.value, of_indicator) if of_indicator else labels.level(row.value)
    return Line(
        row.pk,
        changes.name(report, key_of(row)) if of_indicator or not row.indicator else row.indicator,
        said(row, report),
        row.state == Objection.State.OPEN,
        value if row.value is not None else "–",
        row.reason,
        row.author,
        row.answer,
        row.answered_by,
    )


def _department(report: Report, slug: str) -> str:
    return next((row.name for row in report.departments if row.slug == slug), slug)
