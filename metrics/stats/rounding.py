"""Rounding for the eye: shown parts must add up to the shown total."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from .exact import Number, exact


def rounded(value: Number, decimals: int = 1) -> Decimal:
    """Return ``value`` to ``decimals`` digits, halves away from zero (0.25 → 0.3, −0.25 → −0.3).

    The value is taken as the decimal it prints, so that 2.675 rounds to 2.68.
    """
    scaled = exact(value) * 10**decimals
    whole = int(abs(scaled) + Fraction(1, 2))
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-decimals)


def largest_remainder(values: Sequence[Number], decimals: int = 1, total: Number | None = None) -> list[Decimal]:
    """Return the values to ``decimals`` digits so that they add up to the rounded total (Hamilton's method).

    Each value, whatever its sign, is first rounded down; the missing last digits go to the largest remainders, ties
    to the earlier. Without ``total`` the parts meet their exact sum rounded by :func:`rounded`, no part moves by a
    whole digit and exact digits stay. A given ``total``, such as a difference of two shown figures, is rounded and met.
    """
    if not values:
        return []
    scaled = [exact(value) * 10**decimals for value in values]
    floors = [value.numerator // value.denominator for value in scaled]
    target = rounded(sum(scaled, Fraction(0)), 0) if total is None else rounded(exact(total) * 10**decimals, 0)
    everyone, some = divmod(int(target) - sum(floors), len(values))
    order = sorted(range(len(values)), key=lambda i: floors[i] - scaled[i])
    for rank, place in enumerate(order):
        floors[place] += everyone + (rank < some)
    quantum = Decimal(1).scaleb(-decimals)
    return [(floor * quantum).quantize(quantum, rounding=ROUND_HALF_UP) for floor in floors]
