"""La previsione del reparto: what its head expects the customers to say, quarter by quarter."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from company.access import member
from company.models import Department
from journeys.access import department_to_forecast
from journeys.forecasting import Sheet, give, sheets
from journeys.forms import ForecastForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forecast(request: HttpRequest, slug: str) -> HttpResponse:
    """GET: what is asked and what was given. POST: the forecast of the quarter named ``quarter``; 303 when it holds."""
    department = department_to_forecast(request, slug)
    asked = sheets(department)
    if request.method != "POST":
        return _page(request, department, [(sheet, ForecastForm(sheet=sheet)) for sheet in asked])
    chosen = next((sheet for sheet in asked if str(sheet.code) == request.POST.get("quarter")), None)
    if chosen is None:
        raise Http404
    form = ForecastForm(request.POST, sheet=chosen)
    if not form.is_valid():
        forms = [(sheet, form if sheet is chosen else ForecastForm(sheet=sheet)) for sheet in asked]
        return _page(request, department, forms, HTTPStatus.UNPROCESSABLE_ENTITY)
    give(department, chosen, form.values, member(request).user)
    messages.success(request, _("The forecast is kept, with its date."))
    response = redirect("forecast", slug)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _page(
    request: HttpRequest,
    department: Department,
    forms: list[tuple[Sheet, ForecastForm]],
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {"department": department, "forms": forms}
    return render(request, "journeys/forecast.html", context, status=status)
