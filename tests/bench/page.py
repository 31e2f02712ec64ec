"""A report page as a department head asks for it: queries, time, bytes, and what a second look costs."""

import statistics
import time
from pathlib import Path
from typing import Any

from tests.bench.row import Row

TIMES, MILLISECONDS = 200, 1000


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
    client = Client()
    client.force_login(Membership.objects.filter(role=Role.HEAD).order_by("pk")[0].user)
    address = client.get("/").headers["Location"]
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    seconds = _times(client, address, {})
    again = {"If-None-Match": page.headers["ETag"]}
    second = client.get(address, headers=again)
    unchanged = _times(client, address, again)
    p50, p95 = (_ms(statistics.quantiles(seconds, n=20)[place]) for place in (9, 18))
    return [
        Row("page_queries", len(queries), 8, len(queries) / 8, 1, "queries"),
        Row("page_p50", p50, 120, p50 / 120, 1, "ms", "info"),
        Row("page_p95", p95, 120, p95 / 120, 1, "ms"),
        Row("page_bytes", len(page.content), 120_000, len(page.content) / 120_000, 1, "bytes"),
        Row("page_304", second.status_code, 304, second.status_code / 304, 1, "status"),
        Row("page_304_p50", _ms(statistics.median(unchanged)), p50, _ms(statistics.median(unchanged)) / p50, 1, "ms"),
    ]


def _times(client: Any, address: str, headers: dict[str, str]) -> list[float]:
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        client.get(address, headers=headers)
        found.append(time.perf_counter() - began)
    return found


def _ms(seconds: float) -> float:
    return seconds * MILLISECONDS
