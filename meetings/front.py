"""What the meeting has to say on the front page: the last quarter's decisions, and what is asked of the reader."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from company.models import Membership
from journeys.calendar import QuarterCode
from meetings import followup
from meetings.access import readable
from meetings.measures import NOT_YET
from meetings.models import Decision, FollowUp, Meeting
from metrics.stats.outside import Outcome, Speed

TEMPLATE = "meetings/front.html"
MEETINGS = "ARRAY(SELECT g.id FROM meetings_meeting g WHERE g.quarter_id = ANY(quarters.ids))"
ROWS = (
    "meetings_meeting r WHERE r.quarter_id = ANY(quarters.ids)",
    f"meetings_decision r WHERE r.meeting_id = ANY({MEETINGS})",
    f"meetings_followup r WHERE r.meeting_id = ANY({MEETINGS})",
)


@dataclass(frozen=True)
class Block:
    """Counts of the decisions of the meeting before; ``days`` from decision to done; ``mine`` still open."""

    quarter: str
    before: str
    taken: int
    done: int
    worked: int
    unmeasured: int
    speed: Speed
    mine: int
    at: datetime | None
    meeting: bool
    template: str = TEMPLATE


def block(membership: Membership, quarter: str) -> Block | None:
    """The block of a quarter's front page; None before the company's first meeting."""
    meetings = {
        str(row.quarter): row
        for row in Meeting.objects.filter(readable(membership), quarter__company=membership.company_id)
        .select_related("quarter")
        .defer("content", "history")
    }
    if not meetings:
        return None
    code = QuarterCode.parse(quarter)
    before = max((row.quarter.code for row in meetings.values() if row.quarter.code < code), default=None)
    rows = _decisions(membership, code)
    last = [row for row in rows if row.meeting.quarter.code == before and row.state not in ("proposed", "superseded")]
    found = [row.outcome for row in last]
    here = meetings.get(quarter)
    return Block(
        quarter=quarter,
        before="" if before is None else str(before),
        taken=len(last),
        done=sum(row.state == Decision.State.DONE for row in last),
        worked=sum(outcome in (Outcome.REACHED, Outcome.PARTLY) for outcome in found),
        unmeasured=sum(outcome in (None, NOT_YET, Outcome.NOT_MEASURABLE) for outcome in found),
        speed=followup.until_done(last),
        mine=sum(row.open and row.owner_id == membership.user_id for row in rows),
        at=here.at if here else None,
        meeting=here is not None,
    )


def _decisions(membership: Membership, until: QuarterCode) -> list[Any]:
    """The decisions the member reads, each with the ``outcome`` its latest meeting until then found, or None."""
    mine_or_open = readable(membership, "meeting__") | Q(owner=membership.user_id)
    quarter = {"meeting__quarter__year": until.year, "meeting__quarter__number__lte": until.number}
    until_then = Q(meeting__quarter__year__lt=until.year) | Q(**quarter)
    found = FollowUp.objects.filter(readable(membership, "meeting__"), until_then, decision=OuterRef("pk"))
    latest = found.order_by("-meeting__quarter__year", "-meeting__quarter__number").values("outcome")[:1]
    rows = Decision.objects.filter(mine_or_open, meeting__quarter__company=membership.company_id)
    rows = rows.select_related("meeting__quarter").defer("meeting__content", "meeting__history")
    return list(rows.annotate(outcome=Subquery(latest)))
