"""Changed bytes: a small share of ``python -m tests.journeys.mutations``."""

from pathlib import Path

from tests.journeys import mutations


def test_mutated_files_are_read_or_refused_and_leave_nothing_else(tmp_path: Path) -> None:
    found = mutations.run(20260703, 200, tmp_path)
    assert found.total() == 200
    assert len(found) > 5
