"""The ledger of work: rows of PostgreSQL are the record, the broker only rings the bell (reliability, 4.2).

A job is claimed in a transaction of its own, so that a crash counts as an attempt; worked on outside any; and finished
in one transaction that checks the claim is still ours. A twin that comes late finds nothing to do.

A file on which the confined child died three times is set aside. A worker that falls silent is no fault of the file:
its job is taken over, ten times at most, so that a file which kills its worker cannot do so for ever.
"""

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from company.audit import record
from journeys import drafting, ingest, sandbox
from journeys.bell import dispatch, queue_length
from journeys.models import Job, Upload
from journeys.orders import Order, Taken
from journeys.reading.problems import Problem

DEATHS = 3
ATTEMPTS = 10
LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
PAUSES = (timedelta(seconds=10), timedelta(minutes=1))
UNHEARD = timedelta(seconds=10)
RING_AGAIN = timedelta(seconds=30)
SHORT_QUEUE = 50
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Claim:
    """Our right to work on a job, until somebody else gets it."""

    job_id: int
    token: UUID

    def beat(self, step: str, rows: int, total: int | None) -> None:
        """Prolong the lease and say how far we are; ``sandbox.Late`` when the job is no longer ours."""
        changes = {"step": step, "rows_done": rows, "rows_total": total, "lease_until": timezone.now() + LEASE}
        if not Job.objects.filter(pk=self.job_id, lease_token=self.token, state=Job.State.RUNNING).update(**changes):
            raise sandbox.Late

    def lock(self) -> Job | None:
        """The job's row, locked until the transaction ends; None when it is no longer ours."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '60s'")
        job = Job.objects.select_for_update().get(pk=self.job_id)
        return job if job.lease_token == self.token and job.state == Job.State.RUNNING else None


def run(job_id: int) -> Job:
    """Do the job if it is there to be done; the job as it stands afterwards. Running it twice does it once."""
    claim = _claim(job_id)
    if claim:
        _do(claim)
    return Job.objects.get(pk=job_id)


def sweep(now: datetime) -> int:
    """Ring again for jobs nobody heard of or whose worker fell silent, while the queue is short; their number."""
    silent = Q(state=Job.State.RUNNING, lease_until__lt=now)
    unheard = Q(state=Job.State.QUEUED, created__lt=now - UNHEARD)
    due = Q(not_before__isnull=True) | Q(not_before__lte=now)
    waiting = list(Job.objects.filter(silent | unheard, due).order_by("created").values_list("pk", flat=True)[:200])
    length = queue_length() if waiting else 0
    if not waiting or length is None or length > SHORT_QUEUE:
        return 0
    rung = 0
    for job_id in waiting:
        if not dispatch(job_id):
            break
        Job.objects.filter(pk=job_id).exclude(state=Job.State.DONE).update(not_before=now + RING_AGAIN)
        rung += 1
    return rung


def _claim(job_id: int) -> Claim | None:
    """Ours, committed at once; None when it is done or in other hands. Beyond ten attempts it is quarantined."""
    now = timezone.now()
    free = Job.objects.filter(Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now), pk=job_id)
    claim = Claim(job_id, uuid4())
    if free.filter(attempts__lt=ATTEMPTS).update(
        state=Job.State.RUNNING,
        attempts=F("attempts") + 1,
        lease_token=claim.token,
        lease_until=now + LEASE,
        not_before=None,
        error="",
    ):
        return claim
    with transaction.atomic():
        for job in free.filter(attempts__gte=ATTEMPTS).select_for_update():
            _quarantine(job, job.error or "worker_died")
    return None


def _do(claim: Claim) -> None:
    upload = Upload.objects.select_related("company", "source__department").get(job=claim.job_id)
    work = Path(settings.LAKE_DIR) / "work" / str(claim.token)
    work.mkdir(parents=True)
    try:
        prepared = ingest.prepare(upload, work)
        taken = sandbox.run(prepared, claim.beat) if isinstance(prepared, Order) else prepared
        _settle(claim, partial(_finish, taken=taken))
    except ingest.Moved:
        _settle(claim, _again)
    except sandbox.Late:
        logger.info("job %s went on in other hands", claim.job_id)
    except (sandbox.Died, OSError) as error:
        logger.warning("job %s: %s", claim.job_id, error)
        code = f"child_died_{error.code}" if isinstance(error, sandbox.Died) else f"system_error_{error.errno}"
        _settle(claim, partial(_put_back, code=code))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _settle(claim: Claim, settle: Callable[[Job], None]) -> None:
    """Let the function end the job's turn in one transaction, unless the job is no longer ours."""
    with transaction.atomic():
        job = claim.lock()
        if job:
            settle(job)


def _finish(job: Job, taken: Taken) -> None:
    upload = Upload.objects.select_for_update(of=("self",)).select_related("company").get(pk=job.upload_id)
    prepared = upload.state == Upload.State.DRAFT and not ingest.forbidden(taken.problems)
    if prepared:
        drafting.note(upload, taken)
    accepted = not prepared and ingest.conclude(upload, taken)
    job.step = Job.Step.FIGURES if accepted else Job.Step.CHECKING
    job.state, job.rows_done, job.rows_total = Job.State.DONE, taken.rows_in, taken.rows_in
    job.finished, job.lease_token, job.lease_until = timezone.now(), None, None
    job.save()


def _again(job: Job) -> None:
    """The source's other facts changed while the file was read: read it once more, beside the facts of now."""
    job.state, job.lease_token, job.lease_until, job.attempts = Job.State.QUEUED, None, None, job.attempts - 1
    job.save()
    transaction.on_commit(partial(dispatch, job.pk), robust=True)


def _put_back(job: Job, code: str) -> None:
    job.error, job.deaths = code, job.deaths + 1
    if job.deaths >= DEATHS:
        _quarantine(job, code)
        return
    job.state, job.lease_token, job.lease_until = Job.State.QUEUED, None, None
    job.not_before = timezone.now() + PAUSES[job.deaths - 1]
    job.save()


def _quarantine(job: Job, code: str) -> None:
    """Too many attempts ended badly: the file stays as it came, and a person must look."""
    job.state, job.error, job.finished = Job.State.QUARANTINED, code, timezone.now()
    job.lease_token = job.lease_until = None
    job.save()
    upload = Upload.objects.select_related("company").get(pk=job.upload_id)
    upload.problems = [Problem("unreadable", value=code).as_json()]
    upload.save(update_fields=["problems"])
    record(upload.company, None, "job.quarantined", f"upload {upload.pk}", {"error": code, "attempts": job.attempts})
