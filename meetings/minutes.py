"""The minutes: what was followed up, shown and decided, built from what was typed and frozen to the edition."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from meetings import figures, frozen, voting
from meetings.deck import Card, aim, cards
from meetings.models import AgendaItem, Change, Decision, Meeting
from metrics.shown import Shown


@dataclass(frozen=True)
class Point:
    """A point of the agenda with the messages of the figures shown, and its notes."""

    item: AgendaItem
    messages: list[str]


@dataclass(frozen=True)
class Taken:
    """A decision as it stands in the minutes; ``based`` are the messages of the figures it rests on."""

    decision: Decision
    aim: str
    based: list[str]


@dataclass(frozen=True)
class Minutes:
    """Everything the minutes say, on the page, on paper and in the letter."""

    meeting: Meeting
    shown: Shown
    present: list[str]
    absent: list[str]
    followups: list[Card]
    points: list[Point]
    decisions: list[Taken]
    votes: list[voting.Result]
    corrections: list[Change]

    @property
    def taken(self) -> int:
        """How many were decided; what is still a proposal is written too, and not counted."""
        return sum(row.decision.decided_on is not None for row in self.decisions)


def minutes_of(meeting: Meeting, hidden: Container[str] = ()) -> Minutes:
    """The minutes of the meeting as they are now; once locked, as they were then. ``hidden`` as in ``deck.cards``."""
    shown = frozen.shown(meeting, hidden)
    people = list(meeting.people.select_related("person"))
    rows = list(meeting.decisions.select_related("owner", "meeting__quarter"))
    followups = cards(meeting, hidden)
    _as_locked(meeting, [*rows, *(card.decision for card in followups)])
    late = meeting.changes.filter(late=True).select_related("decision")
    return Minutes(
        meeting=meeting,
        shown=shown,
        present=[str(row.person) for row in people if row.present],
        absent=[str(row.person) for row in people if row.invited and not row.present],
        followups=followups,
        points=[Point(item, [figures.message(shown, name) for name in item.views]) for item in meeting.items.all()],
        decisions=[Taken(row, aim(row), [figures.message(shown, name) for name in row.figures]) for row in rows],
        votes=[voting.result(poll) for poll in meeting.polls.filter(cast__gt=0)],
        corrections=[row for row in late if row.at <= (meeting.correctable_until or row.at)],
    )


def _as_locked(meeting: Meeting, decisions: Iterable[Decision]) -> None:
    """The decisions with the state they had when the minutes were locked; what came later is of later meetings."""
    rows = {row.pk: row for row in decisions}
    if meeting.correctable_until is None:
        return
    later = Change.objects.filter(decision__in=rows, field="state", at__gt=meeting.correctable_until)
    for change in later.order_by("-at", "-id"):
        if change.decision_id is not None:
            rows[change.decision_id].state = change.before.partition(" · ")[0]
