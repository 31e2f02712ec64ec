"""Lines of sight declared by hand: the stages a department acts on, by itself or through one of its results."""

from collections.abc import Collection

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from company.models import Company, Department
from journeys.models import Indicator, Influence, Stage

JOURNEY = "-"


class Sight:
    """The stages in use and the whole journey as boxes to tick; what is declared of retired stages stays."""

    def __init__(self, company: Company, declared: QuerySet[Influence], label: str, help_text: str) -> None:
        rows = list(Stage.objects.filter(journey__company=company))
        held = {row.stage_id for row in declared}
        self.stages: dict[str, Stage | None] = {row.slug: row for row in rows if row.retired is None}
        self.stages[JOURNEY] = None
        self.retired = [row for row in rows if row.retired and row.pk in held]
        self.ticked = [slug for slug, stage in self.stages.items() if (stage.pk if stage else None) in held]
        self.field = forms.MultipleChoiceField(
            label=label,
            choices=[(slug, self._name(slug)) for slug in self.stages],
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=self.ticked,
            help_text=help_text,
        )

    def differs(self, ticked: Collection[str]) -> bool:
        """Whether something else is ticked now."""
        return set(ticked) != set(self.ticked)

    def said(self, ticked: Collection[str]) -> list[str]:
        """What was ticked and what is, in words."""
        return [", ".join(self._name(slug) for slug in self.stages if slug in some) for some in (self.ticked, ticked)]

    def declare(self, department: Department, indicator: Indicator | None, ticked: Collection[str]) -> None:
        """Writes it."""
        stages = [self.stages[slug] for slug in self.stages if slug in ticked]
        Influence.objects.declare(department, indicator, [*stages, *self.retired])

    def _name(self, slug: str) -> str:
        stage = self.stages[slug]
        return stage.name if stage else _("The whole journey")
