"""Dati: who is missing, what was sent, what is being worked on."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from company.access import handles_files, member
from journeys.access import fed_by, quarters, sources_visible, uploads_visible_to
from journeys.board import headline, quarter_to_collect, source_rows
from journeys.models import Quarter, Upload

UPLOADS_A_PAGE, PAGES = 20, 1000
HEAVY = ("preparation__recognised", "preparation__answers", "preparation__edits", "preparation__outcome")


@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The checklist of the chosen quarter (``?t=2026-3``) and the uploads the reader may see (``?p=2``: older)."""
    membership = member(request)
    known, today = list(quarters(request)), timezone.localdate()
    chosen = _chosen(request, known) if "t" in request.GET else quarter_to_collect(known, today)
    page = _page(request)
    start = (page - 1) * UPLOADS_A_PAGE
    sent = uploads_visible_to(membership).exclude(state=Upload.State.DISCARDED).select_related("preparation")
    uploads = list(sent.defer(*HEAVY).order_by("-received")[start : start + UPLOADS_A_PAGE + 1])
    rows = source_rows(chosen, sources_visible(request), today) if chosen else []
    before, after = _neighbours(known, chosen)
    context = {
        "quarter": chosen,
        "before": before,
        "after": after,
        "rows": rows,
        "headline": headline(rows),
        "uploads": uploads[:UPLOADS_A_PAGE],
        "newer": page - 1,
        "older": page + 1 if len(uploads) > UPLOADS_A_PAGE else 0,
        "sends": handles_files(membership),
        "mine": fed_by(membership, [row.source for row in rows]),
    }
    return render(request, "journeys/board.html", context)


def _chosen(request: HttpRequest, known: list[Quarter]) -> Quarter:
    found = [quarter for quarter in known if str(quarter.code) == request.GET["t"]]
    if not found:
        raise Http404
    return found[0]


def _page(request: HttpRequest) -> int:
    text = request.GET.get("p", "1")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= PAGES):
        raise Http404
    return int(text[:5])


def _neighbours(known: list[Quarter], chosen: Quarter | None) -> tuple[Quarter | None, Quarter | None]:
    if chosen is None:
        return None, None
    position = known.index(chosen)
    before = known[position - 1] if position else None
    return before, known[position + 1] if position + 1 < len(known) else None
