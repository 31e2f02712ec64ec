"""What the cases that met a touchpoint say of an outcome, beside what all say: the sums of leave-out contributions."""

import math
from collections.abc import Mapping, Sequence

from metrics.engine.moments import Answers, Measure, Touched, Touchpoint
from metrics.engine.sums import listed, quoted
from metrics.stats.exact import MILLION
from metrics.stats.kinds import Kind, Moments

EVERYBODY: Touchpoint = ("", "")
ALL = -1  # in the place of a touchpoint's number: every case that knows the outcome


def touched(engine: Answers, outcomes: Sequence[Measure], touchpoints: Mapping[Touchpoint, Sequence[str]]) -> Touched:
    """Moments of each outcome by touchpoint and fold; under ``EVERYBODY`` those of all cases that know it.

    A case met a touchpoint when any of its indicators has an observation of the case; it counts once, with the mean of
    its answers. Nothing is asked where no touchpoint has indicators.
    """
    found: Touched = {}
    if outcomes and touchpoints:
        places = list(touchpoints)
        for outcome, place, fold, n, s in engine.rows(_query(outcomes, list(touchpoints.values()))):
            point = EVERYBODY if place == ALL else places[place]
            found.setdefault(outcome, {}).setdefault(point, {})[fold] = Moments(n, s)
    return found


def _query(outcomes: Sequence[Measure], members: Sequence[Sequence[str]]) -> str:
    mean = f"(sum(value) * {MILLION})::HUGEINT // count(*)"
    places = ", ".join(f"({quoted(slug)}, {place})" for place, slugs in enumerate(members) for slug in slugs)
    return f"""WITH
        means AS MATERIALIZED (
            SELECT indicator, "case", any_value(fold) AS fold, {mean} AS mean FROM facts
            WHERE n = 1 AND "case" IS NOT NULL AND indicator IN ({listed(measure.slug for measure in outcomes)})
            GROUP BY indicator, "case"),
        met AS (
            SELECT DISTINCT "case", place
            FROM facts JOIN (VALUES {places}) AS places(indicator, place) USING (indicator)
            WHERE n = 1 AND "case" IN (SELECT "case" FROM means)),
        votes AS (SELECT indicator, "case", fold, CASE indicator {_points(outcomes)} END AS vote FROM means)
        SELECT indicator, place, fold, count(*), sum(vote) FROM votes JOIN met USING ("case") GROUP BY ALL
        UNION ALL SELECT indicator, {ALL}, fold, count(*), sum(vote) FROM votes GROUP BY ALL
        ORDER BY indicator, place, fold"""


def _points(outcomes: Sequence[Measure]) -> str:
    """What one answer adds to its outcome's level, in millionths: a share counts 0 or 1, NPS −100, 0 or 100."""
    return " ".join(f"WHEN {quoted(measure.slug)} THEN {_point(measure)}" for measure in outcomes)


def _point(measure: Measure) -> str:
    high, low = (None if end is None else math.ceil(end * MILLION) for end in (measure.high, measure.low))
    if measure.kind is Kind.TOP_BOX:
        return f"(mean >= {high or 0})::INT * {MILLION}::HUGEINT"
    if measure.kind is Kind.NPS:
        return f"((mean >= {high})::INT - (mean <= {low})::INT) * {100 * MILLION}::HUGEINT"
    return "mean"
