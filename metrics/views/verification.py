"""Verifica: whether what is published is still what its files give — the last run, and one now."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from metrics import verifying
from metrics.access import require_publisher, verifications_of
from metrics.models import Verification
from metrics.panels.verified import run


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest) -> HttpResponse:
    """The last run and the work under way; POST asks for another. For an htmx request only the part that changes."""
    membership = require_publisher(request)
    if request.method == "POST":
        verifying.ask(membership.company, membership.user)
        response = redirect("verification")
        response.status_code = HTTPStatus.SEE_OTHER
        return response
    runs = list(verifications_of(membership)[:12])
    done = [found for found in runs if found.state == Verification.State.DONE]
    context = {
        "latest": runs[0] if runs else None,
        "last": run(done[0]) if done else None,
        "earlier": done[1:],
        "every": verifying.EVERY.days,
    }
    part = "HX-Request" in request.headers
    return render(request, f"metrics/{'verification/body' if part else 'verification'}.html", context)
