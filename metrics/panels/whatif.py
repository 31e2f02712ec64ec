"""What would go with another level of a department's result: one form a lever, answered on the same page."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from company import formats
from metrics import labels, wording
from metrics.derive.whatif import Answer, Lever, levers, what_if
from metrics.report import IndicatorDef, Report
from metrics.shown import Shown

LEVER, VALUE = "leva", "valore"  # names of the form's fields, in addresses
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Hypothesis:
    """A lever with its form; ``answers`` and ``problem`` only for the one that was asked.

    What moves is the mean: where the result's figure is another statistic, the name says so.
    """

    key: str
    name: str
    now: str
    seen: str
    unit: str
    typed: str
    problem: str = ""
    answers: tuple[str, ...] = ()

    @property
    def asked(self) -> bool:
        return bool(self.problem or self.answers)


def hypotheses(shown: Shown, department: str, asked: Mapping[str, str]) -> list[Hypothesis]:
    """Every result of the department that may be moved; none where no slope is known."""
    found = levers(shown.report, department)
    return [_hypothesis(shown.report, lever, found, asked) for lever in found if lever.lowest != lever.highest]


def _hypothesis(report: Report, lever: Lever, found: list[Lever], asked: Mapping[str, str]) -> Hypothesis:
    indicator = report.indicator(lever.indicator).as_driver
    key = f"{lever.indicator}.{lever.outcome}"
    mine = asked.get(LEVER) == key
    typed = asked.get(VALUE, "").strip()[:20] if mine else _bare(lever.now, indicator)
    several = len({other.outcome for other in found if other.indicator == lever.indicator}) > 1
    where = f" → {labels.stage_name(report, report.indicator(lever.outcome).stage)}" if several else ""
    seen = labels.between(labels.measure(lever.lowest, indicator), labels.measure(lever.highest, indicator))
    problem, answers = _answered(report, lever, typed, seen) if mine else ("", ())
    now = labels.measure(lever.now, indicator)
    name = wording.driver(report.indicator(lever.indicator)) + where
    return Hypothesis(key, name, now, seen, labels.unit(indicator), typed, problem, answers)


def _bare(value: Decimal, indicator: IndicatorDef) -> str:
    """The level as a person types it, without its unit."""
    shown = labels.shown(value, indicator) or Decimal(0)
    return formats.plain(shown, _decimals(indicator), labels.locale())


def _decimals(indicator: IndicatorDef) -> int:
    return 1 if indicator.kind in labels.SHARES else labels.decimals(indicator)


def _answered(report: Report, lever: Lever, typed: str, seen: str) -> tuple[str, tuple[str, ...]]:
    indicator = report.indicator(lever.indicator).as_driver
    number = formats.parsed(typed, labels.locale())
    if number is None:
        return _("“%(value)s” is not a number") % {"value": typed}, ()
    value = _inside(lever, number / HUNDRED if indicator.kind in labels.SHARES else number, indicator)
    answer = what_if(report, lever.indicator, lever.outcome, value)
    if answer is None:
        return _("In eight quarters it was %(seen)s: outside nothing was seen, and nothing is said.") % {
            "seen": seen
        }, ()
    return "", _lines(report, lever, value, answer)


def _inside(lever: Lever, value: Decimal, indicator: IndicatorDef) -> Decimal:
    """The value; an end of the range where it is that end as a reader sees it."""
    for end in (lever.lowest, lever.highest):
        if labels.measure(value, indicator) == labels.measure(end, indicator):
            return end
    return value


def _lines(report: Report, lever: Lever, value: Decimal, answer: Answer) -> tuple[str, ...]:
    """What goes along with the move: on the stage's vote, and on the company's health."""
    indicator = report.indicator(lever.indicator)
    name, indicator = wording.driver(indicator), indicator.as_driver
    stage = labels.stage_name(report, report.indicator(lever.outcome).stage)
    sides = (
        (stage, answer.stage, answer.stage_low, answer.stage_high),
        (_("Health"), answer.company, answer.company_low, answer.company_high),
    )
    words = {"name": name, "value": labels.measure(value, indicator)}
    first = _("With “%(name)s” at %(value)s, all else equal:") % words
    return (first, *(_line(lever, *side) for side in sides))


def _line(lever: Lever, name: str, points: Decimal, low: Decimal | None, high: Decimal | None) -> str:
    interval = labels.points_interval(low, high)
    if not lever.demonstrated:
        return _("%(name)s: not demonstrated, %(interval)s points") % {"name": name, "interval": interval}
    amount = labels.points(points)
    line = _("%(name)s: %(points)s points, %(interval)s") % {"name": name, "points": amount, "interval": interval}
    return labels.agreed(line)
