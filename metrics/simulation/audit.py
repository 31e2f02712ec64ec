"""PURE: an attack by linear programme on what is hidden, in random tables and in pairs of filters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from metrics.simulation.cases import BoolArray
from metrics.stats.disclosure import HIDDEN, TableMask, answerable_in_table, hide_table, line_sums
from metrics.stats.exact import FloatArray, IntArray

ATTEMPTS = 60


@dataclass(frozen=True)
class Audit:
    """What the attack tried and found: cells worked out, small ones shown, pairs that differ by one hidden cell."""

    tables: int = 0
    hidden: int = 0
    pinned: int = 0
    small_shown: int = 0
    pairs: int = 0
    pairs_telling: int = 0
    pairs_pinned: int = 0

    @property
    def told(self) -> int:
        """How many times something hidden could be learnt."""
        return self.pinned + self.small_shown + self.pairs_telling + self.pairs_pinned

    def __add__(self, other: "Audit") -> "Audit":
        return Audit(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def random_table(chance: np.random.Generator) -> IntArray:
    """Return counts of one to six rows and columns, small and large, a sixth of them empty."""
    shape = chance.integers(1, 7, size=2)
    counts = chance.integers(0, int(chance.choice([15, 40, 120])), size=shape)
    return np.asarray(counts * (chance.random(shape) > 0.15), dtype=np.int64)


def pinned(counts: IntArray, mask: TableMask, answers: Sequence[FloatArray] = ()) -> list[int]:
    """Return the hidden cells whose count follows from what is shown, from ``answers`` and from counts being ≥ 0.

    Cells are numbered row by row with the margins as last row and column; an answer marks the cells it adds up.
    """
    full, hidden = _with_margins(counts), _hidden(mask)
    bounds = [(0, None) if out else (n, n) for n, out in zip(full.ravel().tolist(), hidden.ravel(), strict=True)]
    known = np.vstack([line_sums(*full.shape), *(answer.reshape(1, -1) for answer in answers)])
    sums = np.concatenate([np.zeros(sum(full.shape)), [float((answer * full).sum()) for answer in answers]])
    found = []
    for cell in np.flatnonzero(hidden.ravel()):
        target = np.zeros(full.size)
        target[cell] = 1
        ends = [linprog(sign * target, A_eq=known, b_eq=sums, bounds=bounds) for sign in (1, -1)]
        if ends[1].status != 3 and abs(ends[0].fun + ends[1].fun) < 0.5:
            found.append(int(cell))
    return found


def audit_table(chance: np.random.Generator) -> Audit:
    """Return the attack on one random table."""
    counts = random_table(chance)
    mask = hide_table(counts.tolist())
    hidden = _hidden(mask)
    full = _with_margins(counts)
    small = int(((full > 0) & (full < HIDDEN) & ~hidden).sum())
    return Audit(tables=1, hidden=int(hidden.sum()), pinned=len(pinned(counts, mask)), small_shown=small)


def audit_pair(chance: np.random.Generator) -> Audit:
    """Return the attack on two different filters of one table that may both be answered; neither touches nothing."""
    while True:
        counts = random_table(chance)
        mask = hide_table(counts.tolist())
        hidden = _hidden(mask)
        answers = _answers(mask, hidden, chance) if hidden.any() else []
        if len(answers) == 2:
            break
    apart = np.abs(answers[0] - answers[1])[hidden]
    telling = int(apart.sum() == 1)
    return Audit(pairs=1, pairs_telling=telling, pairs_pinned=len(pinned(counts, mask, answers)))


def _answers(mask: TableMask, hidden: BoolArray, chance: np.random.Generator) -> list[FloatArray]:
    """Two different filters that may be answered and hold something hidden, or fewer where none turned up."""
    found: list[FloatArray] = []
    height, width = (side - 1 for side in hidden.shape)
    for _ in range(ATTEMPTS):
        rows, columns = (np.flatnonzero(chance.random(side) < chance.uniform(0.3, 1)) for side in (height, width))
        asked = np.zeros(hidden.shape)
        asked[np.ix_(rows, columns)] = 1
        new = not any(np.array_equal(asked, other) for other in found)
        if asked[hidden].any() and new and answerable_in_table(mask, rows.tolist(), columns.tolist()):
            found.append(asked)
        if len(found) == 2:
            break
    return found


def _with_margins(counts: IntArray) -> IntArray:
    full = np.vstack([counts, counts.sum(axis=0)])
    return np.column_stack([full, full.sum(axis=1)])


def _hidden(mask: TableMask) -> BoolArray:
    full = [[*row, margin] for row, margin in zip(mask.cells, mask.rows, strict=True)] + [[*mask.columns, mask.total]]
    return np.array([[reason is not None for reason in line] for line in full])
