"""/metrics: what an alarm is set on, as Prometheus reads it; only for who has the token, and nothing personal."""

import hmac
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError
from django.db.models import Count, Min, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from company.models import AuditHead, Invitation
from journeys.models import Job, Quarter, Upload
from metrics.models import Verification
from metrics.paperwork import Letter, Paper
from metrics.trials import Trial
from trimestrale import health, latencies

TEXT = "text/plain; version=0.0.4; charset=utf-8"
REFUSALS = (400, 403, 404, 409, 413, 422, 429, 500, 503)
Sample = tuple[str, str, dict[str, str], float]  # name, help, labels, value


class Refusals:
    """Counts answers that refuse or fail, in the cache all web processes share; the others cost nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code in REFUSALS:
            _count(response.status_code)
        return response


@login_not_required
@never_cache
@require_safe
def gauges(request: HttpRequest) -> HttpResponse:
    """200 with the token in the header; 404 without, and where no token is set."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404
    lines: list[str] = []
    named: set[str] = set()
    for name, words, labels, value in _samples():
        family, kind = _family(name)
        if family not in named:
            lines += [f"# HELP trimestrale_{family} {words}", f"# TYPE trimestrale_{family} {kind}"]
            named.add(family)
        inside = ",".join(f'{key}="{text}"' for key, text in labels.items())
        lines.append(f"trimestrale_{name}{{{inside}}} {value:.10g}" if inside else f"trimestrale_{name} {value:.10g}")
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT, status=HTTPStatus.OK)


def _family(name: str) -> tuple[str, str]:
    """What a line belongs to, and of which kind that is."""
    if name.startswith(latencies.NAME):
        return latencies.NAME, "histogram"
    return name, "counter" if name.endswith("_total") else "gauge"


def _samples() -> Iterator[Sample]:
    yield from _machine()
    try:
        yield from _work()
    except DatabaseError:  # the machine's own lines say so
        return


def _machine() -> Iterator[Sample]:
    for name, well in health.state().items():
        yield "up", "1 where the part answers or holds", {"part": name}, float(well)
    yield "disk_free_ratio", "of the fuller of the stores", {}, health.free_disk()
    for name, file in (("sweeper", settings.SWEEPER_HEARTBEAT), ("backup", settings.BACKUP_HEARTBEAT)):
        try:
            age = time.time() - file.stat().st_mtime
        except OSError:
            continue
        yield f"{name}_age_seconds", "since its last sign of life", {}, age
    for status in REFUSALS:
        count = _counted(status)
        if count:
            yield "answers_total", "answers that refuse or fail", {"status": str(status)}, count
    yield from latencies.lines()


def _work() -> Iterator[Sample]:
    now = timezone.now()
    for name, words, rows in (
        ("jobs", "files being worked on, by state", Job.objects.all()),
        ("uploads", "files that arrived, by state", Upload.objects.all()),
        ("papers", "PDFs asked for, by state", Paper.objects.all()),
        ("trials", "pairs of result and outcome asked for, by state", Trial.objects.all()),
    ):
        for state, count in _by(rows, "state"):
            yield name, words, {"state": state}, count
    for code, count in _by(Job.objects.exclude(error=""), "error"):
        yield "jobs_failed", "files whose work failed, by code", {"code": code}, count
    waiting = Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).aggregate(first=Min("created"))
    oldest = (now - waiting["first"]).total_seconds() if waiting["first"] else 0.0
    yield "jobs_oldest_seconds", "age of the oldest file still worked on", {}, oldest
    yield "quarters_stale", "quarters whose figures are behind their facts", {}, Quarter.objects.stale().count()
    letters = Letter.objects.filter(sent=None).count() + Invitation.objects.filter(sent=None).count()
    yield "letters_waiting", "letters that have not left", {}, letters
    yield "audit_entries", "entries of the audit log", {}, sum(AuditHead.objects.values_list("sequence", flat=True))
    last = Verification.objects.filter(state="done").order_by("company_id", "-at").distinct("company_id")
    for row in last.select_related("company"):
        labels = {"company": row.company.slug}
        yield "verification_identical", "1 where the last run found nothing", labels, float(bool(row.identical))
    for row in last:
        if row.finished:
            yield "verification_age_seconds", "since the last run", {}, (now - row.finished).total_seconds()
            break


def _by(rows: QuerySet[Any], field: str) -> list[tuple[str, int]]:
    return list(rows.order_by(field).values_list(field).annotate(count=Count("pk")))


def _count(status: int) -> None:
    try:
        cache.add(f"answers-{status}", 0, None)
        cache.incr(f"answers-{status}")
    except Exception:  # counting must never make an answer worse
        return


def _counted(status: int) -> int:
    try:
        return int(cache.get(f"answers-{status}") or 0)
    except Exception:
        return 0
