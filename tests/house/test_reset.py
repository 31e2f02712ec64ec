"""`make reset`, in a process and a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

from trimestrale.env import BASE_DIR


def reset(place: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """What the command does to a folder with an upload in it."""
    (place / "uploads").mkdir(parents=True)
    (place / "uploads" / "original").write_text("a")
    plain = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "LAKE_DIR"}}
    where = {"EMBEDDED_DIR": str(place), "UPLOADS_DIR": str(place / "uploads"), "LAKE_DIR": str(place / "lake")}
    command = [sys.executable, "-m", "trimestrale.reset"]
    return subprocess.run(
        command, cwd=BASE_DIR, env={**plain, **where, **given}, capture_output=True, text=True, check=False
    )


def test_it_removes_the_embedded_data(tmp_path: Path) -> None:
    assert reset(tmp_path / "var").returncode == 0
    assert not (tmp_path / "var").exists()


def test_it_leaves_the_files_of_a_database_it_does_not_empty(tmp_path: Path) -> None:
    done = reset(tmp_path / "var", DATABASE_URL="postgresql://a:b@db.invalid/trimestrale")
    assert done.returncode != 0
    assert "DATABASE_URL is set" in done.stderr
    assert (tmp_path / "var" / "uploads" / "original").exists()
