"""How indicators are made of a file's columns: the keys on one page, each indicator's derivation on its own."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from company.access import member, row_or_404
from company.models import Role
from journeys import drafting
from journeys.access import draft_or_404
from journeys.deriving import DerivationForm, KeysForm, initial
from journeys.drafts import Draft, Step
from journeys.ingest import Refused, facts_of
from journeys.matches import how_made
from journeys.reading.mapping import MappingError, parse_mapping
from journeys.wording import mapping_sentence

PAGES = ["GET", "HEAD", "POST"]
DEFINERS = (Role.ANALYST, Role.ADMIN)


@never_cache
@require_http_methods(PAGES)
def define(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """The keys, and every indicator of the source's department with how it is made; a POST sets the keys."""
    found = _found(request, upload_id)
    columns, mapping = _columns(found), found.upload.mapping
    posted = request.POST if request.method == "POST" else None
    form = KeysForm(posted, columns=columns, initial=mapping)
    if posted is not None and form.is_valid():
        return _keep(found, form.laid_on(mapping), _act(request, "upload.keys_set"))
    context = {"form": form, "indicators": how_made(found), "fault": _fault(found)}
    return _page(request, found, "journeys/steps/define.html", context)


@never_cache
@require_http_methods(PAGES)
def derive(request: HttpRequest, upload_id: UUID, slug: str) -> HttpResponse:
    """One indicator's derivation; a POST sets it."""
    found = _found(request, upload_id)
    indicator = row_or_404(found.upload.source.department.indicators.all(), slug=slug)
    posted = request.POST if request.method == "POST" else None
    first = initial(found.upload.mapping, slug)
    form = DerivationForm(posted, columns=_columns(found), indicator=indicator, initial=first)
    if posted is not None and form.is_valid():
        return _keep(found, form.laid_on(found.upload.mapping), _act(request, "upload.derived", indicator=slug))
    return _page(request, found, "journeys/steps/derive.html", {"form": form, "indicator": indicator})


def _found(request: HttpRequest, upload_id: UUID) -> Draft:
    found = draft_or_404(request, upload_id)
    if member(request).role not in DEFINERS:
        raise PermissionDenied(_("How indicators are made is for analysts and administrators to say."))
    return found


def _columns(found: Draft) -> list[str]:
    seen = found.seen
    return [one.name for one in seen.columns if one.name and one.personal != "worker"] if seen else []


def _fault(found: Draft) -> str:
    """Why the mapping cannot be used yet; empty when it can."""
    indicators = {row.slug: facts_of(row) for row in found.upload.company.indicators.all()}
    try:
        parse_mapping(found.upload.mapping, indicators)
    except MappingError as error:
        return mapping_sentence(error)
    return ""


def _act(request: HttpRequest, action: str, **detail: str) -> drafting.Act:
    return drafting.Act(member(request).user, action, detail)


def _keep(found: Draft, mapping: dict[str, Any], act: drafting.Act) -> HttpResponse:
    try:
        drafting.map_columns(found.upload, mapping, act)
    except Refused:
        return redirect("draft", found.upload.pk)
    response = redirect("define", found.upload.pk)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _page(request: HttpRequest, found: Draft, template: str, context: dict[str, Any]) -> HttpResponse:
    marks = list(found.marks(Step.MATCH))
    return render(
        request, template, {"draft": found, "upload": found.upload, "marks": marks, "step": Step.MATCH, **context}
    )
