"""`make run`: servers, migrations, demo company, then worker, sweeper and web until Ctrl-C, which stops all of them."""

import contextlib
import hashlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from trimestrale import embedded, env, steps
from trimestrale.children import LOGS, Child, Stop
from trimestrale.processes import ADDRESS, ALL, HOST, PORT

COLLECTED = env.path("STATIC_ROOT", "staticfiles") / ".collected"
PATIENCE = 60.0  # seconds until the first page
GRACE = 10.0  # seconds a child gets to finish; the ledger takes up again what is cut off


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


def prepare() -> None:
    """Database, catalogues, static files and demo company as they must be before the first page."""
    with steps.step("Django"):
        import django

        django.setup()
    from django.core.management import call_command

    _migrate(call_command)
    _compile_messages()
    _collect_static(call_command)
    _demo()


def _demo() -> None:
    """The demo company, complete and with its figures, unless the installation has a real one."""
    from django.conf import settings

    from company.models import Company
    from demo.history import whole

    companies = list(Company.objects.all())
    if not all(company.generated for company in companies):
        return
    if not companies or not all(whole(company, settings.DEMO_DIR) for company in companies):
        steps.command("demo company (generated data)", [sys.executable, "manage.py", "demo"], env.BASE_DIR)
        steps.command("its figures", [sys.executable, "manage.py", "refresh"], env.BASE_DIR)


def _migrate(call_command: Callable[..., object]) -> None:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with steps.step("database tables"):
            call_command("migrate", interactive=False, verbosity=0)


def _compile_messages() -> None:
    from trimestrale import catalogue

    if catalogue.outdated():
        with steps.step("messages"):
            catalogue.compile_all()


def _static_digest() -> str:
    return _digest([env.BASE_DIR / "static", env.BASE_DIR / "requirements" / "run.txt"])


def static_collected() -> bool:
    """True when the files to serve are the ones of the checkout."""
    return COLLECTED.exists() and COLLECTED.read_text() == _static_digest()


def _collect_static(call_command: Callable[..., object]) -> None:
    if not static_collected():
        with steps.step("static files"):
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            COLLECTED.write_text(_static_digest())


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


def answers() -> bool:
    """Whether the web process says it is alive."""
    try:
        with urlopen(f"{ADDRESS}/healthz", timeout=0.3):  # noqa: S310  # always http
            return True
    except (URLError, OSError):
        return False


def welcome(began: float) -> None:
    """Where to go and as whom."""
    from django.conf import settings

    steps.say(f"\n  La Trimestrale del Cliente: {ADDRESS}/   (ready after {time.monotonic() - began:.1f} s)")
    people = sign_ins()
    if people and settings.DEMO_PASSWORD:
        steps.say(f"  Demo sign-ins, password {settings.DEMO_PASSWORD}")
        for line in people:
            steps.say(f"    {line}")
    steps.say(f"  Logs in {LOGS}. Ctrl-C stops everything.\n")


def supervise(team: list[Child], began: float) -> None:
    """Keeps the children alive until somebody asks to stop.

    The pages start first and the others once they answer: they would only make the reader wait.
    """
    stop = Stop()
    web, *others = team
    impatient = time.monotonic() + PATIENCE
    if web.process is None:
        web.start()
    while not stop.wait(0.05 if others else 0.5):
        for child in team:
            child.revive()
        if others and ((ready := answers()) or time.monotonic() > impatient):
            for child in others:
                child.start()
            others = []
            welcome(began) if ready else steps.say(f"  No page after {PATIENCE:.0f} s; see {LOGS / 'web.log'}")


def end(team: list[Child]) -> None:
    """Asks every child to stop, waits, and kills what is left."""
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
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    team = [Child(name, *arguments) for name, arguments in ALL.items()]
    with contextlib.ExitStack() as held:
        held.callback(steps.say, "  stopped")
        with steps.step("PostgreSQL and Valkey"):
            held.enter_context(embedded.servers())
        held.callback(end, team)
        if static_collected():  # then the web process may load beside us: it reads nothing else before it is asked
            team[0].start()
        prepare()
        supervise(team, began)


if __name__ == "__main__":
    try:
        main()
    except (PortTaken, embedded.Unusable, steps.Failed) as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nstopped before it was ready")
