"""The pages of a quarter's report. Each is panels over one edition, and is answered 304 while nothing changed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import quote_etag
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from company import formats
from company.access import handles_files, member
from metrics import doorstep, kept, labels, panels
from metrics.access import editions_of, latest_edition, out_or_404, published_of
from metrics.figures import base
from metrics.panels.archive import archive as build_archive
from metrics.panels.glossary import glossary
from metrics.panels.method import method_page
from metrics.panels.method import versions as method_versions
from metrics.panels.versions import versions as build_versions
from metrics.panels.whatif import hypotheses
from metrics.shown import Asked, Shown, ask, read

_kept: kept.Kept[kept.Answer] = kept.Kept()

NARROWED = ("front", "journey", "stage")  # the pages that may show one unit alone


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The latest quarter's front page; before the first report, what will be here and who can bring it about."""
    edition = latest_edition(request)
    if edition is None:
        return render(request, "metrics/empty.html", {"sends": handles_files(member(request))})
    return redirect("front", code=str(edition.quarter.code))


@require_safe
def front(request: HttpRequest, code: str) -> HttpResponse:
    """How the customer is this quarter, and why it changed; and what stands above the report has to say about it."""
    asked = ask(request, code)
    found = [import_string(name)(asked.membership, code) for name in settings.FRONT_BLOCKS]
    blocks = [block for block in found if block is not None]

    def answer() -> HttpResponse:
        shown = read(asked)
        return frame(request, shown, "front", {**panels.build("front", shown), "blocks": blocks})

    return conditional(request, replace(asked, also=repr(blocks)), answer)


@require_safe
def journey(request: HttpRequest, code: str) -> HttpResponse:
    """Where along the journey the customer is better or worse."""
    return _page(request, code, "journey", "")


@require_safe
def stage(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """What happens to the customer in a stage, and who can change it; 404 for a stage the report does not know."""
    return _page(request, code, "stage", slug)


@require_safe
def department(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Where, how and how much a department's results reach the customer; 404 for a department not in the report."""
    return _page(request, code, "department", slug)


@require_safe
def impact(request: HttpRequest, code: str) -> HttpResponse:
    """On which results it pays to act first."""
    return _page(request, code, "impact", "")


@require_safe
def bridge(request: HttpRequest, code: str) -> HttpResponse:
    """How health went from the previous quarter to this one."""
    return _page(request, code, "bridge", "")


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """How the other quarters went; before the first report, what will be here."""
    membership = member(request)
    editions = list(editions_of(membership).prefetch_related("objections"))
    out = published_of(membership).prefetch_related("objections")
    built = build_archive(editions, out) if editions else None
    context = {"archive": built, "figure_base": _figure_base()}
    return render(request, "metrics/archive.html", context)


@require_safe
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """What each published version of a quarter said, and what a correction moved; 404 before the first."""
    return render(request, "metrics/versions.html", {"versions": build_versions(out_or_404(request, code))})


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """How every number is made, worked through with the latest edition."""
    edition = latest_edition(request)
    if edition is None:
        return render(request, "metrics/method.html", {"page": "method", "versions": method_versions(None)})
    asked = ask(request, str(edition.quarter.code))
    return conditional(request, asked, lambda: frame(request, read(asked), "method", method_page(read(asked))))


def _page(request: HttpRequest, code: str, page: str, subject: str) -> HttpResponse:
    asked = ask(request, code)

    def answer() -> HttpResponse:
        shown = read(asked)
        _require(shown, page, subject)
        content = {**panels.build(page, shown, subject), "subject": subject}
        if page == "department":
            content["hypotheses"] = hypotheses(shown, subject, request.GET)
        return frame(request, shown, page, content)

    return conditional(request, asked, answer)


def conditional(request: HttpRequest, asked: Asked, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """304 where the reader's copy still holds, else the answer; nothing heavy is read before the question is put.

    An answer is kept by its tag and address: the tag names the reader, the words and every figure drawn. One that
    holds a message for this moment, a form's token or a cookie is never kept.
    """
    etag, held = quote_etag(asked.tag), request.headers.get("If-None-Match", "")
    if etag in held and not _told(request):
        response = doorstep.repeatable(request, HttpResponse(status=304))
    else:
        response = _again(request, f"{asked.tag} {request.get_full_path()}", answer)
    weak = response.has_header("Content-Encoding") or f"W/{etag}" in held
    response["ETag"] = f"W/{etag}" if weak else etag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Language", "Accept-Encoding"])
    return response


def _again(request: HttpRequest, key: str, answer: Callable[[], HttpResponse]) -> HttpResponse:
    found = None if _told(request) else _kept.get(key)
    if found is None:
        told, response = _told(request), answer()
        own = told or request.META.get("CSRF_COOKIE_NEEDS_UPDATE") or response.cookies
        if response.status_code != 200 or own:
            return response
        found = kept.answer(dict(response.headers), response.content)
        _kept.put(key, found)
    packed = found.packed and "br" in request.headers.get("Accept-Encoding", "")
    headers = {**found.headers, **({"Content-Encoding": "br"} if packed else {})}
    response = HttpResponse(found.packed if packed else found.plain, headers=headers)
    return doorstep.repeatable(request, response)


def _told(request: HttpRequest) -> bool:
    """Whether a message waits to be shown once."""
    return bool(len(get_messages(request)))


def _require(shown: Shown, page: str, subject: str) -> None:
    """404 for a stage or department the report does not know."""
    stages, departments = shown.report.stages, shown.report.departments
    known = {"stage": {row.slug for row in stages}, "department": {row.slug for row in departments}}
    if (page in known and subject not in known[page]) or (shown.unit and page not in NARROWED):
        raise Http404


def frame(
    request: HttpRequest, shown: Shown, page: str, content: Mapping[str, object], status: int = HTTPStatus.OK
) -> HttpResponse:
    """A page of the report with what every one of them needs."""
    context = {
        **content,
        "shown": shown,
        "shown_quarter": shown.quarter,
        "page": page,
        "path": request.path,
        "glossary": glossary(page),
        "figure_base": _figure_base(),
    }
    return render(request, f"metrics/{page}.html", context, status=status)


def _figure_base() -> dict[str, object]:
    return base(formats.separators(labels.locale()))
