"""PURE: the figure of every indicator — value, interval, score, change, verdict — over the company."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from metrics.derive.inputs import Inputs, divisor, scale, scored
from metrics.engine.moments import Facts, Ordered
from metrics.report import FigureRow, IndicatorDef, fixed
from metrics.stats.change import Change, Verdict, change, verdicts
from metrics.stats.disclosure import Base, base, dominated, imprecise
from metrics.stats.exact import MILLION, FloatArray
from metrics.stats.folds import Sample, quantile_change, total_change, total_interval
from metrics.stats.kinds import ORDERED, Estimate, Kind, Moments, estimate, score_interval
from metrics.stats.order import OrderedCounts, quantile_interval, sorted_quantile

FOLDS = 64


@dataclass(frozen=True)
class Compared:
    """An estimate of this quarter with its changes against the previous quarter and the same one a year before."""

    indicator: IndicatorDef
    now: Estimate
    before: Estimate | None
    change: Change | None
    year: Estimate | None
    year_change: Change | None


def indicator_figures(inputs: Inputs) -> list[FigureRow]:
    """One figure an indicator; a verdict is demonstrated twice, Benjamini–Hochberg at 5 % both times.

    In the family of its stage, so that one page of many moved figures lends nothing to another's, and in that of all
    the quarter's indicators, so that a page drawn from many stages holds no more false verdicts than one of a stage.
    """
    compared = [_compared(inputs, indicator) for indicator in inputs.indicators]
    rows = [figure_row(inputs, item, {"level": "indicator", **named(item.indicator)}) for item in compared]
    families: dict[str, list[int]] = {}
    for place, item in enumerate(compared):
        families.setdefault(item.indicator.stage, []).append(place)
    everyone = judge(inputs, compared)
    for places in families.values():
        judged = judge(inputs, [compared[place] for place in places])
        for place, verdict in zip(places, judged, strict=True):
            now, year = (both(*pair) for pair in zip(verdict, everyone[place], strict=True))
            rows[place] = replace(rows[place], verdict=now, year_verdict=year)
    return rows


def both(first: str, second: str) -> str:
    """What two families say of one change: a verdict only where they agree."""
    return first if first == second else Verdict.UNPROVEN.value


def judge(inputs: Inputs, family: Sequence[Compared]) -> list[tuple[str, str]]:
    """Verdicts of a family against the previous quarter and against the same quarter a year before."""
    upward = [item.indicator.higher_is_better for item in family]
    least = inputs.company.reduced_under
    against = verdicts([item.change for item in family], upward, least)
    year = verdicts([item.year_change for item in family], upward, least)
    return [(first.value, second.value) for first, second in zip(against, year, strict=True)]


def _compared(inputs: Inputs, indicator: IndicatorDef) -> Compared:
    now = _estimate(inputs.now, indicator)
    before, difference = _against(inputs.now, inputs.before, indicator)
    year, year_difference = _against(inputs.now, inputs.year, indicator)
    return Compared(indicator, now, before, difference, year, year_difference)


def _estimate(facts: Facts, indicator: IndicatorDef) -> Estimate:
    """Value and interval in shown units."""
    kind = Kind(indicator.kind)
    if kind in ORDERED:
        counts = _counts(facts, indicator.slug)
        return shown(quantile_interval(counts, quantile_of(indicator)), indicator)
    if kind is Kind.TOTAL:
        return _total(facts, indicator)
    return shown(estimate(kind, facts.total(indicator.slug)), indicator)


def _total(facts: Facts, indicator: IndicatorDef) -> Estimate:
    """A total has its interval from folds: their sum left out, scaled back to the whole."""
    whole = estimate(Kind.TOTAL, facts.total(indicator.slug))
    folds = facts.folds.get(indicator.slug, {})
    if whole.value is None or len(folds) < 2:
        return shown(whole, indicator)
    interval = total_interval(list(folds.values()))
    return shown(Estimate(whole.value, interval.low, interval.high, whole.n, interval.se, "folds"), indicator)


def _against(now: Facts, other: Facts | None, indicator: IndicatorDef) -> tuple[Estimate | None, Change | None]:
    """The estimate of the other quarter and the difference from it, in shown units."""
    if other is None:
        return None, None
    earlier = _estimate(other, indicator)
    if not earlier.n or earlier.value is None or not _estimate_n(now, indicator):
        return earlier, None
    kind = Kind(indicator.kind)
    if kind in ORDERED or kind is Kind.TOTAL:
        return earlier, _change_by_folds(now, other, indicator)
    return earlier, shown_change(change(kind, now.total(indicator.slug), other.total(indicator.slug)), indicator)


def _change_by_folds(now: Facts, other: Facts, indicator: IndicatorDef) -> Change | None:
    """The difference of two medians, percentiles or totals, in shown units."""
    if Kind(indicator.kind) is Kind.TOTAL:
        folds = (
            [facts.folds.get(indicator.slug, {}).get(g, Moments()) for g in range(FOLDS)] for facts in (now, other)
        )
        return shown_change(total_change(*folds), indicator)
    first, second = now.ordered.get(indicator.slug), other.ordered.get(indicator.slug)
    if first is None or second is None:
        return None
    after, earlier = (Sample(side.values, side.folds.astype(np.int64)) for side in (first, second))
    found = quantile_change(after, earlier, quantile_of(indicator))
    return None if found is None else shown_change(found, indicator)


def left_out_quantiles(ordered: Ordered, p: float) -> FloatArray:
    """The stored p-quantile without each fold, (64,); NaN where nobody is in it, or in any other."""
    present = np.bincount(ordered.folds, minlength=FOLDS) > 0
    found = [
        sorted_quantile(ordered.values[ordered.folds != fold], p) if present[fold] else None for fold in range(FOLDS)
    ]
    return np.array(found, dtype=np.float64)


def _counts(facts: Facts, slug: str) -> OrderedCounts:
    ordered = facts.ordered.get(slug)
    return OrderedCounts.of(ordered.values if ordered else np.array([], dtype=np.int64))


def quantile_of(indicator: IndicatorDef) -> float:
    """Which quantile a median or percentile is."""
    return float(indicator.percentile) / 100 if indicator.kind == Kind.PERCENTILE and indicator.percentile else 0.5


def _estimate_n(facts: Facts, indicator: IndicatorDef) -> int:
    return facts.total(indicator.slug).n


def shown(source: Estimate, indicator: IndicatorDef) -> Estimate:
    """An estimate in stored units, in shown ones."""
    by = divisor(indicator)
    if by == 1:
        return source
    value, low, high, se = (None if x is None else x / by for x in (source.value, source.low, source.high, source.se))
    return Estimate(value, low, high, source.n, se, source.method)


def shown_change(source: Change, indicator: IndicatorDef) -> Change:
    """A change in stored units, in shown ones."""
    by = divisor(indicator)
    if by == 1:
        return source
    value, low, high = (None if x is None else x / by for x in (source.value, source.low, source.high))
    return replace(source, value=value, low=low, high=high)


def named(indicator: IndicatorDef) -> dict[str, Any]:
    """The fields of a figure that name its indicator."""
    return {"stage": indicator.stage, "indicator": indicator.slug}


def figure_row(inputs: Inputs, item: Compared, fields: Mapping[str, Any]) -> FigureRow:
    """The figure of those fields with what its base allows: under the minimum nothing but its n, under 30 no test."""
    now, company = item.now, inputs.company
    shown, target = base(now.n, company.hidden_under, company.reduced_under), inputs.targets.get(item.indicator.slug)
    if shown is not Base.HIDDEN and dominated_in(inputs.now, item.indicator):
        return FigureRow(**fields, note="dominated", target=fixed(target))
    if shown is Base.HIDDEN or now.value is None:
        return FigureRow(**fields, base=shown.value, target=fixed(target))
    values: dict[str, Any] = {
        "base": shown.value,
        "target": fixed(target),
        "n": now.n,
        "value": fixed(now.value),
        "low": fixed(now.low),
        "high": fixed(now.high),
        "detail": {"method": now.method} | _spread(inputs, item) | _boxes(inputs, item) | _worth(inputs, item),
    }
    if scored(item.indicator):
        upward = item.indicator.higher_is_better
        score = score_interval(Kind(item.indicator.kind), now, scale(item.indicator), upward)
        values |= {"score": fixed(score.value), "score_low": fixed(score.low), "score_high": fixed(score.high)}
        values["imprecise"] = imprecise(score.low, score.high)
    return FigureRow(**fields, **values, **compared_values(inputs, item))


def by_one_case(inputs: Inputs, indicator: IndicatorDef) -> bool:
    """Whether in either of the two quarters compared one case makes most of a total."""
    return dominated_in(inputs.now, indicator) or dominated_in(inputs.before, indicator)


def dominated_in(facts: Facts | None, indicator: IndicatorDef) -> bool:
    """Whether one case makes over 80 % of a quarter's total: shown, it would give that case away."""
    largest = None if facts is None else facts.largest.get(indicator.slug)
    if facts is None or largest is None:
        return False
    return dominated(Fraction(largest, MILLION), facts.total(indicator.slug).total())


def _spread(inputs: Inputs, item: Compared) -> dict[str, str]:
    """The standard deviation of a mean's answers, n − 1, in shown units."""
    moments = inputs.now.total(item.indicator.slug)
    if item.indicator.kind != Kind.MEAN or item.now.n != moments.n or moments.n < 2:
        return {}
    return {"sd": str(fixed(math.sqrt(moments.variance()) / divisor(item.indicator)))}


def _boxes(inputs: Inputs, item: Compared) -> dict[str, int]:
    """How many promoters and detractors an NPS is the difference of."""
    moments = inputs.now.total(item.indicator.slug)
    if item.indicator.kind != Kind.NPS or item.now.n != moments.n:
        return {}
    return {} if moments.weighted else {"promoters": int(moments.hi), "detractors": int(moments.lo)}


def _worth(inputs: Inputs, item: Compared) -> dict[str, str]:
    """How many plain answers weighted ones are worth."""
    moments = inputs.now.total(item.indicator.slug)
    return {"worth": str(fixed(float(moments.effective().n)))} if moments.weighted else {}


def compared_values(inputs: Inputs, item: Compared) -> dict[str, Any]:
    """The fields of a figure about earlier quarters, each shown only where its own base allows."""
    values: dict[str, Any] = {}
    hidden = inputs.company.hidden_under
    told = not dominated_in(inputs.before, item.indicator), not dominated_in(inputs.year, item.indicator)
    if item.before is not None and item.before.n >= hidden and told[0]:
        values |= {"before_n": item.before.n, "before": fixed(item.before.value)}
        if item.change is not None:
            tested = min(item.now.n, item.before.n) >= inputs.company.reduced_under
            values |= {"change": fixed(item.change.value), "p_value": fixed(item.change.p_value) if tested else None}
            values |= {"change_low": fixed(item.change.low), "change_high": fixed(item.change.high)}
    if item.year is not None and item.year.n >= hidden and told[1]:
        values["year_before"] = fixed(item.year.value)
        if item.year_change is not None:
            values |= {"year_change": fixed(item.year_change.value)}
            values |= {"year_low": fixed(item.year_change.low), "year_high": fixed(item.year_change.high)}
    return values
