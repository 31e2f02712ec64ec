"""Where a figure, an effect or a step of the bridge comes from, on a page; and the rows behind it as a file."""

from collections.abc import Callable
from decimal import Decimal
from itertools import chain

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from company import formats
from company.access import member, require_files
from company.sheets import streamed_response
from journeys.access import uploads_visible_to
from metrics import labels, origins
from metrics.access import contests
from metrics.panels import lineage as panel
from metrics.report import EFFECT, FigureRow, Report
from metrics.shown import Asked, ask, report_of
from metrics.tables import Digits


@never_cache
@require_safe
def lineage(request: HttpRequest, code: str) -> HttpResponse:
    """What the parameters name; without any, the company's health. 404 for what the report has not."""
    asked = ask(request, code)
    report = report_of(asked.edition.digest, asked.edition.pk)
    context = {
        "lineage": panel.of_version(_found(request, asked, report), asked.version),
        "edition": asked.edition,
        "method": report.method,
        "unit": request.GET.get("unit", ""),
        "contests": contests(asked.membership) and not asked.edition.quarter.closed,
        "shown_quarter": report.quarter,
    }
    return render(request, "metrics/lineage.html", context)


def _found(request: HttpRequest, asked: Asked, report: Report) -> panel.Lineage:
    readable = uploads_visible_to(asked.membership)
    if "kind" in request.GET:
        effect = panel.find_effect(report, **{name: request.GET.get(name, "") for name in (*EFFECT, "other")})
        if effect is not None:
            return panel.of_effect(asked.edition, report, effect, readable)
    elif "step" in request.GET:
        step = panel.find_step(report, request.GET["step"])
        if step is not None:
            return panel.of_step(asked.edition, report, step, readable)
    else:
        return panel.of_figure(asked.edition, report, _figure(request, report), readable)
    raise Http404


def _figure(request: HttpRequest, report: Report) -> FigureRow:
    named = {name: request.GET.get(name, "") for name in panel.FIGURE}
    row = panel.find(report, **{**named, "level": named["level"] or "company"})
    if row is None:
        raise Http404
    return row


@never_cache
@require_safe
def rows(request: HttpRequest, code: str) -> HttpResponseBase:
    """The observations behind an indicator's figure, of the files the reader handles; 404 where it is hidden."""
    require_files(member(request))
    asked = ask(request, code)
    report = report_of(asked.edition.digest, asked.edition.pk)
    row = _figure(request, report)
    if not panel.gives_rows(report, row):
        raise Http404
    held = origins.held(asked.edition, [report.quarter])
    found = origins.observations(held, uploads_visible_to(asked.membership), report.indicator(row.indicator), row.unit)
    head = (
        _("file"), _("date"), _("unit"), _("department"), _("case (pseudonym)"), _("value"), "n",
        _("standard deviation"), _("row of the file"), _("counts"),
    )  # fmt: skip
    return streamed_response(f"{code}-{row.indicator}.csv", chain([head], map(_line(labels.locale()), found)))


def _line(locale: str) -> Callable[[tuple[object, ...]], tuple[object, ...]]:
    """Writes a row's numbers and answers in the language."""
    words = {True: _("yes"), False: _("no")}

    def written(cell: object) -> object:
        if isinstance(cell, Decimal):
            places = -int(cell.normalize().as_tuple().exponent)
            return Digits(formats.plain(cell, max(places, 0), locale))
        return words[cell] if isinstance(cell, bool) else cell

    return lambda row: tuple(map(written, row))
