"""A real company's orders cut into random halves: swapping one for the other leaves every demonstrated sign."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pytest

from metrics.derive.inputs import Inputs
from metrics.derive.report import derive
from metrics.engine.moments import Facts, Joined, Ordered
from metrics.report import Report
from metrics.stats.kinds import Moments
from tests.olist.conftest import Olist

PROVEN = ("better", "worse")
QUARTERS = ("2017-1", "2017-2", "2017-3", "2017-4", "2018-1", "2018-2", "2018-3")
pytestmark = pytest.mark.django_db  # so that the database is there for the import

Signs = dict[tuple[str, ...], tuple[Decimal, bool]]


def half(facts: Facts, kept: frozenset[int]) -> Facts:
    """The sums of the orders in these folds: an order's fold is a hash of its number, so they are a random half."""
    units = {
        slug: {unit: {g: m for g, m in folds.items() if g in kept} for unit, folds in by_unit.items()}
        for slug, by_unit in facts.unit_folds.items()
    }
    drivers, events = facts.joined.drivers, facts.joined.events
    inside = {slug: np.isin(row.folds, list(kept)) for slug, row in facts.ordered.items()}
    return Facts(
        folds={slug: {g: m for g, m in folds.items() if g in kept} for slug, folds in facts.folds.items()},
        units={slug: {u: Moments.merged(folds.values()) for u, folds in by.items()} for slug, by in units.items()},
        unit_folds=units,
        ordered={
            slug: Ordered(row.values[inside[slug]], row.folds[inside[slug]]) for slug, row in facts.ordered.items()
        },
        join=lambda: Joined(
            drivers={slug: {g: part for g, part in folds.items() if g in kept} for slug, folds in drivers.items()},
            events={key: {g: part for g, part in folds.items() if g in kept} for key, folds in events.items()},
        ),
    )


def inputs(olist: Olist, quarter: str, kept: frozenset[int]) -> Inputs:
    report = olist.reports[quarter]
    targets = {row.indicator: row.target for row in report.figures if row.level == "indicator"}
    return Inputs(
        **{name: getattr(report, name) for name in ("quarter", "starts", "ends", "previous", "company", "stages")},
        departments=report.departments,
        indicators=report.indicators,
        units=report.units,
        targets={slug: target for slug, target in targets.items() if target is not None},
        now=half(olist.sums[quarter], kept),
        before=half(olist.sums[report.previous], kept) if report.previous else None,
        year=None,
    )


def signs(report: Report) -> Iterator[tuple[tuple[str, ...], tuple[Decimal, bool]]]:
    """Everything with a sign: health, stages and indicators against the quarter before, effects, the bridge."""
    for row in report.figures:
        if row.change is not None and not row.unit:
            yield ("figure", row.level, row.stage, row.indicator), (row.change, row.verdict in PROVEN)
    for effect in report.effects:
        if effect.points is not None and not effect.unit:
            yield effect.key, (effect.points, effect.verdict in PROVEN)
    for step in report.bridge:
        if step.points is not None and step.kind not in ("start", "end", "weights"):
            yield ("bridge", step.kind, step.component, step.stage), (step.points, step.verdict in PROVEN)


def halves(seed: int) -> tuple[frozenset[int], frozenset[int]]:
    order = [int(fold) for fold in np.random.default_rng(seed).permutation(64)]
    return frozenset(order[:32]), frozenset(order[32:])


@pytest.fixture(scope="module")
def cuts(olist: Olist) -> list[tuple[str, Signs, Signs]]:
    """Every quarter in two random halves, cut in two ways."""
    asked = [(quarter, halves(seed)) for quarter in QUARTERS for seed in (1, 2)]
    made = [(quarter, [dict(signs(derive(inputs(olist, quarter, kept)))) for kept in cut]) for quarter, cut in asked]
    return [(quarter, first, second) for quarter, (first, second) in made]


@pytest.fixture(scope="module")
def pairs(cuts: list[tuple[str, Signs, Signs]]) -> list[tuple[Signs, Signs]]:
    """Each half with the one that is swapped in for it."""
    return [pair for _, first, second in cuts for pair in ((first, second), (second, first))]


def test_every_sign_a_quarter_demonstrates_is_that_of_both_its_halves(
    olist: Olist, cuts: list[tuple[str, Signs, Signs]]
) -> None:
    found = [
        (quarter, key, value, half[key][0])
        for quarter, *both in cuts
        for key, (value, proven) in signs(olist.reports[quarter])
        for half in both
        if proven and key in half
    ]
    assert len(found) > 400
    assert [row for row in found if row[2] * row[3] <= 0] == []


def test_every_sign_a_half_demonstrates_is_that_of_the_whole_quarter(
    olist: Olist, cuts: list[tuple[str, Signs, Signs]]
) -> None:
    whole = {quarter: dict(signs(olist.reports[quarter])) for quarter in QUARTERS}
    found = [
        (quarter, key, value, whole[quarter][key][0])
        for quarter, *both in cuts
        for half in both
        for key, (value, proven) in half.items()
        if proven
    ]
    assert len(found) > 250
    assert [row for row in found if row[2] * row[3] <= 0] == []


def test_a_sign_that_a_half_and_the_whole_demonstrate_is_that_of_the_half_swapped_in(
    olist: Olist, cuts: list[tuple[str, Signs, Signs]]
) -> None:
    found = [
        (quarter, key, value, other[key][0])
        for quarter, *both in cuts
        for half, other in (both, both[::-1])
        for key, (value, proven) in signs(olist.reports[quarter])
        if proven and half.get(key, (value, False))[1] and key in other
    ]
    assert len(found) > 250
    assert [row for row in found if row[2] * row[3] <= 0] == []


def test_no_sign_demonstrated_in_one_half_is_the_contrary_in_the_other(pairs: list[tuple[Signs, Signs]]) -> None:
    both = [
        (key, value, second[key][0])
        for first, second in pairs
        for key, (value, proven) in first.items()
        if proven and key in second and second[key][1]
    ]
    assert len(both) > 100
    assert [row for row in both if row[1] * row[2] < 0] == []


def test_what_one_half_demonstrates_points_the_same_way_in_the_other(pairs: list[tuple[Signs, Signs]]) -> None:
    """All but the one in twenty that Benjamini and Hochberg leave to chance."""
    told = [
        value * second[key][0] < 0
        for first, second in pairs
        for key, (value, proven) in first.items()
        if proven and key in second
    ]
    assert sum(told) <= 0.05 * len(told)
