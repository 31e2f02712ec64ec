"""The report as files: tables with the page's own digits, messages on slides, the edition as it was hashed."""

from base64 import b64encode

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from company.sheets import sheet_response
from metrics import files, labels, panels
from metrics.shown import ask, read
from metrics.tables import lines
from metrics.views.report import conditional
from metrics.workbook import workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


@require_safe
def table(request: HttpRequest, code: str, name: str, kind: str) -> HttpResponse:
    """The table as CSV (byte-order mark, the language's decimals) or XLSX; 404 for an unknown name."""
    asked = ask(request, code)

    def answer() -> HttpResponse:
        found = panels.table(read(asked), name)
        if found is None:
            raise Http404
        if kind == "xlsx":
            return _download(workbook([found]), f"{code}-{found.slug}.xlsx", XLSX)
        return sheet_response(f"{code}-{found.slug}.csv", lines(found, labels.locale()))

    return conditional(request, asked, answer)


@require_safe
def tables(request: HttpRequest, code: str) -> HttpResponse:
    """Every table of the report in one workbook."""
    asked = ask(request, code)
    name = f"trimestrale-{code}-{labels.locale()}.xlsx"
    return conditional(request, asked, lambda: _download(files.workbook_of(read(asked)), name, XLSX))


@require_safe
def slides(request: HttpRequest, code: str) -> HttpResponse:
    """Every message of the report on a slide of its own."""
    asked = ask(request, code)
    name = f"trimestrale-{code}-{labels.locale()}.pptx"
    return conditional(request, asked, lambda: _download(files.deck_of(read(asked)), name, PPTX))


@require_safe
def edition(request: HttpRequest, code: str) -> HttpResponse:
    """The edition's canonical content, byte for byte what its digest was computed over."""
    asked = ask(request, code)

    def answer() -> HttpResponse:
        kept = asked.edition
        response = _download(kept.content.encode(), f"trimestrale-{code}.json", "application/json")
        response["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(kept.digest)).decode()}:"
        response["X-Content-SHA256"] = kept.digest
        return response

    return conditional(request, asked, answer)


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
