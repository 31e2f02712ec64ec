"""Files that survive a crash: written aside, flushed, renamed, and their folder flushed too."""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

ORPHAN_SECONDS = 24 * 3600


def place_of(folder: Path, digest: str) -> Path:
    """Where the part with this hash lies."""
    return folder / digest[:2] / f"{digest}.parquet"


def keep(file: Path, folder: Path) -> tuple[str, int]:
    """Give a finished file its lasting name: flushed to disk before and after the renaming. Its hash and size."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
        digest, size = hashlib.file_digest(opened, "sha256").hexdigest(), opened.seek(0, os.SEEK_END)
    target = place_of(folder, digest)
    if not target.parent.is_dir():
        target.parent.mkdir(parents=True, exist_ok=True)
        flush_folder(folder)
    file.replace(target)
    flush_folder(target.parent)
    return digest, size


def flush_folder(folder: Path) -> None:
    """Make the names in a folder survive a crash."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def orphans(folder: Path, pattern: str, now: datetime) -> Iterator[Path]:
    """Files and folders that nobody touched in the day before: the candidates for removal."""
    limit = now.timestamp() - ORPHAN_SECONDS
    for file in sorted(folder.glob(pattern)):
        with contextlib.suppress(FileNotFoundError):
            if file.stat().st_mtime < limit:
                yield file


def flush_file(file: Path) -> None:
    """Make a file's bytes survive a crash."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
