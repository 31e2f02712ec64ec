"""Dieta dei dati: the same for everybody who reads the report."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from company.access import member
from company.sheets import sheet_response
from journeys.access import changes_definitions
from metrics import dieting, labels
from metrics.panels.diet import Diet
from metrics.tables import lines


@never_cache
@require_safe
def diet(request: HttpRequest) -> HttpResponse:
    """Which indicators earned nothing; before the first report, what will be here."""
    membership = member(request)
    context = {"diet": dieting.diet(membership), "defines": changes_definitions(membership)}
    return render(request, "metrics/diet.html", context)


@never_cache
@require_safe
def diet_file(request: HttpRequest) -> HttpResponse:
    """The table as CSV; 404 before the first report."""
    found: Diet | None = dieting.diet(member(request))
    if found is None:
        raise Http404
    return sheet_response("dieta.csv", lines(found.table, labels.locale()))
