"""Stale quarters are handed to workers; the broker only rings the bell, so a bell may ring twice or be lost."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kombu.exceptions import OperationalError

from journeys.models import Quarter
from metrics.tasks import refresh_quarter

AGAIN = timedelta(seconds=30)
logger = logging.getLogger(__name__)


@dataclass
class Bell:
    """Remembers which revision of which quarter was rung for, and when, so that a waiting queue is not flooded."""

    rung: dict[int, tuple[int, datetime]] = field(default_factory=dict)

    def ring(self, now: datetime) -> int:
        """How many quarters were handed to workers: those newly stale, and those still stale after 30 seconds."""
        stale = dict(Quarter.objects.stale().values_list("pk", "revision"))
        self.rung = {pk: rung for pk, rung in self.rung.items() if pk in stale}
        due = [pk for pk, revision in stale.items() if self._due(pk, revision, now)]
        for pk in due:
            try:
                refresh_quarter.apply_async((pk,), retry=False)
            except OperationalError:
                logger.warning("the broker does not answer; quarters wait in the database")
                return 0
            self.rung[pk] = (stale[pk], now)
        return len(due)

    def _due(self, pk: int, revision: int, now: datetime) -> bool:
        heard, at = self.rung.get(pk, (-1, now))
        return heard != revision or now - at >= AGAIN
