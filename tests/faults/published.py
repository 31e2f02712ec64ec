"""What is published while files arrive, and after: a race with loads, and a long life of changes."""

import hashlib
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

from django.db import connection

from company.models import Company, User
from journeys import ingest, ledger
from journeys.models import Job, Quarter, Source, Upload
from journeys.orders import Order as Reading
from journeys.orders import Taken
from journeys.preparing import taken_in
from metrics.models import Edition
from metrics.publish import Order, Refused, publish, redefine, restate, review, withdraw
from metrics.refresh import refresh
from metrics.report import Report
from metrics.verify import Checked, guards, verify
from tests import dati, make
from tests.publishing import publish_one

ROWS = 40
PATIENCE, PAUSE = 120.0, 0.6


class Ground:
    """A company with a source of votes and an analyst; files are votes of one day, never twice the same."""

    def __init__(self, seed: int, *quarters: str) -> None:
        self.draw = random.Random(seed)
        self.company: Company = make.company()
        make.journey(self.company, "Consegna")
        self.quarters = {code: make.quarter(self.company, code) for code in quarters}
        self.source: Source = dati.votes_source(make.department(self.company))
        self.actor: User = make.user(self.company, "admin")
        self.sent = 0

    def receive(self, *codes: str) -> Upload:
        """A file of forty votes in each of the quarters, on record and not yet worked on."""
        self.sent += 1
        lines = ["giorno,voto"]
        for code in codes:
            day = self.quarters[code].starts.replace(day=1 + self.sent % 28)
            lines += [f"{day},{(self.sent * 7 + row * row) % 11}" for row in range(ROWS)]
        content = "\n".join([*lines, ""]).encode()
        return ingest.receive(self.source, f"voti-{self.sent}.csv", iter([content]), self.actor)


def race(loads: int, seed: int) -> dict[str, Any]:
    """One row: a quarter is published while files of it are taken in; each is in it with all its rows or with none."""
    with _in_process():
        ground = Ground(seed, "2026-2", "2026-3")
        ledger.run(ground.receive("2026-3").job.pk)
        refresh(ground.quarters["2026-3"].pk)
        review(ground.quarters["2026-3"], ground.actor)
        uploads = [ground.receive("2026-2", "2026-3") for _load in range(loads)]
        over = threading.Event()
        with ThreadPoolExecutor(4) as pool:
            edition = pool.submit(_publisher, ground, ground.draw.randrange(loads), over)
            loaders = [pool.submit(_loader, upload.job.pk, ground.draw.random() * PAUSE) for upload in uploads]
            for loader in loaders:
                loader.result()
            over.set()
            return _judged(ground, edition.result(), uploads)


def _loader(job: int, pause: float) -> None:
    try:
        time.sleep(pause)
        ledger.run(job)
    finally:
        connection.close()


def _publisher(ground: Ground, after: int, over: threading.Event) -> Edition:
    """Publishes as soon as it can once so many files are in; what it saw went stale more often than not."""
    quarter = ground.quarters["2026-3"]
    deadline = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < deadline:
            if not over.is_set() and Job.objects.filter(state=Job.State.DONE).count() <= after:
                time.sleep(0.01)
                continue
            draft = refresh(quarter.pk)
            try:
                return publish(quarter, ground.actor, Order(draft.digest if draft else ""))
            except Refused:
                continue
        raise RuntimeError("the quarter could not be published")
    finally:
        connection.close()


def _judged(ground: Ground, edition: Edition, uploads: list[Upload]) -> dict[str, Any]:
    here = Counter(item["upload"] for item in edition.provenance if item["quarter"] == "2026-3")
    states = dict(Upload.objects.values_list("pk", "state"))
    inside = sum(here[str(upload.pk)] for upload in uploads)
    torn = sum((states[upload.pk] == Upload.State.ACCEPTED) != (here[str(upload.pk)] == 1) for upload in uploads)
    figure = Report.parse(edition.content).indicator_figure(ground.source.slug)
    torn += figure.n != ROWS * (inside + 1)
    held = Edition.objects.select_related("quarter__company__journey").get(pk=edition.pk)
    differing = verify(held) != Checked([])
    counts = {"inside": inside, "outside": len(uploads) - inside, "torn": torn, "differing": differing}
    return {"name": "publish_race", "tried": len(uploads), **counts, "holds": not (torn or differing)}


def later(times: int, seed: int) -> dict[str, Any]:
    """One row: two quarters are published, then anything at all is done; their digests stay and so do their files."""
    with _in_process():
        ground = Ground(seed, "2026-1", "2026-2", "2026-3")
        for code in ("2026-1", "2026-2"):
            ledger.run(ground.receive(code).job.pk)
            refresh(ground.quarters[code].pk)
            publish_one(ground.quarters[code], ground.actor)
        before, moved, done = _digests(ground.company), 0, Counter[str]()
        for _time in range(times):
            name = ground.draw.choice(sorted(ACTS))
            done[f"{name}{'' if ACTS[name](ground) else ' refused'}"] += 1
            moved += _digests(ground.company) != before
        editions = Edition.objects.filter(state=Edition.State.PUBLISHED).select_related("quarter__company__journey")
        differing = sum(verify(edition) != Checked([]) for edition in editions) + len(guards(ground.company))
    holds = not (moved or differing)
    return {"name": "published_for_good", "tried": times, "moved": moved, "differing": differing, "holds": holds} | {
        "done": dict(sorted(done.items()))
    }


def _digests(company: Company) -> list[tuple[int, str, str, str]]:
    """Digest, seal and what the stored text really hashes to, of all that is published."""
    rows = Edition.objects.filter(quarter__company=company, state=Edition.State.PUBLISHED).order_by("pk")
    return [(row.pk, row.digest, row.seal, hashlib.sha256(row.content.encode()).hexdigest()) for row in rows]


def _upload(ground: Ground) -> bool:
    try:
        upload = ground.receive(ground.draw.choice(sorted(ground.quarters)))
    except ingest.Refused:
        return False
    ledger.run(upload.job.pk)
    upload.refresh_from_db()
    return upload.state == Upload.State.ACCEPTED


def _undo(ground: Ground) -> bool:
    accepted = list(ground.company.uploads.filter(state=Upload.State.ACCEPTED).order_by("received"))
    try:
        ingest.undo(ground.draw.choice(accepted), ground.actor)
    except (ingest.Refused, IndexError):
        return False
    return True


def _recompute(ground: Ground) -> bool:
    quarter = ground.quarters[ground.draw.choice(sorted(ground.quarters))]
    Quarter.objects.filter(pk=quarter.pk).update(stale=True)
    return refresh(quarter.pk) is not None


def _redefine(ground: Ground) -> bool:
    redefine(ground.company, ground.actor, "By chance.", past=ground.draw.random() < 0.2)
    return True


def _restate(ground: Ground) -> bool:
    quarter = ground.quarters[ground.draw.choice(sorted(ground.quarters))]
    try:
        if ground.draw.random() < 0.5:
            restate(quarter, ground.actor, "By chance.")
        else:
            withdraw(quarter, ground.actor)
    except Refused:
        return False
    return True


ACTS = {"upload": _upload, "undo": _undo, "recompute": _recompute, "redefine": _redefine, "restate": _restate}


@contextmanager
def _in_process() -> Iterator[None]:
    """Files are read in this process: what is tried here is the record, not the sandbox."""

    def run(order: Reading, beat: Any) -> Taken:
        return replace(taken_in(order, _untold), known=order.known)

    with mock.patch("journeys.sandbox.run", run), mock.patch("journeys.bell.ring", return_value=True):
        yield


def _untold(step: str, rows: int, total: int | None = None) -> None:
    """Nobody watches."""
