"""Where a figure comes from, on a page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from journeys.access import uploads_visible_to
from metrics.panels import lineage as panel
from metrics.shown import ask, report_of


@never_cache
@require_safe
def lineage(request: HttpRequest, code: str) -> HttpResponse:
    """The figure named as in the API; without parameters, the company's health. 404 for one the report has not."""
    asked = ask(request, code)
    edition = asked.edition
    report = report_of(edition.digest, edition.pk)
    named = {name: request.GET.get(name, "") for name in ("level", "stage", "indicator", "unit")}
    row = panel.find(report, **{**named, "level": named["level"] or "company"})
    if row is None:
        raise Http404
    found = panel.lineage(edition, report, row, uploads_visible_to(asked.membership))
    context = {"lineage": found, "edition": edition, "unit": row.unit, "shown_quarter": report.quarter}
    return render(request, "metrics/lineage.html", context)
