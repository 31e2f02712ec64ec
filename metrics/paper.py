"""The PDFs of an edition: rows are the record, the broker only rings the bell, a file is made once and kept.

Claimed, worked on and finished as in ``journeys.ledger``: running a job twice does it once, a worker that falls silent
is replaced, three bad ends are the last.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language, override
from playwright.sync_api import Error

from journeys import bell
from metrics import leaves
from metrics.leases import claim, forgotten
from metrics.paperwork import Paper
from metrics.printing import NoBrowser, pdf
from metrics.shown import Asked, ask_for, read

TASK = "metrics.tasks.make_paper"
LEASE = timedelta(seconds=settings.JOB_LEASE_SECONDS)
KEPT = timedelta(days=30)
logger = logging.getLogger(__name__)


def order(asked: Asked, subject: str = "", name: str = "") -> Paper:
    """The record of the PDF asked for, made or to be made; a failed one, or one whose file is gone, begins again."""
    what = {"language": get_language(), "subject": subject, "name": name}
    wanted = {"edition": asked.edition, "asker": asked.membership.user, **what}
    paper, new = Paper.objects.get_or_create(key=key(asked, subject), defaults=wanted)
    lost = paper.state == Paper.State.DONE and not paper.path.exists()
    if lost or paper.state == Paper.State.FAILED:
        fresh = {"state": Paper.State.QUEUED, "step": Paper.Step.COMPOSING, "attempts": 0, "error": "", "done": 0}
        new = bool(Paper.objects.filter(pk=paper.pk, state=paper.state).update(**fresh))
    if new:
        bell.ring(TASK, paper.pk)
    return paper


def found(asked: Asked, subject: str = "") -> Paper | None:
    """The record, where somebody has asked for this very content already."""
    return Paper.objects.filter(key=key(asked, subject)).first()


def key(asked: Asked, subject: str) -> str:
    """Names the content; another word, figure, state or program is another file."""
    return hashlib.sha256(f"{asked.content}|{subject}".encode()).hexdigest()


def run(paper_id: int) -> None:
    """Make the PDF if it is there to be made."""
    token = claim(Paper.objects.filter(pk=paper_id), LEASE, error="worker_died")
    if token is None:
        return
    paper = Paper.objects.select_related("asker__membership__company", "edition__quarter").get(pk=paper_id)
    try:
        content = _make(paper, token)
    except NoBrowser:
        _end(paper, token, state=Paper.State.FAILED, error="no_browser")
    except Http404:  # the asker may no longer read it, or its figures are no longer the ones asked for
        _end(paper, token, state=Paper.State.FAILED, error="gone")
    except (Error, OSError) as error:
        logger.warning("paper %s: %s", paper_id, type(error).__name__)
        _end(paper, token, state=Paper.State.FAILED, error=type(error).__name__.lower())
    else:
        _keep(paper.path, content)
        _end(paper, token, state=Paper.State.DONE, size=len(content))


def sweep(now: datetime) -> None:
    """Ring again for papers nobody heard of or whose worker fell silent; old ones are thrown away with their file."""
    for paper_id in forgotten(Paper.objects.all(), "asked", now):
        bell.ring(TASK, paper_id)
    for paper in Paper.objects.filter(asked__lt=now - KEPT):
        paper.path.unlink(missing_ok=True)
        paper.delete()


def _make(paper: Paper, token: UUID) -> bytes:
    with override(paper.language):
        asked = ask_for(paper.asker.membership, str(paper.edition.quarter.code))
        if key(asked, paper.subject) != paper.key:
            raise Http404
        shown = leaves.neutral(read(asked))
        chosen = leaves.leaves(shown.report, paper.subject)
        document = leaves.compose(shown, chosen, lambda done: _beat(paper, token, done=done, total=len(chosen)))
        style = leaves.style(shown)
    return pdf(document, style, lambda step: _beat(paper, token, **({"step": step} if step else {})))


def _beat(paper: Paper, token: UUID, **changes: object) -> None:
    lease = timezone.now() + LEASE
    Paper.objects.filter(pk=paper.pk, token=token).update(lease_until=lease, **changes)


def _end(paper: Paper, token: UUID, **changes: object) -> None:
    Paper.objects.filter(pk=paper.pk, token=token).update(finished=timezone.now(), token=None, **changes)


def _keep(path: Path, content: bytes) -> None:
    """The file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{uuid4().hex}")
    draft.write_bytes(content)
    draft.replace(path)
