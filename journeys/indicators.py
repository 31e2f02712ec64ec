"""An indicator changed by hand: words, scale, direction, target, owner, evidence, line of sight; and since when."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from company.audit import record
from company.models import Company, Membership
from journeys.defining import TopicForm, make_stale, number, redefined
from journeys.models import Indicator, Influence, Quarter, Target
from journeys.models.sources import Evidence, IndicatorKind, IndicatorRole
from journeys.sight import Sight

SCALED = frozenset({IndicatorKind.MEAN, IndicatorKind.RATE, IndicatorKind.MEDIAN, IndicatorKind.PERCENTILE})
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
        if kind in SCALED:
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
            declared = Influence.objects.filter(indicator=self.indicator)
            help_text = _("Tick the stages whose vote it is declared to move: the figures say whether it does.")
            self.sight = Sight(self.company, declared, _("Acts on"), help_text)
            self.fields["acts"] = self.sight.field

    def _target(self) -> None:
        held = list(self.indicator.targets.all())
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
        worst, best = given.get("worst"), given.get("best")
        if "worst" in self.fields and not self.errors.keys() & {"worst", "best"}:
            if (worst is None) != (best is None):
                self.add_error("best", _("The worst and the best value of the scale go together."))
            elif worst is None and self.indicator.role == IndicatorRole.OUTCOME:
                self.add_error("worst", _("What customers say or do needs a scale from 0 to 100 points."))
            elif worst is not None and (best == worst or (best > worst) != given.get("higher_is_better")):
                self.add_error("best", _("The scale runs against the direction, or has no length."))
        if given.get("lowest") is not None and given.get("highest") is not None and given["lowest"] >= given["highest"]:
            self.add_error("highest", _("The highest value allowed must be above the lowest."))
        if "top_from" in self.fields and given.get("top_from") is None and "top_from" not in self.errors:
            self.add_error("top_from", _("Say from which answer on a customer counts as satisfied."))
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
