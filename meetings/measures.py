"""What a decision may promise to change: the figures of an edition that have a value, and what they became since."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from company import formats
from journeys.calendar import QuarterCode
from metrics import labels
from metrics.report import FigureRow, IndicatorDef, Report
from metrics.stats.change import Change, Verdict, verdicts
from metrics.stats.distributions import normal_p, normal_quantile
from metrics.stats.outside import Outcome, did_it_work

NOT_YET = "not_yet"
APART = "mover"


@dataclass(frozen=True)
class Measured:
    """A decision's measure then and now, as written, and what the data say about the promise."""

    name: str
    before: str
    after: str
    outcome: str
    verdict: str

    @property
    def word(self) -> str:
        """Whether it worked, in words."""
        return outcome_word(self.outcome)


def outcome_word(outcome: str) -> str:
    """Reached, in part, not demonstrated, worse, not measurable – or not yet."""
    words = {
        Outcome.REACHED: _("reached"),
        Outcome.PARTLY: _("in part"),
        Outcome.UNPROVEN: _("not demonstrated"),
        Outcome.WORSENED: _("got worse"),
        Outcome.NOT_MEASURABLE: _("not measurable"),
        NOT_YET: _("not measurable yet"),
    }
    return words.get(outcome, "")


def figure(report: Report, measure: str) -> FigureRow | None:
    """The measure's figure in the report; None where the report does not know it."""
    kind, _colon, slug = measure.partition(":")
    try:
        if kind == "health":
            return report.health
        return report.stage_health(slug) if kind == "stage" else report.indicator_figure(slug)
    except KeyError:
        return None


def name(report: Report, measure: str) -> str:
    """What the measure is called; its slug where the report no longer knows it."""
    kind, _colon, slug = measure.partition(":")
    if kind == "health":
        return _("Health of the customer relationship")
    if figure(report, measure) is None:
        return slug
    return labels.stage_name(report, slug) if kind == "stage" else report.indicator(slug).name


def written(report: Report, measure: str, value: Decimal | None) -> str:
    """A value of the measure with its unit."""
    found = _indicator(report, measure)
    return labels.level(value) if found is None else labels.measure(value, found)


def promised(report: Report, measure: str, value: Decimal | None) -> str:
    """A start or goal as typed, in the reader's unit, with that unit: ``12%``, ``7,5``."""
    if value is None:
        return ""
    found = _indicator(report, measure)
    digits = max(0, -int(value.normalize().as_tuple().exponent)) if value else 0
    text = formats.number(value, min(digits, 3), labels.locale())
    unit = "" if found is None else labels.unit(found)
    return formats.percent(value / 100, min(digits, 3), labels.locale()) if unit == "%" else f"{text} {unit}".strip()


def choices(report: Report) -> list[tuple[str, str]]:
    """Every measure that has a value today, health first, each with its value."""
    found = ["health", *(f"stage:{stage.slug}" for stage in report.stages)]
    found += [f"indicator:{row.slug}" for row in report.indicators]
    return [(measure, text) for measure in found if (text := _choice(report, measure))]


def _choice(report: Report, measure: str) -> str:
    row = figure(report, measure)
    if row is None or row.base == "hidden" or row.value is None:
        return ""
    now = {"name": name(report, measure), "value": written(report, measure, row.value)}
    return _("%(name)s (today %(value)s)") % now


def _indicator(report: Report, measure: str) -> IndicatorDef | None:
    kind, _colon, slug = measure.partition(":")
    known = kind == "indicator" and figure(report, measure) is not None
    return report.indicator(slug) if known else None


def in_natural_unit(report: Report, measure: str, value: Decimal) -> float:
    """A value in the reader's unit as the figure carries it: percent of a share become a part of one."""
    found = _indicator(report, measure)
    return float(value / 100 if found is not None and found.kind in labels.SHARES else value)


@dataclass(frozen=True)
class Promise:
    """A decision's expected benefit: which measure goes from where to where, told by which quarter's edition.

    ``then`` is the edition it was decided on; not ``taken``: a mere proposal, of which nothing is told yet.
    """

    then: Report
    measure: str
    start: Decimal | None
    goal: Decimal | None
    due_quarter: str
    taken: bool = True

    def waits(self, now: Report) -> bool:
        """Whether it is too early to tell."""
        late = self.due_quarter and QuarterCode.parse(self.due_quarter) > QuarterCode.parse(now.quarter)
        return bool(late) or not self.taken


def judge(promises: Sequence[Promise], now: Report) -> list[Measured]:
    """Did they work: each from the edition it was decided on to the one that was to tell (method 6).

    Those over more than a quarter are one family for Benjamini–Hochberg; the others have the edition's own verdict.
    """
    moved = [None if promise.waits(now) else _moved(promise, now) for promise in promises]
    upward = [_upward(now, promise.measure) for promise in promises]
    apart = [change if change is not None and change.method == APART else None for change in moved]
    family = verdicts(apart, upward, now.company.reduced_under)
    return [
        _measured(promise, now, change, verdict if change is not None and change.method == APART else None)
        for promise, change, verdict in zip(promises, moved, family, strict=True)
    ]


def _measured(promise: Promise, now: Report, change: Change | None, judged: Verdict | None) -> Measured:
    then, before, after = promise.then, figure(promise.then, promise.measure), figure(now, promise.measure)
    words = (
        name(now if after else then, promise.measure) if promise.measure else "",
        _value(then, promise.measure, before),
        _value(now, promise.measure, after),
    )
    if promise.waits(now):
        return Measured(*words, NOT_YET, Verdict.TOO_LITTLE)
    if before is None or after is None or promise.goal is None:
        return Measured(*words, Outcome.NOT_MEASURABLE, Verdict.TOO_LITTLE)
    own = Verdict(after.verdict) if change is not None and after.base == "full" else Verdict.TOO_LITTLE
    verdict = own if judged is None else judged
    start = promise.start if promise.start is not None else _shown(then, promise.measure, before.value)
    aim = 0.0 if start is None else in_natural_unit(now, promise.measure, promise.goal - start)
    return Measured(*words, did_it_work(change, verdict, aim), verdict)


def before_of(report: Report, measure: str, quarter: str) -> str:
    """The measure's value of the quarter that the report compares itself with; empty where that is another one."""
    row = figure(report, measure)
    compared = row is not None and report.previous == quarter and row.base == "full"
    return written(report, measure, row.before) if row is not None and compared else ""


def _value(report: Report, measure: str, row: FigureRow | None) -> str:
    return "" if row is None or row.base == "hidden" else written(report, measure, row.value)


def _shown(report: Report, measure: str, value: Decimal | None) -> Decimal | None:
    found = _indicator(report, measure)
    return value if found is None else labels.shown(value, found)


def _moved(promise: Promise, now: Report) -> Change | None:
    """The change: the edition's own where it compares with that very quarter, else that of two editions' figures."""
    before, after = figure(promise.then, promise.measure), figure(now, promise.measure)
    if before is None or after is None:
        return None
    return _own(after) if now.previous == promise.then.quarter else between(before, after)


def _upward(report: Report, measure: str) -> bool:
    found = _indicator(report, measure)
    return found is None or found.higher_is_better


def _own(row: FigureRow) -> Change | None:
    if row.change is None:
        return None
    low, high = (None if end is None else float(end) for end in (row.change_low, row.change_high))
    return Change(float(row.change), low, high, None, row.n, row.before_n, "edition")


def between(before: FigureRow, after: FigureRow) -> Change | None:
    """The difference of two independent figures from their own intervals (MOVER, Zou & Donner 2008).

    With Wilson's limits this is Newcombe's method 10. Its p is the normal one at the distance to the end nearer 0:
    under 5 % exactly where the interval excludes 0. None where a value or an end is missing.
    """
    ends = (before.value, before.low, before.high, after.value, after.low, after.high)
    if any(end is None for end in ends):
        return None
    v0, l0, u0, v1, l1, u1 = (float(end) for end in ends if end is not None)
    value, down, up = v1 - v0, math.hypot(v1 - l1, u0 - v0), math.hypot(u1 - v1, v0 - l0)
    toward = down if value > 0 else up
    p = normal_p(value / toward * normal_quantile()) if toward else float(not value)
    return Change(value, value - down, value + up, p, after.n, before.n, APART)


def due(promise: Promise) -> Promise:
    """The promise with its quarter, the one after the decision's where none was said."""
    after = str(QuarterCode.parse(promise.then.quarter).plus(1))
    return promise if promise.due_quarter else replace(promise, due_quarter=after)
