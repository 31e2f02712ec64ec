"""PURE: one result beside one outcome, declared to act on it or not: what a reader may try on an edition."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from metrics.derive.bridging import mean_weights
from metrics.derive.driving import driver_rows
from metrics.derive.fits import Fit, fits
from metrics.derive.inputs import DRIVING, Inputs, questions, scored
from metrics.derive.weekly import WeeklyFit, weekly_fits
from metrics.report import EffectRow, IndicatorDef, Report
from metrics.stats.change import Change, change_from_folds, verdicts
from metrics.stats.jackknife import jackknife


@dataclass(frozen=True)
class Tried:
    """What a pair showed, as the row of a driver alone beside its outcome, and the p-value of its slope."""

    row: EffectRow
    p_value: float | None


def results(indicators: Iterable[IndicatorDef]) -> list[IndicatorDef]:
    """What departments do: all that can be laid beside an outcome."""
    return [row for row in indicators if row.role in DRIVING]


def outcomes(indicators: Iterable[IndicatorDef]) -> list[IndicatorDef]:
    """What customers say and do that has a mean and a score, of health or not."""
    return [row for row in indicators if row.role == "outcome" and row.explainable and scored(row)]


def alone(report: Report, result: str, outcome: str) -> tuple[IndicatorDef, IndicatorDef]:
    """The two indicators as if the result were the only one declared to act on the outcome, and this all of health."""
    voice = report.indicator(outcome)
    acting = replace(report.indicator(result), influences=(voice.stage,))
    return replace(voice, in_health=True), acting


def tried(inputs: Inputs) -> Tried:
    """What the inputs of a pair show: the one driver's row, by case or else by unit and week."""
    asked = questions(inputs.indicators)
    fitted: list[Fit | WeeklyFit] = [*fits(inputs, asked), *weekly_fits(inputs, asked)]
    (row,) = driver_rows(fitted, mean_weights(inputs)[1])
    kept = {name: value for name, value in row.detail.items() if name not in ("now", "seen", "worth")}
    (fit,) = fitted
    return Tried(replace(row, detail=kept), _p_value(fit) if row.points is not None else None)


def judged(found: Iterable[Tried]) -> list[EffectRow]:
    """The rows with their verdicts, all pairs tried being one family: Benjamini–Hochberg at 5 %."""
    pairs = list(found)
    changes = [_change(pair) for pair in pairs]
    said = verdicts(changes, [True] * len(pairs))
    return [
        pair.row if change is None else replace(pair.row, verdict=verdict.value)
        for pair, change, verdict in zip(pairs, changes, said, strict=True)
    ]


def _p_value(fit: Fit | WeeklyFit) -> float | None:
    if isinstance(fit, WeeklyFit):
        return fit.slopes[fit.drivers[0].slug].p_value
    return change_from_folds(jackknife(float(fit.beta[0]), fit.beta_folds[:, 0]), fit.n, fit.n).p_value


def _change(pair: Tried) -> Change | None:
    row = pair.row
    value, low, high = (None if end is None else float(end) for end in (row.points, row.low, row.high))
    if value is None or pair.p_value is None:
        return None
    return Change(value, low, high, pair.p_value, row.n, row.n, "folds")
