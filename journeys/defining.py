"""The company's definitions changed by hand, one topic a form: each says what changed, in words for the audit log."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import transaction
from django.db.models import F, Model
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from company.audit import record
from company.formats import headed, months
from company.models import Company, Membership, User
from journeys.essential import IN_COMPANY, IN_STAGE, crowd
from journeys.models import Indicator, Journey, Quarter, Stage, Target
from journeys.models.forecasts import local_day
from journeys.naming import NAME_LENGTH

MOST_WEIGHT = Decimal(1000)
LARGEST = Decimal(10**9)


class TopicForm(forms.Form):
    """A form over rows of the company: ``bound`` maps each field to the row and attribute it stands for.

    ``note``: one more sentence for the head of the page.
    """

    note = ""

    def __init__(self, company: Company, data: Any = None) -> None:
        self.company = company
        self.bound: dict[str, tuple[Model, str]] = {}
        super().__init__(data)
        self.build()

    def build(self) -> None:
        """Adds the topic's fields."""

    def add(self, name: str, row: Model, attribute: str, field: forms.Field) -> None:
        """A field that shows and changes one attribute of a row."""
        value = getattr(row, attribute)
        field.initial = value.normalize() if isinstance(value, Decimal) else value
        self.fields[name] = field
        self.bound[name] = row, attribute

    def save(self) -> dict[str, list[str]]:
        """Writes what differs; the old and the new text of each label."""
        changes = {}
        for name, (row, attribute) in self.bound.items():
            old, new = getattr(row, attribute), self.cleaned_data[name]
            if old != new:
                setattr(row, attribute, new)
                row.save(update_fields=[attribute])
                field = self.fields[name]
                changes[str(field.label)] = [said(field, old), said(field, new)]
        return changes


class Thresholds(TopicForm):
    """How many answers a figure needs: to be shown at all, and to be shown in full."""

    def build(self) -> None:
        hidden = forms.IntegerField(label=_("Hidden under"), min_value=5, max_value=1000)
        reduced = forms.IntegerField(label=_("Reduced base under"), min_value=10, max_value=10000)
        hidden.help_text = _("Fewer answers than these are not shown, to protect people. At least 5.")
        reduced.help_text = _("Fewer answers than these: the value in grey, no verdict. At least 10.")
        self.add("hidden_under", self.company, "hidden_under", hidden)
        self.add("reduced_under", self.company, "reduced_under", reduced)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        hidden, reduced = given.get("hidden_under"), given.get("reduced_under")
        if hidden is not None and reduced is not None and reduced < hidden:
            self.add_error("reduced_under", _("It cannot be less than the number under which figures are hidden."))
        return given


class Weights(TopicForm):
    """What each stage, the whole journey and each question weigh in health."""

    def build(self) -> None:
        day = counted_from(self.company)
        for stage in Stage.objects.filter(journey__company=self.company).on(day):
            self.add(f"stage-{stage.slug}", stage, "weight", _weight(stage.name))
        voices = list(self.company.indicators.on(day).filter(in_health=True).select_related("stage"))
        if any(voice.stage is None for voice in voices):
            self.add("journey", self.company.journey, "weight", _weight(_("Whole journey")))
        for voice in voices:
            inside = voice.stage.name if voice.stage else _("Whole journey")
            self.add(f"voice-{voice.slug}", voice, "weight", _weight(f"{_headed(inside)} {voice.name}"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        parts = [value for name, value in given.items() if not name.startswith("voice-")]
        if parts and not any(parts):
            raise forms.ValidationError(_("At least one weight must be more than zero."))
        return given


class Names(TopicForm):
    """What the company, its journey and its units are called."""

    def build(self) -> None:
        self.add("company", self.company, "name", forms.CharField(label=_("Company"), max_length=NAME_LENGTH))
        journey = Journey.objects.filter(company=self.company).first()
        if journey is not None:
            self.add("journey", journey, "name", forms.CharField(label=_("Journey"), max_length=NAME_LENGTH))
        unit = forms.CharField(label=_("What a unit is"), max_length=60, required=False)
        unit.help_text = _("Shop, channel, region: the word the report uses.")
        self.add("unit", self.company, "unit_name", unit)


class Publication(TopicForm):
    """Whether one person publishes, or a second one confirms."""

    def build(self) -> None:
        field = _either(
            _("Who publishes"), _("One person publishes"), _("A second person confirms what the first proposes")
        )
        field.help_text = _("It holds for the next publication on, restatements too.")
        self.add("two_to_publish", self.company, "two_to_publish", field)


class Room(TopicForm):
    """In which theme the room's screen opens."""

    def build(self) -> None:
        field = _either(_("The room is"), _("Lit: dark ink on white"), _("Dark: light ink on black"))
        field.help_text = _(
            "In a lit room the light theme reads better. In the room, S changes it on that screen alone."
        )
        self.add("dark_room", self.company, "dark_room", field)


class Calendar(TopicForm):
    """By which day each source is due, and the day each open quarter's report comes out."""

    def build(self) -> None:
        first = date(2000, self.company.fiscal_start_month, 1)
        month = months(first, first, get_language() or settings.LANGUAGE_CODE)
        self.note = _("The fiscal year begins in %(month)s: that stays, as the quarters rest on it.") % {"month": month}
        for source in self.company.sources.filter(retired=None).select_related("department"):
            label = f"{source.name} · {source.department}"
            field = forms.IntegerField(label=label, min_value=1, max_value=90)
            field.help_text = _("days after the end of the quarter")
            self.add(f"due-{source.slug}", source, "due_day", field)
        for quarter in self.company.quarters.exclude(state=Quarter.State.PUBLISHED).order_by("-year", "-number")[:4]:
            label = _("The report of %(quarter)s comes out on") % {"quarter": quarter.code}
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            self.add(f"out-{quarter.code}", quarter, "due", forms.DateField(label=label, required=False, widget=widget))


class Owners(TopicForm):
    """Who answers for each source: that person is reminded, the department's heads where none is named."""

    def build(self) -> None:
        for source in self.company.sources.filter(retired=None).select_related("department", "owner"):
            field = answering(self.company, f"{source.name} · {source.department}")
            self.add(f"owner-{source.slug}", source, "owner", field)


class Targets(TopicForm):
    """The target of each result, and the day from which a change holds: older quarters keep the older one."""

    def build(self) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields["starts"] = forms.DateField(
            label=_("A change holds from"), widget=widget, initial=self._first_day()
        )
        held = self.company.indicators.on(counted_from(self.company))
        self.indicators = {row.slug: row for row in held.prefetch_related("targets")}
        for indicator in self.indicators.values():
            field = number(f"{indicator.name} ({indicator.unit})" if indicator.unit else indicator.name)
            field.initial = self._now(indicator)
            self.fields[f"target-{indicator.slug}"] = field

    def _first_day(self) -> date | None:
        """The first day of the latest open quarter."""
        quarter = self.company.quarters.exclude(state=Quarter.State.PUBLISHED).order_by("-starts").first()
        return quarter.starts if quarter else None

    def _now(self, indicator: Indicator) -> Decimal | None:
        held = list(indicator.targets.all())
        return held[-1].value.normalize() if held else None

    def save(self) -> dict[str, list[str]]:
        changes = {}
        for slug, indicator in self.indicators.items():
            old, new = self._now(indicator), self.cleaned_data[f"target-{slug}"]
            if new is not None and old != new:
                starts = self.cleaned_data["starts"]
                Target.objects.update_or_create(indicator=indicator, starts=starts, defaults={"value": new})
                changes[indicator.name] = [str(old or ""), f"{new} ({starts})"]
        return changes


class Essentials(TopicForm):
    """Which indicators are essential: at most twelve for the company and three a stage; to add one, retire one."""

    def build(self) -> None:
        held = self.company.indicators.on(counted_from(self.company))
        self.indicators = {row.slug: row for row in held.select_related("stage", "department")}
        for slug, row in self.indicators.items():
            inside = row.stage.name if row.stage else _("Whole journey")
            label = f"{_headed(inside)} {row.name} · {row.department}"
            self.add(slug, row, "essential", forms.BooleanField(label=label, required=False))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        ticked = [row for slug, row in self.indicators.items() if given.get(slug)]
        found = crowd(row.stage.slug if row.stage else "" for row in ticked)
        added = [row for row in ticked if not self.fields[row.slug].initial]
        for row in added:
            if row.stage and row.stage.slug in found.stages:
                words = {"stage": row.stage.name, "cap": IN_STAGE}
                self.add_error(row.slug, _("%(stage)s has %(cap)s essential ones already: retire one first.") % words)
        if added and found.total > IN_COMPANY:
            words = {"n": found.total, "cap": IN_COMPANY}
            message = _("That makes %(n)s essential indicators, of at most %(cap)s: retire one first.") % words
            raise forms.ValidationError(message)
        return given

    def save(self) -> dict[str, list[str]]:
        said = {"True": _("essential"), "False": _("not essential")}
        return {label: [said[old], said[new]] for label, (old, new) in super().save().items()}


def _headed(text: str) -> str:
    return headed(text, get_language() or settings.LANGUAGE_CODE)


def _weight(label: str) -> forms.DecimalField:
    limits = [MinValueValidator(Decimal(0)), MaxValueValidator(MOST_WEIGHT)]
    return forms.DecimalField(label=label, max_digits=9, decimal_places=4, validators=limits, localize=True)


def answering(company: Company, label: str) -> "forms.ModelChoiceField[User]":
    """A person of the company who answers for a source; nobody is the heads of its department."""
    people = User.objects.filter(membership__company=company, is_active=True).order_by("first_name", "email")
    field = forms.ModelChoiceField(people, required=False, label=label)
    field.empty_label = _("The heads of the department")
    return field


def _either(label: str, no: str, yes: str) -> forms.TypedChoiceField:
    """One of two ways, both said."""
    ways = [("False", no), ("True", yes)]
    return forms.TypedChoiceField(
        label=label, choices=ways, coerce=lambda value: value == "True", widget=forms.RadioSelect
    )


def number(label: str, help_text: str = "") -> forms.DecimalField:
    """A number that may be left out, written as the reader's language writes it."""
    limits = [MinValueValidator(-LARGEST), MaxValueValidator(LARGEST)]
    field = forms.DecimalField(
        label=label, max_digits=15, decimal_places=6, required=False, validators=limits, localize=True
    )
    field.help_text = help_text
    return field


def said(field: forms.Field, value: Any) -> str:
    """A value for the log: a choice by its words, a person by number, a number without empty digits."""
    if isinstance(value, User):
        return value.reference
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    plain = isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
    words = dict(field.choices) if plain else {}  # type: ignore[attr-defined]
    return "" if value is None else str(words.get(str(value), value))


@dataclass(frozen=True)
class Topic:
    """A page of the settings; ``figures``: a change makes the open quarters' figures be computed again.

    ``redefines``: it changes what figures mean, so it is asked whether published quarters are restated too. ``group``
    says under which heading of the settings it stands.
    """

    slug: str
    title: Any
    form: type[TopicForm]
    group: str
    figures: bool = True
    redefines: bool = False


TOPICS = {
    topic.slug: topic
    for topic in (
        Topic("soglie", gettext_lazy("Minimum bases"), Thresholds, "figures", redefines=True),
        Topic("pesi", gettext_lazy("Weights in health"), Weights, "figures", redefines=True),
        Topic("essenziali", gettext_lazy("Essential indicators"), Essentials, "figures", redefines=True),
        Topic("obiettivi", gettext_lazy("Targets"), Targets, "figures"),
        Topic("nomi", gettext_lazy("Names of company, journey and units"), Names, "company"),
        Topic("responsabili", gettext_lazy("Who answers for the sources"), Owners, "company", figures=False),
        Topic("calendario", gettext_lazy("Calendar"), Calendar, "company", figures=False),
        Topic("pubblicazione", gettext_lazy("Who publishes"), Publication, "quarter", figures=False),
        Topic("sala", gettext_lazy("Theme of the room"), Room, "quarter", figures=False),
    )
}


@transaction.atomic
def change(topic: Topic, form: TopicForm, membership: Membership, past: bool = False) -> bool:
    """Saves a valid form with its record; the open quarters become stale where figures depend on it. Was there any?

    ``past``: where the topic redefines figures, published quarters get a restatement too.
    """
    changes: dict[str, Any] = dict(form.save())
    if not changes:
        return False
    if topic.redefines:
        changes |= redefined(membership, str(topic.title), past)
    elif topic.figures:
        make_stale(membership.company)
    record(membership.company, membership.user, "settings.changed", topic.slug, changes)
    return True


def redefined(membership: Membership, reason: str, past: bool) -> dict[str, Any]:
    """Figures mean something else from now on; for the log, the quarters of which a restatement was opened."""
    opened = import_string(settings.REDEFINED_BY)(membership.company, membership.user, reason, past)
    return {"restated": [str(quarter) for quarter in opened]} if opened else {}


def counted_from(company: Company) -> date:
    """The first day of what is still open: definitions in use then still count somewhere that can change."""
    quarter = company.quarters.exclude(state=Quarter.State.PUBLISHED).order_by("starts").first()
    return quarter.starts if quarter else local_day(company, timezone.now())


def make_stale(company: Company) -> None:
    """The open quarters are computed again; what is published stays."""
    company.quarters.exclude(state=Quarter.State.PUBLISHED).update(stale=True, revision=F("revision") + 1)
