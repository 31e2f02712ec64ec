"""The page of a job: where the work is, what came of it. It can be left and found again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from journeys.access import job_or_404
from journeys.problemlist import problem_list
from journeys.progress import progress_of


@never_cache
@require_safe
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """The whole page, or for an htmx request the part that changes."""
    progress = progress_of(job_or_404(request, job_id))
    context = {"progress": progress, "problems": problem_list(progress.upload)}
    partial = "HX-Request" in request.headers
    return render(request, "journeys/parts/poll.html" if partial else "journeys/job.html", context)
