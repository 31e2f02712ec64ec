"""Conduzione: the facilitator's laptop or phone, with what comes next, the notes, the timer and the decisions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from company.access import member
from meetings import preparing, running, voting, writing
from meetings.access import conducted, decision_or_404, followup_or_404, item_or_404, meeting_or_404
from meetings.audited import FIELDS
from meetings.deck import aim, cards, deck
from meetings.forms import DecisionForm, PollForm, hints
from meetings.models import Decision, Meeting
from meetings.views.answers import by_itself, on, saved
from metrics import labels


@never_cache
@require_safe
def console(request: HttpRequest, code: str) -> HttpResponse:
    """Everything one hand needs while the other holds the room."""
    meeting = conducted(request, code)
    items = list(meeting.items.all())
    views = deck(meeting)
    place = 0
    for item in items:
        place += not item.skipped
        item.place = 0 if item.skipped else place  # type: ignore[attr-defined]
        item.room = [view for view in views if view.item == place] if not item.skipped else []  # type: ignore[attr-defined]
    poll = meeting.polls.last()
    people = list(meeting.people.select_related("person"))
    context = {
        "meeting": meeting,
        "items": items,
        "state": running.state(meeting, timezone.now()),
        "cards": cards(meeting),
        "decisions": meeting.decisions.select_related("owner"),
        "people": people,
        "poll": voting.result(poll) if poll else None,
        "poll_form": PollForm(initial={"dots": 3, "voters": sum(row.present for row in people) or len(people)}),
        "guesses": [view.content for view in views if view.kind == "guess"],
        "locked": meeting.locked(timezone.now()),
    }
    return render(request, "meetings/console.html", context)


@require_POST
def notes(request: HttpRequest, code: str, item_id: int) -> HttpResponse:
    """The notes of a point, saved as they are typed."""
    meeting = conducted(request, code)
    row = item_or_404(meeting, item_id)
    back = f"{reverse('meeting-console', args=[code])}#punto-{row.pk}"
    if meeting.locked(timezone.now()):
        return saved(request, back, {"notes": _("The minutes are locked.")})
    preparing.note(row, request.POST.get("notes", "").replace("\x00", ""), member(request).user)
    return saved(request, back)


@require_POST
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """A new proposal, on the figure that is being looked at."""
    meeting = conducted(request, code)
    if meeting.state == Meeting.State.CLOSED:
        messages.error(request, _("The meeting is over: new proposals belong to the next one."))
        return on(reverse("meeting-minutes", args=[code]))
    row = writing.propose(meeting, member(request).user, request.POST.get("figure", "")[:80])
    address = reverse("meeting-decision", args=[code, row.number])
    return on(f"{address}?sala" if request.POST.get("sala") else address)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The form of a decision; POST keeps the fields that were sent."""
    meeting = meeting_or_404(request, code)
    row = decision_or_404(meeting, number)
    conducts = running.may_conduct(member(request))
    if request.method == "POST":
        return _written(request, conducted(request, code), row)
    form = DecisionForm(instance=row, meeting=meeting)
    context = {
        "meeting": meeting,
        "decision": row,
        "form": form,
        "hints": hints(row),
        "aim": aim(row),
        "steps": [(state, state.label) for state in writing.NEXT[Decision.State(row.state)]],
        "history": [(change, FIELDS.get(change.field, change.field)) for change in row.changes.all()],
        "writes": conducts and not meeting.locked(timezone.now()),
        "conducts": conducts,
        "sala": "sala" in request.GET,
    }
    page = "meetings/parts/dialog.html" if "sala" in request.GET else "meetings/decision.html"
    return render(request, page, context)


def _written(request: HttpRequest, meeting: Meeting, row: Decision) -> HttpResponse:
    address = reverse("meeting-decision", args=[meeting.quarter, row.number])
    if meeting.locked(timezone.now()):
        return saved(request, address, {"proposal": _("The minutes are locked.")})
    form = DecisionForm(request.POST, instance=decision_or_404(meeting, row.number), meeting=meeting)
    faults = writing.save(row, form, request.POST.keys(), member(request).user)
    if faults and not by_itself(request):
        for name, fault in faults.items():
            messages.error(request, f"{labels.headed(str(form.fields[name].label))} {fault}")
    return saved(request, address, faults)


@require_POST
def advance(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Decide, or move a decision on."""
    meeting = conducted(request, code)
    row = decision_or_404(meeting, number)
    reason = request.POST.get("reason", "").strip()[:300]
    lacks = writing.advance(row, request.POST.get("state", ""), member(request).user, timezone.localdate(), reason)
    address = reverse("meeting-decision", args=[code, number])
    if not lacks:
        return saved(request, reverse("meeting-console", args=[code]) + "#decisioni")
    fault = writing.needed(lacks)
    if not by_itself(request):
        messages.error(request, fault)
    return saved(request, address, {"state": fault})


@require_POST
def followed(request: HttpRequest, code: str, followup_id: int) -> HttpResponse:
    """Was it done, what did we learn, is it closed or carried over."""
    meeting = conducted(request, code)
    row = followup_or_404(meeting, followup_id)
    back = f"{reverse('meeting-console', args=[code])}#seguito-{row.pk}"
    if meeting.locked(timezone.now()):
        return saved(request, back, {"done": _("The minutes are locked.")})
    writing.follow(row, request.POST, member(request).user, timezone.localdate())
    return saved(request, back)


@require_POST
def take_up(request: HttpRequest, code: str, followup_id: int) -> HttpResponse:
    """A carried proposal becomes one of this meeting: on to its form, where it is decided."""
    meeting = conducted(request, code)
    made = writing.take_up(followup_or_404(meeting, followup_id), member(request).user, timezone.localdate())
    if made is None:
        messages.error(request, _("The meeting is over: new proposals belong to the next one."))
        return on(reverse("meeting-minutes", args=[code]))
    return on(reverse("meeting-decision", args=[made.meeting.quarter, made.number]))


@require_POST
def poll(request: HttpRequest, code: str) -> HttpResponse:
    """Start or stop a dot vote."""
    meeting, actor = conducted(request, code), member(request).user
    if request.POST.get("do") == "stop":
        voting.stop(meeting, actor)
    else:
        form = PollForm(request.POST)
        if form.is_valid():
            voting.start(meeting, form.cleaned_data["dots"], form.cleaned_data["voters"], actor)
        else:
            messages.error(request, _("Dots from 1 to 9, voters from 1 to 500."))
    return on(reverse("meeting-console", args=[code]) + "#voto")
