"""PURE: the drivers of each outcome — points per unit, shares of variance, and what a reader may try with them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from metrics.derive.effects import Fitted, Weights, level_kind, said, text
from metrics.derive.estimates import dominated_in
from metrics.derive.fits import Fit
from metrics.derive.heaviest import with_heaviest
from metrics.derive.inputs import Inputs, level_of
from metrics.derive.weekly import WeeklyFit
from metrics.report import EffectRow, IndicatorDef, fixed
from metrics.stats.change import Change, Verdict, change_from_folds, verdicts
from metrics.stats.jackknife import Interval, jackknife, jackknife_many, jackknife_shares
from metrics.stats.panel import Coefficient, PanelEffect

WEEK = "week"


def driver_rows(fitted: Sequence[Fitted], level: Weights) -> list[EffectRow]:
    """Each driver's association with its outcome: points per unit and, by case, its share of the variance.

    Shares are Owen values with departments as unions, so that a department gains nothing by splitting a result; alone
    in its department a driver's is its LMG share. ``level`` holds this quarter's weights: what a point of an outcome's
    score is worth to those who try a what-if. ``detail`` has ``r2``, ``vif``, ``r`` (the simple correlation), ``se`` of
    a sampled share, ``twin``: the result of its stage it goes along with most and their correlation, and ``over`` with
    ``dominance``: the driver next in rank by share and how strongly it is dominated; ``first`` where its share is
    larger than any other's by a difference whose interval excludes 0, ``heaviest`` where its weight on health is.
    A driver joined by week has ``join``, its ``correction``, ``units``, ``weeks``, slopes by ``lags`` and ``placebo``
    instead.
    """
    rows = [_by_case(fit, level) if isinstance(fit, Fit) else _by_week(fit, level) for fit in fitted]
    return with_heaviest(fitted, rows)


def _by_case(fit: Fit, level: Weights) -> list[EffectRow]:
    rows = [_driver_row(fit, driver) for driver in fit.drivers]
    if not any(fit.usable(driver.slug) for driver in fit.drivers):
        return rows
    width = len(fit.drivers)
    intervals = jackknife_many(fit.beta, fit.beta_folds) + jackknife_shares(fit.shares, fit.shares_folds)
    changes = [
        change_from_folds(intervals[place], fit.n, fit.n) if fit.usable(driver.slug) else None
        for place, driver in enumerate(fit.drivers)
    ]
    judged, told = verdicts(changes, [True] * width), _ranks(fit)
    return [
        replace(row, verdict=said(row, judged[place]), **_case_numbers(fit, place, intervals, level, told))
        for place, row in enumerate(rows)
    ]


def _driver_row(fit: Fitted, driver: IndicatorDef) -> EffectRow:
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


Ranks = dict[str, dict[str, Any]]


def _ranks(fit: Fit) -> Ranks:
    """For each driver what its share's rank allows to be said: ``over`` whom with which ``dominance``; ``first``."""
    slugs = [driver.slug for driver in fit.drivers]
    order = sorted(range(len(slugs)), key=lambda place: -fit.shares[place])
    found: Ranks = {slug: {} for slug in slugs}
    if len(order) > 1 and all(_larger(fit, [order[0]], [other]) for other in order[1:]):
        found[slugs[order[0]]]["first"] = True
    table = fit.dominance
    for a, b in pairwise([slugs[place] for place in order if slugs[place] in fit.owen.names]):
        if table is not None and (level := table.level(table.names.index(a), table.names.index(b))) is not None:
            found[a] |= {"over": b, "dominance": level}
    return found


def _larger(fit: Fit, some: Sequence[int], others: Sequence[int]) -> bool:
    """Whether these drivers' share together is larger than those' by a difference whose interval excludes 0."""
    whole, folds = (
        values[..., some].sum(axis=-1) - values[..., others].sum(axis=-1) for values in (fit.shares, fit.shares_folds)
    )
    difference = jackknife(float(whole), folds)
    return difference.low is not None and difference.low > 0


def _case_numbers(fit: Fit, place: int, intervals: Sequence[Interval], level: Weights, told: Ranks) -> dict[str, Any]:
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
    if driver in fit.twins:
        detail["twin"] = [fit.twins[driver][0], text(fit.twins[driver][1])]
    detail |= told[driver]
    if fit.owen.se is not None and driver in fit.owen.names:
        detail["se"] = text(fit.owen.se[fit.owen.names.index(driver)])
    return values | {"detail": detail}


def _by_week(fit: WeeklyFit, level: Weights) -> list[EffectRow]:
    rows = [_driver_row(fit, driver) for driver in fit.drivers]
    effect = fit.effect
    if effect is None:
        return [replace(row, detail={"join": WEEK}) for row in rows]
    slopes = [fit.slopes[driver.slug] for driver in fit.drivers]
    changes = [
        Change(slope.beta, slope.low, slope.high, slope.p_value, fit.n, fit.n, effect.correction.value)
        if fit.usable(slope.name)
        else None
        for slope in slopes
    ]
    judged = verdicts(changes, [True] * len(changes))
    return [
        replace(row, verdict=said(row, verdict), **_week_numbers(fit, effect, slope, level))
        for row, slope, verdict in zip(rows, slopes, judged, strict=True)
    ]


def _week_numbers(fit: WeeklyFit, effect: PanelEffect, slope: Coefficient, level: Weights) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "join": WEEK,
        "correction": effect.correction.value,
        "units": effect.units,
        "weeks": len(set(fit.panel.period.tolist())),
        "placebo": text(effect.placebo.get(slope.name)),
    }
    if not fit.usable(slope.name):
        return {"detail": detail}
    detail["lags"] = [text(row.beta) for row in effect.coefficients if row.name.rpartition("@")[0] == slope.name]
    detail |= _lever(fit.inputs, fit.outcome, fit.inputs.by_slug[slope.name], level)
    return {"points": fixed(slope.beta), "low": fixed(slope.low), "high": fixed(slope.high), "detail": detail}


def share_rows(fitted: Sequence[Fit]) -> list[EffectRow]:
    """Each department's share of the variance of each outcome, with its interval.

    ``detail.above`` names the departments it may be ranked above: those whose share is smaller by a difference whose
    interval excludes 0. No other order may be read from the shares.
    """
    return [row for fit in fitted for row in _shares(fit)]


def _shares(fit: Fit) -> list[EffectRow]:
    if not any(fit.usable(driver.slug) for driver in fit.drivers):
        return []
    names = [driver.slug for driver in fit.drivers]
    places = {name: [names.index(slug) for slug in group] for name, group in fit.departments.items()}
    whole = np.array([fit.shares[at].sum() for at in places.values()])
    folds = np.column_stack([fit.shares_folds[:, at].sum(axis=1) for at in places.values()])
    intervals = jackknife_shares(whole, folds)
    return [
        EffectRow(
            "share",
            department=name,
            outcome=fit.outcome.slug,
            outcome_stage=fit.outcome.stage,
            n=fit.shown_n,
            share=fixed(interval.value),
            share_low=fixed(interval.low),
            share_high=fixed(interval.high),
            detail={
                "above": [other for other in places if other != name and _larger(fit, places[name], places[other])]
            },
        )
        for name, interval in zip(places, intervals, strict=True)
    ]


def _lever(inputs: Inputs, outcome: IndicatorDef, driver: IndicatorDef, level: Weights) -> dict[str, Any]:
    """What a what-if needs beside the slope: the level now, those seen in eight quarters, what a point is worth.

    ``level`` says that they are means where the result's figure is none; the slope is per unit of that mean.
    """
    inside, component = level.of(outcome)
    seen = _seen(inputs, driver)
    if not seen or inputs.now.total(driver.slug).n < inputs.company.reduced_under:
        return level_kind(driver)
    return level_kind(driver) | {
        "now": text(seen[0]),
        "seen": [text(min(seen)), text(max(seen))],
        "worth": [text(inside), text(inside * component)],
    }


def _seen(inputs: Inputs, driver: IndicatorDef) -> list[float]:
    """Levels of a result in the last eight quarters, this one first; none of a reduced base or of one case."""
    told = [facts for facts in (inputs.now, inputs.before, inputs.year) if facts and not dominated_in(facts, driver)]
    whole = [facts.total(driver.slug) for facts in told]
    found = [*whole, *(past[driver.slug] for past in inputs.earlier if driver.slug in past)]
    enough = [moments for moments in found if moments.n >= inputs.company.reduced_under]
    return [value for moments in enough if (value := level_of(driver, moments)) is not None]
