"""``manage.py simulate``: how often the method's intervals and verdicts are right, on quarters of known truth."""

import multiprocessing
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from metrics.simulation.paper import Results, paper
from metrics.simulation.runs import Hands, audit, run

PAGE = Path("docs") / "simulation.md"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Command(BaseCommand):
    help = "Coverage of intervals, false verdicts and power on generated quarters; --audit attacks what is hidden."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quarters", type=int, default=1000)
        parser.add_argument("--pages", type=int, default=4000, help="pages of each sort, for false verdicts")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--jobs", type=int, default=2, help="processes; the figures are the same for any number")
        parser.add_argument("--audit", action="store_true", help="also attack that many hidden tables and filters")
        parser.add_argument("--tables", type=int, default=2000, help="tables, and pairs of filters, to attack")
        parser.add_argument("--print-only", action="store_true", help=f"leave {PAGE} as it is")

    def handle(self, *args: Any, **options: Any) -> None:
        if min(options["quarters"], options["pages"], options["jobs"], options["tables"]) < 1:
            raise CommandError("--quarters, --pages, --jobs and --tables are at least 1")
        self.stdout.write(f"seed {options['seed']}")
        with hands(options["jobs"]) as work:
            results: Results = run(options["quarters"], options["pages"], options["seed"], work)
            if options["audit"]:
                results.audit = audit(options["tables"], options["seed"], work)
        text = paper(results)
        self.stdout.write(text)
        if not options["print_only"]:
            (Path(settings.BASE_DIR) / PAGE).write_text(text)
        if broken := results.broken():
            raise CommandError("not kept: " + ", ".join(broken))


@contextmanager
def hands(jobs: int) -> Iterator[Hands]:
    """That many processes, each on one thread, or this one."""
    if jobs == 1:
        yield map
        return
    for name in THREADS:
        os.environ[name] = "1"
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("fork")) as pool:
        yield pool.map
