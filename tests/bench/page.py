"""A report page as a department head asks for it: queries, time, bytes, and what a second look or a crowd costs."""

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.bench.crowd import read_on
from tests.bench.row import Row

TIMES, MILLISECONDS = 200, 1000
COLD, READERS, WARMING, SECONDS = 30, 50, 2, 8
RPS, P95, CPU = 600, 120, 60


def measure(folder: Path) -> list[Row]:
    """The front page of the demo company's latest quarter, through the whole of Django, in this process."""
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext, override_settings

    from company.models import Membership, Role

    with override_settings(DEMO_DIR=folder / "demo", SECRETS_DIR=folder / "secrets"):
        call_command("demo", verbosity=0)
    call_command("refresh", verbosity=0)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(Membership.objects.filter(role=Role.HEAD).order_by("pk")[0].user)
    address = client.get("/").headers["Location"]
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    seconds = _times(client, address, {})
    again = {"If-None-Match": page.headers["ETag"]}
    second = client.get(address, headers=again)
    unchanged = _times(client, address, again)
    cold = _cold(client, address)
    crowd = _crowd(client, address, page.headers["ETag"])
    p50, p95 = (_ms(statistics.quantiles(seconds, n=20)[place]) for place in (9, 18))
    return [
        Row("page_queries", len(queries), 8, len(queries) / 8, 1, "queries"),
        Row("page_p50", p50, 120, p50 / 120, 1, "ms", "info"),
        Row("page_p95", p95, 120, p95 / 120, 1, "ms"),
        Row("page_bytes", len(page.content), 120_000, len(page.content) / 120_000, 1, "bytes"),
        Row("page_304", second.status_code, 304, second.status_code / 304, 1, "status"),
        Row("page_304_p50", _ms(statistics.median(unchanged)), p50, _ms(statistics.median(unchanged)) / p50, 1, "ms"),
        Row("page_cold_cpu", cold, CPU, cold / CPU, 1, "ms"),
        *crowd,
    ]


def _cold(client: Any, address: str) -> float:
    """CPU of this process for a page of which nothing is kept, the median of some."""
    from metrics import shown
    from metrics.views import report

    found = []
    for _ in range(COLD):
        report._kept.held.clear()
        shown._held.clear()
        began = time.process_time()
        client.get(address)
        found.append(time.process_time() - began)
    return _ms(statistics.median(found))


def _crowd(client: Any, address: str, etag: str) -> list[Row]:
    """Fifty signed-in readers at once on the real server, which shares this machine with them."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    head = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nAccept-Encoding: br\r\n"
    with server() as port:
        found = {}
        for name, more in (("warm", ""), ("304", f"If-None-Match: {etag}\r\n")):
            request = f"{head}{more}\r\n".encode()
            read_on(port, request, READERS, WARMING)
            times, lasted, answer = read_on(port, request, READERS, SECONDS)
            if (b" 304 " if more else b" 200 ") not in answer.split(b"\r\n")[0]:
                raise AssertionError(f"not the answer that is measured: {answer[:80]!r}")
            found[name] = len(times) / lasted, _ms(statistics.quantiles(times, n=20)[18])
    warm, late, again = found["warm"][0], found["warm"][1], found["304"][0]
    return [
        Row("page_warm_rps", warm, RPS, warm / RPS, 1, "1/s", "at_least"),
        Row("page_warm_p95", late, P95, late / P95, 1, "ms"),
        Row("page_304_rps", again, warm, again / warm, 1, "1/s", "at_least"),
    ]


@contextlib.contextmanager
def server() -> Iterator[int]:
    """The product served on the bench's database; its port."""
    arguments, port = command()
    with subprocess.Popen([sys.executable, *arguments]) as running:
        try:
            wait(port)
            yield port
        finally:
            running.terminate()
            running.wait()
            alone()


def command() -> tuple[list[str], int]:
    """What serves the product on the bench's database, and at which port."""
    from django.db import connection

    from trimestrale.processes import WEB

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    arguments = [*WEB[:-1], "tests.bench.wsgi:application"]
    arguments[arguments.index("--port") + 1] = str(port)
    os.environ["BENCH_DATABASE"] = str(connection.settings_dict["NAME"])
    return arguments, port


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


def wait(port: int) -> None:
    """Until the server answers."""
    for _ in range(300):
        with contextlib.suppress(OSError), urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def _times(client: Any, address: str, headers: dict[str, str]) -> list[float]:
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        client.get(address, headers=headers)
        found.append(time.perf_counter() - began)
    return found


def _ms(seconds: float) -> float:
    return seconds * MILLISECONDS
