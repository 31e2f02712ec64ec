"""The product's addresses, and one page with exactly eight charts: leaves of the report, drawn as on paper, at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from metrics import leaves, panels
from metrics.panels.blocks import Chart
from metrics.shown import Shown, ask, read
from metrics.views.report import conditional
from trimestrale.urls import urlpatterns as product

CHARTS = 8


def charts(shown: Shown, leaf: leaves.Leaf) -> list[Chart]:
    """The leaf's charts that are drawn."""
    return [chart for chart in panels.charts_of(panels.build(leaf.page, shown, leaf.subject)) if chart.figure]


def chosen(shown: Shown) -> list[leaves.Leaf]:
    """The first leaves that together hold eight charts."""
    found: list[leaves.Leaf] = []
    left = CHARTS
    for leaf in leaves.leaves(shown.report):
        many = len(charts(shown, leaf))
        if 0 < many <= left:
            found.append(leaf)
            left -= many
    if left:
        raise AssertionError(f"the report has {left} charts too few")
    return found


def eight(request: HttpRequest, code: str) -> HttpResponse:
    """The page, kept as every other."""
    asked = ask(request, code)

    def answer() -> HttpResponse:
        shown = leaves.neutral(read(asked))
        found = chosen(shown)
        bodies = [leaves.body(shown, leaf, place) for place, leaf in enumerate(found, start=1)]
        return render(request, "metrics/paper/print.html", leaves.paper_context(shown, found, bodies))

    return conditional(request, asked, answer)


urlpatterns = [path("otto/<str:code>/", eight), *product]
