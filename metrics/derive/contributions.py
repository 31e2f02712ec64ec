"""PURE: leave-out contributions — what the outcome would be without a group of cases. Exact, no model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from metrics.derive.inputs import Inputs, scale
from metrics.derive.units import shown_units
from metrics.engine.moments import EVERYBODY, Question
from metrics.report import EffectRow, IndicatorDef, StageDef, fixed
from metrics.stats.change import Verdict, change_from_folds, verdicts
from metrics.stats.contribution import Contribution, Withheld, contribution_by_folds, contributions_by_folds
from metrics.stats.disclosure import hide_table
from metrics.stats.kinds import Kind, Moments, slope

WHY = {Withheld.EVERYONE: "everyone", Withheld.FEW_WITH: "few", Withheld.FEW_WITHOUT: "few"}


UnitRows = Mapping[str, Sequence[EffectRow]]


def unit_contributions(inputs: Inputs, questions: Sequence[Question]) -> UnitRows:
    """By outcome what each unit contributes to it, in points of its score; nothing that is joined is asked for."""
    return {question.outcome: _units(inputs, inputs.by_slug[question.outcome]) for question in questions}


def contribution_rows(inputs: Inputs, questions: Sequence[Question], units: UnitRows) -> list[EffectRow]:
    """Contributions to each outcome, in points of its score: of each event, then of each touchpoint and each unit."""
    rows: list[EffectRow] = []
    for question in questions:
        outcome = inputs.by_slug[question.outcome]
        rows += _events(inputs, outcome, question.events)
        rows += _touchpoints(inputs, outcome)
        rows += units[question.outcome]
    return rows


def _events(inputs: Inputs, outcome: IndicatorDef, events: Sequence[str]) -> list[EffectRow]:
    """Cases in which the event happened, against all the cases where it is known whether it did."""
    rows, found = [], []
    for event in events:
        folds = inputs.now.joined.events.get((outcome.slug, event), {})
        if folds:
            result = inputs.by_slug[event]
            empty = EffectRow("contribution", "", result.department, result.stage, outcome.slug, outcome.stage, event)
            rows.append(empty)
            found.append(contribution_by_folds(Kind.MEAN, list(folds.values()), inputs.company.hidden_under))
    return _filled(inputs, rows, found, _worth(outcome))


def _touchpoints(inputs: Inputs, outcome: IndicatorDef) -> list[EffectRow]:
    """Cases that met the touchpoint against all that know the outcome, of the touchpoints they met before they spoke.

    Those are of the outcome's own stage and of the stages before; of a whole journey, all (decision 0100).
    """
    known = inputs.now.joined.touched.get(outcome.slug, {})
    places = [(stage.slug, slug) for stage in _until(inputs, outcome.stage) for slug, _ in stage.touchpoints]
    met = [place for place in places if place in known]
    rows = [
        EffectRow("contribution", "", "", stage, outcome.slug, outcome.stage, touchpoint=slug) for stage, slug in met
    ]
    groups, whole = [known[place] for place in met], known.get(EVERYBODY, {})
    found = contributions_by_folds(Kind.MEAN, groups, whole, inputs.company.hidden_under)
    return _filled(inputs, rows, found, _worth(outcome))


def _until(inputs: Inputs, stage: str) -> Sequence[StageDef]:
    """The journey up to a stage; all of it for the whole journey."""
    places = [row.slug for row in inputs.stages]
    return inputs.stages[: places.index(stage) + 1] if stage else inputs.stages


def joint_rows(inputs: Inputs, questions: Sequence[Question]) -> list[EffectRow]:
    """The outcome by whether two events of two departments happened: neither, one, the other, both.

    ``detail.cells`` holds, for each of the four, how many answers and their mean in the outcome's own unit; a cell
    that is too small, or would give one away, has neither.
    """
    rows = []
    for question in questions:
        outcome = inputs.by_slug[question.outcome]
        for first, second in question.pairs:
            cells = inputs.now.joined.cells.get((outcome.slug, first, second), {})
            table = [[cells.get((a, b), Moments()) for b in (0, 1)] for a in (0, 1)]
            n = sum(moments.n for row in table for moments in row)
            if n >= inputs.company.reduced_under:
                result = inputs.by_slug[first]
                row = EffectRow("joint", "", result.department, result.stage, outcome.slug, outcome.stage, first, n=n)
                detail = {"other": second, "cells": _shown_cells(inputs, table)}
                rows.append(replace(row, verdict=Verdict.UNPROVEN.value, detail=detail))
    return rows


def _shown_cells(inputs: Inputs, table: Sequence[Sequence[Moments]]) -> list[dict[str, Any]]:
    mask = hide_table([[moments.n for moments in row] for row in table], inputs.company.hidden_under)
    return [
        {"first": a, "second": b, **_cell(table[a][b], hidden=mask.cells[a][b] is not None)}
        for a in (0, 1)
        for b in (0, 1)
    ]


def _cell(moments: Moments, *, hidden: bool) -> dict[str, Any]:
    if hidden or not moments.n:
        return {"n": 0, "mean": None}
    return {"n": moments.n, "mean": str(fixed(float(moments.mean())))}


def _units(inputs: Inputs, outcome: IndicatorDef) -> list[EffectRow]:
    units = inputs.now.unit_folds.get(outcome.slug, {})
    reasons = shown_units(inputs, inputs.now, outcome.slug)
    shown = [code for code, _ in inputs.units if code in units and reasons[code] is None]
    rows = [EffectRow("contribution", "", "", outcome.stage, outcome.slug, outcome.stage, unit=code) for code in shown]
    groups, whole = [units[code] for code in shown], inputs.now.folds.get(outcome.slug, {})
    found = contributions_by_folds(Kind(outcome.kind), groups, whole, inputs.company.hidden_under)
    return _filled(inputs, rows, found, _worth(outcome))


def _worth(outcome: IndicatorDef) -> float:
    """Score points of one unit of what the engine lays wide: 0–1 for a share, −100–100 for NPS, votes as they are."""
    return slope(Kind(outcome.kind), scale(outcome), outcome.higher_is_better) or 0.0


def _filled(inputs: Inputs, rows: Sequence[EffectRow], found: Sequence[Contribution], worth: float) -> list[EffectRow]:
    changes = [
        change_from_folds(item.interval, item.n_with, item.n_without) if item.interval is not None else None
        for item in found
    ]
    judged = verdicts(changes, [worth > 0] * len(found), inputs.company.reduced_under)
    return [_row(row, item, worth, verdict) for row, item, verdict in zip(rows, found, judged, strict=True)]


def _row(row: EffectRow, item: Contribution, worth: float, verdict: Verdict) -> EffectRow:
    row = replace(row, n=item.n_with, verdict=verdict.value, detail={"without": item.n_without})
    if item.withheld is not None:
        return replace(row, n=0, verdict=Verdict.TOO_LITTLE.value, note=WHY[item.withheld], detail={})
    ends = (None, None) if item.interval is None else (item.interval.low, item.interval.high)
    low, high = sorted(end * worth for end in ends if end is not None) if None not in ends else ends
    points = None if item.value is None else item.value * worth
    return replace(row, points=fixed(points), low=fixed(low), high=fixed(high))
