"""Stale quarters are handed to workers; the broker only rings the bell, so a bell may ring twice or be lost."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from journeys import bell
from journeys.models import Quarter

TASK = "metrics.tasks.refresh_quarter"
AGAIN = timedelta(seconds=30)


@dataclass
class Bell:
    """Remembers which revision of which quarter was rung for, and when, so that a waiting queue is not flooded."""

    rung: dict[int, tuple[int, datetime]] = field(default_factory=dict)

    def ring(self, now: datetime) -> int:
        """How many quarters were handed to workers: those newly stale, and those still stale after 30 seconds."""
        stale = dict(Quarter.objects.stale().values_list("pk", "revision"))
        self.rung = {pk: rung for pk, rung in self.rung.items() if pk in stale}
        due = [pk for pk, revision in stale.items() if self._due(pk, revision, now)]
        for place, pk in enumerate(due):
            if not bell.ring(TASK, pk):
                return place
            self.rung[pk] = (stale[pk], now)
        return len(due)

    def _due(self, pk: int, revision: int, now: datetime) -> bool:
        heard, at = self.rung.get(pk, (-1, now))
        return heard != revision or now - at >= AGAIN
