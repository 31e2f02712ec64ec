"""The files of the checkout that are ours: what git would commit."""

import subprocess
from functools import cache
from pathlib import Path

from trimestrale.env import BASE_DIR


@cache
def tracked() -> tuple[Path, ...]:
    """Every file under version control or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for line in listed.stdout.splitlines() if (path := BASE_DIR / line).is_file())


def python() -> list[Path]:
    """Our modules, without migrations."""
    return [file for file in tracked() if file.suffix == ".py" and "migrations" not in file.parts]


def templates() -> list[Path]:
    """Our templates."""
    return [file for file in tracked() if file.suffix == ".html" and "templates" in file.parts]


def name(file: Path) -> str:
    """The file as a reader of a message knows it."""
    return str(file.relative_to(BASE_DIR))
