"""`make run`: servers, migrations, demo company, then worker, sweeper and web until Ctrl-C, which stops all of them."""

import ctypes
import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from trimestrale import embedded, env, steps

HOST = env.text("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000)
LOGS = env.path("LOG_DIR", "var/log")
GRACE = 10.0  # seconds a child gets to finish; the ledger takes up again what is cut off
RESTART_AFTER = 1.0
PR_SET_PDEATHSIG = 1


class PortTaken(RuntimeError):
    """Another program listens where the pages should be served; the message says what to do."""


def require_port() -> None:
    """``PortTaken`` when HOST:PORT cannot be had."""
    with socket.socket(socket.AF_INET6 if ":" in HOST else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError as error:
            raise PortTaken(
                f"Port {PORT} of {HOST} is taken ({error.strerror}). Stop the program that holds it, "
                f"or choose another one: make run PORT={PORT + 1}"
            ) from error


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
        """Starts it again, a second after it was found dead."""
        if self.process is None or self.process.poll() is None:
            return
        if not self.died:
            self.died = time.monotonic()
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


def children() -> list[Child]:
    """Worker, sweeper and web."""
    web = ["--interface", "wsgi", "--host", HOST, "--port", str(PORT), "--workers", env.text("WEB_WORKERS", "2")]
    calm = ["--blocking-threads", "1", "--no-ws", "--respawn-failed-workers", "--workers-kill-timeout", "5"]
    quiet = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    return [
        Child("web", "-m", "granian", *web, *calm, "trimestrale.wsgi:application"),
        Child("worker", "-m", "celery", "-A", "trimestrale.celery", "worker", "--concurrency", "2", *quiet),
        Child("sweeper", "manage.py", "sweep"),
    ]


def prepare() -> None:
    """Database, catalogues, static files and demo company as they must be before the first page."""
    with steps.step("Django"):
        import django

        django.setup()
    from django.core.management import call_command

    _migrate(call_command)
    _compile_messages()
    _collect_static(call_command)
    from company.models import Company

    if not Company.objects.exists():
        with steps.step("demo company (generated data)"):
            call_command("demo", verbosity=0)


def _migrate(call_command: Callable[..., object]) -> None:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with steps.step("database tables"):
            call_command("migrate", interactive=False, verbosity=0)


def _compile_messages() -> None:
    from trimestrale import catalogue

    if catalogue.outdated():
        with steps.step("messages"):
            catalogue.compile_all()


def _collect_static(call_command: Callable[..., object]) -> None:
    from django.conf import settings

    stamp = Path(settings.STATIC_ROOT) / ".collected"
    digest = _digest([env.BASE_DIR / "static", env.BASE_DIR / "requirements" / "run.txt"])
    if not stamp.exists() or stamp.read_text() != digest:
        with steps.step("static files"):
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            stamp.write_text(digest)


def _digest(roots: list[Path]) -> str:
    found = [root for root in roots if root.is_file()]
    found += [file for root in roots if root.is_dir() for file in root.rglob("*") if file.is_file()]
    lines = [f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in sorted(found)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def sign_ins() -> list[str]:
    """One line for each demo person: role, address, departments."""
    from company.models import Membership

    people = Membership.objects.filter(company__generated=True, user__is_active=True)
    people = people.select_related("user").prefetch_related("departments").order_by("role", "user__email")
    lines = []
    for person in people[:12]:
        about = ", ".join(department.name for department in person.departments.all())
        lines.append(f"{person.role:<12} {person.user.email}" + (f"  ({about})" if about else ""))
    return lines


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


def answers(seconds: float) -> bool:
    """True as soon as the web process says it is alive; False when it did not within the seconds."""
    host = f"[{HOST}]" if ":" in HOST else HOST
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urlopen(f"http://{host}:{PORT}/healthz", timeout=1):
                return True
        except (URLError, OSError):
            time.sleep(0.05)
    return False


def welcome(began: float) -> None:
    """Where to go and as whom."""
    from django.conf import settings

    steps.say(f"\n  La Trimestrale del Cliente: http://{HOST}:{PORT}/   (ready after {time.monotonic() - began:.1f} s)")
    people = sign_ins()
    if people and settings.DEMO_PASSWORD:
        steps.say(f"  Demo sign-ins, password {settings.DEMO_PASSWORD}")
        for line in people:
            steps.say(f"    {line}")
    steps.say(f"  Logs in {LOGS}. Ctrl-C stops everything.\n")


def supervise(began: float) -> None:
    """Runs the children until somebody asks to stop, then ends them."""
    stop = Stop()
    team = children()
    try:
        for child in team:
            child.start()
        if answers(30):
            welcome(began)
        else:
            steps.say(f"  The web process does not answer; see {LOGS / 'web.log'}")
        while not stop.wait(0.5):
            for child in team:
                child.revive()
    finally:
        steps.say("\n  stopping …")
        for child in team:
            child.ask_to_stop()
        deadline = time.monotonic() + GRACE
        for child in team:
            child.end(deadline)


def main() -> None:
    """The whole of `make run` after the environment is there."""
    began = time.monotonic()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trimestrale.settings")
    os.environ.setdefault("DEVELOPMENT", "1")
    require_port()
    servers = embedded.servers()
    with steps.step("PostgreSQL and Valkey"):
        servers.__enter__()
    try:
        prepare()
        supervise(began)
    finally:
        servers.__exit__(None, None, None)
        steps.say("  stopped")


if __name__ == "__main__":
    try:
        main()
    except (PortTaken, embedded.Unusable) as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nstopped before it was ready")
