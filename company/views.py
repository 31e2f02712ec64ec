"""Signing in, signing out and changing the password: allauth's flows in our look. Nobody signs up by themselves.

And the language of the pages, which anybody chooses, signed in or not.
"""

from typing import cast

from allauth.account.views import AccountInactiveView, LoginView, LogoutView, PasswordChangeView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from company import people
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


@login_not_required
@form_page
def language(request: HttpRequest) -> HttpResponseBase:
    """GET offers the languages; POST keeps one, of the person and in the browser, and returns where one came from."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    back = asked if url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure()) else "/"
    chosen = request.POST.get("language", "")
    if request.method != "POST":
        return render(request, "account/language.html", {"languages": settings.LANGUAGES, "back": back})
    response = redirect(back)
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            people.speak(request.user, chosen)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
    return response


def _demo_people() -> list[Membership]:
    people = Membership.objects.filter(company__generated=True, user__is_active=True)
    return list(people.select_related("user").order_by("role", "user__email")[:12])
