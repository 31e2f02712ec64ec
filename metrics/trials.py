"""Rows of what readers try on an edition."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Trial(models.Model):
    """One result laid beside one outcome on an edition's figures, because somebody asked; the record of the work.

    ``digest`` names the figures it was tried on: of a draft that was computed anew they are others. ``answer`` is the
    row of the effect with its p-value.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    edition = models.ForeignKey("metrics.Edition", on_delete=models.CASCADE, related_name="trials")
    digest = models.CharField(max_length=64)
    result = models.CharField(max_length=50)
    outcome = models.CharField(max_length=50)
    asker = models.CharField(max_length=254)
    asked = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    answer = models.JSONField(null=True)

    class Meta:
        ordering = ["asked", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "digest", "result", "outcome"], name="a_pair_is_tried_once"),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(answer__isnull=False), name="a_trial_done_has_an_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} · {self.result} × {self.outcome} · {self.state}"

    @property
    def under_way(self) -> bool:
        """Whether it waits for a worker or is being worked on."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)
