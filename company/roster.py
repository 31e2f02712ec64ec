"""Persone e ruoli: who is here, invited by letter, with which role; only for administrators."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from company import people
from company.access import member, people_visible, person_or_404
from company.fresh import require_fresh
from company.middleware import needs_factor
from company.models import Membership, User
from company.roles import InviteForm, PersonForm

STEPS: dict[str, Callable[[Membership, User], None]] = {
    "lettera": people.write_again,
    "disattiva": people.deactivate,
    "riattiva": people.reactivate,
    "secondo-fattore": people.forget_second_factor,
    "cancella": people.erase,
}


@never_cache
@require_safe
def people_page(request: HttpRequest) -> HttpResponse:
    """Everybody of the company, who may sign in first; those erased are not counted among people any more."""
    rows = people_visible(request).filter(user__erased=None).prefetch_related("user__invitations")
    found = [(row, needs_factor(row.user)) for row in rows.order_by("-user__is_active", "role", "user__email")]
    return render(request, "company/people.html", {"found": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite_page(request: HttpRequest) -> HttpResponse:
    """A person invited: the letter leaves within a minute."""
    people_visible(request)
    membership = member(request)
    form = InviteForm(membership.company, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        require_fresh(request)
        try:
            people.invite(membership.company, membership.user, form.cleaned_data["email"], form.person)
        except people.Refused as refused:
            form.add_error("email", str(refused))
        else:
            said = _("%(email)s is invited: the letter leaves within a minute.")
            messages.success(request, said % {"email": form.cleaned_data["email"]})
            return _back()
    return _form(request, form, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person_page(request: HttpRequest, person_id: int) -> HttpResponse:
    """Name, role, departments and language of a person, and the steps there are."""
    held = person_or_404(request, person_id)
    form = PersonForm(held.company, request.POST if request.method == "POST" else None, held)
    if request.method == "POST" and form.is_valid():
        require_fresh(request)
        try:
            changed = people.change(held, member(request).user, form.person)
        except people.Refused as refused:
            form.add_error("role", str(refused))
        else:
            messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
            return _back()
    return _form(request, form, held)


@never_cache
@require_POST
def step(request: HttpRequest, person_id: int, step: str) -> HttpResponse:
    """A step with one person: letter, deactivation and back, second factor, erasure; or why it may not be."""
    held = person_or_404(request, person_id)
    if step not in STEPS:
        raise Http404
    require_fresh(request)
    try:
        STEPS[step](held, member(request).user)
        messages.success(request, _("Done."))
    except people.Refused as refused:
        messages.error(request, str(refused))
    return _back()


def _form(request: HttpRequest, form: PersonForm, held: Membership | None) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "company/person.html", {"form": form, "held": held}, status=status)


def _back() -> HttpResponse:
    response = redirect("people")
    response.status_code = HTTPStatus.SEE_OTHER
    return response
