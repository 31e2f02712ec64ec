"""manage.py sweep: the process that forgets nothing — lost jobs are sent again, stale quarters computed."""

import logging
import signal
import threading
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

from journeys import lake, ledger
from metrics.stale import Bell

SECOND, JOBS, CHORES, ORPHANS = 1, 30, 60, 3600
logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Each second hand stale quarters to workers, every 30 s send lost jobs again, "
        "every minute do what the calendar asks, every hour collect orphans."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        bell, tick = Bell(), 0
        while not stop.is_set():
            try:
                _sweep(bell, tick)
                settings.SWEEPER_HEARTBEAT.parent.mkdir(parents=True, exist_ok=True)
                settings.SWEEPER_HEARTBEAT.touch()
            except OperationalError:
                logger.warning("the database does not answer; sweeping again in a second")
                close_old_connections()
            tick += 1
            stop.wait(SECOND)


def _sweep(bell: Bell, tick: int) -> None:
    now = timezone.now()
    bell.ring(now)
    if tick % JOBS == 0:
        ledger.sweep(now)
    if tick % ORPHANS == 0:
        lake.collect(now)
    if tick % CHORES == 0:
        do_chores(now)


def do_chores(now: datetime) -> None:
    """Every function of ``settings.CHORES``: each finds what is due in its own rows, and one that fails stops none."""
    for path in settings.CHORES:
        try:
            import_string(path)(now)
        except OperationalError:
            raise
        except Exception:
            logger.exception("the chore %s failed and is tried again in a minute", path)
