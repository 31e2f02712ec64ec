"""What the meeting has to say on the front page: the last quarter's decisions, and what is asked of the reader."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

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
    rows = list(_decisions(membership))
    last = [row for row in rows if row.meeting.quarter.code == before and row.state not in ("proposed", "superseded")]
    found = [_latest(row, code) for row in last]
    here = meetings.get(quarter)
    return Block(
        quarter=quarter,
        before="" if before is None else str(before),
        taken=len(last),
        done=sum(row.state == Decision.State.DONE for row in last),
        worked=sum(row is not None and row.outcome in (Outcome.REACHED, Outcome.PARTLY) for row in found),
        unmeasured=sum(row is None or row.outcome in (NOT_YET, Outcome.NOT_MEASURABLE) for row in found),
        speed=followup.speeds(last)[0],
        mine=sum(row.open and row.owner_id == membership.user_id for row in rows),
        at=here.at if here else None,
        meeting=here is not None,
    )


def _decisions(membership: Membership) -> "list[Decision]":
    mine_or_open = readable(membership, "meeting__") | Q(owner=membership.user_id)
    rows = Decision.objects.filter(mine_or_open, meeting__quarter__company=membership.company_id)
    rows = rows.select_related("meeting__quarter").defer("meeting__content", "meeting__history")
    followups = FollowUp.objects.filter(readable(membership, "meeting__")).select_related("meeting__quarter")
    followups = followups.defer("meeting__content", "meeting__history")
    return list(rows.prefetch_related(Prefetch("followups", followups)))


def _latest(row: Decision, until: QuarterCode) -> FollowUp | None:
    known = [found for found in row.followups.all() if found.meeting.quarter.code <= until]
    return max(known, key=lambda found: found.meeting.quarter.code, default=None)
