"""An indicator changed by hand: words, scale, direction, target, owner, evidence, line of sight; and since when."""

from copy import copy
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from company.audit import record
from company.models import Company, Membership
from journeys.byhand import KINDS
from journeys.defining import TopicForm, make_stale, number, redefined, said
from journeys.meaning import LINEAR, faults
from journeys.models import Indicator, Influence, Quarter, Stage, Target
from journeys.models.sources import Evidence, IndicatorKind, IndicatorRole
from journeys.naming import SLUG_LENGTH, sentence
from journeys.sight import Sight

REDEFINING = frozenset({"definition", "higher_is_better", "worst", "best", "top_from", "percentile"})


class IndicatorForm(TopicForm):
    """What the indicator is. Kind, unit, place and file stay: another kind or place is another indicator."""

    def __init__(self, company: Company, indicator: Indicator, data: Any = None) -> None:
        self.indicator = indicator
        super().__init__(company, data)

    def build(self) -> None:
        name = forms.CharField(label=_("Name"), max_length=120)
        definition = forms.CharField(label=_("Definition"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
        definition.help_text = _("It is printed beside the number: what is counted, of whom, and how.")
        self._add("name", name)
        self._add("definition", definition)
        ways = [("True", _("More is better")), ("False", _("Less is better"))]
        direction = forms.TypedChoiceField(label=_("Direction"), choices=ways, coerce=lambda value: value == "True")
        self._add("higher_is_better", direction)
        self._scale()
        self._target()
        owners = self.company.departments.filter(Q(retired=None) | Q(pk=self.indicator.department_id))
        self._add("department", forms.ModelChoiceField(owners, label=_("Owner")))
        self._place()
        evidence = forms.ChoiceField(label=_("Evidence"), choices=Evidence)
        evidence.help_text = _("What customers do weighs more than what is recorded, said in a survey, or thought.")
        self._add("evidence", evidence)

    def _add(self, attribute: str, field: forms.Field) -> None:
        self.add(attribute, self.indicator, attribute, field)

    def _scale(self) -> None:
        """Only what the kind has: a share is its own scale."""
        kind = self.indicator.kind
        if kind in LINEAR:
            ends = _("The value at which the customer could not be worse off."), _("Nothing is left to wish for.")
            self._add("worst", number(_("Worth 0 points"), ends[0]))
            self._add("best", number(_("Worth 100 points"), ends[1]))
        if kind == IndicatorKind.TOP_BOX:
            self._add("top_from", number(_("Satisfied from"), _("The lowest answer that counts.")))
        if kind == IndicatorKind.PERCENTILE:
            limits = [MinValueValidator(Decimal("0.1")), MaxValueValidator(Decimal("99.9"))]
            field = forms.DecimalField(
                label=_("Percentile"), max_digits=4, decimal_places=1, localize=True, validators=limits
            )
            self._add("percentile", field)
        if kind not in (IndicatorKind.SHARE, IndicatorKind.TOTAL):
            self._add("lowest", number(_("Lowest value allowed"), _("A file with a lower one is refused.")))
            self._add("highest", number(_("Highest value allowed"), _("A file with a higher one is refused.")))

    def _place(self) -> None:
        """Where in its stage it is measured, and which votes it is declared to move."""
        if self.indicator.stage is not None:
            points = self.indicator.stage.touchpoints.filter(Q(retired=None) | Q(pk=self.indicator.touchpoint_id))
            field = forms.ModelChoiceField(points, required=False, label=_("Touchpoint"))
            field.empty_label = _("The whole stage")
            self._add("touchpoint", field)
        self.sight: Sight | None = None
        if self.indicator.role != IndicatorRole.OUTCOME:
            declared = (
                Influence.objects.filter(indicator=self.indicator) if self.indicator.pk else Influence.objects.none()
            )
            help_text = _("Tick the stages whose vote it is declared to move: the figures say whether it does.")
            self.sight = Sight(self.company, declared, _("Acts on"), help_text)
            self.fields["acts"] = self.sight.field

    def _target(self) -> None:
        held = list(self.indicator.targets.all()) if self.indicator.pk else []
        quarter = self.company.quarters.exclude(state=Quarter.State.PUBLISHED).order_by("-starts").first()
        target = number(_("Target"), self.indicator.unit)
        target.initial = self.held = held[-1].value.normalize() if held else None
        day = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        starts = forms.DateField(label=_("The target holds from"), required=False, widget=day)
        starts.initial = quarter.starts if quarter else None
        starts.help_text = _("Quarters before keep the target they had.")
        self.fields.update(target=target, starts=starts)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            meant = copy(self.indicator)
            for name, (_row, attribute) in self.bound.items():
                setattr(meant, attribute, given[name])
            for name, fault in list(faults(meant, bool(given.get("acts")))):
                self.add_error(name if name in self.fields else None, sentence(fault))
        if given.get("target") != self.held and given.get("target") is not None and not given.get("starts"):
            self.add_error("starts", _("Say from which day the new target holds."))
        return given

    @property
    def redefines(self) -> bool:
        """Whether what is asked changes what the figure means."""
        names = REDEFINING & self.fields.keys()
        if self.sight and self.sight.differs(self.cleaned_data["acts"]):
            return True
        return any(self.cleaned_data[name] != getattr(self.indicator, name) for name in names)

    def save(self) -> dict[str, list[str]]:
        changes = super().save()
        if self.sight:
            ticked = self.cleaned_data["acts"]
            self.sight.declare(self.indicator.department, self.indicator, ticked)
            changes |= {_("Acts on"): self.sight.said(ticked)} if self.sight.differs(ticked) else {}
        target, starts = self.cleaned_data["target"], self.cleaned_data["starts"]
        if target is not None and target != self.held:
            Target.objects.update_or_create(indicator=self.indicator, starts=starts, defaults={"value": target})
            old = "" if self.held is None else f"{self.held:f}"
            changes[_("Target")] = [old, f"{target.normalize():f} ({starts})"]
        return changes


class Beginnings(forms.Form):
    """What an indicator is from the beginning and stays: it decides what else is asked."""

    role = forms.ChoiceField(label=gettext_lazy("What it is"), choices=IndicatorRole, initial=IndicatorRole.RESULT)
    kind = forms.ChoiceField(label=gettext_lazy("How it is counted"), choices=IndicatorKind)

    def __init__(self, company: Company, data: Any = None) -> None:
        super().__init__(data)
        self.company = company
        owners = company.departments.filter(retired=None)
        self.fields["department"] = forms.ModelChoiceField(
            owners, label=_("Whose it is"), to_field_name="slug", empty_label=_("Choose a department")
        )
        stages = Stage.objects.filter(journey__company=company, retired=None)
        self.fields["stage"] = forms.ModelChoiceField(
            stages, label=_("Where it lands"), required=False, to_field_name="slug", empty_label=_("The whole journey")
        )

    @property
    def indicator(self) -> Indicator:
        """The indicator, not saved yet."""
        return Indicator(company=self.company, evidence=Evidence.RECORD, **self.cleaned_data)


class NewIndicatorForm(IndicatorForm):
    """The same for one that is not there yet."""

    def build(self) -> None:
        super().build()
        unit = forms.CharField(label=_("Unit of measure"), max_length=30, required=False)
        unit.help_text = _("minutes, hours, days, euro …; nothing for votes and shares.")
        self._add("unit", unit)
        if self.indicator.role == IndicatorRole.OUTCOME and self.indicator.kind != IndicatorKind.TOTAL:
            health = forms.BooleanField(label=_("It is part of health"), required=False)
            health.help_text = _("Health is made only of what customers say or do.")
            self._add("in_health", health)
        if self.indicator.kind in KINDS:
            by_hand = forms.BooleanField(label=_("Its department writes it by hand"), required=False)
            self._add("by_hand", by_hand)

    def clean_name(self) -> str:
        """A name whose short form is nobody's yet."""
        name = str(self.cleaned_data["name"])
        slug = slugify(name)[:SLUG_LENGTH].strip("-_")
        if not slug or self.company.indicators.filter(slug=slug).exists():
            raise forms.ValidationError(_("There is an indicator of this name already, or the name has no letters."))
        self.indicator.slug = slug
        return name

    def save(self) -> dict[str, list[str]]:
        last = self.company.indicators.order_by("position").last()
        self.indicator.position = last.position + 1 if last else 0
        for name, (_row, attribute) in self.bound.items():
            setattr(self.indicator, attribute, self.cleaned_data[name])
        self.indicator.save()
        super().save()
        fields = [(self.fields[name], self.cleaned_data[name]) for name in self.bound]
        return {str(field.label): ["", said(field, value)] for field, value in fields}


@transaction.atomic
def define(form: NewIndicatorForm, membership: Membership) -> bool:
    """Saves the form if it holds, with its record: the open quarters are computed with the indicator."""
    Company.objects.select_for_update(no_key=True).get(pk=membership.company_id)
    if not form.is_valid():
        return False
    changes = form.save()
    make_stale(membership.company)
    record(membership.company, membership.user, "indicator.added", form.indicator.slug, changes)
    return True


@transaction.atomic
def redefine(form: IndicatorForm, membership: Membership, past: bool) -> bool:
    """Saves a valid form with its record. What changes the meaning may also restate what is published (``past``)."""
    meaning = form.redefines
    changes: dict[str, Any] = dict(form.save())
    if not changes:
        return False
    if meaning:
        changes |= redefined(membership, form.indicator.name, past)
    else:
        make_stale(membership.company)
    record(membership.company, membership.user, "indicator.changed", form.indicator.slug, changes)
    return True
