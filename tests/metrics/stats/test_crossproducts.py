"""Exact sums of products."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats.crossproducts import CrossProducts, merged

from .published import case, millionths

tables = st.integers(1, 3).flatmap(
    lambda k: st.lists(st.lists(st.integers(-(10**13), 10**13), min_size=k, max_size=k), min_size=1, max_size=12)
)


def of(rows: list[list[int]]) -> CrossProducts:
    return CrossProducts.of("abc"[: len(rows[0])], np.array(rows, dtype=np.int64))


@given(tables)
def test_the_sums_are_those_of_whole_numbers(rows: list[list[int]]) -> None:
    got, k = of(rows), len(rows[0])
    assert list(got.s) == [sum(row[i] for row in rows) for i in range(k)]
    assert [list(line) for line in got.ss] == [[sum(r[i] * r[j] for r in rows) for j in range(k)] for i in range(k)]


@given(tables, st.integers(0, 12), st.randoms(use_true_random=False))
def test_groups_merge_equal_in_any_order_and_a_fold_leaves(rows: list[list[int]], cut: int, chance: object) -> None:
    parts = [of(part) for part in (rows[:cut], rows[cut:]) if part]
    assert merged(parts) == merged(parts[::-1])
    assert merged(parts).ss == of(rows).ss
    if len(parts) == 2:
        assert (merged(parts) - parts[0]).s == parts[1].s


@given(tables, st.lists(st.integers(0, 3), min_size=12, max_size=12), st.sampled_from([1, 100, 10**3]))
def test_groups_have_the_sums_of_their_rows(rows: list[list[int]], chosen: list[int], scale: int) -> None:
    rows, groups = [[scale * x for x in row] for row in rows], chosen[: len(rows)]
    names = "abc"[: len(rows[0])]
    got = CrossProducts.grouped(names, np.array(rows, dtype=np.int64), np.array(groups))
    parts = {group: [row for row, own in zip(rows, groups, strict=True) if own == group] for group in groups}
    assert got == {group: of(part) for group, part in parts.items()}


def test_a_chunk_boundary_changes_nothing() -> None:
    rows = np.random.default_rng(0).integers(-(10**12), 10**12, size=(40_000, 2))
    got = CrossProducts.of("ab", rows)
    assert list(got.s) == [int(x) for x in rows.sum(axis=0)]
    assert got.ss[0][1] == sum(int(a) * int(b) for a, b in rows)


@pytest.mark.parametrize("name", ["NumAcc2", "NumAcc3", "NumAcc4"])
def test_nothing_cancels_in_the_nist_accuracy_cases(name: str) -> None:
    found = case("t8_nist_numacc")
    base = {"NumAcc2": 1, "NumAcc3": 10**6, "NumAcc4": 10**7}[name]
    values = [f"{base}.2"] + [f"{base}.1", f"{base}.3"] * 500
    got = CrossProducts.of("x", np.array([[millionths(value)] for value in values]))
    assert float(np.sqrt(got.centered()[0, 0] / 1000)) == pytest.approx(0.1, abs=1e-15)
    assert got.means()[0] == pytest.approx(found["expected"][name]["mean"], abs=found["tolerance_abs"])


def test_a_constant_column_is_told_exactly() -> None:
    rows = np.array([[1, 10**12, 7], [2, 10**12, 7], [3, 10**12 + 1, 7]])
    assert CrossProducts.of("abc", rows).constants() == ("c",)


def test_repeated_rows_count_as_often_as_they_repeat() -> None:
    rows = np.array([[1, 2], [3, 4]])
    assert CrossProducts.of("ab", rows, np.array([2, 1])) == of([[1, 2], [1, 2], [3, 4]])


def test_different_columns_do_not_merge() -> None:
    with pytest.raises(ValueError, match="differ"):
        CrossProducts.of("a", np.ones((1, 1), dtype=np.int64)) + CrossProducts.of("b", np.ones((1, 1), dtype=np.int64))


def test_no_case_cannot_be_centered() -> None:
    with pytest.raises(ValueError, match="no complete case"):
        CrossProducts(("a",), 0, [0], [[0]]).centered()


def test_nothing_cannot_be_merged() -> None:
    with pytest.raises(ValueError, match="nothing"):
        merged([])
