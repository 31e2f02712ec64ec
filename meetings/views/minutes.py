"""Verbale: what was shown and decided; and to whom it is sent."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from company.access import member
from meetings import running
from meetings.access import conducted, hidden_from, meeting_or_404
from meetings.letters import send_minutes
from meetings.minutes import minutes_of
from meetings.paper import paper
from meetings.views.answers import on


@never_cache
@require_safe
def minutes(request: HttpRequest, code: str) -> HttpResponse:
    """The minutes as they stand."""
    meeting = meeting_or_404(request, code)
    context = {
        "minutes": minutes_of(meeting, hidden_from(request)),
        "meeting": meeting,
        "locked": meeting.locked(timezone.now()),
    }
    return render(request, "meetings/minutes.html", context | {"conducts": running.may_conduct(member(request))})


@never_cache
@require_safe
def download(request: HttpRequest, code: str) -> HttpResponse:
    """The minutes as they stand, as a PDF in the reader's language; back to the page where nothing can print them."""
    meeting = meeting_or_404(request, code)
    printed = paper(meeting, hidden_from(request))
    if printed is None:
        messages.error(request, _("The PDF cannot be made here: print this page from the browser."))
        return on(reverse("meeting-minutes", args=[code]))
    response = HttpResponse(printed, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="verbale-{meeting.quarter}.pdf"'
    return response


@require_POST
def send(request: HttpRequest, code: str) -> HttpResponse:
    """The minutes to everybody who was present, within a minute."""
    meeting = conducted(request, code)
    count = send_minutes(meeting, member(request).user)
    words = _("The minutes leave within a minute, to %(n)s people.") if count else _("Nobody is marked as present.")
    messages.success(request, words % {"n": count} if count else words)
    return on(reverse("meeting-minutes", args=[code]))
