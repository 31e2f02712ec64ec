"""Chiavi: the keys by which programs read the report and send observations. Each is shown once, when it is made."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from company.access import departments_of, member, token_or_404, tokens_visible
from company.forms import KeyForm
from company.fresh import require_fresh
from company.models import Membership
from company.tokens import MOST_KEYS, TooMany, make
from company.tokens import revoke as revoke_token


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The keys and the form for a new one; the answer to POST shows the new key, this once."""
    rows, membership = tokens_visible(request), member(request)
    form = _form(request, membership)
    secret = ""
    if request.method == "POST" and form.is_valid():
        require_fresh(request)
        try:
            _token, secret = make(membership, **form.terms)
            form = KeyForm(departments=form.departments)
        except TooMany:
            message = _("You have %(most)s keys in use: revoke one first.")
            form.add_error(None, message % {"most": MOST_KEYS})
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "secret": secret, "keys": list(rows.all()), "now": timezone.now()}
    return render(request, "company/keys.html", context, status=status)


@never_cache
@require_POST
def revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """POST revokes and gives 303 to the list."""
    token = token_or_404(request, token_id)
    require_fresh(request)
    revoke_token(token, member(request).user)
    response = redirect("keys")
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _form(request: HttpRequest, membership: Membership) -> KeyForm:
    own = departments_of(membership)
    departments = list(membership.company.departments.all()) if own is None else own
    return KeyForm(request.POST if request.method == "POST" else None, departments=departments)
