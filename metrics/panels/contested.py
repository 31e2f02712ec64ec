"""Objections as they are shown: a badge beside the figure, and the list with reason and answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from company import formats
from metrics import labels
from metrics.models import Objection
from metrics.panels import changes, lineage
from metrics.report import EffectRow, Report


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


def name(report: Report, key: tuple[str, ...]) -> str:
    """What is contested, in words; its own words where the report no longer has it."""
    if len(key) == len(lineage.FIGURE):
        level, stage, indicator, unit = key
        known = not indicator or any(row.slug == indicator for row in report.indicators)
        return changes.name(report, (level, stage, indicator, unit)) if known else indicator
    effect = next((row for row in report.effects if row.key == key), None)
    if effect is None:
        return " · ".join(filter(None, key))
    return f"{lineage.effect_name(report, effect)} ({_sort(effect)})"


def _sort(effect: EffectRow) -> str:
    words = {
        ("impact", "before"): _("impact, against the previous quarter"),
        ("impact", "target"): _("impact, against the target"),
        ("impact", "best"): _("impact, against the best"),
        ("contribution", ""): _("contribution"),
    }
    return words.get((effect.kind, effect.reference), _("what goes along with it"))


def badge(rows: Iterable[Objection], report: Report, key: tuple[str, ...]) -> str:
    """What stands beside a contested figure; nothing beside the others."""
    return " · ".join(said(row, report) for row in rows if row.key == key)


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
    if row.effect:
        value = labels.agreed(_("%(points)s points") % {"points": labels.points(row.value)})
    return Line(
        row.pk,
        name(report, row.key),
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
