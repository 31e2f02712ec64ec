"""A published page as a department head asks for it: queries, CPU, bytes, many readers, and what a browser sees."""

import contextlib
import os
import statistics
import time
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from tests.bench import dashed, serving, watching
from tests.bench.crowd import read_on
from tests.bench.row import Row

MILLISECONDS, KILOBYTE, MEGABYTE = 1000, 1000, 1_000_000
COLD, READERS, WARMING, SECONDS, ROUNDS = 30, 50, 1, 16, 8
QUERIES, BYTES, RPS, P95, CPU = 8, 120, 600, 120, 60
FIRST, SECOND, TEXT, DRAWN, FULL = 600, 60, 300, 800, 0.55


def measure(folder: Path) -> list[Row]:
    """The front page of the demo company's latest quarter, published, on the server that `make run` starts."""
    load = os.getloadavg()[0]
    client, address = ready(folder)
    rows = _cold(client, address)
    cookies = [{"name": name, "value": one.value, "url": "http://127.0.0.1"} for name, one in client.cookies.items()]
    static = serving.collect(folder / "static")
    with serving.served(static) as (port, server):
        rows += _crowd(client, address, port, server)
        with watching.browser() as chrome:
            rows += _seen(chrome, f"http://127.0.0.1:{port}", address, cookies)
    full = serving.with_full_bundle(static, folder / "full")
    rows += _compared(folder, (static, full), address, cookies)
    return [*rows, Row("page_machine_load", load, os.cpu_count() or 1, load / (os.cpu_count() or 1), 1, "load", "info")]


def ready(folder: Path) -> tuple[Any, str]:
    """A signed-in department head, and the address of the published front page."""
    from django.core.management import call_command
    from django.test import Client
    from django.test.utils import override_settings

    from company.models import Membership, Role, User
    from metrics.models import Edition
    from metrics.publish import Order, publish, review

    with override_settings(DEMO_DIR=folder / "demo", SECRETS_DIR=folder / "secrets"):
        call_command("demo", verbosity=0)
    call_command("refresh", verbosity=0)
    admin = User.objects.filter(membership__role=Role.ADMIN).order_by("pk")[0]
    edition = Edition.objects.order_by("-quarter__year", "-quarter__number")[0]
    review(edition.quarter, admin)
    publish(edition.quarter, admin, Order(edition.digest))
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(Membership.objects.filter(role=Role.HEAD).order_by("pk")[0].user)
    return client, client.get("/").headers["Location"]


def _cold(client: Any, address: str) -> list[Row]:
    """Queries and CPU of this process for a page of which nothing is kept, the median of some; its size as HTML."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from metrics import shown
    from metrics.views import report

    seconds, queries = [], 0
    for _ in range(COLD):
        report._kept.held.clear()
        shown._held.clear()
        began = time.process_time()
        client.get(address)
        seconds.append(time.process_time() - began)
    report._kept.held.clear()
    shown._held.clear()
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    queries, cold = len(asked), _ms(statistics.median(seconds))
    size = len(page.content) / KILOBYTE
    return [
        Row("page_queries", queries, QUERIES, queries / QUERIES, 1, "queries"),
        Row("page_cold_cpu", cold, CPU, cold / CPU, 1, "ms"),
        Row("page_html", size, BYTES, size / BYTES, 1, "kB"),
    ]


def _crowd(client: Any, address: str, port: int, server: psutil.Process) -> list[Row]:
    """Fifty signed-in readers at once on the real server, which shares this machine with them; 200 and 304 in turns."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    head = f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nAccept-Encoding: br\r\n"
    etag = _etag(read_on(port, f"{head}\r\n".encode(), READERS, WARMING)[2])
    asking = {"200": f"{head}\r\n".encode(), "304": f"{head}If-None-Match: {etag}\r\n\r\n".encode()}
    whole, bare = (_size(read_on(port, request, READERS, WARMING)[2]) for request in asking.values())
    rounds = [{name: _round(port, name, request, server) for name, request in asking.items()} for _ in range(ROUNDS)]
    rate, again = (statistics.median(one[name].rate for one in rounds) for name in asking)
    late = _ms(statistics.quantiles([taken for one in rounds for taken in one["200"].times], n=20)[18])
    spent = statistics.median(one["200"].cpu for one in rounds)
    alone, alone_again = (statistics.median(one[name].alone for one in rounds) for name in asking)
    faster = statistics.median(one["304"].rate / one["200"].rate for one in rounds)
    sooner = statistics.median(one["304"].alone / one["200"].alone for one in rounds)
    cheaper = statistics.median(one["304"].cpu / one["200"].cpu for one in rounds)
    return [
        Row("page_warm_rps", rate, RPS, rate / RPS, 1, "1/s", "at_least"),
        Row("page_warm_p95", late, P95, late / P95, 1, "ms"),
        Row("page_warm_cpu", _ms(spent), _ms(2 / RPS), spent * RPS / 2, 1, "ms"),
        Row("page_warm_p50", _ms(alone), P95, _ms(alone) / P95, 1, "ms", "info"),
        Row("page_304_rps", again, rate, faster, 1, "1/s", "at_least"),
        Row("page_304_p50", _ms(alone_again), _ms(alone), sooner, 1, "ms"),
        Row("page_304_cpu", _ms(statistics.median(one["304"].cpu for one in rounds)), _ms(spent), cheaper, 1, "ms"),
        Row("page_304_bytes", bare, whole, bare / whole, 1, "B"),
    ]


class Round(NamedTuple):
    """Some seconds of fifty readers, then of one alone; the CPU is the server's, an answer, in seconds."""

    rate: float
    times: list[float]
    cpu: float
    alone: float


def _round(port: int, status: str, request: bytes, server: psutil.Process) -> Round:
    before = serving.cpu(server)
    times, lasted, answer = read_on(port, request, READERS, SECONDS / ROUNDS)
    spent = (serving.cpu(server) - before) / len(times)
    if f" {status} ".encode() not in answer.split(b"\r\n")[0]:
        raise AssertionError(f"not the answer that is measured: {answer[:80]!r}")
    return Round(len(times) / lasted, times, spent, statistics.median(read_on(port, request, 1, WARMING)[0]))


def _seen(chrome: Any, host: str, address: str, cookies: list[Any]) -> list[Row]:
    """The front page in a new browser, then what its neighbours and itself need; and the page of eight charts."""
    seen = watching.first_views(chrome, host + address, cookies, 1)
    places = (address, f"{address}impatto/", f"{address}ponte/", address)
    again = watching.second_view(chrome, tuple(host + place for place in places), cookies) / KILOBYTE
    received = seen.received / KILOBYTE
    return [
        Row("page_first_view", received, FIRST, received / FIRST, 1, "kB"),
        Row("page_second_view", again, SECOND, again / SECOND, 1, "kB"),
        Row("page_text_ms", seen.text, TEXT, seen.text / TEXT, 1, "ms"),
    ]


def _compared(folder: Path, statics: tuple[Path, Path], address: str, cookies: list[Any]) -> list[Row]:
    """The same eight charts on our page, on our page with the full bundle, and on a Dash page."""
    eight = f"/otto/{address.strip('/').rpartition('/')[2]}/"
    with contextlib.ExitStack() as running:
        ports = [running.enter_context(serving.served(static))[0] for static in statics]
        dash = running.enter_context(dashed.served(folder, _figures(cookies, address), serving.free_port()))
        with watching.browser() as chrome:
            places = [f"http://127.0.0.1:{port}{eight}" for port in ports]
            ours, full, theirs = (watching.first_views(chrome, place, cookies, 8) for place in [*places, dash])
    drawn = max(0.0, ours.last - ours.loaded)
    return [
        Row("page_charts_ms", drawn, DRAWN, drawn / DRAWN, 1, "ms"),
        _ratio("page_vs_full", ours.received, full.received, FULL),
        _ratio("page_vs_full_drawn", ours.last, full.last, 1, "ms"),
        _ratio("page_vs_dash", ours.received, theirs.received, 1),
        _ratio("page_vs_dash_first", ours.first, theirs.first, 1, "ms"),
        _ratio("page_vs_dash_drawn", ours.last, theirs.last, 1, "ms"),
    ]


def _ratio(name: str, ours: float, theirs: float, bar: float, unit: str = "kB") -> Row:
    by = KILOBYTE if unit == "kB" else 1
    return Row(name, ours / by, theirs / by, ours / theirs, bar, unit)


def _figures(cookies: list[Any], address: str) -> list[tuple[str, dict[str, Any]]]:
    """The headings and whole figures of the page of eight charts."""
    from company.models import Membership, Role
    from metrics import leaves
    from metrics.figures import base
    from metrics.shown import ask_for, read
    from tests.bench.urls import charts, chosen

    code = address.strip("/").rpartition("/")[2]
    head = Membership.objects.filter(role=Role.HEAD).order_by("pk")[0]
    shown = leaves.neutral(read(ask_for(head, code)))
    house: Any = base(",.")["layout"]
    found = [chart for leaf in chosen(shown) for chart in charts(shown, leaf)]
    figures = [(chart.heading, chart.figure) for chart in found if chart.figure]
    return [(heading, {"data": one["data"], "layout": _layout(house, one["layout"])}) for heading, one in figures]


def _layout(house: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The house's layout under the figure's own, as the page's script lays them together."""
    axes = {axis: {**house[axis], **own.get(axis, {})} for axis in ("xaxis", "yaxis")}
    return {**house, **own, **axes}


def _etag(head: bytes) -> str:
    _before, _name, after = head.lower().partition(b"etag: ")
    return after.split(b"\r\n")[0].decode()


def _size(head: bytes) -> int:
    """Bytes of the answer on the wire, of which this is the head."""
    _before, found, after = head.lower().partition(b"content-length: ")
    return len(head) + len(b"\r\n\r\n") + (int(after.split(b"\r\n")[0]) if found else 0)


def _ms(seconds: float) -> float:
    return seconds * MILLISECONDS
