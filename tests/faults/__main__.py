"""Kills workers and broker under load, prints what became of the uploads, writes ``var/faults.json``."""

import argparse
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.faults.broker import Broker
from tests.faults.rows import write


def main() -> int:
    """The exit code: 1 when a single row was lost, doubled or torn."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--uploads", type=int, default=100)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--broker-kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="siege-"))
    broker = Broker(folder)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tests.settings",
        EMBEDDED_DIR=str(folder / "var"),
        UPLOADS_DIR=str(folder / "uploads"),
        LAKE_DIR=str(folder / "lake"),
        REDIS_URL=broker.url,
        JOB_LEASE_SECONDS="6",
    )
    os.environ.pop("DATABASE_URL", None)
    try:
        return _besiege(given, broker, folder)
    finally:
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _besiege(given: argparse.Namespace, broker: Broker, folder: Path) -> int:
    from trimestrale import embedded

    with embedded.servers():
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from tests.faults.siege import Plan, Siege, dangling
        from tests.faults.workers import Workers

        plan = Plan(given.uploads, given.kills, given.broker_kills, given.seed)
        print(f"{plan.uploads} uploads, {plan.kills} kills of workers, {plan.broker_kills} of the broker", flush=True)
        print(f"seed {plan.seed} (repeat with --seed {plan.seed})", flush=True)
        workers = Workers(folder)
        try:
            outcome = Siege(plan, broker, workers).run()
        finally:
            workers.stop()
        print(f"after {outcome.seconds:.0f} s; jobs by attempts {outcome.attempts}; dangling parts {dangling()}")
        for row in outcome.rows():
            print("  " + ", ".join(f"{key} {value}" for key, value in row.items()))
        write(outcome.rows())
        return 0 if outcome.holds and not dangling() else 1


if __name__ == "__main__":
    sys.exit(main())
