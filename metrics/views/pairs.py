"""Prova una coppia: any result beside any outcome, computed by a worker because somebody asks."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from company.access import member
from company.sheets import sheet_response
from journeys.access import changes_definitions
from metrics import labels, trying
from metrics.derive.pairs import judged
from metrics.panels.pairs import OUTCOME, RESULT, known, pairs, table
from metrics.shown import Asked, Shown, ask, read
from metrics.tables import lines
from metrics.trials import Trial
from metrics.views.report import frame


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What was tried on the quarter's figures, and the form for more; POST asks for a pair.

    For an htmx request the state of the pair that is waited for; the whole page again once it is there.
    """
    asked = ask(request, code)
    shown = read(asked)
    if shown.unit:
        raise Http404
    if request.method == "POST":
        return _asked(request, asked, shown)
    return _page(request, asked, shown)


@never_cache
@require_safe
def file(request: HttpRequest, code: str) -> HttpResponse:
    """The pairs tried as CSV; 404 before the first."""
    asked = ask(request, code)
    found = [answer for trial in trying.of(asked.edition) if (answer := trying.answer(trial))]
    if not found:
        raise Http404
    return sheet_response(f"{code}-coppie.csv", lines(table(read(asked), judged(found)), labels.locale()))


def _asked(request: HttpRequest, asked: Asked, shown: Shown) -> HttpResponse:
    result, outcome = request.POST.get(RESULT, ""), request.POST.get(OUTCOME, "")
    if not known(shown.report, result, outcome):
        return _page(request, asked, shown, _("Choose a result and an outcome from the two lists."))
    trying.ask(asked.edition, member(request).user, result, outcome)
    where = f"{reverse('pairs', args=[shown.quarter])}?{urlencode({RESULT: result, OUTCOME: outcome})}"
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": where})


def _page(request: HttpRequest, asked: Asked, shown: Shown, problem: str = "") -> HttpResponse:
    result, outcome = request.GET.get(RESULT, ""), request.GET.get(OUTCOME, "")
    trials = trying.of(asked.edition)
    mine = next((trial for trial in trials if (trial.result, trial.outcome) == (result, outcome)), None)
    if "HX-Request" in request.headers:
        if mine is None or not mine.under_way:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(request, "metrics/pairs/waiting.html", {"trial": mine, "here": request.get_full_path()})
    found = [answer for trial in trials if (answer := trying.answer(trial))]
    context = {
        "pairs": pairs(shown, found, result, outcome),
        "trial": mine,
        "failed": mine is not None and mine.state == Trial.State.FAILED,
        "problem": problem,
        "here": request.get_full_path(),
        "defines": changes_definitions(asked.membership),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return frame(request, shown, "pairs", context, status)
