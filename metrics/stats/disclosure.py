"""What may be shown: small bases, small cells and their complements, decided by one function for every output."""

import heapq
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from .exact import FloatArray, Number, exact

FLOOR = 5
HIDDEN = 10
REDUCED = 30
IMPRECISE = 20.0
DOMINANT = exact(0.8)


class Base(StrEnum):
    """How a figure of a given base is shown: not at all, in grey without verdict, in full."""

    HIDDEN = "hidden"
    REDUCED = "reduced"
    FULL = "full"


class Reason(StrEnum):
    """Why a cell is not shown: its own base, to protect another cell, or one case that makes most of it."""

    SMALL = "small"
    SECONDARY = "secondary"
    DOMINATED = "dominated"


def base(n: int, hidden: int = HIDDEN, reduced: int = REDUCED) -> Base:
    """Return the class of a base: under ``hidden``, under ``reduced``, or full.

    Raises ``ValueError`` when ``hidden`` is set under the floor of 5, or above ``reduced``.
    """
    if not FLOOR <= hidden <= reduced:
        raise ValueError(f"the threshold must lie between {FLOOR} and {reduced}")
    if n < hidden:
        return Base.HIDDEN
    return Base.REDUCED if n < reduced else Base.FULL


def imprecise(low: float | None, high: float | None) -> bool:
    """Return whether an interval of a score is wider than 20 points of 100, or missing."""
    return low is None or high is None or high - low > IMPRECISE


def dominated(largest: Number, total: Number) -> bool:
    """Return whether one case makes over 80 % of a money-like total, which is then hidden."""
    return abs(exact(largest)) > DOMINANT * abs(exact(total))


def hide(
    counts: Sequence[int], minimum: int = HIDDEN, hidden_already: Iterable[int] = (), total_hidden: bool = False
) -> list[Reason | None]:
    """Return, for each cell of a breakdown whose total is shown, why it is hidden, or ``None``.

    A cell of 1…minimum−1 answers is hidden (an empty one has nobody to protect and is shown as empty); so is each index
    in ``hidden_already`` (a dominated total). Then the next smallest are hidden until at least two are, and until what
    is hidden holds ``minimum`` answers together: total minus the rest would give it away. When the total itself is
    under ``minimum`` everything is hidden. With ``total_hidden`` one hidden cell is enough, and there is at least one.
    Raises ``ValueError`` on a negative count.
    """
    if any(count < 0 for count in counts):
        raise ValueError("counts are not negative")
    whole = sum(counts)
    given = set(hidden_already)
    mask: list[Reason | None] = [
        Reason.DOMINATED if place in given else Reason.SMALL if count > 0 and min(count, whole) < minimum else None
        for place, count in enumerate(counts)
    ]
    order = sorted((count, place) for place, count in enumerate(counts) if count > 0 and mask[place] is None)
    for _, place in order:
        hidden = [count for count, reason in zip(counts, mask, strict=True) if reason is not None]
        if _enough(hidden, minimum, total_hidden):
            break
        mask[place] = Reason.SECONDARY
    return mask


def _enough(hidden: Sequence[int], minimum: int, total_hidden: bool) -> bool:
    if total_hidden:
        return bool(hidden)
    return not hidden or (len(hidden) > 1 and sum(hidden) >= minimum)


@dataclass(frozen=True, slots=True)
class TableMask:
    """Why each cell and margin of a two-way table is hidden, or ``None`` where it is shown."""

    cells: list[list[Reason | None]]
    rows: list[Reason | None]
    columns: list[Reason | None]
    total: Reason | None


Edge = tuple[int, int]


class _Table:
    """The table with its margins as one more row and column.

    A cell joins its row and its column as an edge of a bipartite graph; the hidden cells that a reader can work out are
    exactly the edges on no cycle of hidden cells (Gusfield 1988).
    """

    def __init__(self, counts: Sequence[Sequence[int]], minimum: int) -> None:
        rows = [[*row, sum(row)] for row in counts]
        rows.append([sum(column) for column in zip(*rows, strict=True)])
        self.counts = rows
        self.height, self.width = len(rows), len(rows[0])
        self.minimum = minimum
        self.mask: dict[Edge, Reason] = {(i, j): Reason.SMALL for i, j in self.edges() if rows[i][j] < minimum}

    def edges(self) -> Iterator[Edge]:
        """Yield the cells with answers; an empty one is known to be empty."""
        for i, row in enumerate(self.counts):
            yield from ((i, j) for j, count in enumerate(row) if count > 0)

    def cheapest_cycle(self, edge: Edge) -> list[Edge]:
        """Return the cells that close a cycle through ``edge`` hiding the fewest more answers (Dijkstra)."""
        start, goal = edge[0], self.height + edge[1]
        best: dict[int, tuple[int, int]] = {start: (0, 0)}
        via: dict[int, tuple[int, Edge]] = {}
        queue = [(0, 0, start)]
        while queue:
            cost, steps, node = heapq.heappop(queue)
            if node == goal:
                break
            for other, cell in self._neighbours(node):
                price = 0 if cell in self.mask else self.counts[cell[0]][cell[1]]
                offer = (cost + price, steps + 1)
                if cell != edge and offer < best.get(other, (math.inf, 0)):
                    best[other], via[other] = offer, (node, cell)
                    heapq.heappush(queue, (*offer, other))
        path = []
        while goal in via:
            goal, cell = via[goal]
            path.append(cell)
        return path

    def _neighbours(self, node: int) -> Iterator[tuple[int, Edge]]:
        if node < self.height:
            yield from ((self.height + j, (node, j)) for j in range(self.width) if self.counts[node][j] > 0)
        else:
            j = node - self.height
            yield from ((i, (i, j)) for i in range(self.height) if self.counts[i][j] > 0)

    def lines(self) -> Iterator[list[Edge]]:
        """Yield every row and column, its margin last."""
        yield from ([(i, j) for j in range(self.width)] for i in range(self.height))
        yield from ([(i, j) for i in range(self.height)] for j in range(self.width))

    def thin(self, line: list[Edge]) -> bool:
        """Return whether the hidden cells of a line with a shown margin hold under the minimum together."""
        hidden = [self.counts[i][j] for i, j in line[:-1] if (i, j) in self.mask]
        return bool(hidden) and line[-1] not in self.mask and sum(hidden) < self.minimum

    def hide_next(self, line: list[Edge]) -> None:
        """Hide the smallest cell of a line that is still shown."""
        shown = [(self.counts[i][j], (i, j)) for i, j in line[:-1] if self.counts[i][j] > 0 and (i, j) not in self.mask]
        self.mask[min(shown)[1]] = Reason.SECONDARY


def hide_table(counts: Sequence[Sequence[int]], minimum: int = HIDDEN) -> TableMask:
    """Return what to hide in a two-way table shown with its margins, so that no hidden cell can be worked out.

    Cells and margins of 1…minimum−1 answers are hidden; then, to a fixed point, each hidden cell gets the cheapest
    cycle of hidden cells through it, and the hidden part of a line with a shown margin at least ``minimum`` answers.
    Empty cells are shown as empty. A table under ``minimum`` in all is hidden whole. Raises ``ValueError`` on a
    negative count or an empty or ragged table.
    """
    if not counts or not all(counts) or any(count < 0 for row in counts for count in row):
        raise ValueError("a table has rows, columns and no negative count")
    table = _Table(counts, minimum)
    settled = -1
    while settled < len(table.mask) < sum(1 for _ in table.edges()):
        settled = len(table.mask)
        for edge in sorted(table.mask, key=lambda cell: (table.counts[cell[0]][cell[1]], cell)):
            for cell in table.cheapest_cycle(edge):
                table.mask.setdefault(cell, Reason.SECONDARY)
        for line in table.lines():
            while table.thin(line):
                table.hide_next(line)
    last, end = table.height - 1, table.width - 1
    return TableMask(
        [[table.mask.get((i, j)) for j in range(end)] for i in range(last)],
        [table.mask.get((i, end)) for i in range(last)],
        [table.mask.get((last, j)) for j in range(end)],
        table.mask.get((last, end)),
    )


def answerable(mask: Sequence[Reason | None], chosen: Iterable[int], total_hidden: bool = False) -> bool:
    """Return whether a filter that adds up some cells of a breakdown may be answered.

    Only when its answer can be worked out from what is shown already: it holds none of the hidden cells or, under a
    shown total, all of them. Then no two answers ever differ by a hidden cell.
    """
    hidden = {place for place, reason in enumerate(mask) if reason is not None}
    inside = hidden & set(chosen)
    return not inside or (inside == hidden and not total_hidden)


def answerable_in_table(mask: TableMask, rows: Iterable[int], columns: Iterable[int]) -> bool:
    """Return whether a filter that adds up the cells of some rows and columns may be answered.

    The rule is that of :func:`answerable`: what is hidden in the filter must be a combination of the table's lines,
    each of which adds up to its margin; an unshown margin is one more hidden cell of its line.
    """
    full = [[*row, margin] for row, margin in zip(mask.cells, mask.rows, strict=True)] + [[*mask.columns, mask.total]]
    hidden = np.array([[reason is not None for reason in line] for line in full])
    asked = np.zeros(hidden.shape)
    asked[np.ix_(sorted(set(rows)), sorted(set(columns)))] = 1
    unknown = asked[hidden]
    if not unknown.any():
        return True
    known = line_sums(*hidden.shape)[:, hidden.ravel()]
    return bool(np.linalg.matrix_rank(np.vstack([known, unknown])) == np.linalg.matrix_rank(known))


def line_sums(height: int, width: int) -> FloatArray:
    """Return (height + width, cells): each row and column of a table, cells minus margin, which add up to 0."""
    known = np.zeros((height + width, height, width))
    for i in range(height):
        known[i, i], known[i, i, -1] = 1, -1
    for j in range(width):
        known[height + j, :, j], known[height + j, -1, j] = 1, -1
    return known.reshape(height + width, height * width)
