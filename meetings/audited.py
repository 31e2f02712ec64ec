"""What is recorded about meetings and decisions, in words (see ``company.audited``)."""

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from company import formats
from company.audited import Action, Glossary
from meetings.models import FollowUp


def decision(subject: str) -> str:
    """The decision of a subject like ``decision 2026-3 2``, in words."""
    _kind, quarter, number = subject.split()
    year, of_year = map(int, quarter.split("-"))
    short = formats.quarter_short(year, of_year, get_language() or "it")
    return gettext("Decision %(number)s of %(quarter)s") % {"number": number, "quarter": short}


def _of_decision(words: object) -> Action:
    return Action(words, "meeting-decision", (1, 2), decision, lists=frozenset({"fields"}))


def _of_people(words: object) -> Action:
    return Action(words, "meeting", 1, lists=frozenset({"added", "removed"}))


FIELDS = {
    "proposal": _("Clear proposal"),
    "motivation": _("Valid motivation"),
    "figure": _("Figure that supports it"),
    "benefits": _("Expected benefits"),
    "measure": _("Measure that changes"),
    "start": _("From"),
    "goal": _("To"),
    "due_quarter": _("By the quarter"),
    "obstacles": _("Obstacles"),
    "owner": _("Owner"),
    "due": _("To be done by"),
    "in_favour": _("In favour"),
    "against": _("Against"),
    "abstained": _("Abstained"),
    "state": _("State"),
    "done": _("Was it done?"),
    "learned": _("What we learned"),
    "answer": _("And now"),
}


GLOSSARY = Glossary(
    {
        "meeting.created": Action(_("Meeting prepared"), "meeting", 1),
        "meeting.dated": Action(_("Meeting: day and place written"), "meeting", 1),
        "meeting.edition": Action(_("Meeting: newest figures taken"), "meeting", 1),
        "meeting.screen_given": Action(_("Meeting: link for a screen without account given out"), "meeting", 1),
        "meeting.screen_revoked": Action(_("Meeting: link for a screen revoked"), "meeting", 1),
        "meeting.opened": Action(_("Meeting opened"), "meeting", 1),
        "meeting.closed": Action(_("Meeting closed"), "meeting", 1),
        "agenda.changed": Action(_("Agenda: point changed"), "meeting", 1),
        "agenda.moved": Action(_("Agenda: point moved"), "meeting", 1),
        "agenda.skipped": Action(_("Agenda: point left out"), "meeting", 1),
        "agenda.kept": Action(_("Agenda: point taken back in"), "meeting", 1),
        "agenda.brought": Action(_("Agenda: figure put on it"), "meeting", 1),
        "people.invited": _of_people(_("Meeting: people invited changed")),
        "people.present": _of_people(_("Meeting: people present written")),
        "invitations.sent": _of_people(_("Invitations to the meeting sent")),
        "minutes.written": Action(_("Minutes: notes of a point written"), "meeting-minutes", 1),
        "minutes.sent": Action(_("Minutes sent"), "meeting-minutes", 1),
        "poll.started": Action(_("Vote started"), "meeting", 1),
        "poll.stopped": Action(_("Vote stopped"), "meeting", 1),
        "decision.proposed": _of_decision(_("Proposal begun")),
        "decision.taken_up": _of_decision(_("Earlier proposal taken up")),
        "decision.written": _of_decision(_("Decision written")),
        "decision.decided": _of_decision(_("Decision taken")),
        "decision.started": _of_decision(_("Decision begun")),
        "decision.done": _of_decision(_("Decision done")),
        "decision.stopped": _of_decision(_("Decision stopped")),
        "decision.superseded": _of_decision(_("Decision superseded")),
        "followup.answered": _of_decision(_("Follow-up answered")),
    },
    {
        "at": _("day and time"),
        "until": _("until"),
        "point": _("point"),
        "title": _("title"),
        "minutes": _("minutes"),
        "up": _("up"),
        "figure": _("figure"),
        "added": _("added"),
        "removed": _("taken away"),
        "letters": _("letters"),
        "fields": _("fields"),
        "from": _("from"),
        "done": _("done?"),
        "meeting": _("meeting"),
        "dots": _("dots"),
        "voters": _("voters"),
    },
    {
        "fields": lambda _company: FIELDS,
        "done": lambda _company: dict(FollowUp.Done.choices),
        "answer": lambda _company: dict(FollowUp.Answer.choices),
    },
)
