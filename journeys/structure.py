"""What the company is made of, a form each: its stages, touchpoints, departments, units and sources.

A new one gets its short name, which stands in addresses and files, from its name, once; names are judged as those of
a ``company.yml`` are.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from company.models import Company, Department, Unit
from journeys import naming
from journeys.defining import TopicForm, answering, said
from journeys.models import Influence, Journey, Source, Stage, Touchpoint
from journeys.sight import Sight

Element = Stage | Touchpoint | Department | Unit | Source


class ElementForm(TopicForm):
    """One of them: there already, or new and not saved yet."""

    limit = naming.NAME_LENGTH

    def __init__(self, company: Company, element: Any, data: Any = None) -> None:
        self.element = element
        self.new = element.pk is None
        super().__init__(company, data)

    @staticmethod
    @abstractmethod
    def rows(company: Company) -> QuerySet[Any]:
        """All of the company, in order, retired ones too."""

    @staticmethod
    @abstractmethod
    def blank(company: Company) -> Element:
        """One that is not there yet."""

    def build(self) -> None:
        self.add("name", self.element, "name", forms.CharField(label=_("Name"), max_length=self.limit))

    def siblings(self) -> QuerySet[Any]:
        """Those among which a short name stands once."""
        return self.rows(self.company)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.new and given.get("name"):
            self.element.slug = slugify(given["name"])[: naming.SLUG_LENGTH].strip("-_")
            if fault := self.slug_fault(self.element.slug):
                self.add_error("name", fault)
        return given

    def slug_fault(self, slug: str) -> str:
        """What is wrong with the short name, if anything."""
        if not slug:
            return _("A name needs letters or digits.")
        there = self.siblings().filter(slug=slug).first()
        if there is not None and there.retired:
            return _("“%(name)s” was retired: open it and use it again.") % {"name": there.name}
        return _there(there.name) if there else naming.sentence(naming.slug_fault(slug))

    def save(self) -> dict[str, list[str]]:
        if not self.new:
            return super().save()
        for name, (_row, attribute) in self.bound.items():
            setattr(self.element, attribute, self.cleaned_data[name])
        if hasattr(self.element, "position"):
            last = self.siblings().order_by("position").last()
            self.element.position = last.position + 1 if last else 0
        self.element.save()
        fields = [(self.fields[name], self.cleaned_data[name]) for name in self.bound]
        return {str(field.label): ["", said(field, value)] for field, value in fields}


class StageForm(ElementForm):
    """A stage and the customer's question in it."""

    limit = naming.STAGE_NAME_LENGTH

    @staticmethod
    def rows(company: Company) -> QuerySet[Stage]:
        return Stage.objects.filter(journey__company=company)

    @staticmethod
    def blank(company: Company) -> Stage:
        return Stage(journey=Journey.objects.filter(company=company).first() or Journey(company=company))

    def build(self) -> None:
        super().build()
        question = forms.CharField(
            label=_("The customer's question"), max_length=naming.QUESTION_LENGTH, required=False
        )
        question.help_text = _("In the customer's words: “Will it arrive when they said?”")
        self.add("question", self.element, "question", question)

    def slug_fault(self, slug: str) -> str:
        return naming.sentence(naming.stage_slug_fault(slug)) or super().slug_fault(slug)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        used = self.siblings().filter(retired=None).count()
        if self.new and (fault := naming.stages_fault(used + 1)):
            raise forms.ValidationError(naming.sentence(fault))
        return given

    def save(self) -> dict[str, list[str]]:
        if self.element.journey.pk is None:
            self.element.journey.name = self.company.name
            self.element.journey.save()
        return super().save()


class TouchpointForm(ElementForm):
    """A touchpoint; its stage is chosen once."""

    @staticmethod
    def rows(company: Company) -> QuerySet[Touchpoint]:
        return Touchpoint.objects.filter(stage__journey__company=company).select_related("stage")

    @staticmethod
    def blank(company: Company) -> Touchpoint:
        return Touchpoint()

    def build(self) -> None:
        super().build()
        if self.new:
            stages = StageForm.rows(self.company).filter(retired=None)
            self.fields["stage"] = forms.ModelChoiceField(stages, label=_("Stage"), empty_label=_("Choose a stage"))

    def siblings(self) -> QuerySet[Touchpoint]:
        return Touchpoint.objects.filter(stage=self.cleaned_data.get("stage") if self.new else self.element.stage)

    def save(self) -> dict[str, list[str]]:
        if not self.new:
            return super().save()
        self.element.stage = self.cleaned_data["stage"]
        return super().save() | {_("Stage"): ["", self.element.stage.name]}


class DepartmentForm(ElementForm):
    """A department and the stages it works on, with or without results to show for it."""

    @staticmethod
    def rows(company: Company) -> QuerySet[Department]:
        return Department.objects.filter(company=company)

    @staticmethod
    def blank(company: Company) -> Department:
        return Department(company=company)

    def build(self) -> None:
        super().build()
        declared = Influence.objects.filter(department=self.element.pk, indicator=None)
        help_text = _("Tick the stages it acts on, results or not: where nothing shows it, its impact is unknown.")
        self.sight = Sight(self.company, declared, _("Where it works"), help_text)
        self.fields["works"] = self.sight.field

    def save(self) -> dict[str, list[str]]:
        changes, ticked = super().save(), self.cleaned_data["works"]
        if self.sight.differs(ticked):
            self.sight.declare(self.element, None, ticked)
            changes[_("Where it works")] = self.sight.said(ticked)
        return changes


class SourceForm(ElementForm):
    """A recurring file: whose it is, who is reminded of it, by which day. Its first file says what its columns are."""

    @staticmethod
    def rows(company: Company) -> QuerySet[Source]:
        return Source.objects.filter(company=company).select_related("department")

    @staticmethod
    def blank(company: Company) -> Source:
        return Source(company=company)

    def build(self) -> None:
        super().build()
        if self.new:
            departments = DepartmentForm.rows(self.company).filter(retired=None)
            self.fields["department"] = forms.ModelChoiceField(
                departments, label=_("Department"), empty_label=_("Choose a department")
            )
        self.add("owner", self.element, "owner", answering(self.company, _("Who answers for it")))
        due = forms.IntegerField(label=_("Due within"), min_value=1, max_value=90)
        due.help_text = _("days after the end of the quarter")
        self.add("due_day", self.element, "due_day", due)

    def save(self) -> dict[str, list[str]]:
        if not self.new:
            return super().save()
        self.element.department = self.cleaned_data["department"]
        return super().save() | {_("Department"): ["", self.element.department.name]}


class UnitForm(ElementForm):
    """A unit: the code that stands in the files, and its name."""

    @staticmethod
    def rows(company: Company) -> QuerySet[Unit]:
        return Unit.objects.filter(company=company)

    @staticmethod
    def blank(company: Company) -> Unit:
        return Unit(company=company)

    def build(self) -> None:
        if self.new:
            code = forms.CharField(label=_("Code"), max_length=naming.CODE_LENGTH)
            code.help_text = _("As it stands in the files.")
            self.add("code", self.element, "code", code)
        super().build()

    def clean(self) -> dict[str, Any]:
        given = super(ElementForm, self).clean() or {}
        code = given.get("code")
        if code and self.siblings().filter(code=code).exists():
            self.add_error("code", _there(code))
        return given


@dataclass(frozen=True)
class Kind:
    """A sort of element. ``moves``: its order is the report's, and is chosen."""

    slug: str
    title: Any
    new: Any
    form: type[ElementForm]
    moves: bool = True


KINDS = {
    kind.slug: kind
    for kind in (
        Kind("fasi", gettext_lazy("Stages of the journey"), gettext_lazy("A new stage"), StageForm),
        Kind("punti-di-contatto", gettext_lazy("Touchpoints"), gettext_lazy("A new touchpoint"), TouchpointForm),
        Kind("reparti", gettext_lazy("Departments"), gettext_lazy("A new department"), DepartmentForm),
        Kind("unita", gettext_lazy("Units"), gettext_lazy("A new unit"), UnitForm, moves=False),
        Kind("fonti", gettext_lazy("Sources"), gettext_lazy("A new source"), SourceForm, moves=False),
    )
}


def _there(name: str) -> str:
    return _("“%(name)s” is there already.") % {"name": name}
