"""Leave-out contributions."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.contribution import Withheld, contribution, contribution_by_folds, leave_out
from metrics.stats.kinds import Kind, Moments

from .published import moments_of


@given(st.lists(st.integers(1, 5), min_size=1, max_size=20), st.lists(st.integers(1, 5), min_size=1, max_size=20))
def test_the_two_ways_to_write_a_contribution_are_equal(met: list[int], rest: list[int]) -> None:
    with_t, everyone = moments_of(met), moments_of([*met, *rest])
    gap = with_t.mean() - everyone.mean()
    assert leave_out(Kind.MEAN, with_t, everyone) == with_t.n * gap / len(rest)


def test_a_contribution_is_what_the_average_loses_without_those_cases() -> None:
    got = contribution(Kind.TOP_BOX, Moments(n=20, hi=5), Moments(n=120, hi=85))
    assert got.value == float(Fraction(85, 120) - Fraction(80, 100))


def test_an_nps_contribution_is_in_points() -> None:
    assert contribution(Kind.NPS, Moments(n=50, hi=0, lo=50), Moments(n=100, hi=50, lo=50)).value == -100.0


@pytest.mark.parametrize(
    ("met", "everyone", "why"),
    [(100, 100, Withheld.EVERYONE), (9, 100, Withheld.FEW_WITH), (91, 100, Withheld.FEW_WITHOUT)],
)
def test_a_contribution_is_withheld_with_its_reason(met: int, everyone: int, why: Withheld) -> None:
    got = contribution(Kind.MEAN, Moments(n=met), Moments(n=everyone))
    assert (got.value, got.withheld) == (None, why)


def test_a_total_has_no_contribution() -> None:
    with pytest.raises(ValueError, match="average"):
        contribution(Kind.TOTAL, Moments(n=20), Moments(n=40))


def test_folds_give_a_contribution_its_interval() -> None:
    folds = [(moments_of([1 + k % 3] * 2), moments_of([1 + k % 3] * 2 + [4, 5, 3 + k % 2])) for k in range(64)]
    got = contribution_by_folds(Kind.MEAN, folds)
    assert got.interval is not None
    assert got.interval.high is not None
    assert got.value is not None
    assert got.value < got.interval.high < 0
    assert got.interval.groups == 64


def test_a_withheld_contribution_has_no_interval() -> None:
    assert contribution_by_folds(Kind.MEAN, [(Moments(n=1), Moments(n=1))] * 20).interval is None


def test_the_unit_of_the_weights_does_not_matter_to_its_interval() -> None:
    votes = [([1 + k % 3] * 2, [1 + k % 3] * 2 + [4, 5, 3 + k % 2]) for k in range(64)]
    folds = [(moments_of(met), moments_of(everyone)) for met, everyone in votes]
    doubled = [(_twice(met), _twice(everyone)) for met, everyone in folds]
    assert contribution_by_folds(Kind.MEAN, doubled) == contribution_by_folds(Kind.MEAN, folds)


def _twice(group: Moments) -> Moments:
    """The same answers, each with a weight of two."""
    return Moments(group.n, 2 * group.s, 2 * group.ss, 2 * group.hi, 2 * group.lo, group.n, 3 * group.n)
