"""Exact arithmetic at the door: declared decimals become fractions before anything is added."""

import math
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Number = int | float | Fraction | Decimal
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

MILLION = 10**6


def exact(value: Number) -> Fraction:
    """Return ``value`` as a fraction; a float stands for the shortest decimal that prints it (0.1 is one tenth).

    Raises ``ValueError`` for NaN and infinities, ``TypeError`` for what is not a number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction | Decimal | np.number):
        raise TypeError(f"a number is needed, not {value!r}")
    if isinstance(value, float | np.floating):
        if not math.isfinite(value):
            raise ValueError(f"no fraction is {value!r}")
        return Fraction(Decimal(repr(float(value))))
    if isinstance(value, np.integer):
        return Fraction(int(value))
    return Fraction(value)


def exact_ratio(value: float | Fraction) -> tuple[int, int]:
    """Return numerator and denominator of :func:`exact`, without making a fraction of a plain float."""
    if type(value) is float and math.isfinite(value):
        return Decimal(repr(value)).as_integer_ratio()
    return exact(value).as_integer_ratio()


def exact_all(values: Iterable[Number]) -> list[Fraction]:
    """Return every value through :func:`exact`."""
    return [exact(value) for value in values]
