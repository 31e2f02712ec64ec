"""PURE: the data diet — of each indicator what the last four quarters made of it, and whether it may be retired."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from metrics.report import IndicatorDef, Report
from metrics.stats.outside import DIET_QUARTERS, DietQuarter, Retire, data_diet

PROVEN = ("better", "worse")


@dataclass(frozen=True)
class Seen:
    """An indicator in a quarter: its answers and verdict; whether a figure built on it was demonstrated (``weighs``:

    its share in a stage's health, or its weight on an outcome), and whether somebody discussed or decided upon it.
    ``twin`` and ``r``: the result of its stage it went along with most.
    """

    quarter: str
    n: int
    verdict: str
    weighs: bool
    discussed: bool
    twin: str = ""
    r: Decimal | None = None

    @property
    def used(self) -> bool:
        return self.verdict in PROVEN or self.weighs or self.discussed


@dataclass(frozen=True)
class Judged:
    """An indicator, the quarters that knew it (the earliest first), and why it may be retired, if it may."""

    indicator: IndicatorDef
    quarters: tuple[Seen, ...]
    reason: Retire | None

    @property
    def twin(self) -> str:
        """The result that says the same."""
        return self.quarters[-1].twin if self.quarters else ""


def judge(reports: Sequence[Report], discussed: Collection[tuple[str, str]]) -> list[Judged]:
    """Every indicator of the latest report, those that may be retired first; reports come the earliest first."""
    recent = reports[-DIET_QUARTERS:]
    found = [_judged(row, recent, discussed) for row in (recent[-1].indicators if recent else ())]
    return sorted(found, key=lambda row: row.reason is None)


def _judged(row: IndicatorDef, reports: Sequence[Report], discussed: Collection[tuple[str, str]]) -> Judged:
    quarters = tuple(
        _seen(row.slug, report, (report.quarter, row.slug) in discussed)
        for report in reports
        if any(known.slug == row.slug for known in report.indicators)
    )
    history = [DietQuarter(seen.n, None if seen.r is None else float(seen.r), seen.used) for seen in quarters]
    return Judged(row, quarters, data_diet(history, reports[-1].company.reduced_under))


def _seen(slug: str, report: Report, discussed: bool) -> Seen:
    figure, known = report.indicator_figure(slug), report.indicator(slug)
    effects = [row for row in report.effects if row.indicator == slug]
    verdicts = [row.verdict for row in effects]
    if known.in_health:
        verdicts.append((report.stage_health(known.stage) if known.stage else report.health).verdict)
    weighs = any(verdict in PROVEN for verdict in verdicts)
    twins = [row.detail["twin"] for row in effects if row.kind == "driver" and "twin" in row.detail]
    twin, r = max(((name, Decimal(r)) for name, r in twins), key=lambda item: abs(item[1]), default=("", None))
    return Seen(report.quarter, figure.n, figure.verdict, weighs, discussed, twin, r)
