"""Sala: the beamer's screen, what it shows now, and the same for a screen without an account."""

from collections.abc import Container
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from company import formats
from company.access import member
from meetings import running
from meetings.access import conducted, hidden_from, meeting_or_404, room_or_404
from meetings.deck import View, deck
from meetings.forms import GuessForm
from meetings.guessing import key
from meetings.models import Meeting
from meetings.views.answers import saved
from metrics import labels
from metrics.access import editions_of
from metrics.figures import base

Page = tuple[dict[str, str], list[View]]
SHOWS = ("blank", "table", "revealed")
LONGEST = 4 * 3600


@never_cache
@require_safe
def room(request: HttpRequest, code: str) -> HttpResponse:
    """The whole meeting as one page of views; keys are for who runs it."""
    meeting = meeting_or_404(request, code)
    addresses = {
        "state": reverse("meeting-state", args=[code]),
        "live": reverse("meeting-live", args=[code]),
        "decisions": reverse("meeting-decisions", args=[code]),
        "out": reverse("meeting-console", args=[code]),
    }
    views = deck(meeting, hidden=hidden_from(request))
    conducts, traced = running.may_conduct(member(request)), _traced(request, meeting)
    return _room(request, meeting, (addresses, views), conducts, traced)


@never_cache
@require_safe
def live(request: HttpRequest, code: str) -> HttpResponse:
    """The views that show what is being written, as they are now."""
    meeting = meeting_or_404(request, code)
    return _live(request, meeting, hidden_from(request), traced=_traced(request, meeting))


def _traced(request: HttpRequest, meeting: Meeting) -> bool:
    """Whether the pages show the very figures of the meeting, so that they can say where these come from."""
    edition = editions_of(member(request)).filter(quarter=meeting.quarter_id).first()
    return edition is not None and edition.digest == meeting.digest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def state(request: HttpRequest, code: str) -> HttpResponse:
    """GET: where the room stands. POST, by who runs it: put it elsewhere; the answer is where it stands then."""
    if request.method == "POST":
        meeting = conducted(request, code)
        _command(meeting, request)
    meeting = meeting_or_404(request, code)
    return JsonResponse(running.state(meeting, timezone.now()))


@require_POST
def guess(request: HttpRequest, code: str, stage: str) -> HttpResponse:
    """What a department, or everybody together, says in the room that the customers will say about a stage."""
    meeting = conducted(request, code)
    form = GuessForm(request.POST)
    faults = {name: str(found[0]) for name, found in form.errors.items()} if not form.is_valid() else {}
    if not faults:
        value = form.cleaned_data["guess"]
        running.guess(
            meeting, key(stage[:50], form.cleaned_data["department"]), None if value is None else float(value)
        )
    return saved(request, reverse("meeting-console", args=[code]), faults)


@login_not_required
@never_cache
@require_safe
def linked_room(request: HttpRequest, token: str) -> HttpResponse:
    """The room behind a signed link: it follows, and has no keys."""
    try:
        meeting = room_or_404(token)
    except Http404:
        return render(request, "meetings/no_link.html", status=404)
    addresses = {"state": reverse("room-link-state", args=[token]), "live": reverse("room-link-live", args=[token])}
    return _room(request, meeting, (addresses, deck(meeting)), conducts=False)


@login_not_required
@never_cache
@require_safe
def linked_state(request: HttpRequest, token: str) -> HttpResponse:
    """Where the room stands, for a screen without an account."""
    return JsonResponse(running.state(room_or_404(token), timezone.now()))


@login_not_required
@never_cache
@require_safe
def linked_live(request: HttpRequest, token: str) -> HttpResponse:
    """What is being written, for a screen without an account."""
    return _live(request, room_or_404(token))


def _room(request: HttpRequest, meeting: Meeting, page: Page, conducts: bool, traced: bool = False) -> HttpResponse:
    addresses, views = page
    context: dict[str, Any] = {
        "meeting": meeting,
        "views": views,
        "items": len({view.item for view in views}),
        "now": _now(views, meeting),
        "addresses": addresses,
        "dark": _dark(request, meeting),
        "traced": traced,
        "conducts": conducts and meeting.state != Meeting.State.CLOSED,
        "figure_base": base(formats.separators(labels.locale())),
        "state": running.state(meeting, timezone.now()),
    }
    return render(request, "meetings/room.html", context)


def _dark(request: HttpRequest, meeting: Meeting) -> bool:
    """As this screen's address says, else as the company's rooms are."""
    asked = request.GET.get("tema")
    return asked == "scuro" if asked in ("scuro", "chiaro") else meeting.quarter.company.dark_room


def _now(views: list[View], meeting: Meeting) -> View | None:
    here = [view for view in views if (view.item, view.view) == (meeting.item, meeting.view)]
    return next(iter(here or views), None)


def _live(request: HttpRequest, meeting: Meeting, hidden: Container[str] = (), traced: bool = False) -> HttpResponse:
    views = deck(meeting, live=True, hidden=hidden)
    context = {"views": views, "now": None, "meeting": meeting, "traced": traced}
    return render(request, "meetings/room/views.html", context)


def _command(meeting: Meeting, request: HttpRequest) -> None:
    """One step of who runs the room; what is not one changes nothing."""
    said = request.POST
    place = [value for value in (said.get("item", ""), said.get("view", "")) if value.isdecimal() and len(value) < 4]
    if len(place) == 2 and min(map(int, place)) > 0:
        running.place(meeting, int(place[0]), int(place[1]))
    for name in SHOWS:
        if name in said:
            running.show(meeting, name, said[name] == "1")
    left = said.get("seconds", "")
    if left.removeprefix("-").isdecimal() and len(left) < 7 and abs(int(left)) <= LONGEST:
        running.time(meeting, int(left), said.get("running") == "1")
