"""The product is the quarter, so a quarter is a row."""

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from company.models import Company
from journeys.calendar import QuarterCode


class QuarterQuerySet(models.QuerySet["Quarter"]):
    def stale(self) -> Self:
        """Quarters whose facts changed after their draft was computed."""
        return self.filter(stale=True)


class Quarter(models.Model):
    """A fiscal quarter: its days, its state, and whether its figures are behind its facts.

    ``revision`` grows with every change of facts or definitions; ``stale`` is cleared, under the row's lock, only
    by a refresh that read that very revision, so no change is ever missed. The state only goes forward: the database
    refuses to reopen what is published. ``restating`` is true while a draft restatement lets corrected files in.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        REVIEW = "review", _("in review")
        PUBLISHED = "published", _("published")

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="quarters")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    starts = models.DateField()
    ends = models.DateField(help_text="Last day of the quarter, included.")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    restating = models.BooleanField(default=False)
    due = models.DateField(null=True, blank=True, help_text="The day the report is to come out.")
    stale = models.BooleanField(default=False, db_index=True)
    revision = models.PositiveIntegerField(default=0)

    objects = QuarterQuerySet.as_manager()

    class Meta:
        ordering = ["year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["company", "year", "number"], name="quarter_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1, number__lte=4), name="quarter_number_exists"),
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="quarter_has_days"),
        ]

    def __str__(self) -> str:
        return str(self.code)

    @property
    def code(self) -> QuarterCode:
        """The quarter's name in addresses and files: ``2026-3``."""
        return QuarterCode(self.year, self.number)

    @property
    def closed(self) -> bool:
        """True where no file may touch the facts any more: published, and no draft restatement is open."""
        return self.state == self.State.PUBLISHED and not self.restating

    def holds(self, day: date) -> bool:
        return self.starts <= day <= self.ends
