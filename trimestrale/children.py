"""The processes of `make run`: how one is kept alive and ended, and how we learn that it is time to stop."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import IO

from trimestrale import env, steps

LOGS = env.path("LOG_DIR", "var/log")
RESTART_AFTER = 1.0
PR_SET_PDEATHSIG = 1


class Child:
    """One process of the product, in a session of its own, so that Ctrl-C reaches only us."""

    def __init__(self, name: str, *arguments: str) -> None:
        self.name = name
        self.arguments = [sys.executable, *arguments]
        self.process: subprocess.Popen[bytes] | None = None
        self.died = 0.0

    def start(self) -> None:
        """Starts it; its words go to LOGS/<name>.log."""
        with self._log() as log:
            self.process = subprocess.Popen(
                self.arguments,
                cwd=env.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    def revive(self) -> None:
        """Starts it again, a second after it was found dead; what it left of its group is killed."""
        if self.process is None or self.process.poll() is None:
            return
        if not self.died:
            self.died = time.monotonic()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            steps.say(f"  {self.name} ended ({self.process.returncode}); starting it again. See {LOGS / self.name}.log")
        elif time.monotonic() - self.died > RESTART_AFTER:
            self.died = 0.0
            self.start()

    def ask_to_stop(self) -> None:
        """SIGTERM to its first process, which ends the others."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Waits until the deadline (monotonic seconds), then kills what is left of its group."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _log(self) -> IO[bytes]:
        LOGS.mkdir(parents=True, exist_ok=True)
        return (LOGS / f"{self.name}.log").open("ab")


def _die_with_parent() -> None:
    """A killed supervisor leaves nobody behind (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Stop:
    """Whether somebody asked us to stop: by a signal, or by a signal to the ``make`` that waits for us."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)
        self.make = os.getppid() if _name(os.getppid()) == "make" else 0

    def wait(self, seconds: float) -> bool:
        """True once asked; False after the seconds."""
        return self.asked.wait(seconds) or bool(self.make and (os.getppid() != self.make or _interrupted(self.make)))

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked.is_set():
            raise SystemExit(f"\nkilled by signal {number} while stopping")
        self.asked.set()


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""


def _interrupted(make: int) -> bool:
    """True when ``make`` alone received SIGINT: it then blocks the signal and waits for us without a word."""
    try:
        lines = Path(f"/proc/{make}/status").read_text().splitlines()
    except OSError:
        return True
    blocked = next((line.split()[1] for line in lines if line.startswith("SigBlk:")), "0")
    return bool(int(blocked, 16) & 1 << (signal.SIGINT - 1))
