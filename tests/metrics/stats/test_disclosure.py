"""What is hidden, and that nobody can work it out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from metrics.simulation.audit import Audit, audit_pair, pinned
from metrics.stats import disclosure
from metrics.stats.disclosure import (
    Base,
    Reason,
    answerable,
    answerable_in_table,
    base,
    dominated,
    hide,
    hide_table,
    imprecise,
)
from metrics.stats.exact import FloatArray

from .published import loose

breakdowns = st.lists(st.integers(0, 60), min_size=1, max_size=9)


@pytest.mark.parametrize(("n", "expected"), [(9, Base.HIDDEN), (10, Base.REDUCED), (29, Base.REDUCED), (30, Base.FULL)])
def test_a_base_is_hidden_reduced_or_full(n: int, expected: Base) -> None:
    assert base(n) is expected


def test_the_threshold_may_not_fall_under_its_floor() -> None:
    with pytest.raises(ValueError, match="threshold"):
        base(6, hidden=4)


@pytest.mark.parametrize(("low", "high", "expected"), [(60, 80, False), (59.9, 80, True), (None, None, True)])
def test_an_interval_wider_than_twenty_points_is_imprecise(low: float, high: float, expected: bool) -> None:
    assert imprecise(low, high) is expected


@pytest.mark.parametrize(("largest", "total", "expected"), [(80, 100, False), (80.01, 100, True), (-90, -100, True)])
def test_one_case_over_eighty_percent_dominates_a_total(largest: float, total: float, expected: bool) -> None:
    assert dominated(largest, total) is expected


def test_one_small_cell_takes_the_next_smallest_with_it() -> None:
    assert hide([3, 50, 12, 60]) == [Reason.SMALL, None, Reason.SECONDARY, None]


def test_small_cells_that_are_few_together_take_another_with_them() -> None:
    assert hide([3, 4, 50, 60]) == [Reason.SMALL, Reason.SMALL, Reason.SECONDARY, None]


def test_small_cells_that_are_enough_together_stay_alone() -> None:
    assert hide([8, 9, 50]) == [Reason.SMALL, Reason.SMALL, None]


def test_an_empty_cell_has_nobody_to_protect_and_protects_nobody() -> None:
    assert hide([3, 0, 50]) == [Reason.SMALL, None, Reason.SECONDARY]


def test_a_small_total_hides_every_cell() -> None:
    assert hide([3, 4, 0]) == [Reason.SMALL, Reason.SMALL, None]


def test_large_cells_are_all_shown() -> None:
    assert hide([10, 30]) == [None, None]
    assert hide([]) == []


def test_a_dominated_total_takes_the_next_smallest_with_it() -> None:
    assert hide([40, 20, 90], hidden_already=[0]) == [Reason.DOMINATED, Reason.SECONDARY, None]


def test_under_a_hidden_total_at_least_one_cell_is_hidden() -> None:
    assert hide([40, 20], total_hidden=True) == [None, Reason.SECONDARY]
    assert hide([40, 3], total_hidden=True) == [None, Reason.SMALL]


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        hide([3, -1])


@given(breakdowns)
def test_what_a_breakdown_hides_cannot_be_subtracted(counts: list[int]) -> None:
    hidden = [n for n, reason in zip(counts, hide(counts), strict=True) if reason is not None]
    if sum(counts) >= 10 and hidden:
        assert len(hidden) >= 2
        assert sum(hidden) >= 10


@given(breakdowns)
def test_no_small_cell_is_shown(counts: list[int]) -> None:
    assert all(reason is not None for n, reason in zip(counts, hide(counts), strict=True) if 0 < n < 10)


def test_one_small_cell_of_a_table_hides_the_cheapest_rectangle() -> None:
    mask = hide_table([[3, 20, 30], [15, 40, 50], [22, 60, 70]])
    hidden = [[reason is not None for reason in row] for row in mask.cells]
    assert hidden == [[True, True, False], [True, True, False], [False, False, False]]
    assert mask.cells[0][0] is Reason.SMALL
    assert mask.cells[1][1] is Reason.SECONDARY
    assert (mask.rows, mask.columns, mask.total) == ([None] * 3, [None] * 3, None)


def test_a_table_of_large_cells_is_shown_whole() -> None:
    mask = hide_table([[10, 0], [30, 40]])
    assert (mask.cells, mask.rows, mask.columns) == ([[None, None], [None, None]], [None, None], [None, None])


def test_a_small_table_is_hidden_whole_except_its_empty_cells() -> None:
    mask = hide_table([[3, 0], [1, 2]])
    assert mask.cells == [[Reason.SMALL, None], [Reason.SMALL, Reason.SMALL]]
    assert mask.total is Reason.SMALL


@pytest.mark.parametrize("counts", [[], [[]], [[1, 2], [3]], [[1, -2]]])
def test_what_is_not_a_table_is_refused(counts: list[list[int]]) -> None:
    with pytest.raises(ValueError, match=r"table|argument"):
        hide_table(counts)


def random_table(chance: np.random.Generator) -> list[list[int]]:
    shape = chance.integers(1, 6, size=2)
    table = chance.integers(0, int(chance.choice([15, 40, 120])), size=shape) * (chance.random(shape) > 0.15)
    return [[int(n) for n in row] for row in table]


def relations(height: int, width: int) -> FloatArray:
    """Return what a reader knows: each row and column, margins included, cells minus margin is 0."""
    known = []
    for i in range(height):
        line = np.zeros((height, width))
        line[i, :-1], line[i, -1] = 1, -1
        known.append(line.ravel())
    for j in range(width):
        line = np.zeros((height, width))
        line[:-1, j], line[-1, j] = 1, -1
        known.append(line.ravel())
    return np.array(known)


def derivable(counts: list[list[int]]) -> list[int]:
    """Return the hidden cells that a linear programme pins down from what is shown, counts being at least 0."""
    mask = hide_table(counts)
    full = np.array([[*row, sum(row)] for row in counts])
    full = np.vstack([full, full.sum(axis=0)])
    reasons = [[*row, margin] for row, margin in zip(mask.cells, mask.rows, strict=True)] + [
        [*mask.columns, mask.total]
    ]
    hidden = np.array([[reason is not None for reason in row] for row in reasons]).ravel()
    bounds = [(0, None) if out else (n, n) for n, out in zip(full.ravel().tolist(), hidden, strict=True)]
    a, pinned = relations(*full.shape), []
    for cell in np.flatnonzero(hidden):
        objective = np.zeros(full.size)
        objective[cell] = 1
        ends = [linprog(sign * objective, A_eq=a, b_eq=np.zeros(len(a)), bounds=bounds) for sign in (1, -1)]
        unbounded = ends[1].status == 3
        if not unbounded and abs(ends[0].fun + ends[1].fun) < 0.5:
            pinned.append(int(cell))
    return pinned


@pytest.mark.parametrize("seed", range(8))
def test_a_linear_programme_cannot_work_out_any_hidden_cell(seed: int) -> None:
    chance = np.random.default_rng(seed)
    for _ in range(25):
        counts = random_table(chance)
        assert derivable(counts) == [], counts


def test_the_audit_itself_finds_a_cell_that_can_be_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = hide_table([[50, 50], [50, 50]])
    leaking = type(mask)([[Reason.SMALL, None], [None, None]], mask.rows, mask.columns, mask.total)
    monkeypatch.setitem(derivable.__globals__, "hide_table", lambda counts: leaking)
    assert derivable([[3, 50], [50, 50]]) == [0]


@pytest.mark.parametrize("seed", range(4))
def test_no_small_cell_of_a_table_is_shown_and_no_thin_rest_can_be_subtracted(seed: int) -> None:
    chance = np.random.default_rng(100 + seed)
    for _ in range(50):
        counts = random_table(chance)
        mask = hide_table(counts)
        for row, reasons, margin in zip(counts, mask.cells, mask.rows, strict=True):
            hidden = [n for n, reason in zip(row, reasons, strict=True) if reason is not None]
            assert all(n not in range(1, 10) or reason for n, reason in zip(row, reasons, strict=True))
            assert margin is not None or not hidden or sum(hidden) >= 10


def test_a_filter_holds_all_that_is_hidden_or_none_of_it() -> None:
    mask = hide([3, 50, 12, 60])
    assert [answerable(mask, chosen) for chosen in ([1], [1, 3], [0, 2], [0, 1, 2], [])] == [True] * 5
    assert [answerable(mask, chosen) for chosen in ([0], [2], [0, 1], [1, 2, 3])] == [False] * 4


def test_under_a_hidden_total_no_filter_holds_anything_hidden() -> None:
    mask = hide([40, 3], total_hidden=True)
    assert answerable(mask, [0], total_hidden=True)
    assert not answerable(mask, [0, 1], total_hidden=True)


def test_a_filter_of_a_table_holds_whole_lines_of_what_is_hidden() -> None:
    mask = hide_table([[3, 20, 30], [15, 40, 50], [22, 60, 70]])
    assert answerable_in_table(mask, [2], [0, 1, 2])
    assert answerable_in_table(mask, [0], [0, 1])
    assert answerable_in_table(mask, [0, 1], [1, 2])
    assert answerable_in_table(mask, [0, 1, 2], [0, 1, 2])
    assert answerable_in_table(mask, [], [0])
    assert not answerable_in_table(mask, [0], [0])
    assert not answerable_in_table(mask, [0, 2], [1, 2])


def test_a_line_whose_margin_is_hidden_may_not_be_added_up() -> None:
    mask = hide_table([[3, 2, 0], [40, 50, 60], [30, 20, 10]])
    assert mask.rows[0] is Reason.SMALL
    assert not answerable_in_table(mask, [0], [0, 1, 2])


def test_two_answers_never_differ_by_a_hidden_cell() -> None:
    chance = np.random.default_rng(5)
    assert sum((audit_pair(chance) for _ in range(40)), Audit()).told == 0


def test_the_audit_of_filters_finds_a_pair_that_tells() -> None:
    counts = np.array([[3, 20, 30], [15, 40, 50], [22, 60, 70]])
    asked = np.zeros((4, 4))
    asked[0, 0] = asked[2, 0] = 1
    assert pinned(counts, hide_table(counts.tolist())) == []
    assert pinned(counts, hide_table(counts.tolist()), [asked]) != []


@pytest.mark.parametrize(("hidden", "reduced"), [(5, 30), (30, 30), (5, 5)])
def test_the_threshold_lies_between_its_floor_and_the_reduced_base(hidden: int, reduced: int) -> None:
    assert base(hidden - 1, hidden, reduced) is Base.HIDDEN
    assert base(reduced, hidden, reduced) is Base.FULL


@pytest.mark.parametrize(("hidden", "reduced"), [(4, 30), (31, 30), (-5, 30)])
def test_a_threshold_outside_is_refused(hidden: int, reduced: int) -> None:
    with pytest.raises(ValueError, match="between 5 and"):
        base(40, hidden, reduced)


def test_no_cells_and_empty_cells_hide_nothing() -> None:
    assert (hide([]), hide([0, 0]), hide([0])) == ([], [None, None], [None])


def test_a_negative_count_is_refused_and_zero_is_not() -> None:
    with pytest.raises(ValueError, match="negative"):
        hide([3, -1])
    assert hide([0, 40]) == [None, None]


def test_a_cell_hidden_already_needs_company_under_a_shown_total() -> None:
    assert hide([50, 60, 70], hidden_already=[2]) == [Reason.SECONDARY, None, Reason.DOMINATED]
    assert hide([50, 60, 70], hidden_already=[2], total_hidden=True) == [None, None, Reason.DOMINATED]


def test_a_cell_hidden_already_is_called_so_even_where_it_is_small() -> None:
    assert hide([3, 4, 50], hidden_already=[0]) == [Reason.DOMINATED, Reason.SMALL, Reason.SECONDARY]


def test_ten_answers_are_a_cell_and_a_whole_that_may_be_shown() -> None:
    assert hide([10, 10]) == [None, None]
    assert hide([10]) == [None]
    assert hide([9]) == [Reason.SMALL]


def test_two_small_cells_of_ten_together_need_nobody_else() -> None:
    assert hide([4, 6, 30]) == [Reason.SMALL, Reason.SMALL, None]
    assert hide([4, 5, 30]) == [Reason.SMALL, Reason.SMALL, Reason.SECONDARY]


def test_of_equal_cells_the_first_is_hidden() -> None:
    assert hide([3, 20, 20]) == [Reason.SMALL, Reason.SECONDARY, None]
    assert hide_table([[3, 20, 20], [40, 40, 40]]).cells[0] == [Reason.SMALL, Reason.SECONDARY, None]


def test_a_table_of_large_cells_hides_nothing() -> None:
    mask = hide_table([[10, 20], [30, 40]])
    assert (mask.cells, mask.rows, mask.columns, mask.total) == ([[None] * 2] * 2, [None] * 2, [None] * 2, None)


def test_a_table_under_the_minimum_is_hidden_whole_and_its_empty_cells_are_empty() -> None:
    mask = hide_table([[4, 0], [0, 5]])
    small = Reason.SMALL
    assert (mask.cells, mask.rows, mask.columns) == ([[small, None], [None, small]], [small, small], [small, small])
    assert mask.total is small


def test_a_margin_under_the_minimum_is_hidden_like_a_cell() -> None:
    mask = hide_table([[4, 5], [60, 70]])
    assert mask.rows == [Reason.SMALL, Reason.SECONDARY]
    assert mask.cells[0] == [Reason.SMALL, Reason.SMALL]


def test_a_small_cell_of_a_table_hides_its_rectangle_and_nothing_else() -> None:
    mask = hide_table([[3, 20, 90], [30, 40, 95], [80, 85, 99]])
    assert mask.cells == [
        [Reason.SMALL, Reason.SECONDARY, None],
        [Reason.SECONDARY, Reason.SECONDARY, None],
        [None, None, None],
    ]
    assert (mask.rows, mask.columns, mask.total) == ([None] * 3, [None] * 3, None)


def test_a_line_whose_hidden_cells_are_few_together_hides_one_more() -> None:
    mask = hide_table([[2, 3, 50], [2, 3, 60], [70, 80, 90]])
    assert mask.cells[0] == [Reason.SMALL, Reason.SMALL, Reason.SECONDARY]
    assert mask.cells[1] == [Reason.SMALL, Reason.SMALL, Reason.SECONDARY]
    assert sum(mask.cells[i][0] is not None for i in range(3)) == 3


@pytest.mark.parametrize("table", [[], [[]], [[1, 2], [3]], [[1, -2], [3, 4]], [[20, 20], [20, -1]], [[20], []]])
def test_what_is_no_table_is_refused(table: list[list[int]]) -> None:
    with pytest.raises(ValueError, match=r"table|argument"):
        hide_table(table)


def test_a_filter_holds_none_or_all_of_what_is_hidden() -> None:
    mask = hide([3, 50, 12, 60])
    assert [answerable(mask, chosen) for chosen in ([1, 3], [0, 2], [0, 1, 2], [0, 1], [2])] == [
        *[True, True, True],
        *[False, False],
    ]
    assert not answerable(mask, [0, 2], total_hidden=True)
    assert answerable(mask, [1], total_hidden=True)


def test_a_filter_of_a_table_may_hold_whole_lines_of_what_is_hidden() -> None:
    mask = hide_table([[3, 20, 90], [30, 40, 95], [80, 85, 99]])
    assert answerable_in_table(mask, [0], [0, 1])
    assert answerable_in_table(mask, [2], [0, 1, 2])
    assert answerable_in_table(mask, [0, 1], [0])
    assert not answerable_in_table(mask, [0], [0])
    assert not answerable_in_table(mask, [0], [1, 2])


def test_masks_cannot_be_changed() -> None:
    assert loose(disclosure) == []


@pytest.mark.parametrize("seed", range(2))
def test_an_empty_cell_of_a_table_is_shown_as_empty_and_protects_nobody(seed: int) -> None:
    chance = np.random.default_rng(200 + seed)
    for _ in range(60):
        counts = random_table(chance)
        mask = hide_table(counts)
        empty = [
            reason
            for row, out in zip(counts, mask.cells, strict=True)
            for n, reason in zip(row, out, strict=True)
            if not n
        ]
        assert empty == [None] * len(empty)


def test_a_small_cell_beside_an_empty_one_is_protected_by_another() -> None:
    mask = hide_table([[3, 0, 40], [50, 60, 70], [80, 90, 95]])
    hidden = {(i, j) for i, row in enumerate(mask.cells) for j, reason in enumerate(row) if reason}
    assert hidden == {(0, 0), (0, 2), (1, 0), (1, 2)}


def test_one_answer_alone_is_a_cell_that_may_protect_another() -> None:
    mask = hide_table([[1, 9, 30], [9, 1, 30], [30, 30, 30]])
    hidden = {(i, j) for i, row in enumerate(mask.cells) for j, reason in enumerate(row) if reason}
    assert hidden == {(0, 0), (0, 1), (1, 0), (1, 1)}
