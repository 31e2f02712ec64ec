"""`make run` from the outside: it says where it is, revives what dies, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from trimestrale.env import BASE_DIR

REAL_COMPANY = "from company.models import Company; Company.objects.create(name='Prova', slug='prova')"


class Running:
    """The product in folders and on a port of its own, with a real company, so that no demo is generated."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        places = {
            name: str(folder / name.lower()) for name in ("EMBEDDED_DIR", "UPLOADS_DIR", "LAKE_DIR", "STATIC_ROOT")
        }
        self.environment = {
            **os.environ,
            **places,
            "DJANGO_SETTINGS_MODULE": "trimestrale.settings",
            "STATIC_MANIFEST": "1",
            "PORT": str(self.port),
            "LOG_DIR": str(folder / "log"),
            "SWEEPER_HEARTBEAT": str(folder / "sweeper.alive"),
        }

    def manage(self, *arguments: str) -> None:
        """Runs a management command to its end."""
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=BASE_DIR, env=self.environment, check=True)

    def start(self, command: list[str]) -> subprocess.Popen[str]:
        """The supervisor, in a session of its own."""
        return subprocess.Popen(
            command,
            cwd=BASE_DIR,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def processes(self, word: str = "") -> list[int]:
        """Living processes that carry this folder in their environment or arguments, and the word in the latter."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                line = (entry / "cmdline").read_text() if entry.name.isdigit() else ""
                if word in line and str(self.folder) in line + (entry / "environ").read_text(errors="replace"):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def alive(self) -> bool:
        """Whether the web process answers."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1):
                return True
        except OSError:
            return False


def _until(condition: Callable[[], object], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A prepared installation, outside pytest's own temporary folder (see test_embedded)."""
    with tempfile.TemporaryDirectory(prefix="trimestrale-") as folder:
        running = Running(Path(folder))
        running.manage("migrate", "--verbosity", "0")
        running.manage("shell", "--verbosity", "0", "-c", REAL_COMPANY)
        yield running
        assert running.processes() == []


def test_a_signal_stops_all_it_started(running: Running) -> None:
    supervisor = running.start([sys.executable, "-m", "trimestrale.run"])
    _until(running.alive)
    supervisor.send_signal(signal.SIGTERM)
    said, _ = supervisor.communicate(timeout=40)
    assert said.rstrip().endswith("stopped")
    assert running.processes() == []


def test_make_interrupted_alone_stops_it_too(running: Running) -> None:
    make = running.start(["make", "--no-print-directory", "--file", str(_makefile(running.folder))])
    _until(running.alive)
    make.send_signal(signal.SIGINT)
    make.communicate(timeout=40)
    assert running.processes() == []


def _makefile(folder: Path) -> Path:
    file = folder / "Makefile"
    file.write_text(f"run:\n\t@{sys.executable} -m trimestrale.run\n")
    return file


def test_killed_processes_come_back(running: Running) -> None:
    supervisor = running.start([sys.executable, "-m", "trimestrale.run"])
    try:
        for word in ("granian", "celery", "sweep"):
            _kill_and_see_another(running, word)
        _until(running.alive)
    finally:
        supervisor.send_signal(signal.SIGINT)
        said, _ = supervisor.communicate(timeout=40)
    assert f"http://127.0.0.1:{running.port}/" in said


def _kill_and_see_another(running: Running, word: str) -> None:
    _until(lambda: running.processes(word))
    before = set(running.processes(word))
    os.kill(min(before), signal.SIGKILL)
    _until(lambda: set(running.processes(word)) - before)
