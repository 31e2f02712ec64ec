"""Scrivi a mano: the grid of a department and quarter, week by week or month by month."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from company.access import member
from journeys import byhand
from journeys.access import department_to_write, departments_to_write, quarter_or_404
from journeys.access import quarters as quarters_of
from journeys.board import quarter_to_collect


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The departments to write of, each with the quarter being collected."""
    quarter = quarter_to_collect(list(quarters_of(request)), timezone.localdate())
    rows = [(row, len(byhand.allowed(row))) for row in departments_to_write(request)]
    return render(request, "journeys/byhand.html", {"rows": rows, "quarter": quarter})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def grid(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The grid; a POST that holds is a new version and gives 303, one that does not shows each box's fault."""
    department, quarter = department_to_write(request, slug), quarter_or_404(request, code)
    step = request.POST.get("step") or request.GET.get("passo", byhand.STEPS[0])
    if step not in byhand.STEPS:
        raise Http404
    shown = byhand.Grid(department, quarter, step, get_language() or "it", byhand.allowed(department))
    if request.method != "POST":
        return _page(request, byhand.stored(shown), HTTPStatus.OK)
    shown.texts = {name: value[:40] for name, value in request.POST.items() if isinstance(value, str)}
    if quarter.closed:
        return _page(request, shown, HTTPStatus.CONFLICT)
    if byhand.save(shown, member(request).user) is None:
        return _page(request, shown, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("Saved: the figures follow in a moment. The version before stays on record."))
    response = redirect("grid", slug, code)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _page(request: HttpRequest, shown: byhand.Grid, status: HTTPStatus) -> HttpResponse:
    context = {"grid": shown, "versions": byhand.versions(shown.department, shown.quarter), "steps": byhand.STEPS}
    return render(request, "journeys/grid.html", context, status=status)
