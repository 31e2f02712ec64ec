"""PURE: drivers of each outcome, departments' impacts in points, and leave-out contributions."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from metrics.derive.estimates import FOLDS
from metrics.derive.fits import Fit, levels
from metrics.derive.inputs import Inputs, grain
from metrics.derive.weekly import WeeklyFit
from metrics.engine.moments import Question
from metrics.report import EffectRow, IndicatorDef, fixed
from metrics.stats.change import Verdict, change_from_folds, verdicts
from metrics.stats.exact import FloatArray
from metrics.stats.impact import Goal, goal_of_units
from metrics.stats.jackknife import Interval, independent_error, jackknife
from metrics.stats.kinds import Kind

BEFORE, TARGET, BEST = "before", "target", "best"
STATISTIC = "statistic"  # the note of a target that is of another statistic than the mean
Fitted = Fit | WeeklyFit
Goals = Mapping[str, tuple[str, Goal | None]]


@dataclass(frozen=True)
class Points:
    """A signed quantity in points with its value without each fold, so that sums keep their interval."""

    full: float
    folds: FloatArray

    def __add__(self, other: "Points") -> "Points":
        return Points(self.full + other.full, self.folds + other.folds)

    def times(self, factor: float) -> "Points":
        return Points(self.full * factor, self.folds * factor)

    def interval(self) -> Interval:
        return jackknife(self.full, self.folds)


@dataclass(frozen=True)
class Impact:
    """One result of a department on one outcome: points of company health and of the outcome's stage, or why not.

    Not ``alone``: the slope is unstable. It has no number of its own, yet counts in the sum of its department, whose
    results together tell more than each of them apart.
    """

    reference: str
    result: IndicatorDef
    outcome: IndicatorDef
    n: int
    note: str
    company: Points | None = None
    stage: Points | None = None
    level: float | None = None
    against: float | None = None
    alone: bool = True


@dataclass(frozen=True)
class Weights:
    """What an outcome's score is worth: its share of its component, and the component's share of health."""

    inside: dict[str, float]
    component: dict[str, float]

    def of(self, outcome: IndicatorDef) -> tuple[float, float]:
        return self.inside.get(outcome.slug, 0.0), self.component.get(outcome.stage, 0.0)


def goals(inputs: Inputs, questions: Sequence[Question]) -> Goals:
    """By result that is declared to act on an outcome: which goal it is held against, and the goal."""
    slugs = dict.fromkeys(slug for question in questions for slug in question.drivers)
    return {slug: _goal(inputs, inputs.by_slug[slug]) for slug in slugs}


def impacts(inputs: Inputs, fitted: Sequence[Fitted], held: Goals, change: Weights, level: Weights) -> list[Impact]:
    """Every result on every outcome it is declared to act on, against last quarter and against the goal it is held to.

    ``change`` holds the mean weights of the two quarters (what a change is worth), ``level`` this quarter's.
    """
    found: list[Impact] = []
    for fit in fitted:
        now = levels(inputs.now, fit.drivers)
        before = levels(inputs.before, fit.drivers) if inputs.before else None
        for place, driver in enumerate(fit.drivers):
            earlier = None if before is None else (float(before[0][place]), before[1][:, place])
            found.append(_impact(fit, place, Compared(BEFORE, (now[0][place], now[1][:, place]), earlier, change)))
            reference, goal = held[driver.slug]
            if goal is None and reference == TARGET:
                found.append(Impact(reference, driver, fit.outcome, fit.shown_n, STATISTIC))
            if goal is not None:
                number = 1 + inputs.indicators.index(driver) % (FOLDS - 1)
                against = goal.level, goal.level + independent_error(goal.se, FOLDS, number)
                found.append(
                    _impact(fit, place, Compared(reference, (now[0][place], now[1][:, place]), against, level))
                )
    return found


Level = tuple[float, FloatArray]


@dataclass(frozen=True)
class Compared:
    """A result's level with the one it is held against, both also without each fold, and what a point is worth."""

    reference: str
    now: Level
    against: Level | None
    weights: Weights


def _impact(fit: Fitted, place: int, compared: Compared) -> Impact:
    """β times the distance between two levels, in points of the stage and of the company."""
    driver, reference, against = fit.drivers[place], compared.reference, compared.against
    note = _withheld(fit, driver, reference, known=against is not None)
    if note or against is None:
        return Impact(reference, driver, fit.outcome, fit.shown_n, note)
    full = float(fit.beta[place] * (compared.now[0] - against[0]))
    folds = fit.beta_folds[:, place] * (compared.now[1] - against[1])
    inside, component = compared.weights.of(fit.outcome)
    stage = Points(full, folds).times(inside)
    level = float(compared.now[0]), float(against[0])
    said = reference, driver, fit.outcome, fit.shown_n, fit.note(driver.slug)
    return Impact(*said, stage.times(component), stage, *level, alone=fit.usable(driver.slug))


def _withheld(fit: Fitted, driver: IndicatorDef, reference: str, *, known: bool) -> str:
    """Why an impact has no number, or nothing: a level is a level only on the full base."""
    inputs, least = fit.inputs, fit.inputs.company.reduced_under
    if inputs.now.total(driver.slug).n < least:
        return "few"
    if reference == BEFORE and (not known or inputs.before is None or not inputs.before.total(driver.slug).n):
        return "no_previous"
    if reference == BEFORE and inputs.before is not None and inputs.before.total(driver.slug).n < least:
        return "few_before"
    return "" if fit.counted(driver.slug) else fit.note(driver.slug)


def _goal(inputs: Inputs, driver: IndicatorDef) -> tuple[str, Goal | None]:
    """The result's target, else the level the best quarter of units reaches, chance set aside.

    The target of a median, percentile or total is no level of the mean, and the slope is one of the mean: no goal.
    """
    if driver.slug in inputs.targets:
        return TARGET, None if driver.averaged else Goal(float(inputs.targets[driver.slug]))
    least = inputs.company.reduced_under
    units = [moments for moments in inputs.now.units.get(driver.slug, {}).values() if moments.n >= least]
    kind = Kind(driver.as_driver.kind)
    if len(units) < 4 or kind not in (Kind.SHARE, Kind.MEAN, Kind.RATE):
        return BEST, None
    goal, by = goal_of_units(units, driver.higher_is_better, counts=kind is Kind.RATE), grain(driver)
    return BEST, None if goal is None else Goal(goal.level / by, goal.se / by)


def impact_rows(inputs: Inputs, found: Sequence[Impact]) -> list[EffectRow]:
    """Rows of every impact, then sums by department and landing stage, then each department's total.

    A department nobody could link to an outcome has one row that says unknown: it never vanishes, it is never 0.
    """
    single = _judged([(_impact_row(item), item.company if item.alone else None) for item in found])
    rows = list(single)
    for reference in (BEFORE, TARGET, BEST):
        items = [item for item in found if item.reference == reference and item.note != STATISTIC]
        by_stage = _grouped(items, lambda item: (item.result.department, item.result.stage))
        rows += _judged([_sum_row(reference, *key, group) for key, group in by_stage.items()])
        by_department = _grouped(items, lambda item: (item.result.department, ""))
        rows += _judged([_sum_row(reference, *key, group) for key, group in by_department.items()])
    linked = {item.result.department for item in found}
    rows += [
        EffectRow("impact", BEFORE, department.slug, note="unknown", verdict=Verdict.TOO_LITTLE.value)
        for department in inputs.departments
        if department.slug not in linked
    ]
    return rows


def _grouped(items: Iterable[Impact], key: Callable[[Impact], tuple[str, str]]) -> dict[tuple[str, str], list[Impact]]:
    groups: dict[tuple[str, str], list[Impact]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def _impact_row(item: Impact) -> EffectRow:
    row = EffectRow(
        "impact",
        item.reference,
        item.result.department,
        item.result.stage,
        item.outcome.slug,
        item.outcome.stage,
        item.result.slug,
        n=item.n,
        note=item.note,
        detail={"now": text(item.level), "against": text(item.against)} | level_kind(item.result),
    )
    return _with_points(row, item.company, item.stage) if item.alone else row


def _sum_row(reference: str, department: str, stage: str, items: Sequence[Impact]) -> tuple[EffectRow, Points | None]:
    given = counted(items)
    note = "" if given else min(item.note for item in items)
    row = EffectRow("impact", reference, department, stage, n=max(item.n for item in items), note=note)
    total = summed([item.company for item in given])
    outcomes = {item.outcome.stage for item in given}
    on_stage = summed([item.stage for item in given]) if len(outcomes) == 1 else None
    if len(outcomes) == 1:
        row = replace(row, outcome_stage=next(iter(outcomes)))
    return _with_points(row, total, on_stage), total


def counted(items: Iterable[Impact]) -> list[Impact]:
    """Those a sum is made of: all that have a number, were it not their own; none where no one has its own.

    What is in a sum must not hang on which slopes happened to be stable in a quarter: it would be another sum each
    time, and its interval would hold the truth of none (``manage.py simulate``).
    """
    given = [item for item in items if item.company is not None]
    return given if any(item.alone for item in given) else []


def summed(points: Iterable[Points | None]) -> Points | None:
    """Return the sum of those there are; None of nothing."""
    total: Points | None = None
    for item in points:
        if item is not None:
            total = item if total is None else total + item
    return total


def _with_points(row: EffectRow, company: Points | None, stage: Points | None) -> EffectRow:
    values: dict[str, Decimal | None] = {}
    if company is not None:
        interval = company.interval()
        values |= {"points": fixed(interval.value), "low": fixed(interval.low), "high": fixed(interval.high)}
    if stage is not None:
        interval = stage.interval()
        values |= {"stage_points": fixed(interval.value), "stage_low": fixed(interval.low)}
        values |= {"stage_high": fixed(interval.high)}
    return replace(row, **values)  # type: ignore[arg-type]


def _judged(family: Sequence[tuple[EffectRow, Points | None]]) -> list[EffectRow]:
    """Verdicts of a family: better or worse where demonstrated after Benjamini–Hochberg, never a verdict on nothing."""
    changes = [None if points is None else change_from_folds(points.interval(), row.n, row.n) for row, points in family]
    found = verdicts(changes, [True] * len(family))
    return [replace(row, verdict=said(row, verdict)) for (row, _), verdict in zip(family, found, strict=True)]


def said(row: EffectRow, verdict: Verdict) -> str:
    """Where there are data but no trustworthy slope, the honest word is not demonstrated."""
    return (Verdict.UNPROVEN if row.note in ("unstable", "constant", "collinear", "placebo") else verdict).value


def level_kind(driver: IndicatorDef) -> dict[str, str]:
    """That a driver's levels are means, where its figure is none."""
    return {"level": Kind.MEAN.value} if driver.averaged else {}


def text(value: float | None) -> str | None:
    found = fixed(value)
    return None if found is None else format(found, "f")
