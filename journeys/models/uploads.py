"""What arrived: uploads, the files of observations made of them, and the ledger of the work they caused."""

import uuid
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from company.models import ApiToken, Company
from journeys.models.quarters import Quarter
from journeys.models.sources import Source


class Upload(models.Model):
    """One file as it arrived, never changed: its hash, who sent it, what became of its rows."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        RECEIVED = "received", _("being checked")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")
        UNDONE = "undone", _("undone")
        DISCARDED = "discarded", _("let go")

    class How(models.TextChoices):
        ADD = "add", _("added to what is there")
        UPDATE = "update", _("cases already there are updated, the others stay")
        MERGE = "merge", _("what is said of a case takes the place of what was said before, measure by measure")
        REPLACE = "replace", _("replaces what the source had sent for the quarter")

    class Way(models.TextChoices):
        FILE = "file", _("file")
        HAND = "hand", _("written by hand")
        API = "api", _("sent by a program")

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
    how = models.CharField(max_length=8, choices=How, default=How.ADD)
    way = models.CharField(max_length=4, choices=Way, default=Way.FILE)
    version = models.PositiveSmallIntegerField(default=1)
    previous = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="next", help_text="What it corrects."
    )

    class Meta:
        ordering = ["-received"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "sha256"],
                condition=models.Q(state__in=["draft", "received", "accepted"]),
                name="same_bytes_once",
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def path(self) -> Path:
        """Where the original bytes lie; the client's name is never part of it."""
        return Path(settings.UPLOADS_DIR) / str(self.id)

    @property
    def confirmed(self) -> bool:
        """Whether a person has confirmed it after its check, and its observations are not in the report yet."""
        return self.state == Upload.State.RECEIVED and hasattr(self, "preparation")

    @property
    def standing(self) -> str:
        """Its state in a word."""
        return str(_("confirmed")) if self.confirmed else self.get_state_display()


class Preparation(models.Model):
    """How a file is made ready: what was recognised, what a person answered and corrected, what the last check found.

    ``edits`` are applied each time the file is read (``journeys.edits``), so the original bytes never change.
    ``revision`` grows with every answer and correction; ``check`` holds for the revision it was made of.
    """

    upload = models.OneToOneField(Upload, on_delete=models.CASCADE, related_name="preparation")
    revision = models.PositiveIntegerField(default=1)
    recognised = models.JSONField(default=dict)
    settled = models.BooleanField(default=False, help_text="A person has seen what was recognised, or nobody need.")
    matched = models.BooleanField(default=False, help_text="Every column the source needs has its place.")
    answers = models.JSONField(default=dict, help_text="Piece of mapping: how a person answered what was doubtful.")
    edits = models.JSONField(default=list)
    outcome = models.JSONField(default=dict, help_text="What the last check found.")
    agreed = models.JSONField(default=list, help_text="Codes of the warnings a person has agreed to.")
    patch = models.CharField(max_length=60, blank=True, help_text="File of corrected rows that waits to be read.")
    touched = models.DateTimeField(auto_now=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.upload} · {self.revision}"


class Call(models.Model):
    """A request of a program that was answered: the same request again, by the same key, gets the same answer."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="calls")
    key = models.CharField(max_length=100)
    body = models.CharField(max_length=64, help_text="SHA-256 of what was sent.")
    answer = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return f"{self.token} · {self.key}"


class PartQuerySet(models.QuerySet["Part"]):
    def counted(self) -> Self:
        """The parts whose observations are in the report."""
        return self.filter(upload__state=Upload.State.ACCEPTED, superseded_by=None)


class Part(models.Model):
    """An immutable Parquet file of observations: one upload's rows of one quarter, named by its hash.

    A later file may take the place of a part, or leave of it only the cases it says nothing about: that rest is a new
    part of the same upload, ``made_by`` the later one. Undoing the later file brings the earlier part back.
    """

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="parts")
    sha256 = models.CharField(max_length=64, db_index=True)
    observations = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    superseded_by = models.ForeignKey(
        Upload, on_delete=models.RESTRICT, null=True, blank=True, related_name="superseded_parts"
    )
    made_by = models.ForeignKey(Upload, on_delete=models.RESTRICT, null=True, blank=True, related_name="rests")

    objects = PartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["upload", "quarter"], condition=models.Q(superseded_by=None), name="one_part_a_quarter"
            )
        ]

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
