"""Forms of the meeting. Each field may be sent alone: what arrives is kept, what cannot be kept says why."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from company.models import User
from journeys.calendar import QuarterCode
from meetings import figures, frozen, measures
from meetings.models import MOST, AgendaItem, Decision, Meeting
from metrics import labels

OPINION = "opinion"
AHEAD = 4
SHORT = 25


class DecisionForm(forms.ModelForm):  # type: ignore[type-arg]  # not a generic at run time
    """The five fields, one owner, one date. ``figure`` is a figure of the edition, or that it is an opinion."""

    figure = forms.ChoiceField(label=gettext_lazy("Figure that supports it"), required=False)

    class Meta:
        model = Decision
        fields = (
            "proposal", "motivation", "benefits", "measure", "start", "goal", "due_quarter", "obstacles", "owner",
            "due", "in_favour", "against", "abstained",
        )  # fmt: skip
        labels = {
            "proposal": gettext_lazy("Clear proposal"),
            "motivation": gettext_lazy("Valid motivation"),
            "benefits": gettext_lazy("Expected benefits"),
            "measure": gettext_lazy("Measure that changes"),
            "start": gettext_lazy("From"),
            "goal": gettext_lazy("To"),
            "due_quarter": gettext_lazy("By the quarter"),
            "obstacles": gettext_lazy("Obstacles"),
            "owner": gettext_lazy("Owner"),
            "due": gettext_lazy("To be done by"),
            "in_favour": gettext_lazy("In favour"),
            "against": gettext_lazy("Against"),
            "abstained": gettext_lazy("Abstained"),
        }
        help_texts = {
            "proposal": gettext_lazy("What we do, from when, for which customers. Start with a verb."),
            "motivation": gettext_lazy("Which figure of this quarterly supports it?"),
            "benefits": gettext_lazy("For the customer: which measure changes, from what to what, by which quarter."),
            "obstacles": gettext_lazy("What can stop it, and what we do if that happens."),
            "owner": gettext_lazy("One person alone."),
        }
        widgets = {
            "proposal": forms.Textarea(attrs={"rows": 3}),
            "motivation": forms.Textarea(attrs={"rows": 3}),
            "benefits": forms.Textarea(attrs={"rows": 2}),
            "obstacles": forms.Textarea(attrs={"rows": 2}),
            "due": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        localized_fields = ("start", "goal")

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        report = frozen.report(meeting)
        held = self.instance.figures[:1]
        self.initial["figure"] = held[0] if held else OPINION if self.instance.opinion else ""
        offered = [("", _("Choose a figure")), (OPINION, _("No figure: it is an opinion"))]
        self._choose("figure", offered + [(row.name, str(row)) for row in figures.all_figures(meeting)])
        self._choose("measure", [("", _("Choose a measure")), *measures.choices(report)])
        after = QuarterCode.parse(report.quarter)
        codes = [str(after.plus(step)) for step in range(1, AHEAD + 1)]
        self._choose("due_quarter", [("", _("Choose a quarter")), *((code, labels.quarter(code)) for code in codes)])
        people = meeting.quarter.company.memberships.filter(user__is_active=True)
        owner = self.fields["owner"]
        if isinstance(owner, forms.ModelChoiceField):
            here = [row.user_id for row in people] + [self.instance.owner_id]
            owner.queryset, owner.empty_label = User.objects.filter(pk__in=here), _("Choose one person")
        for name in ("in_favour", "against", "abstained"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "min": 0, "max": 999}
        for name in ("start", "goal"):
            self.fields[name].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def _choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        """The field as a list to choose from; what was chosen before stays even when it is no longer offered."""
        held = self.initial.get(name) or ""
        if held and str(held) not in {str(value) for value, _text in choices}:
            choices = [*choices, (held, str(held))]
        field = self.fields[name]
        field.widget = forms.Select(choices=choices)
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_measure(self) -> str:
        """A measure among those offered."""
        return self._offered("measure", _("This measure is not in the quarterly."))

    def clean_due_quarter(self) -> str:
        """A quarter after the meeting's."""
        return self._offered("due_quarter", _("Choose one of the next quarters."))

    def _offered(self, name: str, message: str) -> str:
        value = str(self.cleaned_data[name] or "")
        choices = self.fields[name].widget.choices
        if value and value not in {str(held) for held, _text in choices}:
            raise forms.ValidationError(message)
        return value


def hints(decision: Decision) -> dict[str, str]:
    """What a vague field is asked, by field; nothing is refused for it."""
    found = {}
    if decision.proposal and len(decision.proposal) < SHORT:
        found["proposal"] = _("Would someone who reads it in three months know whether it was done?")
    if decision.opinion:
        found["motivation"] = _("Without a figure it is an opinion: fine, but we mark it so.")
    if decision.proposal and not decision.measure:
        found["benefits"] = _("If it cannot be measured, how will we notice?")
    return found


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]
    """A point's title and minutes."""

    class Meta:
        model = AgendaItem
        fields = ("title", "minutes")
        labels = {"title": gettext_lazy("Title"), "minutes": gettext_lazy("Duration in minutes")}
        widgets = {"minutes": forms.NumberInput(attrs={"min": 0, "max": MOST})}


class WhenForm(forms.ModelForm):  # type: ignore[type-arg]
    """When and where."""

    class Meta:
        model = Meeting
        fields = ("at", "place")
        labels = {"at": gettext_lazy("Day and time"), "place": gettext_lazy("Place")}
        widgets = {"at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")}


class GuessForm(forms.Form):
    """What a department, or everybody, expects the customers to say, 0 to 100; empty takes it back."""

    guess = forms.DecimalField(
        label=gettext_lazy("What we expect"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        required=False,
        localize=True,
    )
    department = forms.SlugField(max_length=50, required=False)


class PollForm(forms.Form):
    """How many dots each has and how many people vote."""

    dots = forms.IntegerField(label=gettext_lazy("Dots each"), min_value=1, max_value=9, initial=3)
    voters = forms.IntegerField(label=gettext_lazy("How many vote"), min_value=1, max_value=500)
