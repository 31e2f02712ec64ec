"""Uploads arrive while workers and broker are killed; afterwards every row is looked for in the lake."""

import hashlib
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.db import connection
from django.utils import timezone

from company.audit import broken_at
from company.models import Company
from journeys import ingest, ledger
from journeys.files import place_of
from journeys.models import Job, Part, Quarter, Source, Upload
from journeys.pseudonyms import installation_key, pseudonym
from metrics import facts
from metrics.derive.report import derive
from metrics.models import Edition
from metrics.stale import Bell
from tests import dati, make
from tests.faults.broker import Broker
from tests.faults.workers import Workers

ROWS = 200
PATIENCE, UNWORKED = 300.0, 15.0
MAPPING = {
    "date": "day",
    "case": "id",
    "unit": "shop",
    "values": [{"indicator": "vote", "column": "vote"}, {"indicator": "said", "filled": "note"}],
}
FINAL = (Job.State.DONE, Job.State.FAILED, Job.State.QUARANTINED)


@dataclass(frozen=True)
class Plan:
    """How many uploads, kills of workers, kills of the broker, and the seed of all chance."""

    uploads: int
    kills: int
    broker_kills: int
    seed: int


@dataclass(frozen=True)
class Reports:
    """Of the quarters with observations: how many have no report that is up to date, or not that of their rows."""

    tried: int
    lost: int
    partial: int

    @property
    def hold(self) -> bool:
        return not (self.lost or self.partial)

    def row(self) -> dict[str, Any]:
        counts = {"tried": self.tried, "lost": self.lost, "duplicated": 0, "partial": self.partial}
        return {"name": "reports", **counts, "holds": self.hold}


@dataclass(frozen=True)
class Outcome:
    """What became of the uploads."""

    plan: Plan
    lost: int
    duplicated: int
    partial: int
    seconds: float
    attempts: dict[int, int]
    chain_broken: bool
    reports: "Reports"

    @property
    def holds(self) -> bool:
        """True when every row of every upload is there once, and every report is that of its rows."""
        return not (self.lost or self.duplicated or self.partial or self.chain_broken) and self.reports.hold

    def rows(self) -> list[dict[str, Any]]:
        """The rows of ``var/faults.json``."""
        counts = {"lost": self.lost, "duplicated": self.duplicated, "partial": self.partial, "holds": self.holds}
        plan = self.plan
        return [
            {"name": "worker_kills", "tried": plan.uploads, "kills": plan.kills, **counts},
            {"name": "broker_kills", "tried": plan.uploads, "kills": plan.broker_kills, **counts},
            self.reports.row(),
        ]


class Siege:
    """One company, its uploads, and the chance that decides who dies when."""

    def __init__(self, plan: Plan, broker: Broker, workers: Workers) -> None:
        self.plan, self.broker, self.workers = plan, broker, workers
        self.draw = random.Random(plan.seed)
        self.expected: dict[str, list[str]] = {}
        self.over = threading.Event()

    def run(self) -> Outcome:
        """Send, kill, wait, count."""
        start = time.monotonic()
        company, sources = _company()
        sweeper = threading.Thread(target=self._sweep, daemon=True)
        sweeper.start()
        self._wait_for_work(sources[0])
        senders = threading.Thread(target=self._send, args=(sources,), daemon=True)
        senders.start()
        self._attack()
        senders.join()
        self._wait()
        self.over.set()
        sweeper.join()
        return self._count(company, time.monotonic() - start)

    def _wait_for_work(self, source: Source) -> None:
        """Until the workers work: a first upload is through."""
        self._send_one(source, 0)
        self._wait()

    def _send(self, sources: list[Source]) -> None:
        draw = random.Random(self.plan.seed + 1)
        try:
            for number in range(1, self.plan.uploads):
                self._send_one(draw.choice(sources), number)
                time.sleep(draw.random() * 0.6)
        finally:
            connection.close()

    def _send_one(self, source: Source, number: int) -> None:
        cases = [f"upload {number} row {row}" for row in range(ROWS)]
        days = [date(2026, 3, 1) + timedelta(days=(number * 7 + row) % 90) for row in range(ROWS)]
        lines = [f"{case},{day},{number % 5},{number % 11}," for case, day in zip(cases, days, strict=True)]
        content = "\n".join(["id,day,shop,vote,note", *lines, ""]).encode()
        upload = ingest.receive(source, f"file{number}.csv", iter([content]), None)
        self.expected[str(upload.pk)] = cases

    def _attack(self) -> None:
        """Half of the kills take a child, half a whole group; the broker's come in between."""
        blows = ["child", "group"] * (self.plan.kills // 2) + ["broker"] * self.plan.broker_kills
        self.draw.shuffle(blows)
        for blow in blows:
            killed, since = "", time.monotonic()
            done = Job.objects.filter(state__in=FINAL).count()
            while not killed:
                time.sleep(self.draw.uniform(0.3, 2.0))
                worked = Job.objects.filter(state__in=FINAL).count() > done
                if not worked and time.monotonic() < since + UNWORKED:
                    continue  # a worker killed before it works proves nothing
                self.workers.keep()
                if blow == "broker":
                    self.broker.kill()
                    killed = "broker"
                else:
                    kill = self.workers.kill_child if blow == "child" else self.workers.kill_group
                    killed = kill(self.draw)
            done = Job.objects.filter(state__in=FINAL).count()
            print(f"  killed: {killed:<16} uploads sent {len(self.expected):>3}, done {done:>3}", flush=True)
        self.workers.keep()

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._at_work():
            self.workers.keep()
            time.sleep(0.2)

    def _at_work(self) -> bool:
        return Job.objects.exclude(state__in=FINAL).exists() or Quarter.objects.stale().exists()

    def _sweep(self) -> None:
        bell = Bell()
        try:
            while not self.over.wait(1):
                ledger.sweep(timezone.now())
                bell.ring(timezone.now())
        finally:
            connection.close()

    def _count(self, company: Company, seconds: float) -> Outcome:
        faults = Counter[str]()
        key = installation_key()
        for upload in Upload.objects.prefetch_related("parts"):
            wanted = {pseudonym(key, case): 2 for case in self.expected[str(upload.pk)]}
            found = _observed([part.sha256 for part in upload.parts.all()])
            if not found:
                faults["lost"] += 1
            elif any(found[case] > times for case, times in wanted.items()) or found.keys() - wanted.keys():
                faults["duplicated"] += 1
            elif found != wanted or upload.state != Upload.State.ACCEPTED:
                faults["partial"] += 1
        faults["lost"] += self.plan.uploads - Upload.objects.count()
        accepted = company.audit_entries.filter(action="upload.accepted").values_list("subject", flat=True)
        faults["duplicated"] += len(accepted) - len(set(accepted))
        attempts = Counter(Job.objects.values_list("attempts", flat=True))
        broken = broken_at(company) is not None
        return Outcome(
            self.plan,
            faults["lost"],
            faults["duplicated"],
            faults["partial"],
            seconds,
            dict(attempts),
            broken,
            _reports(company),
        )


def _reports(company: Company) -> Reports:
    """What the workers made of the rows, beside what is made of them here."""
    quarters = [quarter for quarter in company.quarters.all() if facts.parts(quarter).exists()]
    stale = {quarter.pk for quarter in Quarter.objects.stale()}
    editions = {edition.quarter_id: edition for edition in Edition.objects.filter(quarter__in=quarters)}
    there = [editions[quarter.pk] for quarter in quarters if quarter.pk in editions and quarter.pk not in stale]
    other = [edition for edition in there if derive(facts.recomputed(edition)).content() != edition.content]
    return Reports(len(quarters), len(quarters) - len(there), len(other))


def _observed(digests: list[str]) -> Counter[Any]:
    """Number of observations of each case in these files; a file whose bytes are not its name holds nothing."""
    files = [place_of(Path(settings.LAKE_DIR), digest) for digest in digests]
    if not files or any(not file.exists() or _digest(file) != file.stem for file in files):
        return Counter()
    rows = duckdb.execute(
        'SELECT "case", count(*) FROM read_parquet(?) GROUP BY ALL', [[str(file) for file in files]]
    ).fetchall()
    return Counter(dict(rows))


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _company() -> tuple[Company, list[Source]]:
    company = make.company()
    make.journey(company, "Acquisto")
    for code in ("2026-1", "2026-2", "2026-3"):
        make.quarter(company, code)
    departments = [make.department(company, name) for name in ("Vendite", "Negozi", "Logistica")]
    return company, [dati.source(department, MAPPING) for department in departments for _ in range(2)]


def dangling() -> int:
    """Parts whose file is not there."""
    folder = Path(settings.LAKE_DIR)
    return sum(not place_of(folder, digest).exists() for digest in Part.objects.values_list("sha256", flat=True))
