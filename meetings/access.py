"""Meetings and decisions for a request: the row, or 404, or 403 (see ``company.access``).

A meeting, with its room, minutes and decisions, is read by who reads the edition it carries (decision 52). Facilitators
and administrators prepare and run it. Everybody but readers may put a figure on the agenda. An owner answers for the
own decisions.
"""

from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature, Signer
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from company.access import member, row_or_404
from company.models import Membership, Role
from journeys.access import quarter_or_404
from meetings.models import AgendaItem, Decision, FollowUp, Meeting, Poll
from meetings.running import may_conduct
from metrics.access import sees_drafts, visible
from metrics.models import Edition

ROOM = Signer(salt="meetings.room")


def readable(membership: Membership, to: str = "") -> Q:
    """What the member reads of meetings: for a reader, those whose edition is out; ``to`` is the way to the meeting."""
    if sees_drafts(membership):
        return Q(**{f"{to}quarter__isnull": False})  # every meeting: an empty Q would vanish beside an or
    editions = visible(membership)
    drafts, out = (editions.filter(state=state).values("quarter") for state in Edition.State.values)
    in_drafts = Q(**{f"{to}draft": True, f"{to}quarter__in": drafts})
    return in_drafts | Q(**{f"{to}draft": False, f"{to}quarter__in": out})


def meetings(request: HttpRequest) -> QuerySet[Meeting]:
    """The company's meetings that the person may read, the oldest first."""
    membership = member(request)
    rows = Meeting.objects.filter(readable(membership), quarter__company=membership.company_id)
    return rows.select_related("quarter__company")


def meeting_or_404(request: HttpRequest, code: str) -> Meeting:
    """The quarter's meeting; 404 where there is none."""
    return row_or_404(meetings(request), quarter=quarter_or_404(request, code))


def meeting_or_none(request: HttpRequest, code: str) -> Meeting | None:
    """The quarter's meeting, or None; 404 for no quarter of the company."""
    return meetings(request).filter(quarter=quarter_or_404(request, code)).first()


def require_conductor(request: HttpRequest) -> Membership:
    """403 for who does not run meetings."""
    membership = member(request)
    if not may_conduct(membership):
        raise PermissionDenied(_("Meetings are prepared and run by facilitators and administrators."))
    return membership


def conducted(request: HttpRequest, code: str) -> Meeting:
    """The quarter's meeting for who runs it."""
    meeting = meeting_or_404(request, code)
    require_conductor(request)
    return meeting


def brings_figures(membership: Membership) -> bool:
    """Whether the person may put a figure on the agenda."""
    return membership.role != Role.READER


def item_or_404(meeting: Meeting, item: int) -> AgendaItem:
    """A point of the meeting's agenda."""
    return row_or_404(meeting.items.all(), pk=item)


def decision_or_404(meeting: Meeting, number: int) -> Decision:
    """A decision of the meeting by its number."""
    return row_or_404(meeting.decisions.select_related("owner", "meeting__quarter"), number=number)


def followup_or_404(meeting: Meeting, followup: int) -> FollowUp:
    """What the meeting finds about an earlier decision."""
    return row_or_404(meeting.followups.select_related("decision__meeting__quarter", "decision__owner"), pk=followup)


def hidden_from(request: HttpRequest) -> frozenset[str]:
    """Quarters whose edition, or the one their meeting carries, the person does not read: codes like ``2026-3``.

    No figure of theirs is shown in the meetings on later quarters either.
    """
    membership = member(request)
    if sees_drafts(membership):
        return frozenset()
    quarters, out = membership.company.quarters, visible(membership).values("quarter")
    unread = Meeting.objects.filter(quarter__company=membership.company_id).exclude(readable(membership))
    return frozenset(str(row) for row in quarters.filter(~Q(pk__in=out) | Q(pk__in=unread.values("quarter"))))


def decisions(request: HttpRequest) -> QuerySet[Decision]:
    """Every decision of the meetings the person may read, and the person's own; the newest meeting's first."""
    membership = member(request)
    mine_or_open = readable(membership, "meeting__") | Q(owner=membership.user_id)
    rows = Decision.objects.filter(mine_or_open, meeting__quarter__company=membership.company_id)
    known = FollowUp.objects.filter(readable(membership, "meeting__")).select_related("meeting__quarter")
    rows = rows.select_related("meeting__quarter", "owner").prefetch_related(Prefetch("followups", known))
    return rows.order_by("-meeting__quarter__year", "-meeting__quarter__number", "number")


def owned_or_404(request: HttpRequest, decision: int) -> Decision:
    """A decision the person answers for, or any for who runs meetings; 403 for another's."""
    row = row_or_404(decisions(request), pk=decision)
    if row.owner_id != member(request).user_id and not may_conduct(member(request)):
        raise PermissionDenied(_("Only its owner answers for a decision."))
    return row


def poll_or_404(key: str) -> Poll:
    """The vote behind an address that phones scan; whoever has the address may vote."""
    return row_or_404(Poll.objects.select_related("meeting__quarter__company"), key=key)


def room_token(meeting: Meeting) -> str:
    """What stands in the address of the room's screen without an account; empty where no link is given out."""
    return ROOM.sign(f"{meeting.pk}:{meeting.link_key}") if meeting.link_key else ""


def room_or_404(token: str) -> Meeting:
    """The meeting of a signed link; 404 for a forged, revoked or expired one."""
    try:
        pk, _colon, key = ROOM.unsign(token).partition(":")
    except BadSignature as error:
        raise Http404 from error
    rows = Meeting.objects.exclude(link_key="").filter(link_until__gt=timezone.now())
    return row_or_404(rows.select_related("quarter__company"), pk=pk, link_key=key)
