"""Decisions in chorus and on evidence, what became of them, and votes that nobody can trace."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from meetings.models.meeting import Meeting


class Decision(models.Model):
    """A proposal with its motivation, expected benefits, obstacles, one owner, one date.

    ``figures`` names figures of the meeting's edition; without one the motivation is an opinion and says so.
    ``measure`` is ``health``, ``stage:<slug>`` or ``indicator:<slug>``; ``start`` and ``goal`` are in the unit the
    reader sees (percent for shares), ``due_quarter`` is the quarter whose edition will tell.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        DECIDED = "decided", _("decided")
        STARTED = "started", _("in progress")
        DONE = "done", pgettext_lazy("decision", "done")
        STOPPED = "stopped", _("stopped")
        SUPERSEDED = "superseded", _("superseded")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposal = models.TextField(blank=True)
    motivation = models.TextField(blank=True)
    figures = models.JSONField(default=list, blank=True)
    opinion = models.BooleanField(default=False)
    benefits = models.TextField(blank=True)
    measure = models.CharField(max_length=80, blank=True)
    start = models.DecimalField(max_digits=15, decimal_places=3, null=True, blank=True)
    goal = models.DecimalField(max_digits=15, decimal_places=3, null=True, blank=True)
    due_quarter = models.CharField(max_length=6, blank=True)
    obstacles = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    due = models.DateField(null=True, blank=True)
    in_favour = models.PositiveSmallIntegerField(null=True, blank=True)
    against = models.PositiveSmallIntegerField(null=True, blank=True)
    abstained = models.PositiveSmallIntegerField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    superseded_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaces")
    reminded = models.SmallIntegerField(null=True, blank=True, help_text="The last reminder: 30, 15, 7, then −1, −2 …")

    class Meta:
        ordering = ["meeting__quarter__year", "meeting__quarter__number", "number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="decision_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "stopped", "superseded"])
                | (~Q(proposal="") & Q(owner__isnull=False) & Q(due__isnull=False) & Q(decided_on__isnull=False)),
                name="decided_has_owner_and_date",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "stopped", "superseded"]) | Q(opinion=True) | ~Q(figures=[]),
                name="decided_has_a_figure_or_is_opinion",
            ),
            models.CheckConstraint(condition=~Q(state="done") | Q(done_on__isnull=False), name="done_has_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting.quarter} · {self.number}"

    @property
    def open(self) -> bool:
        """Whether somebody still has to do it."""
        return self.state in (Decision.State.DECIDED, Decision.State.STARTED)

    def overdue(self, today: date) -> bool:
        """Whether its date has passed and it is still to be done."""
        return self.open and self.due is not None and self.due < today

    @property
    def lacks(self) -> list[str]:
        """Names of the fields without which it cannot be decided.

        Of what was decided before the quarter that judges it was asked for, that quarter is asked no more.
        """
        missing = [name for name in ("proposal", "owner", "due") if not getattr(self, name)]
        if not self.due_quarter and self.decided_on is None:
            missing.append("due_quarter")
        return missing if self.opinion or self.figures else [*missing, "figures"]


class FollowUp(models.Model):
    """What a later meeting finds about a decision: was it done, did it work, what was learned, is it closed."""

    class Done(models.TextChoices):
        YES = "yes", _("yes")
        PARTLY = "partly", _("partly")
        NO = "no", _("no")
        UNNEEDED = "unneeded", _("no longer needed")

    class Answer(models.TextChoices):
        CARRIED = "carried", _("carried over")
        CLOSED = "closed", _("closed")
        TAKEN = "taken", _("taken up again")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="followups")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="followups")
    done = models.CharField(max_length=8, choices=Done, blank=True)
    learned = models.TextField(blank=True)
    answer = models.CharField(max_length=7, choices=Answer, blank=True)
    outcome = models.CharField(max_length=16, blank=True, help_text="Of metrics.stats.outside.Outcome, or not_yet.")
    verdict = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["decision__meeting__quarter__year", "decision__meeting__quarter__number", "decision__number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "decision"], name="decision_followed_once_a_meeting"),
            models.CheckConstraint(condition=~Q(answer="closed") | ~Q(done=""), name="closed_says_whether_done"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} → {self.meeting.quarter}"


class Poll(models.Model):
    """A dot vote on the meeting's proposals, from phones; no more ballots than ``voters``."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="polls")
    key = models.CharField(max_length=32, unique=True)
    dots = models.PositiveSmallIntegerField(default=3)
    voters = models.PositiveSmallIntegerField()
    cast = models.PositiveSmallIntegerField(default=0)
    open = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting"], condition=Q(open=True), name="one_open_poll_a_meeting"),
            models.CheckConstraint(condition=Q(cast__lte=models.F("voters")), name="no_more_ballots_than_voters"),
            models.CheckConstraint(condition=Q(dots__gte=1, dots__lte=9), name="dots_fit_a_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.meeting} · {self.cast}/{self.voters}"


class Ballot(models.Model):
    """That a token has voted; not how."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots")
    token = models.CharField(max_length=64, help_text="SHA-256 of the phone's token.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "token"], name="token_votes_once")]

    def __str__(self) -> str:
        return self.token[:8]


class Tally(models.Model):
    """The dots a proposal has, of everybody together."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="tallies")
    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="tallies")
    dots = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["decision__number"]
        constraints = [models.UniqueConstraint(fields=["poll", "decision"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.decision} · {self.dots}"
