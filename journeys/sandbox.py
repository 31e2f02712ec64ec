"""Runs the child that reads a file, watches it, and kills it with its whole group when it takes too long."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from journeys.confinement import Limits
from journeys.orders import Order, Taken

ADDRESS_SPACE = 4 << 30
SMALLEST_FILE_LIMIT = 1 << 30
WALL_SECONDS = 500
BEAT_SECONDS = 1.0
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
Beat = Callable[[str, int, int | None], None]


@dataclass(frozen=True)
class Died(Exception):
    """The child ended without an answer: by a signal (negative), a limit, or an error of ours."""

    code: int
    said: str = ""

    def __str__(self) -> str:
        return f"the reading child ended with {self.code}: {self.said}"


class Late(Exception):
    """The beat says that the work is no longer ours."""


def run(order: Order, beat: Beat) -> Taken:
    """The child's answer; ``Died`` when there is none. ``beat`` is called each second with step, rows and total.

    A ``Late`` from the beat ends the child and is passed on.
    """
    limits = Limits(
        memory=ADDRESS_SPACE,
        file=max(SMALLEST_FILE_LIMIT, 4 * order.file.stat().st_size),
        seconds=WALL_SECONDS * order.threads,
        parent=os.getpid(),
    )
    errors = order.work / "errors.txt"
    with errors.open("wb") as said:
        child = subprocess.Popen(
            [sys.executable, "-m", "journeys.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
            start_new_session=True,
        )
    try:
        _hand_over(child, {**order.as_json(), "limits": asdict(limits)})
        _watch(child, order.work, beat)
    finally:
        _end(child)
    answer = _read(order.work / "answer.json")
    if child.returncode != 0 or answer is None:
        raise Died(child.returncode, errors.read_text(errors="replace")[-2000:])
    return Taken(**{**_storable(answer), "known": order.known})


def _storable(said: Any) -> Any:
    """The answer without the characters that no column of the database holds: what a broken file quotes may have some.

    Nulls and lone halves of a pair become the sign for what cannot be read.
    """
    if isinstance(said, str):
        return _UNSTORABLE.sub("\ufffd", said)
    if isinstance(said, list):
        return [_storable(one) for one in said]
    if isinstance(said, dict):
        return {_storable(name): _storable(one) for name, one in said.items()}
    return said


def _hand_over(child: subprocess.Popen[bytes], order: dict[str, Any]) -> None:
    with suppress(BrokenPipeError):
        assert child.stdin is not None  # noqa: S101
        child.stdin.write(json.dumps(order).encode())
        child.stdin.close()


def _watch(child: subprocess.Popen[bytes], work: Path, beat: Beat) -> None:
    end = time.monotonic() + WALL_SECONDS
    while time.monotonic() < end:
        with suppress(subprocess.TimeoutExpired):
            child.wait(BEAT_SECONDS)
            return
        progress = _read(work / "progress.json") or {"step": "reading", "rows": 0, "total": None}
        beat(progress["step"], progress["rows"], progress["total"])


def _end(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _read(file: Path) -> dict[str, Any] | None:
    try:
        data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return data
