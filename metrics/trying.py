"""A pair of result and outcome at work: asked for by a reader, laid side by side by a worker, once for every edition.

Claimed, worked on and finished as in ``journeys.ledger``: rows are the record, the broker only rings the bell.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from company.audit import record
from company.models import User
from journeys import bell
from metrics import facts
from metrics.derive.pairs import Tried, tried
from metrics.leases import claim, forgotten
from metrics.models import Edition
from metrics.report import effect_json, effect_of
from metrics.trials import Trial

TASK = "metrics.tasks.try_pair"
LEASE = timedelta(seconds=max(settings.JOB_LEASE_SECONDS, 120))
logger = logging.getLogger(__name__)


def ask(edition: Edition, actor: User, result: str, outcome: str) -> Trial:
    """The trial of a pair on the edition's figures, made or to be made; one that failed begins again."""
    with transaction.atomic():
        trial, new = Trial.objects.select_for_update().get_or_create(
            edition=edition,
            digest=edition.digest,
            result=result,
            outcome=outcome,
            defaults={"asker": actor.reference},
        )
        if trial.state == Trial.State.FAILED:
            new, trial.state, trial.attempts, trial.finished = True, Trial.State.QUEUED, 0, None
            trial.save()
        if new:
            detail = {"result": result, "outcome": outcome}
            record(edition.quarter.company, actor, "pair.tried", str(edition.quarter.code), detail)
            transaction.on_commit(lambda: bell.ring(TASK, trial.pk), robust=True)
    return trial


def of(edition: Edition) -> list[Trial]:
    """Everything tried on the figures the edition has now, in the order it was asked for."""
    return list(Trial.objects.filter(edition=edition, digest=edition.digest))


def answer(trial: Trial) -> Tried | None:
    """What the pair showed; None while it is not done."""
    if trial.answer is None:
        return None
    return Tried(effect_of(trial.answer["row"]), None if trial.answer["p"] is None else float(trial.answer["p"]))


def run(trial_id: int) -> None:
    """Try the pair if it is there to be tried."""
    token = claim(Trial.objects.filter(pk=trial_id), LEASE)
    if token is None:
        return
    trial = Trial.objects.select_related("edition__quarter__company").get(pk=trial_id)
    ending: dict[str, object] = {"state": Trial.State.FAILED, "token": None}
    if trial.digest == trial.edition.digest:
        try:
            found = tried(facts.of_pair(trial.edition, trial.result, trial.outcome))
        except Exception:
            logger.exception("trial %s", trial_id)
        else:
            p = None if found.p_value is None else repr(found.p_value)
            ending |= {"state": Trial.State.DONE, "answer": {"row": effect_json(found.row), "p": p}}
    Trial.objects.filter(pk=trial_id, token=token).update(finished=timezone.now(), **ending)


def sweep(now: datetime) -> None:
    """Ring again for trials nobody heard of or whose worker fell silent; those of figures that are gone go too."""
    Trial.objects.exclude(digest=F("edition__digest")).delete()
    for pk in forgotten(Trial.objects.all(), "asked", now):
        bell.ring(TASK, pk)
