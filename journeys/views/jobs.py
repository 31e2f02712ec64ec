"""The page of a job: where the work is, what came of it. It can be left and found again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from journeys.access import job_or_404
from journeys.models import Upload
from journeys.problemlist import problem_list
from journeys.progress import progress_of


@never_cache
@require_safe
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """The whole page, or for an htmx request the part that changes; a draft's goes on by itself when it is checked."""
    progress = progress_of(job_or_404(request, job_id))
    if progress.outcome == "prepared":
        return _on(request, progress.upload)
    context = {"progress": progress, "problems": problem_list(progress.upload)}
    partial = "HX-Request" in request.headers
    return render(request, "journeys/parts/poll.html" if partial else "journeys/job.html", context)


def _on(request: HttpRequest, upload: Upload) -> HttpResponse:
    """A draft has been checked: on to the step that is due."""
    if "HX-Request" not in request.headers:
        return redirect("draft", upload.pk)
    return HttpResponse(headers={"HX-Redirect": reverse("draft", args=[upload.pk])})
