"""Changed files, read in this process and sent to the running product; writes ``var/faults.json``.

``python -m tests.faults.mutated --read 5000 --sent 500 --seed 1``: no answer of 500 or more, no row of a refused file,
no reading child that dies, and bounded memory.
"""

import argparse
import os
import random
import resource
import sys
import time
import uuid
from collections import Counter
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.bench.ground import ground
from tests.faults.rows import write
from tests.journeys import mutations

MOST_MEGABYTES, MOST_SECONDS = 1500, 60
NAMES = ("voti.csv", "voti.csv", "voti.csv", "voti.xlsx")


def main() -> int:
    """The exit code: 1 when anything of that happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--read", type=int, default=5000)
    parser.add_argument("--sent", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    given = parser.parse_args()
    print(f"seed {given.seed} (repeat with --seed {given.seed})", flush=True)
    with ground() as folder:
        found = mutations.run(given.seed, given.read, folder)
        rows = [_row("mutated_read", found.total(), 0, _peak(resource.RUSAGE_SELF))]
        print(rows[0], dict(found.most_common()), flush=True)
        rows.append(_sent(given.seed, given.sent, folder))
        print(rows[1])
    write(rows)
    return 0 if all(row["holds"] for row in rows) else 1


def _row(name: str, tried: int, bad: int, peak: int) -> dict[str, Any]:
    return {"name": name, "tried": tried, "bad": bad, "peak_mb": peak, "holds": not bad and peak <= MOST_MEGABYTES}


def _peak(who: int) -> int:
    return round(resource.getrusage(who).ru_maxrss / 1024)


def _sent(seed: int, number: int, folder: Path) -> dict[str, Any]:
    """Every file through the door of the server, then checked in its confined child as a worker would."""
    from django.conf import settings
    from django.test import Client

    from tests import dati, make
    from tests.bench.serving import served

    os.environ.update(UPLOADS_DIR=str(folder / "uploads"), LAKE_DIR=str(folder / "lake"))
    os.environ.update(UPLOADS_AN_HOUR="100000", UPLOADS_A_DAY="100000")
    company = make.company()
    make.quarter(company, "2026-3")
    source = dati.source(make.department(company), mutations.MAPPING)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(make.user(company, "analyst"))
    client.get("/dati/carica/")
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    head = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": cookies[settings.CSRF_COOKIE_NAME],
    }
    chance, originals, bad = random.Random(seed), mutations.originals(), 0
    answers = Counter[int]()
    with served() as (port, _process):
        for i in range(number):
            content = mutations.mutated(originals[i % len(originals)], chance)
            status = _post(port, head, source.slug, (NAMES[i % len(NAMES)], content))
            answers[status] += 1
            bad += status >= 500 or status == 403 or _harmed()
    print("answers", dict(answers), flush=True)
    return _row("mutated_sent", number, bad, _peak(resource.RUSAGE_CHILDREN))


def _post(port: int, head: dict[str, str], source: str, file: tuple[str, bytes]) -> int:
    mark = uuid.uuid4().hex
    body = (
        f'--{mark}\r\nContent-Disposition: form-data; name="source"\r\n\r\n{source}\r\n--{mark}\r\n'
        f'Content-Disposition: form-data; name="file"; filename="{file[0]}"\r\n\r\n'
    ).encode()
    wire = HTTPConnection("127.0.0.1", port, timeout=MOST_SECONDS)
    wire.request(
        "POST",
        "/dati/carica/",
        body + file[1] + f"\r\n--{mark}--\r\n".encode(),
        {**head, "Content-Type": f"multipart/form-data; boundary={mark}"},
    )
    status = wire.getresponse().status
    wire.close()
    return status


def _harmed() -> bool:
    """Check the files that wait: did a child die or take too long, or is there a row nobody confirmed?"""
    from journeys import ledger
    from journeys.models import Job, Part

    for job in Job.objects.filter(state=Job.State.QUEUED):
        began = time.monotonic()
        ledger.run(job.pk)
        job.refresh_from_db()
        if job.state not in (Job.State.DONE, Job.State.FAILED) or job.attempts > 1:
            return True
        if time.monotonic() - began > MOST_SECONDS:
            return True
    return Part.objects.exists()


if __name__ == "__main__":
    sys.exit(main())
