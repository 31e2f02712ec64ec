"""A verification at work: asked for by a person or by the week, done by a worker, told where something is wrong.

Claimed, worked on and finished as in ``journeys.ledger``: asking twice does it once, a worker that falls silent is
replaced, three bad ends are the last.
"""

import logging
import time
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from company.audit import record
from company.models import Company, User
from journeys import bell
from metrics.across import Difference
from metrics.leases import claim, forgotten
from metrics.models import Edition, Verification
from metrics.verify import Checked, guards, published, verify

TASK = "metrics.tasks.verify_company"
EVERY = timedelta(days=7)
LEASE = timedelta(seconds=max(settings.JOB_LEASE_SECONDS, 60))
State = Verification.State
logger = logging.getLogger(__name__)


class Taken(Exception):
    """Another worker goes on with it."""


def ask(company: Company, actor: User | None = None) -> Verification:
    """A verification to be done; the one under way where there is one."""
    try:
        with transaction.atomic():
            made: Verification = Verification.objects.create(company=company, asker=actor.reference if actor else "")
            if actor is not None:
                record(company, actor, "verification.asked", company.slug)
    except IntegrityError:
        return Verification.objects.filter(company=company).latest("at")
    transaction.on_commit(lambda: bell.ring(TASK, made.pk), robust=True)
    return made


def run(verification_id: int) -> Verification:
    """Do it if it is there to be done; as it stands afterwards."""
    token = claim(Verification.objects.filter(pk=verification_id), LEASE)
    if token is not None:
        try:
            _work(Verification.objects.select_related("company").get(pk=verification_id), token)
        except Taken:
            logger.info("verification %s went on in other hands", verification_id)
    return Verification.objects.select_related("company").get(pk=verification_id)


def due(now: datetime) -> None:
    """The chore: a week after the last one another is asked for, and what nobody hears of is rung for again."""
    for company in Company.objects.filter(quarters__editions__state=Edition.State.PUBLISHED).distinct():
        if not company.verifications.filter(at__gt=now - EVERY).exists():
            ask(company)
    for pk in forgotten(Verification.objects.all(), "at", now):
        bell.ring(TASK, pk)


def _work(held: Verification, token: UUID) -> None:
    started, hashed = time.monotonic(), dict[str, str]()
    editions = list(published(held.company).values_list("pk", flat=True))
    results: list[dict[str, Any]] = []
    for place, pk in enumerate(editions):
        _beat(held, token, done=place, total=len(editions))
        edition = published(held.company).get(pk=pk)
        results.append(result(edition, hashed))
    _beat(held, token, done=len(editions), total=len(editions))
    findings = [asdict(item) for item in guards(held.company)]
    wrong = [row["quarter"] for row in results if row["differences"]]
    with transaction.atomic():
        _beat(
            held,
            token,
            state=State.DONE,
            token=None,
            finished=timezone.now(),
            seconds=time.monotonic() - started,
            results=results,
            findings=findings,
            identical=not (wrong or findings),
        )
        if wrong or findings:
            logger.error("verification of %s: not identical (run %s)", held.company.slug, held.pk)
            detail = {"quarters": wrong, "findings": [item["code"] for item in findings]}
            record(held.company, None, "verification.failed", held.company.slug, detail)


def result(edition: Edition, hashed: dict[str, str]) -> dict[str, Any]:
    """What was found of an edition, as it is stored: what is wrong and, of another version of the method, what is not.

    One so damaged that it cannot be computed again differs too, whatever was raised.
    """
    try:
        found = verify(edition, hashed)
    except Exception as error:
        logger.exception("edition %s cannot be computed again", edition.pk)
        found = Checked([Difference("computing", edition.digest, type(error).__name__)])
    named = {"quarter": str(edition.quarter.code), "version": edition.version, "digest": edition.digest}
    return named | asdict(found)


def _beat(held: Verification, ours: UUID, **changes: Any) -> None:
    """Prolong the lease and write how far it is; ``Taken`` when it is no longer ours."""
    lease = timezone.now() + LEASE
    values = {"lease_until": lease, **changes}
    if not Verification.objects.filter(pk=held.pk, token=ours).update(**values):
        raise Taken
