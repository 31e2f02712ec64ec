"""Le mie decisioni: what is asked of the reader, and every decision of the company."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from company.access import member
from meetings import writing
from meetings.access import decisions, meetings, owned_or_404
from meetings.deck import aim
from meetings.models import Decision
from meetings.views.answers import on


@never_cache
@require_safe
def owned(request: HttpRequest) -> HttpResponse:
    """The reader's own decisions, or everybody's with ``?di=tutti``."""
    everybody = request.GET.get("di") == "tutti"
    rows = decisions(request)
    rows = rows if everybody else rows.filter(owner=member(request).user_id)
    today = timezone.localdate()
    found = [(row, aim(row), row.overdue(today), _steps(row)) for row in rows]
    found.sort(key=lambda entry: (not entry[0].open, entry[0].due or today))
    context = {"found": found, "everybody": everybody, "readable": set(meetings(request).values_list("pk", flat=True))}
    return render(request, "meetings/owned.html", context)


def _steps(row: Decision) -> list[tuple[str, str]]:
    """What its owner may do with it."""
    wanted = (Decision.State.STARTED, Decision.State.DONE, Decision.State.STOPPED)
    steps = writing.NEXT[Decision.State(row.state)] if row.state != Decision.State.PROPOSED else ()
    return [(state.value, str(state.label)) for state in wanted if state in steps]


@require_POST
def answer(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Its owner says that it has begun, is done, or was stopped and why."""
    row = owned_or_404(request, decision_id)
    state, reason = request.POST.get("state", ""), request.POST.get("reason", "").strip()[:300]
    if state in {value for value, _label in _steps(row)}:
        lacks = writing.advance(row, state, member(request).user, timezone.localdate(), reason)
        if lacks:
            messages.error(request, writing.needed(lacks))
        else:
            messages.success(request, _("Noted: thank you."))
    return on(reverse("my-decisions"))
