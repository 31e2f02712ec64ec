"""What follows from the facts: an edition is one quarter's report, its rows are every number on every page.

Rows carry slugs, not foreign keys: an edition must stay readable, unchanged, when the journey is redrawn.
Names, order, weights and definitions as they were are in ``Edition.content``, which ``metrics.report`` reads. All
values are in the unit shown to the reader (points, hours, votes), rounded to nine decimals before they are stored.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from journeys.models import Quarter


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
    """A quarter's report. ``digest`` is the SHA-256 of ``content``, the canonical JSON of everything in it."""

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
    provenance = models.JSONField(default=list, help_text="The uploads and files the figures come from.")

    class Meta:
        ordering = ["quarter__year", "quarter__number", "version"]
        constraints = [models.UniqueConstraint(fields=["quarter", "version"], name="edition_version_once")]

    def __str__(self) -> str:
        return f"{self.quarter} · {self.version}"


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
    An impact without an indicator is the department's sum in that stage; without stage, its total on health.
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

    Kinds: ``start``, ``stage`` (a component's whole step), ``weights``, ``end``; and inside a component
    ``impact`` (the part linked to results landing in ``stage``) and ``unexplained``, which sum to its step.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="bridge")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    component = models.CharField(max_length=50, blank=True, help_text="Stage whose score moved; empty: whole journey.")
    stage = models.CharField(max_length=50, blank=True, help_text="Impact steps: where the results land.")
    points = number()
    low = number()
    high = number()
    verdict = models.CharField(max_length=10, choices=Verdict)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["edition", "position"], name="step_position_once")]

    def __str__(self) -> str:
        return f"{self.position} · {self.kind}"
