"""Signing in, signing out and changing the password: allauth's flows in our look. Nobody signs up by themselves."""

from typing import cast

from allauth.account.views import AccountInactiveView, LoginView, LogoutView, PasswordChangeView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse_lazy
from django.views.decorators.http import require_http_methods, require_safe

from company.forms import ChangePasswordForm, SignInForm
from company.models import Membership

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@form_page
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The sign-in page; where the data are generated it names the demo's people."""
    view = LoginView.as_view(
        form_class=SignInForm,
        extra_context={"demo_people": _demo_people(), "demo_password": settings.DEMO_PASSWORD},
    )
    return cast(HttpResponseBase, view(request))


@form_page
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """GET asks, POST signs out."""
    return cast(HttpResponseBase, LogoutView.as_view()(request))


@form_page
def change_password(request: HttpRequest) -> HttpResponseBase:
    """The password form; other sessions of the person end when it changes."""
    view = PasswordChangeView.as_view(form_class=ChangePasswordForm, success_url=reverse_lazy("password"))
    return cast(HttpResponseBase, view(request))


@login_not_required
@require_safe
def inactive(request: HttpRequest) -> HttpResponseBase:
    """What a deactivated person with the right password reads."""
    return cast(HttpResponseBase, AccountInactiveView.as_view()(request))


def _demo_people() -> list[Membership]:
    people = Membership.objects.filter(company__generated=True, user__is_active=True)
    return list(people.select_related("user").order_by("role", "user__email")[:12])
