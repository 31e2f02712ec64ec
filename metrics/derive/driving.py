"""PURE: the drivers of each outcome — points per unit, shares of variance, and what a reader may try with them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from metrics.derive.effects import Weights, said, text
from metrics.derive.fits import Fit
from metrics.derive.inputs import Inputs, divisor
from metrics.report import EffectRow, IndicatorDef, fixed
from metrics.stats.change import Verdict, change_from_folds, verdicts
from metrics.stats.jackknife import Interval, jackknife_many, jackknife_shares
from metrics.stats.kinds import Kind, value_of


def driver_rows(fitted: Sequence[Fit], level: Weights) -> list[EffectRow]:
    """Each driver's association with its outcome: points per unit, LMG share of the variance, both with intervals.

    ``level`` holds this quarter's weights: what a point of an outcome's score is worth to those who try a what-if.
    """
    return [row for fit in fitted for row in _driver_rows(fit, level)]


def _driver_rows(fit: Fit, level: Weights) -> list[EffectRow]:
    rows = [_driver_row(fit, driver) for driver in fit.drivers]
    if not any(fit.usable(driver.slug) for driver in fit.drivers):
        return rows
    width = len(fit.drivers)
    intervals = jackknife_many(fit.beta, fit.beta_folds) + jackknife_shares(fit.shares, fit.shares_folds)
    changes = [
        change_from_folds(intervals[place], fit.n, fit.n) if fit.usable(driver.slug) else None
        for place, driver in enumerate(fit.drivers)
    ]
    judged = verdicts(changes, [True] * width)
    return [
        replace(row, verdict=said(row, judged[place]), **_driver_numbers(fit, place, intervals, level))
        for place, row in enumerate(rows)
    ]


def _driver_row(fit: Fit, driver: IndicatorDef) -> EffectRow:
    return EffectRow(
        "driver",
        "",
        driver.department,
        driver.stage,
        fit.outcome.slug,
        fit.outcome.stage,
        driver.slug,
        n=fit.shown_n,
        note=fit.note(driver.slug),
        verdict=Verdict.TOO_LITTLE.value,
    )


def _driver_numbers(fit: Fit, place: int, intervals: Sequence[Interval], level: Weights) -> dict[str, Any]:
    driver = fit.drivers[place].slug
    beta, share = intervals[place], intervals[place + len(fit.drivers)]
    detail: dict[str, Any] = {"r2": text(fit.ols.r2)}
    values: dict[str, Any] = {
        "share": fixed(share.value),
        "share_low": fixed(share.low),
        "share_high": fixed(share.high),
    }
    if fit.usable(driver):
        values |= {"points": fixed(beta.value), "low": fixed(beta.low), "high": fixed(beta.high)}
        detail |= _lever(fit.inputs, fit.outcome, fit.drivers[place], level)
    if driver in fit.ols.names:
        where = fit.ols.names.index(driver)
        detail |= {"vif": text(fit.ols.vif[where]), "r": text(fit.ols.correlations[where])}
    return values | {"detail": detail}


def _lever(inputs: Inputs, outcome: IndicatorDef, driver: IndicatorDef, level: Weights) -> dict[str, Any]:
    """What a what-if needs beside the slope: the level now, those seen in eight quarters, what a point is worth."""
    inside, component = level.of(outcome)
    seen = _seen(inputs, driver)
    if not seen or inputs.now.total(driver.slug).n < inputs.company.reduced_under:
        return {}
    return {
        "now": text(seen[0]),
        "seen": [text(min(seen)), text(max(seen))],
        "worth": [text(inside), text(inside * component)],
    }


def _seen(inputs: Inputs, driver: IndicatorDef) -> list[float]:
    """Levels of a result in the last eight quarters, this one first; those of a reduced base are none."""
    whole = [facts.total(driver.slug) for facts in (inputs.now, inputs.before, inputs.year) if facts is not None]
    found = [*whole, *(past[driver.slug] for past in inputs.earlier if driver.slug in past)]
    enough = [moments for moments in found if moments.n >= inputs.company.reduced_under]
    values = [value_of(Kind(driver.kind), moments) for moments in enough]
    return [float(value / divisor(driver)) for value in values if value is not None]
