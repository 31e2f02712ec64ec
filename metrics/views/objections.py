"""Objections to the figures of a quarter: the list, the form to contest one, the answers."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from company.access import member
from metrics import contesting
from metrics.access import contested_departments, contests, objection_to_answer, publishes
from metrics.panels import contested
from metrics.publish import Refused
from metrics.report import Report
from metrics.shown import Asked, ask, report_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def objections(request: HttpRequest, code: str) -> HttpResponse:
    """Every objection of the quarter, and the form for another; POST contests the figure named ``figure``."""
    if request.method != "POST":
        return _page(request, ask(request, code))
    departments = contested_departments(request)
    asked = ask(request, code)
    chosen = next((row for row in departments if row.slug == request.POST.get("department", "")), None)
    key = tuple(request.POST.get("figure", "").split(contesting.SEPARATOR))
    try:
        if chosen is None:
            raise Refused(_("Choose one of your departments."))
        made = contesting.Contest(chosen, key, request.POST.get("reason", ""))
        contesting.contest(asked.edition.quarter, asked.membership.user, made)
    except Refused as refused:
        return _page(request, asked, str(refused))
    return _see_other(code)


@never_cache
@require_POST
def answer(request: HttpRequest, code: str, objection_id: int) -> HttpResponse:
    """Upholds or dismisses one objection, with the answer."""
    objection = objection_to_answer(request, code, objection_id)
    state, words = request.POST.get("state", ""), request.POST.get("answer", "")
    try:
        contesting.answer(objection.edition.quarter, member(request).user, objection, state, words)
    except Refused as refused:
        return _page(request, ask(request, code), str(refused))
    return _see_other(code)


def _page(request: HttpRequest, asked: Asked, problem: str = "") -> HttpResponse:
    report = report_of(asked.edition.digest, asked.edition.pk)
    may = contests(asked.membership) and not asked.edition.quarter.closed
    written = request.POST or request.GET
    context = {
        "quarter": asked.edition.quarter,
        "lines": contested.lines(asked.objections, report),
        "departments": contested_departments(request) if may else [],
        "figures": _choices(report) if may else [],
        "answers": publishes(asked.membership) and not asked.edition.quarter.closed,
        "chosen": written.get("figure", ""),
        "reason": written.get("reason", ""),
        "problem": problem,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "metrics/objections.html", context, status=status)


def _choices(report: Report) -> list[tuple[str, str]]:
    return [(contesting.SEPARATOR.join(key), contested.name(report, key)) for key in contesting.keys(report)]


def _see_other(code: str) -> HttpResponse:
    response = redirect("objections", code=code)
    response.status_code = HTTPStatus.SEE_OTHER
    return response
