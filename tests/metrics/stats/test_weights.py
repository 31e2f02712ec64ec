"""Sampling weights: exact sums, the precision of as many plain answers as they are worth."""

from fractions import Fraction
from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.change import change
from metrics.stats.exact import MILLION
from metrics.stats.folds import left_out_values
from metrics.stats.kinds import Kind, Moments, estimate, value_of

KINDS = (Kind.SHARE, Kind.MEAN, Kind.NPS)
Answers = list[tuple[int, Fraction]]
answers = st.lists(st.tuples(st.integers(0, 10), st.fractions(Fraction(1, 100), 50, max_denominator=100)), min_size=3)


def moments(votes: Answers, kind: Kind = Kind.MEAN) -> Moments:
    made = []
    for vote, weight in votes:
        x = int(vote > 5) if kind is Kind.SHARE else vote
        hi, lo = (weight * (vote >= 9), weight * (vote <= 6)) if kind is Kind.NPS else (0, 0)
        sums = weight * x * MILLION, weight * x * x * MILLION**2
        made.append(Moments(1, *sums, hi, lo, weight - 1, weight * weight - 1))
    return reduce(add, made)


def plain(votes: Answers, kind: Kind) -> Moments:
    """The same votes without their weights."""
    return moments([(vote, Fraction(1)) for vote, _ in votes], kind)


@given(answers)
def test_the_value_is_the_weighted_mean(votes: Answers) -> None:
    total = sum(weight for _, weight in votes)
    assert value_of(Kind.MEAN, moments(votes)) == sum(vote * weight for vote, weight in votes) / total


@pytest.mark.parametrize("kind", KINDS)
@given(votes=answers, times=st.fractions(Fraction(1, 10), 10, max_denominator=10))
def test_the_unit_of_the_weights_does_not_matter(kind: Kind, votes: Answers, times: Fraction) -> None:
    scaled = [(vote, weight * times) for vote, weight in votes]
    assert estimate(kind, moments(scaled, kind)) == estimate(kind, moments(votes, kind))


@pytest.mark.parametrize("kind", KINDS)
@given(votes=answers, weight=st.fractions(Fraction(1, 10), 10, max_denominator=10))
def test_equal_weights_are_none(kind: Kind, votes: Answers, weight: Fraction) -> None:
    even = [(vote, weight) for vote, _ in votes]
    assert estimate(kind, moments(even, kind)) == estimate(kind, plain(votes, kind))
    assert change(kind, moments(even, kind), plain(votes, kind)) == change(kind, plain(votes, kind), plain(votes, kind))


def test_unequal_weights_cost_precision_as_kish_says() -> None:
    votes = [(vote, Fraction(weight)) for weight in (1, 3) for vote in range(10)]
    weighted = moments(votes)
    assert (weighted.n, weighted.weight, weighted.effective().n) == (20, 40, 16)
    found = estimate(Kind.MEAN, weighted)
    se = float(weighted.variance() / 16) ** 0.5
    assert (found.n, found.value) == (20, 4.5)
    assert found.se == pytest.approx(se)
    assert weighted.variance() == Fraction(33, 4) * Fraction(16, 15)


@given(answers, answers)
def test_groups_of_weighted_answers_merge_and_come_apart(first: Answers, second: Answers) -> None:
    whole = moments(first) + moments(second)
    assert whole == moments([*first, *second]) == Moments.merged([moments(first), moments(second)])
    assert whole - moments(second) == moments(first)


def test_a_fold_is_left_out_with_its_weights() -> None:
    folds = {0: moments([(10, Fraction(1))]), 1: moments([(4, Fraction(1, 2)), (1, Fraction(1))])}
    assert list(left_out_values(Kind.MEAN, folds, 2)) == [2.0, 10.0]
