"""The customer's journey: stages in order, their touchpoints, and who is declared to influence what."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models

from company.models import Company, Department, Retirable

if TYPE_CHECKING:
    from journeys.models.sources import Indicator


class Journey(models.Model):
    """One journey a company. Its weight is that of outcomes about the whole journey (0 when there are none)."""

    company = models.OneToOneField(Company, on_delete=models.CASCADE, related_name="journey")
    name = models.CharField(max_length=120)
    weight = models.DecimalField(
        max_digits=9, decimal_places=4, default=Decimal(1), validators=[MinValueValidator(Decimal(0))]
    )

    def __str__(self) -> str:
        return self.name


class Stage(Retirable):
    """A stage of the journey, with the customer's question in it and its declared weight in health."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="stages")
    slug = models.SlugField()
    name = models.CharField(max_length=60)
    question = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField()
    weight = models.DecimalField(
        max_digits=9, decimal_places=4, default=Decimal(1), validators=[MinValueValidator(Decimal(0))]
    )

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["journey", "slug"], name="stage_slug_once")]

    def __str__(self) -> str:
        return self.name


class Touchpoint(Retirable):
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="touchpoints")
    slug = models.SlugField()
    name = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["stage__position", "position", "slug"]
        constraints = [models.UniqueConstraint(fields=["stage", "slug"], name="touchpoint_slug_once")]

    def __str__(self) -> str:
        return self.name


class InfluenceManager(models.Manager["Influence"]):
    def declare(self, department: Department, indicator: "Indicator | None", stages: Iterable[Stage | None]) -> None:
        """The department acts through the indicator on exactly these stages (None is the whole journey)."""
        wanted = {stage.pk if stage else None: stage for stage in stages}
        rows = self.filter(indicator=indicator)
        if indicator is None:
            rows = rows.filter(department=department)
        for row in rows:
            if row.stage_id in wanted and row.department_id == department.pk:
                del wanted[row.stage_id]
            else:
                row.delete()
        self.bulk_create(
            Influence(department=department, indicator=indicator, stage=stage) for stage in wanted.values()
        )


class Influence(models.Model):
    """A declared line of sight: a department, through one of its results, acts on a stage or the whole journey.

    Without an indicator it says only that the department works there: its impact is unknown until data come.
    """

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="influences")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, null=True, blank=True, related_name="influences")
    indicator = models.ForeignKey(
        "journeys.Indicator", on_delete=models.CASCADE, null=True, blank=True, related_name="influences"
    )
    objects = InfluenceManager()

    class Meta:
        ordering = ["department__position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "stage", "indicator"], name="influence_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return " → ".join(str(end) for end in (self.department, self.indicator, self.stage or self.department.company))
