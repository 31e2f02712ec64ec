"""Every table of the report as a file with the page's own digits."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from company.sheets import sheet_response
from metrics import labels, panels
from metrics.shown import ask, read
from metrics.tables import lines
from metrics.views.report import conditional


@require_safe
def table(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """The table as CSV (semicolons, byte-order mark, decimals of the reader's language); 404 for an unknown name."""
    asked = ask(request, code)

    def answer() -> HttpResponse:
        found = panels.table(read(asked), name)
        if found is None:
            raise Http404
        return sheet_response(f"{code}-{found.slug}.csv", lines(found, labels.locale()))

    return conditional(request, asked, answer)
