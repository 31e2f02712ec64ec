"""The ways in besides the password: invitation, second factor, being asked again. allauth's flows, our look."""

from typing import Any, cast

from allauth.account.views import ReauthenticateView
from allauth.core.ratelimit import consume_or_429
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCode
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from company import forms, people
from company.audit import record
from company.invitations import opened
from company.middleware import needs_factor
from company.models import User

form_page = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@never_cache
@form_page
def invited(request: HttpRequest, who: str, token: str) -> HttpResponse:
    """The address of an invitation: a password is chosen, then one signs in.

    When it was used or is too old, the page says so and leads to another one, with status 404.
    """
    person = opened(who, token)
    if person is None:
        return render(request, "account/link_dead.html", status=404)
    form = forms.chosen_password(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        _choose(person, form)
        return redirect("login")
    context = {"form": form, "person": person, "company": getattr(person, "membership", None)}
    return render(request, "account/invited.html", context, status=422 if form.errors else 200)


@login_not_required
@never_cache
@form_page
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks for an address and says the same whether or not somebody here has it; 429 when it is asked too often."""
    form = forms.ForgottenForm(request.POST if request.method == "POST" else None)
    asked = form.is_valid()
    if asked:
        email = form.cleaned_data["email"]
        refused = consume_or_429(request, action="reset_password", key=email.lower())
        if refused is not None:
            return cast(HttpResponse, refused)
        people.forgot(email)
    context = {"form": form, "asked": asked}
    return render(request, "account/forgotten.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _choose(person: User, form: "SetPasswordForm[User]") -> None:
    form.save()
    membership = getattr(person, "membership", None)
    if membership is not None:
        record(membership.company, person, "password.chosen", person.reference)


@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Whether a code is asked at sign-in, since when, and what can be done about it."""
    person = cast(User, request.user)
    return render(request, "account/second_factor.html", {"person": person, "needed": needs_factor(person)})


class _On(ActivateTOTPView):  # type: ignore[misc]  # allauth is untyped
    template_name = "account/second_factor_on.html"
    form_class = forms.FirstCodeForm

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer = cast(HttpResponse, super().form_valid(form))
            _note(self.request, "second_factor.on", timezone.now())
        return answer


class _Off(DeactivateTOTPView):  # type: ignore[misc]
    template_name = "account/second_factor_off.html"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer = cast(HttpResponse, super().form_valid(form))
            Authenticator.objects.filter(user=self.request.user).delete()
            _note(self.request, "second_factor.off", None)
        return answer


class _Codes(GenerateRecoveryCodesView):  # type: ignore[misc]
    template_name = "account/codes_new.html"

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            answer = cast(HttpResponse, super().form_valid(form))
            _log(self.request, "second_factor.codes")
        return answer


def _note(request: HttpRequest, action: str, since: Any) -> None:
    """The person's row and the audit log say so."""
    User.objects.filter(pk=cast(User, request.user).pk).update(second_factor=since)
    _log(request, action)


def _log(request: HttpRequest, action: str) -> None:
    person = cast(User, request.user)
    membership = getattr(person, "membership", None)
    if membership is not None:
        record(membership.company, person, action, person.reference)


@never_cache
@form_page
def second_factor_on(request: HttpRequest) -> HttpResponseBase:
    """The picture for the telephone, and the first code that proves it was read."""
    return cast(HttpResponseBase, _On.as_view()(request))


@never_cache
@form_page
def second_factor_off(request: HttpRequest) -> HttpResponseBase:
    """GET asks, POST takes it away; refused to who must have one."""
    return cast(HttpResponseBase, _Off.as_view()(request))


@never_cache
@require_safe
def codes(request: HttpRequest) -> HttpResponseBase:
    """The codes for when the telephone is not there, shown once."""
    return cast(HttpResponseBase, ViewRecoveryCodesView.as_view(template_name="account/codes.html")(request))


@never_cache
@form_page
def new_codes(request: HttpRequest) -> HttpResponseBase:
    """GET asks, POST makes new ones; the old ones open nothing any more."""
    return cast(HttpResponseBase, _Codes.as_view()(request))


@login_not_required
@never_cache
@form_page
def ask_code(request: HttpRequest) -> HttpResponseBase:
    """The second step of signing in."""
    view = AuthenticateView.as_view(template_name="account/ask_code.html", form_class=forms.CodeForm)
    return cast(HttpResponseBase, view(request))


@never_cache
@form_page
def again(request: HttpRequest) -> HttpResponseBase:
    """The password once more, before something that must not be done at an unguarded desk."""
    view = ReauthenticateView.as_view(template_name="account/again.html", form_class=forms.AgainForm)
    return cast(HttpResponseBase, view(request))


@never_cache
@form_page
def again_code(request: HttpRequest) -> HttpResponseBase:
    """The same by a code."""
    view = ReauthenticateByCode.as_view(template_name="account/again.html", form_class=forms.AgainCodeForm)
    return cast(HttpResponseBase, view(request))
