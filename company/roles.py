"""The forms of *Persone e ruoli*."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from company.models import Company, Membership, Role
from company.people import Person

NEEDS_DEPARTMENT = frozenset({Role.HEAD})


class PersonForm(forms.Form):
    """What an administrator says of a person; a head is the head of something."""

    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.READER)
    chosen = forms.MultipleChoiceField(
        label=_("Departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A head answers for those ticked. An analyst with none ticked works for the whole company."),
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, help_text=_("Of pages, letters and files. The person may change it.")
    )

    def __init__(self, company: Company, data: Any = None, held: Membership | None = None) -> None:
        super().__init__(data)
        kept = Q(pk__in=held.departments.all()) if held else Q()
        self.departments = list(company.departments.filter(Q(retired=None) | kept))
        cast(forms.ChoiceField, self.fields["chosen"]).choices = [(row.slug, row.name) for row in self.departments]
        cast(forms.ChoiceField, self.fields["language"]).choices = [("", _("The browser's")), *settings.LANGUAGES]
        if held is not None:
            self.initial = {
                "name": held.user.get_full_name(),
                "role": held.role,
                "chosen": [row.slug for row in held.departments.all()],
                "language": held.user.language,
            }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("role") in NEEDS_DEPARTMENT and not given.get("chosen"):
            self.add_error("chosen", _("Tick at least one department: a head is the head of something."))
        return given

    @property
    def person(self) -> Person:
        """What the form says."""
        data = self.cleaned_data
        departments = tuple(row for row in self.departments if row.slug in data["chosen"])
        return Person(data["name"], data["role"], departments, data["language"])


class InviteForm(PersonForm):
    """The same with the address the letter goes to."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    field_order = ("email", "name", "role", "chosen", "language")
