"""What a load balancer and an operator ask: is the process alive, and can it serve?"""

import shutil
import time
from typing import Any

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from metrics.models import Verification

FREE_DISK = 0.10
SILENT_SWEEPER = 60
NEEDED = ("database", "migrations", "disk")


@login_not_required
@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; looks at nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 when pages cannot be served; a silent broker or sweeper only degrades: reading goes on, work waits."""
    parts = state()
    needed = {name: parts.pop(name) for name in NEEDED}
    wished = parts
    fit = all(needed.values())
    word = "unready" if not fit else "ready" if all(wished.values()) else "degraded"
    body: dict[str, Any] = {"state": word, **needed, **wished}
    return JsonResponse(body, status=200 if fit else 503)


def state() -> dict[str, bool]:
    """Each part the product needs or wishes for, and whether it is there."""
    return {
        "database": _database(),
        "migrations": _migrated(),
        "disk": free_disk() >= FREE_DISK,
        "broker": _broker(),
        "sweeper": sweeping(),
        "verified": _verified(),
    }


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrated() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def free_disk() -> float:
    """The share of its disk that is free in the fuller of the two file stores."""
    shares = []
    for folder in (settings.UPLOADS_DIR, settings.LAKE_DIR):
        while not folder.exists():
            folder = folder.parent
        usage = shutil.disk_usage(folder)
        shares.append(usage.free / usage.total)
    return min(shares)


def _broker() -> bool:
    try:
        with current_app.connection_for_write(connect_timeout=1) as channel:
            channel.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
    except Exception:  # whatever the transport raises, the answer is the same
        return False
    return True


def _verified() -> bool:
    """False while a company's last verification found something published that is not what its files give."""
    try:
        done = Verification.objects.filter(state=Verification.State.DONE)
        last = done.order_by("company_id", "-at").distinct("company_id")
        return all(last.values_list("identical", flat=True))
    except DatabaseError:
        return False


def sweeping() -> bool:
    """True when the sweeper has shown a sign of life within SILENT_SWEEPER seconds."""
    try:
        return time.time() - settings.SWEEPER_HEARTBEAT.stat().st_mtime < SILENT_SWEEPER
    except OSError:
        return False
