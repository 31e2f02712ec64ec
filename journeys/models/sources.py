"""What is measured and where it comes from: indicators, their targets, and the recurring files that feed them."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from company.models import Company, Department, Retirable
from journeys.calendar import SECONDS
from journeys.models.journey import Stage, Touchpoint


class IndicatorRole(models.TextChoices):
    OUTCOME = "outcome", _("what customers say or do")
    RESULT = "result", _("a department's result")
    EMPLOYEE = "employee", _("what employees say")
    TIME = "time", _("customer's time")
    EFFICIENCY = "efficiency", _("internal efficiency")


class Evidence(models.TextChoices):
    BEHAVIOUR = "behaviour", _("observed behaviour")
    RECORD = "record", _("record")
    SURVEY = "survey", _("survey")
    OPINION = "opinion", _("opinion")


class IndicatorKind(models.TextChoices):
    """The same words as ``metrics.stats.kinds.Kind``; a test holds them equal."""

    SHARE = "share", _("share")
    TOP_BOX = "top_box", _("top-box")
    NPS = "nps", _("NPS")
    MEAN = "mean", _("mean")
    RATE = "rate", _("rate per thousand")
    MEDIAN = "median", _("median")
    PERCENTILE = "percentile", _("percentile")
    TOTAL = "total", _("total")


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def on(self, day: date) -> Self:
        """Those whose stage and department are in use on that day."""
        return self.exclude(models.Q(stage__retired__lte=day) | models.Q(department__retired__lte=day))


class Indicator(models.Model):
    """One measure: its definition, kind, direction and scale, and the stage and department it belongs to.

    Durations are stored in seconds whatever the unit shown, so that they stay exact; ``divisor`` turns them back.
    An outcome without a stage is about the whole journey.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="indicators")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    definition = models.TextField()
    role = models.CharField(max_length=12, choices=IndicatorRole)
    kind = models.CharField(max_length=12, choices=IndicatorKind)
    unit = models.CharField(max_length=30, blank=True, help_text="minutes, hours, days, or the unit's own name")
    higher_is_better = models.BooleanField(default=True)
    worst = models.DecimalField(max_digits=15, decimal_places=6, null=True, blank=True)
    best = models.DecimalField(max_digits=15, decimal_places=6, null=True, blank=True)
    lowest = models.DecimalField("lowest value allowed", max_digits=15, decimal_places=6, null=True, blank=True)
    highest = models.DecimalField("highest value allowed", max_digits=15, decimal_places=6, null=True, blank=True)
    whole = models.BooleanField("whole numbers only", default=False)
    top_from = models.DecimalField(
        max_digits=15, decimal_places=6, null=True, blank=True, help_text="top-box: the lowest value that counts"
    )
    percentile = models.DecimalField(max_digits=4, decimal_places=1, default=Decimal(50))
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="indicators")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="indicators")
    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.PROTECT, null=True, blank=True, related_name="indicators"
    )
    essential = models.BooleanField(default=False)
    in_health = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False, help_text="Its department writes it by hand, by week or month.")
    weight = models.DecimalField(
        max_digits=9, decimal_places=4, default=Decimal(1), validators=[MinValueValidator(Decimal(0))]
    )
    evidence = models.CharField(max_length=10, choices=Evidence)
    position = models.PositiveSmallIntegerField(default=0)
    objects = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["position", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["company", "slug"], name="indicator_slug_once"),
            models.CheckConstraint(
                condition=models.Q(in_health=False) | models.Q(role="outcome"), name="health_is_made_of_outcomes"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def divisor(self) -> int:
        """Stored units in one shown unit: 3600 for hours, 1 when the unit is not a duration."""
        return SECONDS.get(self.unit, 1)

    def target_on(self, day: date) -> Decimal | None:
        """The target in force on the day (shown units), or None before the first one."""
        held = [target for target in self.targets.all() if target.starts <= day]
        return max(held, key=lambda target: target.starts).value if held else None


class Target(models.Model):
    """A target and the day from which it holds; older ones keep judging older quarters."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="targets")
    starts = models.DateField()
    value = models.DecimalField(max_digits=15, decimal_places=6)

    class Meta:
        ordering = ["starts"]
        constraints = [models.UniqueConstraint(fields=["indicator", "starts"], name="one_target_a_day")]

    def __str__(self) -> str:
        return f"{self.indicator} · {self.starts} · {self.value}"


class Source(Retirable):
    """A recurring file of a department: which columns become which indicators, who owes it and by which day.

    ``mapping`` is checked by ``journeys.reading.mapping`` before it is saved.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sources")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="sources")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    due_day = models.PositiveSmallIntegerField(default=10, help_text="Days after the quarter's end by which it is due.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    by_hand = models.BooleanField(default=False, help_text="What the department writes by hand; one a department.")
    mapping = models.JSONField(default=dict)

    class Meta:
        ordering = ["department__position", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["company", "slug"], name="source_slug_once"),
            models.UniqueConstraint(
                fields=["department"], condition=models.Q(by_hand=True), name="one_source_by_hand_a_department"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Reminder(models.Model):
    """A letter about a source that had not arrived: one a person, source, quarter and day of the calendar."""

    class Moment(models.TextChoices):
        BEFORE = "before", _("three days before")
        ON_DAY = "on_day", _("on the day")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="reminders")
    quarter = models.ForeignKey("journeys.Quarter", on_delete=models.CASCADE, related_name="reminders")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminders")
    moment = models.CharField(max_length=6, choices=Moment)
    sent = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "quarter", "person", "moment"], name="one_letter_a_moment")
        ]

    def __str__(self) -> str:
        return f"{self.source} · {self.quarter} · {self.moment}"
