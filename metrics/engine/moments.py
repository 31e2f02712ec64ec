"""What is asked of an engine, once: moments by fold and by unit, ordered values, and sums of products over cases.

Every measure is an exact integer or decimal; binary floats begin only after the sums.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from journeys.written import Sums
from metrics.stats.crossproducts import CrossProducts
from metrics.stats.exact import MILLION, IntArray
from metrics.stats.kinds import Kind, Moments

JOINED = 25  # half of the least for drivers: two quarters are pooled

Touchpoint = tuple[str, str]  # its stage and its own slug, which is unique there only
EVERYBODY: Touchpoint = ("", "")
Weekly = Callable[[], dict[tuple[Any, ...], Moments]]
Touchpoints = Mapping[Touchpoint, Sequence[str]]  # the indicators of each
Touched = dict[str, dict[Touchpoint, dict[int, Moments]]]


class Answers(Protocol):
    """An engine's session over the view ``facts``.

    Its column ``w`` is there where answers are ``weighted``; every ``n`` is 1 and no ``sd`` is there where they are
    ``single``. Some files may have ``brought`` sums of their own; then the view ``rest`` holds the observations of all
    other files, and ``rest`` says whether there are any.
    """

    weighted: bool
    single: bool
    brought: Sequence[Sums]
    rest: bool

    def run(self, sql: str) -> None: ...
    def rows(self, sql: str) -> list[tuple[Any, ...]]: ...
    def arrays(self, sql: str) -> dict[str, npt.NDArray[Any]]: ...


@dataclass(frozen=True)
class Measure:
    """What the engine must know of an indicator: its kind and, for a top box, the lowest value that counts."""

    slug: str
    kind: Kind
    top_from: Decimal | None = None

    @property
    def high(self) -> Decimal | None:
        return Decimal(9) if self.kind is Kind.NPS else self.top_from if self.kind is Kind.TOP_BOX else None

    @property
    def low(self) -> Decimal | None:
        return Decimal(6) if self.kind is Kind.NPS else None

    def worth(self, values: IntArray) -> IntArray:
        """What each answer adds to the level, in millionths: 0 or 1 in a box, −100, 0 or 100 in an NPS, else itself."""
        if self.high is None:
            return values
        above = (values >= math.ceil(self.high * MILLION)).astype(np.int64)
        if self.low is None:
            return above * MILLION
        return (above - (values <= math.floor(self.low * MILLION))) * (100 * MILLION)


@dataclass(frozen=True)
class Ordered:
    """All values of an indicator in ascending order, in millionths, with the fold of each."""

    values: npt.NDArray[np.int64]
    folds: npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Question:
    """An outcome, what must be laid beside it case by case: its drivers together, events by themselves and in pairs."""

    outcome: str
    drivers: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Joined:
    """The sums of one quarter that need several answers of one case, or a week's of one unit, exact.

    ``drivers[outcome][fold]`` over cases where the outcome and all its joined drivers are known, the same by unit in
    ``driver_units``; ``events[outcome, event][fold]`` the outcome, without squares, of the cases in which the event
    happened, and of all where the two are known; ``cells[outcome, first, second]`` the outcome by whether each of two
    events happened, (0, 0) … (1, 1); ``weeks`` of outcomes and drivers that could not be joined by case, by unit and
    week.
    """

    drivers: dict[str, dict[int, CrossProducts]] = field(default_factory=dict)
    driver_units: dict[str, dict[str, CrossProducts]] = field(default_factory=dict)
    events: dict[tuple[str, str], dict[int, tuple[Moments, Moments]]] = field(default_factory=dict)
    cells: dict[tuple[str, str, str], dict[tuple[int, int], Moments]] = field(default_factory=dict)
    touched: Touched = field(default_factory=dict)
    weekly: Weekly = field(default=dict, compare=False)

    @cached_property
    def weeks(self) -> dict[str, dict[tuple[str, int], Moments]]:
        found: dict[str, dict[tuple[str, int], Moments]] = {}
        for (indicator, unit, week), moments in self.weekly().items():
            found.setdefault(indicator, {})[unit, week] = moments
        return found

    def set_aside(self, question: Question) -> tuple[str, ...]:
        """The drivers of an outcome that its cases did not join: they may still meet it by unit and week."""
        folds = self.drivers.get(question.outcome, {})
        joined = next(iter(folds.values())).names if folds else ()
        return tuple(slug for slug in question.drivers if slug not in joined)


@dataclass(frozen=True)
class Facts:
    """The sums of one quarter, exact.

    ``folds`` and ``units`` by indicator, ``unit_folds`` of the outcomes asked about, ``ordered`` of medians and
    percentiles; ``largest`` the largest case of a total. What is ``joined`` may still be on its way: whoever asks for
    it first waits.
    """

    folds: dict[str, dict[int, Moments]] = field(default_factory=dict)
    units: dict[str, dict[str, Moments]] = field(default_factory=dict)
    unit_folds: dict[str, dict[str, dict[int, Moments]]] = field(default_factory=dict)
    ordered: dict[str, Ordered] = field(default_factory=dict)
    largest: dict[str, int] = field(default_factory=dict)
    join: Callable[[], Joined] = field(default=Joined, compare=False)

    @cached_property
    def joined(self) -> Joined:
        return self.join()

    def total(self, slug: str) -> Moments:
        """Moments of the indicator over all folds; empty moments when it has no observation."""
        return self._totals.get(slug, Moments())

    @cached_property
    def _totals(self) -> dict[str, Moments]:
        return {slug: Moments.merged(folds.values()) for slug, folds in self.folds.items()}
