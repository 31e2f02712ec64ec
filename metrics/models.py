"""What follows from the facts: an edition is one quarter's report, its rows are every number on every page.

Rows carry slugs, not foreign keys: an edition must stay readable, unchanged, when the journey is redrawn.
Names, order, weights and definitions as they were are in ``Edition.content``, which ``metrics.report`` reads. All
values are in the unit shown to the reader (points, hours, votes), rounded to nine decimals before they are stored.
"""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from company.models import Company
from journeys.models import Quarter
from metrics import paperwork, trials  # noqa: F401  # their rows are ours too


def number(**options: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(max_digits=24, decimal_places=9, null=True, **options)


class Verdict(models.TextChoices):
    """The same words as ``metrics.stats.change.Verdict``; a test holds them equal."""

    BETTER = "better", _("improves")
    WORSE = "worse", _("gets worse")
    UNPROVEN = "unproven", _("not demonstrated")
    TOO_LITTLE = "too_little", _("not enough data")


class Base(models.TextChoices):
    HIDDEN = "hidden", _("hidden")
    REDUCED = "reduced", _("reduced base")
    FULL = "full", _("full base")


class Edition(models.Model):
    """A quarter's report. ``digest`` is the SHA-256 of ``content``, the canonical JSON of everything in it.

    Once published the row and all that hang on it are frozen by the database itself (migration 0005). ``number`` is
    its place in the company's chain: ``seal`` covers digest, files, titles and circumstances, and ``previous``, the
    seal before. A version above the first is a restatement; the earlier ones stay as they were.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    quarter = models.ForeignKey(Quarter, on_delete=models.PROTECT, related_name="editions")
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    revision = models.PositiveIntegerField(help_text="The quarter's revision these figures were computed from.")
    computed = models.DateTimeField(auto_now=True)
    digest = models.CharField(max_length=64)
    content = models.TextField()
    provenance = models.JSONField(default=list, help_text="The uploads and files the figures come from, by quarter.")
    reason = models.TextField(blank=True, help_text="Restatement: why it was made.")
    author = models.CharField(max_length=254, blank=True, help_text="Restatement: who opened it.")
    redefined = models.BooleanField(default=False, help_text="Restatement: made anew with today's definitions.")
    consequences = models.JSONField(default=list, help_text="Restatement: verdicts of other quarters that change.")
    proposer = models.CharField(max_length=254, blank=True, help_text="Where two must publish: the first of them.")
    proposed_digest = models.CharField(max_length=64, blank=True, help_text="The very figures the first agreed to.")
    publisher = models.CharField(max_length=254, blank=True)
    published = models.DateTimeField(null=True)
    visible_from = models.DateTimeField(null=True, help_text="Readers see it from this moment on.")
    titles = models.JSONField(default=dict, help_text="The title sentences as they were published, by language.")
    number = models.PositiveIntegerField(null=True)
    previous = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["quarter__year", "quarter__number", "version"]
        constraints = [
            models.UniqueConstraint(fields=["quarter", "version"], name="edition_version_once"),
            models.UniqueConstraint(fields=["quarter"], condition=models.Q(state="draft"), name="one_draft_a_quarter"),
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | models.Q(published__isnull=False, visible_from__isnull=False, number__isnull=False),
                name="published_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter} · {self.version}"

    @property
    def restates(self) -> bool:
        """True for every version after the first: it corrects a published one."""
        return self.version > 1

    def visible_at(self, now: datetime) -> bool:
        """Whether readers see it: published, and no longer under embargo."""
        return self.visible_from is not None and self.visible_from <= now


class Figure(models.Model):
    """One estimate: of the company's health, a stage's health, an indicator, or an indicator in one unit."""

    class Level(models.TextChoices):
        COMPANY = "company", _("company")
        STAGE = "stage", _("stage")
        INDICATOR = "indicator", _("indicator")
        UNIT = "unit", _("unit")
        UNIT_STAGE = "unit_stage", _("stage in a unit")
        UNIT_WHOLE = "unit_whole", _("company in a unit")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="figures")
    level = models.CharField(max_length=10, choices=Level)
    stage = models.CharField(max_length=50, blank=True)
    indicator = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=128, blank=True)
    n = models.PositiveBigIntegerField(default=0)
    base = models.CharField(max_length=8, choices=Base)
    value = number()
    low = number()
    high = number()
    score = number()
    score_low = number()
    score_high = number()
    imprecise = models.BooleanField(default=False)
    before = number()
    before_n = models.PositiveBigIntegerField(default=0)
    change = number()
    change_low = number()
    change_high = number()
    p_value = number()
    verdict = models.CharField(max_length=10, choices=Verdict)
    year_before = number()
    year_change = number()
    year_low = number()
    year_high = number()
    year_verdict = models.CharField(max_length=10, choices=Verdict)
    target = number()
    note = models.CharField(max_length=40, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "level", "stage", "indicator", "unit"], name="figure_once")
        ]

    def __str__(self) -> str:
        return " · ".join(filter(None, (self.level, self.stage, self.indicator, self.unit)))


class Effect(models.Model):
    """How a result weighs on an outcome: leave-out contribution, driver, two events together, impact in points.

    ``stage`` is where the result lands, ``outcome_stage`` whose score it is measured on (empty: whole journey).
    An impact without an indicator is the department's sum in that stage; without stage, its total on health. A
    contribution is of an indicator that happened, of a unit, or of a ``touchpoint`` of the stage.
    """

    class Kind(models.TextChoices):
        CONTRIBUTION = "contribution", _("contribution")
        JOINT = "joint", _("two events together")
        DRIVER = "driver", _("driver")
        SHARE = "share", _("department's share of the variance")
        IMPACT = "impact", _("impact")

    class Reference(models.TextChoices):
        NONE = "", "–"
        BEFORE = "before", _("against the previous quarter")
        TARGET = "target", _("against the target")
        BEST = "best", _("against the best quarter of the units")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="effects")
    kind = models.CharField(max_length=12, choices=Kind)
    reference = models.CharField(max_length=6, choices=Reference, blank=True)
    department = models.CharField(max_length=50, blank=True)
    stage = models.CharField(max_length=50, blank=True)
    outcome = models.CharField(max_length=60, blank=True)
    outcome_stage = models.CharField(max_length=50, blank=True)
    indicator = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=128, blank=True)
    touchpoint = models.CharField(max_length=50, blank=True)
    n = models.PositiveBigIntegerField(default=0)
    points = number(help_text="Points of company health (impact), or of the outcome's score (contribution, driver).")
    low = number()
    high = number()
    stage_points = number(help_text="Impact: points of the outcome stage's score.")
    stage_low = number()
    stage_high = number()
    share = number(help_text="Driver: LMG share of the outcome's variance, 0–1.")
    share_low = number()
    share_high = number()
    verdict = models.CharField(max_length=10, choices=Verdict)
    note = models.CharField(
        max_length=40,
        blank=True,
        help_text="Why there is no plain number: unknown, few, no_previous, refused, unstable, constant, everyone …",
    )
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return " · ".join(filter(None, (self.kind, self.department, self.stage, self.outcome, self.indicator)))


class BridgeStep(models.Model):
    """One step from the previous quarter's health to this one's; the points of all steps sum to the change.

    Kinds: ``start``, ``stage`` (a component's whole step), ``weights``, ``end``; and inside a component, each family
    summing to its step: ``impact`` (the part linked to results landing in ``stage``) and ``unexplained``;
    ``indicator`` (one outcome of several, its slug in ``stage``); ``rate`` and ``mix`` of its units.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="bridge")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    component = models.CharField(max_length=50, blank=True, help_text="Stage whose score moved; empty: whole journey.")
    stage = models.CharField(
        max_length=60, blank=True, help_text="Impact steps: where the results land; indicator steps: the indicator."
    )
    points = number()
    low = number()
    high = number()
    verdict = models.CharField(max_length=10, choices=Verdict)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["edition", "position"], name="step_position_once")]

    def __str__(self) -> str:
        return f"{self.position} · {self.kind}"


class Objection(models.Model):
    """A department contests a figure of a draft; it is answered before the draft is published, and stays with it."""

    class State(models.TextChoices):
        OPEN = "open", _("contested")
        UPHELD = "upheld", _("upheld")
        DISMISSED = "dismissed", _("dismissed")

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="objections")
    department = models.CharField(max_length=50)
    level = models.CharField(max_length=10, choices=Figure.Level, blank=True)
    stage = models.CharField(max_length=50, blank=True)
    indicator = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=128, blank=True)
    effect = models.CharField(max_length=400, blank=True, help_text="The words of an effect, where it is no figure.")
    value = number(help_text="The figure as it was when it was contested.")
    reason = models.TextField()
    author = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=254, blank=True)
    answered = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="open") | ~models.Q(answer=""), name="settled_with_an_answer"
            )
        ]

    def __str__(self) -> str:
        return " · ".join(filter(None, (self.level, self.stage, self.indicator, self.unit, self.effect, self.state)))

    @property
    def key(self) -> tuple[str, ...]:
        """The words of the figure, or of the effect."""
        figure = (self.level, self.stage, self.indicator, self.unit)
        return tuple(self.effect.split("|")) if self.effect else figure


class Checkpoint(models.Model):
    """The draft as it was last looked at: what the preview of the next step compares with."""

    quarter = models.OneToOneField(Quarter, on_delete=models.CASCADE, related_name="checkpoint")
    digest = models.CharField(max_length=64)
    content = models.TextField()
    by = models.CharField(max_length=254)
    at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.quarter} · {self.digest[:12]}"


class Announcement(models.Model):
    """That an edition's letter was sent, when it became visible. A row of its own: the edition's is frozen."""

    edition = models.OneToOneField(Edition, on_delete=models.PROTECT, related_name="announcement")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.edition} · {self.at}"


class Verification(models.Model):
    """One run over a company's published editions and all that guards them: the record of the work and of its finds.

    ``at`` is when it was asked for, by ``asker`` or, when empty, by the week that had passed. ``told``: when the
    administrators were written to about what it found.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="verifications")
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    at = models.DateTimeField(auto_now_add=True)
    asker = models.CharField(max_length=254, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0)
    results = models.JSONField(default=list, help_text="Per edition: quarter, version, digest, differences.")
    findings = models.JSONField(default=list, help_text="What is wrong with chain, triggers, role or audit log.")
    identical = models.BooleanField(null=True)
    told = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["company"], condition=models.Q(state__in=["queued", "running"]), name="one_verification_at_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(identical__isnull=False), name="a_verification_says_what"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} · {self.at} · {self.state}"

    @property
    def whole(self) -> bool:
        """Whether all of it was compared whole: nothing was made by another version of the method."""
        return not any(row.get("across") for row in self.results)

    @property
    def under_way(self) -> bool:
        """Whether it waits for a worker or is being worked on."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)


class Remark(models.Model):
    """What a person wrote on a quarter: a note of what happened ("courier strike, March"), or a title of their own.

    A note stands at a stage's place or, with an empty one, at the quarter's. A title replaces the sentence of its place
    in one language; ``said`` is the message it replaced: when the data say another, the title is to be read again.
    """

    class Kind(models.TextChoices):
        NOTE = "note", _("note")
        TITLE = "title", _("title")

    quarter = models.ForeignKey(Quarter, on_delete=models.CASCADE, related_name="remarks")
    kind = models.CharField(max_length=5, choices=Kind)
    place = models.CharField(max_length=70, blank=True)
    language = models.CharField(max_length=5, blank=True)
    text = models.CharField(max_length=140)
    said = models.JSONField(default=dict, blank=True)
    author = models.CharField(max_length=150)
    written = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["quarter__year", "quarter__number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "place", "language"], condition=models.Q(kind="title"), name="title_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quarter} · {self.place} · {self.text}"
