"""Rounded parts add up to the rounded whole."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.rounding import largest_remainder, rounded

parts = st.lists(st.fractions(-50, 50, max_denominator=997), min_size=1, max_size=12)


@given(parts, st.integers(0, 3))
def test_the_rounded_parts_add_up_to_the_rounded_sum(values: list[Fraction], decimals: int) -> None:
    assert sum(largest_remainder(values, decimals)) == rounded(sum(values, Fraction(0)), decimals)


@given(parts, st.integers(0, 3))
def test_no_part_moves_by_a_whole_digit(values: list[Fraction], decimals: int) -> None:
    unit = Fraction(1, 10**decimals)
    shown = largest_remainder(values, decimals)
    assert all(abs(Fraction(new) - old) < unit for new, old in zip(shown, values, strict=True))


@given(parts, st.integers(-900, 900))
def test_the_parts_meet_a_given_total(values: list[Fraction], tenths: int) -> None:
    assert sum(largest_remainder(values, 1, Fraction(tenths, 10))) == Decimal(tenths) / 10


def test_an_exact_digit_stays() -> None:
    assert largest_remainder([0, 0.15, -0.15, 0.3], 1) == [Decimal(t) for t in ("0.0", "0.2", "-0.2", "0.3")]


@pytest.mark.parametrize(("value", "shown"), [(0.25, "0.3"), (-0.25, "-0.3"), (0.24999, "0.2"), (0, "0.0")])
def test_halves_go_away_from_zero(value: float, shown: str) -> None:
    assert str(rounded(value)) == shown


def test_a_float_is_the_decimal_it_prints() -> None:
    assert rounded(2.675, 2) == Decimal("2.68")


def test_nothing_rounds_to_nothing() -> None:
    assert largest_remainder([]) == []
