"""Settings: the list of topics, and one plain form a topic."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from company.access import row_or_404
from company.models import Membership
from journeys.access import definer
from journeys.defining import TOPICS, change
from journeys.indicators import Beginnings, IndicatorForm, NewIndicatorForm, define, redefine
from journeys.models import Quarter
from journeys.structure import KINDS


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The topics there are."""
    membership = definer(request)
    context = {"topics": TOPICS.values(), "kinds": KINDS.values(), "membership": membership}
    return render(request, "journeys/settings.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """The topic's form; a POST that holds saves, records and comes back."""
    membership = definer(request)
    found = TOPICS.get(slug)
    if found is None:
        raise Http404
    form = found.form(membership.company, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        saved = change(found, form, membership, past=request.POST.get("past") == "1")
        again = found.figures and saved
        said = _("Saved: the open quarters are being computed again.") if again else _("Saved.")
        messages.success(request, said if saved else _("Nothing was changed."))
        response = redirect("settings_topic", slug)
        response.status_code = HTTPStatus.SEE_OTHER
        return response
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"topic": found, "form": form, "asks": found.redefines and _published(membership)}
    return render(request, "journeys/settings_topic.html", context, status=status)


@never_cache
@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    """Every indicator, by department."""
    rows = definer(request).company.indicators.select_related("department", "stage")
    found = rows.order_by("department__position", "role", "name")
    return render(request, "journeys/settings_indicators.html", {"indicators": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def indicator(request: HttpRequest, slug: str) -> HttpResponse:
    """The indicator's form; a POST that holds saves, records and leads back to the list."""
    membership = definer(request)
    found = row_or_404(membership.company.indicators.prefetch_related("targets"), slug=slug)
    form = IndicatorForm(membership.company, found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        saved = redefine(form, membership, request.POST.get("past") == "1")
        said = _("Saved: the open quarters are being computed again.") if saved else _("Nothing was changed.")
        messages.success(request, said)
        response = redirect("settings_indicators")
        response.status_code = HTTPStatus.SEE_OTHER
        return response
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"indicator": found, "form": form, "asks": _published(membership)}
    return render(request, "journeys/settings_indicator.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_indicator(request: HttpRequest) -> HttpResponse:
    """First what it is and where it lands, in the address; then its form, which a POST that holds saves."""
    membership = definer(request)
    beginnings = Beginnings(membership.company, request.GET or None)
    if not beginnings.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
        return render(request, "journeys/settings_indicator_begin.html", {"form": beginnings}, status=status)
    posted = request.POST if request.method == "POST" else None
    form = NewIndicatorForm(membership.company, beginnings.indicator, posted)
    if posted is not None and define(form, membership):
        messages.success(request, _("Added: it is in the report as soon as a file brings it."))
        response = redirect("settings_indicators")
        response.status_code = HTTPStatus.SEE_OTHER
        return response
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"indicator": form.indicator, "form": form, "asks": False, "query": request.GET.urlencode()}
    return render(request, "journeys/settings_indicator.html", context, status=status)


def _published(membership: Membership) -> bool:
    return membership.company.quarters.filter(state=Quarter.State.PUBLISHED).exists()
