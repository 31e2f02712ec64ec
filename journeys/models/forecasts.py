"""What a department expects its customers to say of a quarter, before they have said it."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from company.models import Company, Department
from journeys.calendar import QuarterCode
from journeys.models.journey import Stage


class Forecast(models.Model):
    """A department's official forecast of a stage's score, 0 to 100, and when it was given.

    It is blind when it was given before the quarter's last day, ``ends``; until then it may be given anew. From that
    day on the database changes it no more (decision 0087): one that is missing can still be given, once, and says so.
    """

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="forecasts")
    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="forecasts")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    ends = models.DateField(help_text="Last day of the quarter, included.")
    value = models.DecimalField(
        max_digits=4, decimal_places=1, validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]
    )
    given = models.DateTimeField()

    class Meta:
        ordering = ["-year", "-number", "department__position", "stage__position"]
        constraints = [
            models.UniqueConstraint(fields=["department", "stage", "year", "number"], name="one_forecast_a_stage"),
            models.CheckConstraint(condition=Q(value__gte=0, value__lte=100), name="forecast_on_the_scale"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=4), name="forecast_of_a_quarter"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.department} · {self.stage}"

    @property
    def code(self) -> QuarterCode:
        """The quarter it is about."""
        return QuarterCode(self.year, self.number)

    @property
    def day(self) -> date:
        """The day it was given, where the company is."""
        return local_day(self.department.company, self.given)

    @property
    def blind(self) -> bool:
        """Whether it was given before the quarter's last day."""
        return self.day < self.ends


def local_day(company: Company, at: datetime) -> date:
    """The day of a moment where the company is."""
    return at.astimezone(ZoneInfo(company.time_zone)).date()
