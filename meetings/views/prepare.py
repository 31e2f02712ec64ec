"""Prepara: the meeting's page, its agenda, its people, and the way into the room."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from company.access import member
from journeys.access import quarter_or_404
from meetings import agenda, figures, frozen, preparing, running
from meetings.access import (
    brings_figures,
    conducted,
    decisions,
    item_or_404,
    meeting_or_none,
    meetings,
    require_conductor,
    room_token,
)
from meetings.followup import speeds
from meetings.forms import WhenForm
from meetings.models import LEAST, MOST, Letter, Meeting
from meetings.views.answers import on
from metrics.access import edition_or_404, editions_of, latest_edition
from metrics.shown import ask, read


@never_cache
@require_safe
def all_meetings(request: HttpRequest) -> HttpResponse:
    """Every meeting there was or will be, and how fast decisions become effects."""
    rows = list(meetings(request))
    latest = latest_edition(request)
    here = str(latest.quarter) if latest else ""
    taken = list(decisions(request))
    done, shown = speeds(taken)
    context: dict[str, object] = {
        "rows": rows[::-1],
        "here": here,
        "due": here and here not in {str(row.quarter) for row in rows},
    }
    context |= {"done": done, "shown": shown, "conducts": running.may_conduct(member(request))}
    return render(request, "meetings/all.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: HttpRequest, code: str) -> HttpResponse:
    """GET: the meeting as it is prepared, or that there is none yet. POST: create it, its agenda ready."""
    quarter, found = quarter_or_404(request, code), meeting_or_none(request, code)
    edition = edition_or_404(request, quarter)
    if request.method == "POST":
        actor = require_conductor(request).user
        running.create(quarter, editions_of(member(request)), actor)
        return on(reverse("meeting", args=[code]))
    conducts = running.may_conduct(member(request))
    if found is None:
        return render(request, "meetings/none.html", {"quarter": quarter, "conducts": conducts})
    return render(request, "meetings/prepare.html", _prepared(request, found, edition.digest) | {"conducts": conducts})


def _prepared(request: HttpRequest, found: Meeting, newest: str) -> dict[str, object]:
    items = list(found.items.all())
    minutes = agenda.total(items)
    names = {entry.name: str(entry) for entry in figures.all_figures(found)}
    shown = frozen.shown(found)
    for item in items:
        item.shown = [names.get(name) or figures.message(shown, name) for name in item.views]  # type: ignore[attr-defined]
    token = room_token(found)
    return {
        "meeting": found,
        "quarter": found.quarter,
        "items": items,
        "total": minutes,
        "fits": LEAST <= minutes <= MOST,
        "people": found.people.select_related("person"),
        "when": WhenForm(instance=found),
        "old": found.state == Meeting.State.PREPARED and newest != found.digest,
        "screen": request.build_absolute_uri(reverse("room-link", args=[token])) if token else "",
        "invited": found.letters.filter(kind=Letter.Kind.INVITATION).order_by("queued").last(),
    }


@require_POST
def when(request: HttpRequest, code: str) -> HttpResponse:
    """Day, time and place."""
    if not preparing.schedule(conducted(request, code), request.POST, member(request).user):
        messages.error(request, _("This is not a day and a time: write it as 2026-10-12 10:00."))
    return on(reverse("meeting", args=[code]) + "#quando")


@require_POST
def renew(request: HttpRequest, code: str) -> HttpResponse:
    """Take the newest edition, as long as the meeting has not begun."""
    found = conducted(request, code)
    running.renew(found, editions_of(member(request)), member(request).user)
    return on(reverse("meeting", args=[code]))


@require_POST
def item(request: HttpRequest, code: str, item_id: int) -> HttpResponse:
    """One step on a point of the agenda: saved, moved, left out with its reason, taken back in."""
    found = conducted(request, code)
    row = item_or_404(found, item_id)
    if fault := preparing.step(row, request.POST, member(request).user):
        messages.error(request, fault)
    back = "meeting-console" if request.POST.get("back") == "console" else "meeting"
    return on(f"{reverse(back, args=[code])}#punto-{row.pk}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest, code: str) -> HttpResponse:
    """GET: whether to put this figure on the agenda. POST: it is put there; a meeting is made where there is none."""
    quarter = quarter_or_404(request, code)
    if not brings_figures(member(request)):
        require_conductor(request)
    edition_or_404(request, quarter)
    if request.method != "POST":
        name = request.GET.get("figure", "")
        said = figures.message(read(ask(request, code)), name)
        return render(request, "meetings/bring.html", {"quarter": quarter, "name": name, "message": said})
    name, actor = request.POST.get("figure", ""), member(request).user
    try:
        row = preparing.bring(quarter, editions_of(member(request)), name, actor)
    except preparing.NoFigure as error:
        raise Http404 from error
    if row is None:
        messages.error(request, _("The meeting is over: nothing can be put on its agenda."))
    else:
        messages.success(request, _("“%(title)s” is on the agenda.") % {"title": row.title})
    return on(reverse("meeting", args=[code]))


@require_POST
def people(request: HttpRequest, code: str) -> HttpResponse:
    """Who is invited, who is present; and the invitations themselves."""
    found = conducted(request, code)
    do, actor = request.POST.get("do", ""), member(request).user
    count = preparing.people(found, do, set(request.POST.getlist("person")), actor)
    if do == "invite" and count is None:
        messages.error(request, _("First say when: an invitation without a day is none."))
    elif do == "invite":
        messages.success(request, _("%(n)s invitations leave within a minute.") % {"n": count})
    back = "meeting-console" if do == "present" else "meeting"
    return on(reverse(back, args=[code]) + "#persone")


@require_POST
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """A new link for a screen without an account, or none any more."""
    found = conducted(request, code)
    running.link(found, request.POST.get("do") == "give", member(request).user)
    return on(reverse("meeting", args=[code]) + "#schermo")


@require_POST
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """Open the meeting: from now on its figures do not change."""
    found = conducted(request, code)
    running.begin(found, editions_of(member(request)), member(request).user)
    return on(reverse("meeting-room", args=[code]))


@require_POST
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close the meeting; where earlier decisions are still unanswered it says so and stays open."""
    found = conducted(request, code)
    if running.close(found, member(request).user):
        messages.error(
            request, _("Of every earlier decision say whether it was done, or skip the point with a written reason.")
        )
        return on(reverse("meeting-console", args=[code]) + "#seguiti")
    return on(reverse("meeting-minutes", args=[code]))
