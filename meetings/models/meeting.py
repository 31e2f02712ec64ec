"""A meeting about one quarter's edition: what is shown, who is there, what was changed afterwards, what is sent."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from journeys.models import Quarter

CORRECTABLE = timedelta(days=7)
LEAST, MOST = 60, 90


class Meeting(models.Model):
    """One a quarter. It carries the report it is about, so figures cannot move under the discussion.

    ``content``, ``digest``, ``draft``, ``computed`` and ``history`` are the edition as it was when the meeting was
    prepared and, for the last time, opened. ``item`` and ``view`` are where the room stands, counted from 1; the timer
    is a ``deadline``, or ``remaining`` seconds while it stands still. ``revision`` grows with everything the room
    shows, ``structure`` when its views themselves change.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        OPEN = "open", _("under way")
        CLOSED = "closed", _("closed")

    quarter = models.OneToOneField(Quarter, on_delete=models.PROTECT, related_name="meeting")
    state = models.CharField(max_length=8, choices=State, default=State.PREPARED)
    at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    draft = models.BooleanField(default=True)
    computed = models.DateTimeField()
    history = models.JSONField(default=list)
    item = models.PositiveSmallIntegerField(default=1)
    view = models.PositiveSmallIntegerField(default=1)
    blank = models.BooleanField(default=False)
    table = models.BooleanField(default=False)
    revealed = models.BooleanField(default=False)
    guesses = models.JSONField(default=dict, help_text="Stage: what the department expected the customers to say.")
    deadline = models.DateTimeField(null=True, blank=True)
    remaining = models.IntegerField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    structure = models.PositiveIntegerField(default=0)
    link_key = models.CharField(max_length=32, blank=True)
    link_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["quarter__year", "quarter__number"]
        constraints = [
            models.CheckConstraint(condition=Q(item__gte=1, view__gte=1), name="room_place_counts_from_one"),
            models.CheckConstraint(condition=~Q(state="closed") | Q(closed_at__isnull=False), name="closed_has_a_time"),
            models.CheckConstraint(condition=Q(state="prepared") | Q(opened_at__isnull=False), name="open_has_a_time"),
            models.CheckConstraint(condition=Q(deadline=None) | Q(remaining=None), name="timer_runs_or_stands"),
            models.CheckConstraint(condition=Q(link_key="") | Q(link_until__isnull=False), name="link_has_an_end"),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} · {self.get_state_display()}"

    def locked(self, now: datetime) -> bool:
        """Whether the minutes can no longer be corrected: seven days after the meeting was closed."""
        return self.closed_at is not None and now > self.closed_at + CORRECTABLE

    @property
    def correctable_until(self) -> datetime | None:
        """The moment the minutes are locked; None before the meeting is closed."""
        return None if self.closed_at is None else self.closed_at + CORRECTABLE

    def seconds_left(self, now: datetime) -> int | None:
        """Seconds on the timer, negative beyond its end; None where none was started."""
        if self.deadline is not None:
            return round((self.deadline - now).total_seconds())
        return self.remaining


class AgendaItem(models.Model):
    """A point of the agenda with its minutes and the views it shows; one left out stays here with its reason."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening")
        FOLLOWUP = "followup", _("last quarter's decisions")
        FIGURES = "figures", _("figures")
        DECISIONS = "decisions", _("decisions")
        CLOSING = "closing", _("closing")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    title = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField()
    views = models.JSONField(default=list, blank=True, help_text="Names of figures of the edition.")
    notes = models.TextField(blank=True)
    skipped = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"], name="item_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(minutes__lte=MOST), name="item_within_the_meeting"),
            models.CheckConstraint(
                condition=~Q(kind="followup") | Q(skipped=False) | ~Q(reason=""), name="followup_skipped_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} · {self.title}"


class Attendance(models.Model):
    """A person asked to the meeting, and whether the person was there."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendances")
    invited = models.BooleanField(default=True)
    present = models.BooleanField(default=False)

    class Meta:
        ordering = ["person__last_name", "person__email"]
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="person_asked_once")]

    def __str__(self) -> str:
        return str(self.person)


class Change(models.Model):
    """What was written or done, by whom, before and after; ``late`` is a correction of the closed minutes."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="changes")
    decision = models.ForeignKey(
        "meetings.Decision", on_delete=models.CASCADE, null=True, blank=True, related_name="changes"
    )
    at = models.DateTimeField()
    actor = models.CharField(max_length=254, blank=True)
    field = models.CharField(max_length=60)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    late = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.field}: {self.before} → {self.after}"


class Letter(models.Model):
    """A letter of the meeting to one person: the row is the queue. ``number`` counts those of one kind."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        MINUTES = "minutes", _("minutes")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="letters")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    number = models.PositiveSmallIntegerField(default=0)
    queued = models.DateTimeField()
    sent = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person", "kind", "number"], name="letter_once"),
            models.CheckConstraint(condition=Q(sent=None) | Q(sent__gte=F("queued")), name="letter_sent_after_queued"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.person}"


class Digest(models.Model):
    """A day on which a person was reminded of decisions; one a day at most."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="one_digest_a_day")]

    def __str__(self) -> str:
        return f"{self.person} · {self.day}"
