"""Decisions of earlier meetings, and proposals they left open: carried on until closed, judged by data, never lost."""

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.utils import timezone

from meetings import frozen
from meetings.measures import Measured, Promise, before_of, due, judge
from meetings.models import Decision, FollowUp, Meeting
from metrics.models import Edition
from metrics.report import Report
from metrics.stats.outside import Speed, iteration_speed

STATE, DONE = Decision.State, FollowUp.Done
PROVEN = ("better", "worse")


def pending(meeting: Meeting) -> list[Decision]:
    """What earlier meetings of the company decided or left proposed, and no follow-up has closed; the oldest first."""
    quarter = meeting.quarter
    rows = Decision.objects.filter(meeting__quarter__company=quarter.company_id).exclude(state=STATE.SUPERSEDED)
    rows = rows.exclude(state=STATE.PROPOSED, proposal="")
    rows = rows.exclude(followups__answer=FollowUp.Answer.CLOSED).select_related("meeting__quarter", "owner")
    return [row for row in rows if row.meeting.quarter.code < quarter.code]


def carry(meeting: Meeting) -> None:
    """A follow-up for every pending decision, with what the data say of it; what people answered stays."""
    for decision in pending(meeting):
        FollowUp.objects.get_or_create(meeting=meeting, decision=decision, defaults={"done": _answered(decision)})
    rows = list(meeting.followups.select_related("decision__meeting__quarter"))
    for row, found in zip(rows, measured(rows, frozen.report(meeting)), strict=True):
        row.outcome, row.verdict = found.outcome, found.verdict
        row.save(update_fields=["outcome", "verdict"])


def _answered(decision: Decision) -> str:
    """What the owner has said meanwhile."""
    return {STATE.DONE: DONE.YES, STATE.STOPPED: DONE.UNNEEDED}.get(STATE(decision.state), "")


def promise(decision: Decision) -> Promise:
    """The decision's expected benefit."""
    start, goal = _number(decision.start), _number(decision.goal)
    then = frozen.report(decision.meeting)
    taken = decision.decided_on is not None
    return due(Promise(then, decision.measure, start, goal, decision.due_quarter, taken))


def measured(rows: Sequence[FollowUp], report: Report, hidden: Container[str] = ()) -> list[Measured]:
    """What the report says of a meeting's earlier decisions, all of them at once, each against the edition it was
    taken on; of a mere proposal nothing yet.

    ``hidden``: the quarters whose editions the reader does not read: where a measure was then is told by this report
    or not at all.
    """
    promises = [promise(row.decision) for row in rows]
    return [
        replace(found, before=before_of(report, asked.measure, asked.then.quarter))
        if asked.then.quarter in hidden
        else found
        for asked, found in zip(promises, judge(promises, report), strict=True)
    ]


def answers(decision: Decision) -> list[tuple[str, str]]:
    """What may be said of it: a decision was done or not, a proposal that nobody decided can only be needed no more."""
    wanted = [DONE.UNNEEDED] if decision.decided_on is None else list(DONE)
    return [(done.value, str(done.label)) for done in wanted]


def settle(meeting: Meeting) -> None:
    """At the end of a meeting, whatever was not closed is carried over."""
    meeting.followups.filter(answer="").update(answer=FollowUp.Answer.CARRIED)


def speeds(decisions: list[Decision]) -> tuple[Speed, Speed]:
    """Days from decision to done, and to the day the first edition that demonstrates its measure was published."""
    taken = [(row.decided_on, _demonstrating(row)) for row in decisions if row.decided_on]
    digests = {digest for _day, found in taken for digest in found}
    out = Edition.objects.filter(state=Edition.State.PUBLISHED, digest__in=digests).order_by("-published")
    days = {digest: timezone.localdate(at) for digest, at in out.values_list("digest", "published")}
    shown = [(day, min((days[one] for one in found if one in days), default=None)) for day, found in taken]
    return until_done(decisions), iteration_speed(_ordered(shown))


def until_done(decisions: list[Decision]) -> Speed:
    """Days from decision to done."""
    return iteration_speed(_ordered([(row.decided_on, row.done_on) for row in decisions if row.decided_on]))


def _ordered(pairs: list[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    """What was recorded as done before it was decided counts as done that very day."""
    return [(first, None if last is None else max(first, last)) for first, last in pairs]


def _demonstrating(decision: Decision) -> list[str]:
    """The digests of the editions, as the meetings on them found, in which its measure's verdict is demonstrated."""
    return [row.meeting.digest for row in decision.followups.all() if row.verdict in PROVEN]


def _number(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)
