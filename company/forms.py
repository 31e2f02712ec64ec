"""Sign-in and password forms: allauth's, with our labels and without placeholders that stand in for labels."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from company.audit import record


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
