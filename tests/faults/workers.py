"""Real Celery workers in groups of their own, killed without warning and started again."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from trimestrale import env

GROUPS, CHILDREN = 2, 2


class Workers:
    """Two workers of two children each; ``keep`` starts again what is dead."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.groups: list[subprocess.Popen[bytes]] = [self._start(i) for i in range(GROUPS)]

    def keep(self) -> None:
        """Start the groups that are dead."""
        for i, group in enumerate(self.groups):
            if group.poll() is not None:
                self.groups[i] = self._start(i)

    def kill_group(self, draw: random.Random) -> str:
        """One worker with its children and their children, all at once; what was killed, empty when there was none."""
        group = draw.choice(self.groups)
        victims = _family(group.pid)
        if len(victims) < 2:
            return ""
        for victim in victims:
            _kill(victim)
        group.wait()
        return f"group of {len(victims)}"

    def kill_child(self, draw: random.Random) -> str:
        """One child of a worker, or the confined child of a child; what was killed, empty when there was none."""
        victims = [victim for group in self.groups for victim in _family(group.pid)[1:]]
        reading = [victim for victim in victims if _is_reading(victim)]
        chosen = reading if reading and draw.random() < 0.5 else [one for one in victims if one not in reading]
        if not chosen:
            return ""
        victim = draw.choice(chosen)
        _kill(victim)
        return "reading child" if victim in reading else "worker child"

    def stop(self) -> None:
        """Kill everything."""
        for group in self.groups:
            for victim in _family(group.pid):
                _kill(victim)
            group.wait()

    def _start(self, number: int) -> subprocess.Popen[bytes]:
        log = (self.folder / f"worker{number}.log").open("ab")
        command = [sys.executable, "-m", "celery", "-A", "trimestrale", "worker", "--loglevel", "WARNING"]
        name = f"siege{number}-{time.monotonic_ns()}@localhost"
        options = ["--concurrency", str(CHILDREN), "--hostname", name, "--without-mingle", "--without-gossip"]
        with log:
            return subprocess.Popen(
                [*command, *options],
                cwd=env.BASE_DIR,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "C_FORCE_ROOT": "1"},
            )


def _family(pid: int) -> list[psutil.Process]:
    """The process and all that descend from it."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _is_reading(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return "journeys.child" in process.cmdline()
    return False


def _kill(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGKILL)
