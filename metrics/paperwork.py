"""Rows of what leaves the house: PDFs to make, and the letter of the quarter."""

from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Paper(models.Model):
    """The record of a PDF to make: the whole report of an edition, or one department's page, in one language.

    ``key`` names the content (figures, state, words, program) and the file; the same content is made once.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    class Step(models.TextChoices):
        COMPOSING = "composing", _("composing the pages")
        DRAWING = "drawing", _("drawing the charts")
        PRINTING = "printing", _("writing the PDF")

    key = models.CharField(max_length=64, unique=True)
    edition = models.ForeignKey("metrics.Edition", on_delete=models.CASCADE, related_name="papers")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="papers")
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=50, blank=True, help_text="Slug of the one department; empty: all of it.")
    name = models.CharField(max_length=120, blank=True, help_text="The department's, as it was in the edition.")
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    step = models.CharField(max_length=9, choices=Step, default=Step.COMPOSING)
    done = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    asked = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True)
    size = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.edition} · {self.language} · {self.subject or '*'} · {self.state}"

    @property
    def path(self) -> Path:
        """Where the PDF lies once it is done."""
        return Path(settings.PAPERS_DIR) / f"{self.key}.pdf"


class Correspondent(models.Model):
    """Whether a person wants the letter of the quarter. Without a row: yes."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="correspondent")
    wanted = models.BooleanField(default=True)

    def __str__(self) -> str:
        return f"{self.person} · {'✓' if self.wanted else '–'}"


class Letter(models.Model):
    """That a person was sent an edition's letter on an occasion: once each, whatever happens twice."""

    class Occasion(models.TextChoices):
        PUBLISHED = "published", _("at publication")
        MEETING = "meeting", _("the day before the meeting")

    edition = models.ForeignKey("metrics.Edition", on_delete=models.PROTECT, related_name="letters")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letters")
    occasion = models.CharField(max_length=9, choices=Occasion)
    at = models.DateTimeField(auto_now_add=True)
    sent = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "person", "occasion"], name="quarter_letter_once")]

    def __str__(self) -> str:
        return f"{self.edition} · {self.person} · {self.occasion}"
