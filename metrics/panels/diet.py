"""Dieta dei dati: which indicators earned nothing in four quarters, in words that claim no more than that."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from company import formats
from journeys.essential import IN_COMPANY, IN_STAGE
from metrics import labels
from metrics.diet import Judged, Seen
from metrics.report import Report
from metrics.stats.outside import DIET_QUARTERS, Retire
from metrics.tables import Cell, Column, Table


@dataclass(frozen=True)
class Diet:
    """The page: its message, the table of every indicator, and how many essential ones there are."""

    heading: str
    table: Table
    essential: str
    full: str
    proposals: int


def diet(report: Report, judged: Sequence[Judged]) -> Diet:
    """The page of the indicators as judged, with the latest report's names."""
    quarters = sorted({seen.quarter for row in judged for seen in row.quarters})
    proposals = sum(row.reason is not None for row in judged)
    essential = Counter(row.indicator.stage for row in judged if row.indicator.essential)
    full = [labels.stage_name(report, slug) for slug, n in essential.items() if slug and n >= IN_STAGE]
    return Diet(
        heading=_heading(len(judged), proposals, len(quarters)),
        table=_table(report, judged, quarters),
        essential=_("Essential indicators: %(n)s of %(cap)s for the company, at most %(each)s a stage.")
        % {"n": sum(essential.values()), "cap": IN_COMPANY, "each": IN_STAGE},
        full=labels.names(full),
        proposals=proposals,
    )


def _heading(known: int, proposals: int, quarters: int) -> str:
    if quarters < DIET_QUARTERS:
        said = ngettext(
            "Four quarters are needed to judge: there is %(n)s",
            "Four quarters are needed to judge: there are %(n)s",
            quarters,
        )
        return said % {"n": quarters}
    if not proposals:
        return _("Nothing to retire: every indicator moved or decided something")
    said = ngettext(
        "%(n)s indicator of %(total)s earned nothing in four quarters",
        "%(n)s indicators of %(total)s earned nothing in four quarters",
        proposals,
    )
    return said % {"n": proposals, "total": known}


def _table(report: Report, judged: Iterable[Judged], quarters: Sequence[str]) -> Table:
    heads = [Column(_("Indicator")), Column(_("Stage")), *(Column(labels.quarter(code)) for code in quarters)]
    rows = tuple(_row(report, row, quarters) for row in judged)
    return Table("dieta", _("What each indicator was good for"), (*heads, Column(_("Proposal"))), rows)


def _row(report: Report, row: Judged, quarters: Sequence[str]) -> tuple[Cell, ...]:
    known = row.indicator
    seen = {item.quarter: item for item in row.quarters}
    name = f"{known.name} ★" if known.essential else known.name
    return (
        Cell(name, note=report.department(known.department).name),
        Cell(labels.stage_name(report, known.stage) if known.stage else _("Whole journey")),
        *(_cell(seen.get(code), report) for code in quarters),
        Cell(_("retire"), note=labels.apart(*filter(None, (_why(report, row), _price(report, row)))))
        if row.reason
        else Cell(_("keep"), quiet=True),
    )


def _cell(seen: Seen | None, report: Report) -> Cell:
    if seen is None:
        return Cell("–", quiet=True)
    notes = [_("weighs on a stage")] if seen.weighs else []
    notes += [_("discussed or decided")] if seen.discussed else []
    enough = seen.n >= report.company.reduced_under
    verdict = seen.verdict if enough else "too_little"
    return Cell(labels.verdict(verdict), verdict=verdict, note=", ".join(notes))


def _why(report: Report, row: Judged) -> str:
    words = {
        Retire.NO_DATA: _("missing or under the minimum base in all four quarters"),
        Retire.UNUSED: _("no figure built on it was demonstrated, discussed or decided upon"),
    }
    if row.reason is Retire.REDUNDANT:
        r = formats.number(row.quarters[-1].r or 0, 2, labels.locale())
        said = _("says the same as “%(other)s” (r = %(r)s in the last quarter): one of the two is enough")
        return said % {"other": report.indicator(row.twin).name, "r": r}
    return words[row.reason] if row.reason else ""


def _price(report: Report, row: Judged) -> str:
    """What retiring a voice of the customer would cost; nothing for what is no part of health."""
    known = row.indicator
    if not known.in_health:
        return ""
    voices = sum(other.in_health for other in report.stage_indicators(known.stage))
    if voices > 1 or not known.stage:
        return _("mind: it is a part of health")
    return _("mind: without it %(stage)s has no health") % {"stage": labels.stage_name(report, known.stage)}
