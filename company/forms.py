"""Sign-in and password forms: allauth's, with our labels and without placeholders that stand in for labels."""

from collections.abc import Sequence
from typing import Any, cast

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from company.audit import record
from company.models import Department, Scope, User

DAYS = (30, 90, 180, 365)


def _label(form: forms.Form, labels: dict[str, Any]) -> None:
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        field.widget.attrs.pop("placeholder", None)


class SignInForm(AllauthLoginForm):  # type: ignore[misc]  # allauth is untyped
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, {"login": _("E-mail address"), "password": _("Password")})
        self.fields["login"].widget.attrs.update(autofocus=True, autocomplete="username")


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]  # allauth is untyped
    """The password of now, and twice the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("Your password now"),
            "password1": _("New password"),
            "password2": _("New password, again"),
        }
        _label(self, labels)

    def save(self) -> None:
        """The new password and the record that it changed, together; who has no company has no record."""
        with transaction.atomic():
            super().save()
            membership = getattr(self.user, "membership", None)
            if membership is not None:
                record(membership.company, self.user, "password.changed", f"user {self.user.pk}")


CODE = {"code": _("Code")}


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The code of the telephone, or one of those kept for when it is not there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, CODE)
        self.fields["code"].widget.attrs.update(autofocus=True, inputmode="numeric")


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code, which proves that the picture was read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, CODE)
        self.fields["code"].widget.attrs.update(inputmode="numeric")


class AgainForm(ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, {"password": _("Password")})


class AgainCodeForm(ReauthenticateByCodeForm):  # type: ignore[misc]
    """The code once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, CODE)


def chosen_password(person: User, data: Any) -> "SetPasswordForm[User]":
    """A new password, twice."""
    form = SetPasswordForm(person, data)
    _label(form, {"new_password1": _("New password"), "new_password2": _("New password, again")})
    form.fields["new_password1"].help_text = ""
    return form


class ForgottenForm(forms.Form):
    """The address to which the link goes."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs.update(autofocus=True, autocomplete="username")


class KeyForm(forms.Form):
    """A program's key: what it is for, what it may do, for which departments, for how long."""

    name = forms.CharField(label=_("What the key is for"), max_length=60, help_text=_("The program's name, say."))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope, widget=forms.CheckboxSelectMultiple, initial=[Scope.REPORT]
    )
    chosen = forms.MultipleChoiceField(
        label=_("Departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all the departments you handle."),
    )
    days = forms.TypedChoiceField(label=_("Good for"), coerce=int, initial=90)

    def __init__(self, *args: Any, departments: Sequence[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.departments = departments
        cast(forms.MultipleChoiceField, self.fields["chosen"]).choices = [(row.slug, row.name) for row in departments]
        spans = [(days, ngettext("%(days)s day", "%(days)s days", days) % {"days": days}) for days in DAYS]
        cast(forms.ChoiceField, self.fields["days"]).choices = spans

    @property
    def terms(self) -> dict[str, Any]:
        """What ``company.tokens.make`` wants to know."""
        data = self.cleaned_data
        chosen = [row for row in self.departments if row.slug in data["chosen"]]
        return {"name": data["name"], "scopes": data["scopes"], "departments": chosen, "days": data["days"]}
