"""What arrived: uploads, the files of observations made of them, and the ledger of the work they caused."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from company.models import Company
from journeys.models.quarters import Quarter
from journeys.models.sources import Source


class Upload(models.Model):
    """One file as it arrived, never changed: its hash, who sent it, what became of its rows."""

    class State(models.TextChoices):
        RECEIVED = "received", _("being checked")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")
        UNDONE = "undone", _("undone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="uploads")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="uploads")
    sender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="uploads")
    filename = models.CharField(max_length=150)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    received = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    rows_in = models.PositiveIntegerField(default=0, help_text="Data rows in the file.")
    rows_out = models.PositiveIntegerField(default=0, help_text="Rows that gave at least one observation.")
    observations = models.PositiveBigIntegerField(default=0)
    receipt = models.JSONField(default=dict, help_text="Per indicator: observations, and why rows gave none.")
    problems = models.JSONField(default=list, help_text="First 1,000 problems: code, row, column, value.")
    mapping = models.JSONField(default=dict, help_text="The source's mapping as it was applied.")

    class Meta:
        ordering = ["-received"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "sha256"],
                condition=models.Q(state__in=["received", "accepted"]),
                name="same_bytes_once",
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def path(self) -> Path:
        """Where the original bytes lie; the client's name is never part of it."""
        return Path(settings.UPLOADS_DIR) / str(self.id)


class Part(models.Model):
    """An immutable Parquet file of observations: one upload's rows of one quarter, named by its hash."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="parts")
    sha256 = models.CharField(max_length=64, db_index=True)
    observations = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "quarter"], name="one_part_a_quarter")]

    def __str__(self) -> str:
        return f"{self.quarter} · {self.sha256}"


class Kept(models.Model):
    """A file of observations a published edition rests on: it is never collected, whatever becomes of its upload."""

    sha256 = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.sha256


class Job(models.Model):
    """The record of work to do for an upload: the broker only rings the bell."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        QUARANTINED = "quarantined", _("stopped after three attempts")

    class Step(models.TextChoices):
        RECEIVED = "received", _("received")
        READING = "reading", _("reading the file")
        CHECKING = "checking", _("checking every row")
        STORING = "storing", _("storing the observations")
        FIGURES = "figures", _("computing the figures")

    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, related_name="job")
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED, db_index=True)
    step = models.CharField(max_length=10, choices=Step, default=Step.RECEIVED)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    deaths = models.PositiveSmallIntegerField(default=0, help_text="How often the confined child died on the file.")
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True)
    error = models.CharField(max_length=60, blank=True, help_text="Code of what went wrong, for the job's page.")

    def __str__(self) -> str:
        return f"{self.upload} · {self.state}"
