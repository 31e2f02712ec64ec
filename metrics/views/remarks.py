"""Notes and titles of a quarter, written by analysts and administrators."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from company.access import member, row_or_404
from journeys.models import Quarter
from metrics import remarks
from metrics.access import require_writer
from metrics.models import Remark
from metrics.report import Message, Report
from metrics.shown import Asked, ask, report_of

page_with_form = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@page_with_form
def notes(request: HttpRequest, code: str) -> HttpResponse:
    """The quarter's notes and the form for another; POST adds one, or removes the one named ``remove``."""
    asked, report = _asked(request, code)
    quarter = asked.edition.quarter
    if request.method != "POST":
        return _notes_page(request, report, quarter)
    if removed := request.POST.get("remove", ""):
        note = row_or_404(quarter.remarks.filter(kind=Remark.Kind.NOTE), pk=removed)
        remarks.remove_note(asked.membership, note)
        return _see_other("notes", code)
    stage, text = request.POST.get("stage", ""), " ".join(request.POST.get("text", "").split())
    if stage and stage not in {row.slug for row in report.stages}:
        raise Http404
    if not text or len(text) > remarks.LONGEST_NOTE or "\0" in text:
        problem = _("Write what happened, in at most 140 characters.")
        return _notes_page(request, report, quarter, text, problem)
    remarks.write_note(asked.membership, quarter, stage, text)
    return _see_other("notes", code)


@never_cache
@page_with_form
def titles(request: HttpRequest, code: str) -> HttpResponse:
    """Every title with the sentence the data say; POST writes one, until the quarter is published."""
    asked, report = _asked(request, code)
    quarter = asked.edition.quarter
    if request.method != "POST":
        return _titles_page(request, report, quarter)
    message = report.message(request.POST.get("place", ""))
    if message is None:
        raise Http404
    text = " ".join(request.POST.get("text", "").replace("\0", "").split())
    problems = remarks.faults(text, message)
    if quarter.state == Quarter.State.PUBLISHED:
        problems = [_("The quarter is published: its titles can no longer change.")]
    if problems:
        return _titles_page(request, report, quarter, (message, text, problems))
    remarks.write_title(asked.membership, quarter, message, text)
    return _see_other("titles", code)


def _asked(request: HttpRequest, code: str) -> tuple[Asked, Report]:
    """The quarter's edition and its report, as the data say it; 403 for who may not write."""
    require_writer(member(request))
    asked = ask(request, code)
    return asked, report_of(asked.edition.digest, asked.edition.pk)


def _notes_page(
    request: HttpRequest, report: Report, quarter: Quarter, text: str = "", problem: str = ""
) -> HttpResponse:
    context = {
        "quarter": quarter,
        "shown_quarter": report.quarter,
        "stages": report.stages,
        "notes": [
            (row, report.stage(row.place).name if row.place in {stage.slug for stage in report.stages} else "")
            for row in quarter.remarks.filter(kind=Remark.Kind.NOTE)
        ],
        "text": text,
        "problem": problem,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "metrics/notes.html", context, status=status)


def _titles_page(
    request: HttpRequest, report: Report, quarter: Quarter, refused: tuple[Message, str, list[str]] | None = None
) -> HttpResponse:
    place = refused[0].place if refused else ""
    context = {
        "quarter": quarter,
        "shown_quarter": report.quarter,
        "published": quarter.state == Quarter.State.PUBLISHED,
        "titles": remarks.titles(report, list(quarter.remarks.all())),
        "refused": place,
        "typed": refused[1] if refused else "",
        "problems": refused[2] if refused else [],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "metrics/titles.html", context, status=status)


def _see_other(name: str, code: str) -> HttpResponse:
    response = redirect(name, code=code)
    response.status_code = HTTPStatus.SEE_OTHER
    return response
