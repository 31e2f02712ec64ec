"""Settings: stages, touchpoints, departments and units, a list each and a page for every one."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from company.access import row_or_404
from company.formats import quarter_short
from company.models import Membership
from journeys import arranging
from journeys.access import definer
from journeys.structure import KINDS, Element, ElementForm, Kind


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def structure(request: HttpRequest, kind: str) -> HttpResponse:
    """Those in use in order, those retired, and the form for a new one; a POST that holds adds it."""
    membership, sort = definer(request), _kind(kind)
    blank = sort.form.blank(membership.company)
    form = sort.form(membership.company, blank, request.POST if request.method == "POST" else None)
    if request.method == "POST" and arranging.save(sort, form, membership):
        messages.success(request, _("Added: the open quarters are being computed again."))
        return _see("settings_structure", kind)
    rows = list(sort.form.rows(membership.company))
    context = {
        "kind": sort,
        "used": [row for row in rows if row.retired is None],
        "retired": [row for row in rows if row.retired is not None],
    }
    return _page(request, "journeys/settings_structure.html", form, context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def element(request: HttpRequest, kind: str, element_id: int) -> HttpResponse:
    """One of them: its form, and how it is retired or used again."""
    membership, sort = definer(request), _kind(kind)
    found = _element(membership, sort, element_id)
    form = sort.form(membership.company, found, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        saved = arranging.save(sort, form, membership)
        if not form.errors:
            said = _("Saved: the open quarters are being computed again.") if saved else _("Nothing was changed.")
            messages.success(request, said)
            return _see("settings_structure", kind)
    days = arranging.days_to_retire(membership.company)
    language = get_language() or "it"
    context = {
        "kind": sort,
        "element": found,
        "days": [(day.isoformat(), quarter_short(code.year, code.number, language)) for day, code in days],
        "obstacle": arranging.obstacle(found),
        "consequence": arranging.consequence(found),
    }
    return _page(request, "journeys/settings_element.html", form, context)


@never_cache
@require_POST
def step(request: HttpRequest, kind: str, element_id: int, step: str) -> HttpResponse:
    """One place up or down, retired, or used again; or why it may not be."""
    membership, sort = definer(request), _kind(kind)
    found = _element(membership, sort, element_id)
    steps: dict[str, Callable[[], None]] = {
        "su": lambda: arranging.move(sort, found, -1, membership),
        "giu": lambda: arranging.move(sort, found, 1, membership),
        "ritira": lambda: arranging.retire(sort, found, _day(request), membership),
        "ripristina": lambda: arranging.restore(sort, found, membership),
    }
    if step not in steps:
        raise Http404
    try:
        steps[step]()
        messages.success(request, _("Done: the open quarters are being computed again."))
    except arranging.Refused as refused:
        messages.error(request, str(refused))
    return _see("settings_structure", kind)


def _kind(slug: str) -> Kind:
    if slug not in KINDS:
        raise Http404
    return KINDS[slug]


def _element(membership: Membership, kind: Kind, element_id: int) -> Element:
    found: Element = row_or_404(kind.form.rows(membership.company), pk=element_id)
    return found


def _day(request: HttpRequest) -> Any:
    try:
        return parse_date(request.POST.get("from", ""))
    except ValueError:
        return None


def _page(request: HttpRequest, template: str, form: ElementForm, context: dict[str, Any]) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, template, {**context, "form": form}, status=status)


def _see(name: str, kind: str) -> HttpResponse:
    response = redirect(name, kind)
    response.status_code = HTTPStatus.SEE_OTHER
    return response
