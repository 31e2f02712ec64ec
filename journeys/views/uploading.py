"""Carica: a source and a file; the answer is the page on which the file is prepared."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from company.access import member, require_files
from company.audit import record
from company.models import Membership
from journeys import door, ingest
from journeys.access import sources_for_upload, sources_visible, uploads_visible_to
from journeys.forms import UploadForm
from journeys.incoming import TOO_LARGE
from journeys.models import Upload

LATEST = 5


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """The form; a POST that holds gives 303 to the file's steps, one that does not the form with what to do."""
    membership = member(request)
    require_files(membership)
    if request.method != "POST":
        return _page(request, _form(request, initial={"source": request.GET.get("fonte", "")}), HTTPStatus.OK)
    form = _form(request, data=request.POST, files=request.FILES)
    if request.META.get(TOO_LARGE):
        form.too_large()
        return _page(request, form, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if _too_many(membership):
        form.add_error(None, _("You have sent many files in a short time. Wait a little, then send this one again."))
        return _page(request, form, HTTPStatus.TOO_MANY_REQUESTS)
    sent = _receive(form, membership) if form.is_valid() else None
    if sent is None:
        if form.foreign:
            record(membership.company, membership.user, "upload.refused", f"source {form.foreign}")
        return _page(request, form, form.status)
    response = redirect("draft", sent.pk)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _form(request: HttpRequest, **bound: Any) -> UploadForm:
    allowed = frozenset(sources_for_upload(request).values_list("pk", flat=True))
    return UploadForm(sources=list(sources_visible(request)), allowed=allowed, **bound)


def _receive(form: UploadForm, membership: Membership) -> Upload | None:
    """The upload, stored and queued; None when it is refused, with the reason on the form."""
    file = form.cleaned_data["file"]
    try:
        source, state = form.cleaned_data["source"], Upload.State.DRAFT
        door.refuse_published(source, file)
        return ingest.receive(source, file.name, file.chunks(), membership.user, state)
    except ingest.Refused as refusal:
        form.refuse(refusal.problem)
        return None


def _too_many(membership: Membership) -> bool:
    now, mine = timezone.now(), membership.company.uploads.filter(sender=membership.user, way=Upload.Way.FILE)
    limits = ((timedelta(hours=1), settings.UPLOADS_AN_HOUR), (timedelta(days=1), settings.UPLOADS_A_DAY))
    return any(mine.filter(received__gt=now - span).count() >= limit for span, limit in limits)


def _page(request: HttpRequest, form: UploadForm, status: HTTPStatus) -> HttpResponse:
    latest = uploads_visible_to(member(request)).filter(sender=member(request).user)[:LATEST]
    context = {"form": form, "max_bytes": settings.UPLOAD_MAX_BYTES, "latest": latest}
    return render(request, "journeys/upload.html", context, status=status)
