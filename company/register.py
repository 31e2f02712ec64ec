"""Registro: who did what, when, on what; the same rows as a file; and whether the chain of entries holds."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from company.access import require_log
from company.logbook import LogFilter, chain, lines, table
from company.sheets import sheet_response

A_PAGE = 50
MOST_IN_A_FILE = 200_000


@never_cache
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """A page of the entries asked for (``?p=2``: earlier ones)."""
    company = require_log(request).company
    form = LogFilter(company, request.GET)
    pages = Paginator(form.entries(), A_PAGE)
    try:
        page = pages.page(request.GET.get("p") or 1)
    except InvalidPage as error:
        raise Http404 from error
    asked = urlencode([(name, value) for name, value in request.GET.items() if name in form.fields and value])
    context = {"form": form, "page": page, "lines": lines(company, page), "asked": asked, "chain": chain(company)}
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "company/register.html", context, status=status)


@never_cache
@require_safe
def register_file(request: HttpRequest) -> HttpResponse:
    """All the entries asked for as CSV, the latest 200,000; 400 for a wrong question."""
    company = require_log(request).company
    form = LogFilter(company, request.GET)
    if not form.is_valid():
        return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)
    return sheet_response("registro.csv", table(company, form.entries()[:MOST_IN_A_FILE]))
