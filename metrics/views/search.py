"""Search by name over the latest report."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from metrics.access import latest_edition
from metrics.panels.search import find
from metrics.shown import ask, read

LONGEST = 80


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The form, and what the words in ``q`` are the name of."""
    asked = request.GET.get("q", "").strip()[:LONGEST]
    edition = latest_edition(request)
    found = find(read(ask(request, str(edition.quarter.code))), asked) if edition and asked else []
    return render(request, "metrics/search.html", {"asked": asked, "found": found})
