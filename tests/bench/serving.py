"""The product on a port of its own, as `make run` serves it, with the files that `collectstatic` collects."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import brotli
import psutil

BUNDLE = "plotly-basic.min"


def collect(folder: Path) -> Path:
    """The static files with hashed names and compressed, in the folder."""
    environment = {**os.environ, "STATIC_ROOT": str(folder), "STATIC_MANIFEST": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "trimestrale.settings"
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(command, env=environment, check=True)
    return folder


def with_full_bundle(collected: Path, folder: Path) -> Path:
    """The same files, the full plotly.js of the plotly package in the place of the basic bundle."""
    import plotly

    full = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()
    shutil.copytree(collected, folder)
    for file in (folder / "vendor").glob(f"{BUNDLE}*"):
        if file.suffix == ".js":
            file.write_bytes(full)
            file.with_name(f"{file.name}.br").write_bytes(brotli.compress(full))
        elif file.suffix == ".gz":
            file.unlink()
    return folder


@contextlib.contextmanager
def served(static: Path | None = None) -> Iterator[tuple[int, psutil.Process]]:
    """The product on the bench's database, with the collected files where there are some; its port and its process."""
    arguments, port = command()
    environment = {**os.environ} | ({"STATIC_ROOT": str(static), "STATIC_MANIFEST": "1"} if static else {})
    with subprocess.Popen([sys.executable, *arguments], env=environment) as running:
        try:
            wait(f"http://127.0.0.1:{port}/healthz")
            yield port, psutil.Process(running.pid)
        finally:
            running.terminate()
            running.wait()
            alone()


def command() -> tuple[list[str], int]:
    """What serves the product on the bench's database, and at which port."""
    from django.db import connection

    from trimestrale.processes import WEB

    port = free_port()
    arguments = [*WEB[:-1], "tests.bench.wsgi:application"]
    arguments[arguments.index("--port") + 1] = str(port)
    os.environ["BENCH_DATABASE"] = str(connection.settings_dict["NAME"])
    return arguments, port


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait(address: str) -> None:
    """Until the address answers; AssertionError when it never does."""
    for _ in range(300):
        with contextlib.suppress(OSError), urlopen(address, timeout=5):  # noqa: S310  # ours
            return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def cpu(server: psutil.Process) -> float:
    """Seconds of CPU the server's processes and their database's have used so far."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        backends = [psutil.Process(pid) for (pid,) in cursor.fetchall()]
    times = [one.cpu_times() for one in (server, *server.children(recursive=True), *backends)]
    return float(sum(one.user + one.system for one in times))


def alone() -> None:
    """Until the server's last worker has let go of the database, which could not be dropped before."""
    from django.db import connection

    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(others)
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.1)
