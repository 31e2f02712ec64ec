"""The receipt of an upload: what arrived, what became of its rows, and the way to undo it."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from company.access import member
from company.sheets import sheet_response
from journeys import ingest
from journeys.access import upload_or_404
from journeys.models import Upload
from journeys.problemlist import problem_list, problem_rows, problems_of
from journeys.receipts import receipt_of
from journeys.wording import sentence


@never_cache
@require_safe
def receipt(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """File, hash, sender, rows in and out with reasons, quarters touched, problems, mapping."""
    return _page(request, upload_or_404(request, upload_id))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """GET asks, POST undoes and gives 303 to the receipt; 409 with the reason when it can no longer be undone."""
    upload = upload_or_404(request, upload_id)
    if request.method != "POST":
        return render(request, "journeys/undo.html", {"receipt": receipt_of(upload)})
    try:
        ingest.undo(upload, member(request).user)
    except ingest.Refused as refusal:
        upload.refresh_from_db()
        return _page(request, upload, sentence(refusal.problem))
    response = redirect("receipt", upload.pk)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


@never_cache
@require_safe
def problems(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The upload's problems as a CSV file for a spreadsheet."""
    upload = upload_or_404(request, upload_id)
    return sheet_response(f"problemi-{upload.pk}.csv", problem_rows(problems_of(upload)))


def _page(request: HttpRequest, upload: Upload, refused: str = "") -> HttpResponse:
    context = {"receipt": receipt_of(upload), "problems": problem_list(upload), "refused": refused}
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return render(request, "journeys/receipt.html", context, status=status)
