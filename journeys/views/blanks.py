"""Modelli: for each source a file to fill in, for whoever may see the board."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from company.access import row_or_404
from journeys import blanks
from journeys.access import quarters, sources_for_upload
from journeys.board import quarter_to_collect
from journeys.errorsheet import KIND

KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": KIND}


@never_cache
@require_safe
def blank(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The file, dated in the quarter being collected; 404 for a source that is not the member's to feed."""
    source, today = row_or_404(sources_for_upload(request), slug=slug), timezone.localdate()
    quarter = quarter_to_collect(list(quarters(request)), today)
    make = blanks.as_csv if kind == "csv" else blanks.as_xlsx
    response = HttpResponse(make(source, quarter.starts if quarter else today), content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{source.slug}.{kind}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
