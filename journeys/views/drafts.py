"""The five steps of a file: each page reads one thing, each POST does one thing and leads on to what is left to do."""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from company.access import member
from company.models import User
from journeys import drafting, errorsheet
from journeys.access import draft_or_404, upload_or_404
from journeys.consequences import consequences_of
from journeys.drafts import Draft, Step, totals
from journeys.incoming import TOO_LARGE
from journeys.ingest import Refused
from journeys.matches import chosen_mapping, how_made, lines, missing, options
from journeys.models import Upload
from journeys.questions import answers, asked, facts, unanswered
from journeys.reading.problems import Problem
from journeys.repairs import bad_rows, repairs, whole
from journeys.views.deriving import DEFINERS
from journeys.wording import edit_words, sentence

PAGES = ["GET", "HEAD", "POST"]
WAIT = "60"


@never_cache
@require_safe
def draft(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """To the step at which something is left to do; to the receipt once the file is confirmed."""
    upload = upload_or_404(request, upload_id)
    if upload.state != Upload.State.DRAFT:
        return _see("receipt", upload)
    found = Draft(upload, upload.preparation)
    return _see("job", upload, upload.job.pk) if found.checking else _see(found.step, upload)


@never_cache
@require_http_methods(PAGES)
def recognise(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """What the file is, and the doubts about it; a POST answers them."""
    found = draft_or_404(request, upload_id)
    if found.unreadable:
        return _see("draft", found.upload)
    open_ones, missing_answers, said = found.questions, False, {}
    if request.method == "POST":
        said = {key: str(value) for key, value in request.POST.items()}
        missing_answers = unanswered(open_ones, said)
        if not missing_answers:
            return _done(found, lambda: drafting.answer(found.upload, answers(open_ones, said), _person(request)))
    context = {
        "facts": list(facts(found.seen)) if found.seen else [],
        "questions": asked(open_ones, said),
        "columns": found.seen.columns if found.seen else (),
        "warnings": [sentence(Problem.of_json(item)) for item in (found.seen.warnings if found.seen else ())],
        "missing": missing_answers,
    }
    return _page(request, found, Step.RECOGNISE, context)


@never_cache
@require_http_methods(PAGES)
def match(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Which column is what; a POST says so."""
    found = draft_or_404(request, upload_id)
    if found.unreadable:
        return _see("draft", found.upload)
    chosen: dict[str, str] | None = None
    lacking: list[str] = []
    if request.method == "POST":
        chosen = _chosen(request, found)
        lacking = missing(found, chosen)
        if not lacking:
            mapping = chosen_mapping(found, chosen)
            act = drafting.Act(_person(request), "upload.matched")
            return _done(found, lambda: drafting.map_columns(found.upload, mapping, act))
    context = {
        "lines": lines(found, chosen),
        "options": options(found),
        "indicators": [(row, how) for row, how in how_made(found) if how],
        "defines": member(request).role in DEFINERS,
        "lacking": lacking,
    }
    return _page(request, found, Step.MATCH, context)


@never_cache
@require_http_methods(PAGES)
def check(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """What is wrong, grouped by what repairs it; a POST corrects, leaves out, takes back or agrees."""
    found = draft_or_404(request, upload_id)
    if request.method == "POST":
        return _done(found, lambda: _correct(request, found))
    context = {
        "counts": found.outcome,
        "whole": whole(found.upload),
        "repairs": repairs(found.upload, found.outcome.get("groups", [])),
        "rows": list(bad_rows(found.upload)),
        "edits": list(enumerate(map(edit_words, found.found.edits))),
        "patch_problem": sentence(Problem(code)) if (code := found.outcome.get("patch_problem")) else "",
        "sheet": bool(found.outcome.get("bad", {}).get("rows")),
    }
    return _page(request, found, Step.CHECK, context)


@never_cache
@require_http_methods(PAGES)
def confirm(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """What the file would change; a POST makes it count."""
    found = draft_or_404(request, upload_id)
    if found.checking or found.step != Step.CONFIRM:
        return _see("draft", found.upload)
    refused: Problem | None = None
    if request.method == "POST":
        how = request.POST.get("how", "")
        try:
            drafting.confirm(found.upload, how if how in Upload.How.values else _how(found), _person(request))
        except Refused as refusal:
            refused = refusal.problem
        else:
            return _see("job", found.upload, found.upload.job.pk)
    context = {"totals": totals(found), "how": _how(found), "keyed": bool(found.upload.mapping.get("case"))}
    context["reach"] = consequences_of(found)
    response = _page(request, found, Step.CONFIRM, {**context, "refused": sentence(refused) if refused else ""})
    if refused:
        response.status_code = HTTPStatus.CONFLICT
    if refused and refused.code == "quarter_busy":
        response["Retry-After"] = WAIT
    return response


@never_cache
@require_POST
def patch(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The sheet of corrected rows."""
    found = draft_or_404(request, upload_id)
    file = request.FILES.get("rows")
    if file is None or request.META.get(TOO_LARGE):
        return _see("check", found.upload)
    return _done(found, lambda: drafting.patch(found.upload, file.chunks(), _person(request)))


@never_cache
@require_safe
def bad_sheet(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The rows to correct as a workbook."""
    found = draft_or_404(request, upload_id)
    return errorsheet.response(found.upload, found.outcome.get("bad", {}))


@never_cache
@require_POST
def discard(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Let the file go."""
    found = draft_or_404(request, upload_id)
    drafting.discard(found.upload, _person(request))
    response = redirect("data")
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _person(request: HttpRequest) -> User:
    return member(request).user


def _chosen(request: HttpRequest, found: Draft) -> dict[str, str]:
    """Key of each field → the column chosen for it; ``c4`` is the field of the fifth column."""
    columns = {f"c{line.position}": line.column for line in lines(found)}
    return {str(key): columns[name] for name, key in request.POST.items() if name in columns and key}


def _correct(request: HttpRequest, found: Draft) -> None:
    """One kind of correction a form: by group, by cell, by row; or the warnings a person stands by."""
    asked_for, groups = request.POST, found.outcome.get("groups", [])
    if "agree" in asked_for:
        agreed = [code for code in asked_for.getlist("agree") if code]
        drafting.agree(found.upload, agreed, _person(request))
        if any(warning.code not in agreed for warning in found.warnings):
            messages.warning(request, _("Not every warning is ticked: the file goes on when you stand by them all."))
    elif asked_for.get("back", "").isdecimal():
        drafting.take_back(found.upload, int(asked_for["back"][:6]), _person(request))
    elif edits := _group_edits(asked_for, groups) or _unit_edits(asked_for, found) or _cell_edits(asked_for, found):
        drafting.correct(found.upload, edits, _person(request))


def _group_edits(asked_for: Any, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A text for all rows that hold another one; all rows of a text, or of a kind of problem, left out."""
    places = {str(place): group for place, group in enumerate(groups)}
    for action in ("fix", "other", "out", "all"):
        group = places.get(asked_for.get(action, ""))
        if group is None:
            continue
        text = {"column": group["column"], "from": group["value"]}
        if action == "all":
            return [{"code": group["check"], "column": group["column"], "out": True}]
        if action == "out":
            return [{**text, "out": True}]
        to = asked_for.get("like" if action == "fix" else "to", "").strip()
        return [{**text, "to": to[:4000]}]
    return []


def _unit_edits(asked_for: Any, found: Draft) -> list[dict[str, Any]]:
    for warning in found.warnings:
        if warning.like and asked_for.get("unit") == warning.code:
            return [{"column": warning.column, "from": warning.value, "to": warning.like}]
    return []


def _cell_edits(asked_for: Any, found: Draft) -> list[dict[str, Any]]:
    """Cells written by hand: ``r12`` is the cell at fault in row 12; unchanged ones are no correction."""
    return [
        {"row": line.row, "column": line.column, "to": asked_for[f"r{line.row}"].strip()[:4000]}
        for line in bad_rows(found.upload)
        if line.column and asked_for.get(f"r{line.row}", line.value) != line.value
    ]


def _how(found: Draft) -> str:
    """What most people mean: cases are updated; without cases, what was there for the quarter is replaced."""
    if not found.outcome.get("known"):
        return Upload.How.ADD
    return Upload.How.UPDATE if found.upload.mapping.get("case") else Upload.How.REPLACE


def _done(found: Draft, act: Callable[[], None]) -> HttpResponse:
    """Do it and go on; when it cannot be done, the step that is due says why."""
    with suppress(Refused):
        act()
    return _see("draft", found.upload)


def _see(name: str, upload: Upload, key: object = None) -> HttpResponse:
    response = redirect(name, key or upload.pk)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _page(request: HttpRequest, found: Draft, step: Step, context: dict[str, Any]) -> HttpResponse:
    if found.checking:
        return _see("job", found.upload, found.upload.job.pk)
    shared = {"draft": found, "upload": found.upload, "marks": list(found.marks(step)), "step": step}
    return render(request, f"journeys/steps/{step}.html", {**shared, **context})
