"""What people decide: the quarterly meeting, its agenda and people, decisions and what became of them, votes."""

from meetings.models.decisions import Ballot, Decision, FollowUp, Poll, Tally
from meetings.models.meeting import LEAST, MOST, AgendaItem, Attendance, Change, Digest, Letter, Meeting

__all__ = [
    "LEAST",
    "MOST",
    "AgendaItem",
    "Attendance",
    "Ballot",
    "Change",
    "Decision",
    "Digest",
    "FollowUp",
    "Letter",
    "Meeting",
    "Poll",
    "Tally",
]
