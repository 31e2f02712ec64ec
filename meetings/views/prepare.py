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
from meetings import agenda, figures, frozen, running
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
from meetings.forms import ItemForm, WhenForm
from meetings.letters import queue
from meetings.models import LEAST, MOST, AgendaItem, Letter, Meeting
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
    found = conducted(request, code)
    form = WhenForm(request.POST, instance=found)
    if form.is_valid():
        form.save()
        running.touch(found)
    else:
        messages.error(request, _("This is not a day and a time: write it as 2026-10-12 10:00."))
    return on(reverse("meeting", args=[code]) + "#quando")


@require_POST
def renew(request: HttpRequest, code: str) -> HttpResponse:
    """Take the newest edition, as long as the meeting has not begun."""
    found = conducted(request, code)
    running.renew(found, editions_of(member(request)))
    return on(reverse("meeting", args=[code]))


@require_POST
def item(request: HttpRequest, code: str, item_id: int) -> HttpResponse:
    """One step on a point of the agenda: saved, moved, left out with its reason, taken back in."""
    found = conducted(request, code)
    row = item_or_404(found, item_id)
    step = request.POST.get("do", "save")
    if step in ("up", "down"):
        agenda.move(row, up=step == "up")
    elif step == "skip":
        _skip(request, row)
    elif step == "keep":
        row.skipped, row.reason = False, ""
        row.save(update_fields=["skipped", "reason"])
    else:
        form = ItemForm(request.POST, instance=row)
        if form.is_valid():
            form.save()
        else:
            messages.error(request, _("Minutes are a whole number from 0 to 90, and a point has a title."))
    running.touch(found, structure=True)
    back = "meeting-console" if request.POST.get("back") == "console" else "meeting"
    return on(f"{reverse(back, args=[code])}#punto-{row.pk}")


def _skip(request: HttpRequest, row: AgendaItem) -> None:
    reason = request.POST.get("reason", "").strip()[:300]
    if row.kind == AgendaItem.Kind.FOLLOWUP and not reason:
        messages.error(
            request, _("Last quarter's decisions are skipped only with a written reason: it goes in the minutes.")
        )
        return
    row.skipped, row.reason = True, reason
    row.save(update_fields=["skipped", "reason"])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest, code: str) -> HttpResponse:
    """GET: whether to put this figure on the agenda. POST: it is put there; a meeting is made where there is none."""
    quarter, found = quarter_or_404(request, code), meeting_or_none(request, code)
    if not brings_figures(member(request)):
        require_conductor(request)
    edition_or_404(request, quarter)
    if request.method != "POST":
        name = request.GET.get("figure", "")
        said = figures.message(read(ask(request, code)), name)
        return render(request, "meetings/bring.html", {"quarter": quarter, "name": name, "message": said})
    found = found or running.create(quarter, editions_of(member(request)), member(request).user)
    name = request.POST.get("figure", "")
    if not figures.exists(frozen.shown(found), name):
        raise Http404
    if found.state == Meeting.State.CLOSED:
        messages.error(request, _("The meeting is over: nothing can be put on its agenda."))
    else:
        row = agenda.bring(found, name)
        running.touch(found, structure=True)
        messages.success(request, _("“%(title)s” is on the agenda.") % {"title": row.title})
    return on(reverse("meeting", args=[code]))


@require_POST
def people(request: HttpRequest, code: str) -> HttpResponse:
    """Who is invited, who is present; and the invitations themselves."""
    found = conducted(request, code)
    field = "present" if request.POST.get("do") == "present" else "invited"
    chosen = {value for value in request.POST.getlist("person") if value.isdecimal()}
    for row in found.people.all():
        wanted = str(row.pk) in chosen
        if getattr(row, field) != wanted:
            setattr(row, field, wanted)
            row.save(update_fields=[field])
            words = (str(row.person), "") if not wanted else ("", str(row.person))
            running.write(found, member(request).user, field, words)
    if request.POST.get("do") == "invite":
        if found.at is None:
            messages.error(request, _("First say when: an invitation without a day is none."))
        else:
            count = queue(found, Letter.Kind.INVITATION)
            messages.success(request, _("%(n)s invitations leave within a minute.") % {"n": count})
    back = "meeting-console" if field == "present" else "meeting"
    return on(reverse(back, args=[code]) + "#persone")


@require_POST
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """A new link for a screen without an account, or none any more."""
    found = conducted(request, code)
    running.link(found, request.POST.get("do") == "give")
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
