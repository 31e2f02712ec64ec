"""PURE: the report of one unit — what may be shown of it, in which no hidden cell can be worked out.

One rule decides for every output: :func:`shown_units`. The cells of a breakdown are the units and, where some answers
name none, the rest of the company; their sum is shown, so hidden cells come at least in twos. Nothing of a hidden cell
is in the report, not even its n, neither of this quarter nor of those it is compared with.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from metrics.derive.estimates import Compared, both, figure_row, judge, named, shown, shown_change
from metrics.derive.health import Judged, health_of
from metrics.derive.inputs import Inputs
from metrics.engine.moments import Facts
from metrics.report import FigureRow, IndicatorDef
from metrics.segments import UNIT, UNIT_STAGE, UNIT_WHOLE
from metrics.stats.change import change, verdicts
from metrics.stats.disclosure import Reason, hide
from metrics.stats.kinds import ORDERED, Kind, Moments, estimate

WHOLE_ONLY = ORDERED | {Kind.TOTAL}


def shown_units(inputs: Inputs, facts: Facts, slug: str) -> dict[str, Reason | None]:
    """Why the cell of each unit heard is hidden in a quarter; None where it may be shown."""
    cells = facts.units.get(slug, {})
    counts = [moments.n for moments in cells.values()]
    reasons = hide([*counts, facts.total(slug).n - sum(counts)], inputs.company.hidden_under)
    return dict(zip(cells, reasons, strict=False))


@dataclass(frozen=True)
class Visible:
    """The cells of one quarter that may be shown, by indicator and unit; ``reasons`` of the others."""

    inputs: Inputs
    facts: Facts

    @cached_property
    def reasons(self) -> dict[str, dict[str, Reason | None]]:
        return {slug: shown_units(self.inputs, self.facts, slug) for slug in self.facts.units}

    def cell(self, slug: str, unit: str) -> Moments:
        """The unit's moments; empty where there are none or they are hidden."""
        if self.reasons.get(slug, {}).get(unit) is not None:
            return Moments()
        return self.facts.units.get(slug, {}).get(unit, Moments())

    def facts_of(self, unit: str) -> Facts:
        """What the outcomes of health say in one unit, by fold."""
        given = {slug: units.get(unit, {}) for slug, units in self.facts.unit_folds.items()}
        return Facts(folds={slug: folds for slug, folds in given.items() if self.cell(slug, unit).n})


def unit_figures(inputs: Inputs) -> list[FigureRow]:
    """Each unit's health, stages and indicators; medians, percentiles and totals are of the whole company only.

    A verdict is demonstrated twice: among the units of one indicator, and among the indicators of one unit.
    """
    quarters = [None if facts is None else Visible(inputs, facts) for facts in (inputs.now, inputs.before, inputs.year)]
    now, before, year = quarters
    if now is None or not inputs.units:
        return []
    asked = [row for row in inputs.indicators if Kind(row.kind) not in WHOLE_ONLY]
    untargeted = replace(inputs, targets={})
    table = [[_compared(row, code, (now, before, year)) for code, _ in inputs.units] for row in asked]
    across = [judge(inputs, line) for line in table]
    along = list(zip(*(judge(inputs, list(column)) for column in zip(*table, strict=True)), strict=True))
    rows = [
        _row(untargeted, now, item, code, [both(*pair) for pair in zip(*said, strict=True)])
        for line, *judged in zip(table, across, along, strict=True)
        for (code, _), item, *said in zip(inputs.units, line, *judged, strict=True)
    ]
    return [*_healths(inputs, now, before, year), *rows]


def _compared(indicator: IndicatorDef, unit: str, quarters: Sequence[Visible | None]) -> Compared:
    kind = Kind(indicator.kind)
    now, before, year = (Moments() if side is None else side.cell(indicator.slug, unit) for side in quarters)
    return Compared(
        indicator,
        shown(estimate(kind, now), indicator),
        shown(estimate(kind, before), indicator),
        shown_change(change(kind, now, before), indicator) if now.n and before.n else None,
        shown(estimate(kind, year), indicator),
        shown_change(change(kind, now, year), indicator) if now.n and year.n else None,
    )


def _row(inputs: Inputs, now: Visible, item: Compared, unit: str, said: Sequence[str]) -> FigureRow:
    key = {"level": UNIT, "unit": unit, **named(item.indicator)}
    reason = now.reasons.get(item.indicator.slug, {}).get(unit)
    if reason is not None or not item.now.n:
        return FigureRow(**key, note=reason.value if reason else "none")
    return figure_row(inputs, item, {**key, "verdict": said[0], "year_verdict": said[1]})


def _healths(inputs: Inputs, *quarters: Visible | None) -> list[FigureRow]:
    """Health of the company and of every stage that customers speak of, as the customers of each unit make it."""
    found: list[Judged] = []
    for code, _ in inputs.units:
        now, before, year = (None if side is None else side.facts_of(code) for side in quarters)
        own = replace(inputs, now=now or Facts(), before=before, year=year)
        found += health_of(own, [None, *inputs.components], code)
    return _judged(inputs, found)


def _judged(inputs: Inputs, found: Sequence[Judged]) -> list[FigureRow]:
    """Verdicts of healths, one family a level."""
    rows = {}
    for level in (UNIT_WHOLE, UNIT_STAGE):
        family = [place for place, item in enumerate(found) if item.row.level == level]
        up, least = [True] * len(family), inputs.company.reduced_under
        against = verdicts([found[place].change for place in family], up, least)
        year = verdicts([found[place].year for place in family], up, least)
        for place, first, second in zip(family, against, year, strict=True):
            rows[place] = replace(found[place].row, verdict=first.value, year_verdict=second.value)
    return [rows[place] for place in range(len(found))]
