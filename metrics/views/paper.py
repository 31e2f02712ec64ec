"""The report on paper: the printed pages, the PDF made in the background, and where that work is."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from metrics import leaves, paper
from metrics.access import paper_or_404
from metrics.paperwork import Paper
from metrics.shown import ask, read
from metrics.views.report import conditional


@require_safe
def printed(request: HttpRequest, code: str) -> HttpResponse:
    """The whole report in order, as it prints."""
    asked = ask(request, code)

    def answer() -> HttpResponse:
        shown = leaves.neutral(read(asked))
        chosen = leaves.leaves(shown.report)
        bodies = [leaves.body(shown, leaf, place) for place, leaf in enumerate(chosen, start=1)]
        return render(request, "metrics/paper/print.html", leaves.paper_context(shown, chosen, bodies))

    return conditional(request, asked, answer)


@require_safe
def style(request: HttpRequest, code: str) -> HttpResponse:
    """What stands in the margins of the printed report."""
    asked = ask(request, code)
    return conditional(request, asked, lambda: HttpResponse(leaves.style(read(asked)), content_type="text/css"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ordering(request: HttpRequest, code: str) -> HttpResponseBase:
    """GET says whether the PDF is there, POST has it made; ``reparto`` names the one department it is about."""
    asked = ask(request, code)
    shown, subject = read(asked), (request.POST or request.GET).get("reparto", "")
    names = {department.slug: department.name for department in shown.report.departments}
    if subject and subject not in names:
        raise Http404
    if request.method == "POST":
        return redirect("paper_job", paper_id=paper.order(asked, subject, names.get(subject, "")).pk)
    made = paper.found(asked, subject)
    if made is not None and made.state != Paper.State.FAILED:
        return redirect("paper_job", paper_id=made.pk)
    context = {"shown_quarter": code, "code": code, "subject": subject, "name": names.get(subject, "")}
    return render(request, "metrics/paper/order.html", context)


@never_cache
@require_safe
def job(request: HttpRequest, paper_id: int) -> HttpResponse:
    """Where the PDF is: the whole page, or for an htmx request the part that changes."""
    found = paper_or_404(request, paper_id)
    partial = "HX-Request" in request.headers
    context = {"paper": found, "code": str(found.edition.quarter.code)}
    return render(request, f"metrics/paper/{'progress' if partial else 'job'}.html", context)


@never_cache
@require_safe
def file(request: HttpRequest, paper_id: int) -> HttpResponseBase:
    """The PDF as a download; 404 until it is made."""
    found = paper_or_404(request, paper_id)
    if found.state != Paper.State.DONE or not found.path.exists():
        raise Http404
    name = "-".join(filter(None, ("trimestrale", str(found.edition.quarter.code), found.subject, found.language)))
    return FileResponse(
        found.path.open("rb"), as_attachment=True, filename=f"{name}.pdf", content_type="application/pdf"
    )
