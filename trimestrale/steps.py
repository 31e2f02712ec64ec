"""Progress lines of `make run` and `make test`: what is being done, and how many seconds it took."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

LIVE = sys.stdout.isatty()
BEAT = 0.5 if LIVE else 10.0


class Failed(RuntimeError):
    """A step that could not be done; the message ends with what the command said."""


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Prints the name, and the seconds once it is done."""
    began = time.monotonic()
    say(f"  {name} …", end="" if LIVE else "\n")
    yield
    say(
        f"\r  {name}: {time.monotonic() - began:.1f} s\033[K" if LIVE else f"  {name}: {time.monotonic() - began:.1f} s"
    )


def command(name: str, arguments: Sequence[str], folder: Path | None = None) -> None:
    """Runs a program to its end, showing that time passes; ``Failed`` with its words when it fails."""
    began = time.monotonic()
    with step(name):
        process = subprocess.Popen(
            arguments, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        while True:
            try:
                said, _ = process.communicate(timeout=BEAT)
                break
            except KeyboardInterrupt:
                process.terminate()
                raise
            except subprocess.TimeoutExpired:
                seconds = time.monotonic() - began
                say(
                    f"\r  {name} … {seconds:.0f} s" if LIVE else f"  {name} … {seconds:.0f} s", end="" if LIVE else "\n"
                )
    if process.returncode:
        raise Failed(f"{name} failed:\n{said.strip()}")


def _show(text: str, *, done: bool = False) -> None:
    """A line of its own, or on a terminal the same line again until it is done."""
    say(f"\r{text}\033[K" if LIVE else text, end="" if LIVE and not done else "\n")


def say(text: str, end: str = "\n") -> None:
    """Writes to standard output at once."""
    sys.stdout.write(text + end)
    sys.stdout.flush()
