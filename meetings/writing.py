"""Writing a decision down: each field by itself, with who wrote it; and its way from proposal to done."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from company.models import User
from meetings import figures, frozen
from meetings.followup import answers
from meetings.forms import OPINION, DecisionForm
from meetings.measures import figure
from meetings.models import Decision, FollowUp, Meeting
from meetings.running import locked, log, touch, write

STATE, DONE = Decision.State, FollowUp.Done
UNDECIDED = (STATE.PROPOSED, STATE.STOPPED)
WORDS = ("proposal", "motivation", "opinion", "benefits", "start", "goal", "obstacles", "owner")
NEXT = {
    STATE.PROPOSED: (STATE.DECIDED, STATE.STOPPED, STATE.SUPERSEDED),
    STATE.DECIDED: (STATE.STARTED, STATE.DONE, STATE.STOPPED, STATE.SUPERSEDED),
    STATE.STARTED: (STATE.DONE, STATE.STOPPED, STATE.SUPERSEDED),
    STATE.DONE: (STATE.STARTED, STATE.SUPERSEDED),
    STATE.STOPPED: (STATE.STARTED, STATE.SUPERSEDED),
    STATE.SUPERSEDED: (),
}


CHOSEN = (FollowUp.Answer.CARRIED, FollowUp.Answer.CLOSED)


def propose(meeting: Meeting, actor: User, figure: str = "") -> Decision:
    """A new proposal of the meeting on the figure that was being looked at, judged by the next quarter; else empty."""
    with locked(meeting) as held:
        made = _proposed(held, [figure] if figure else [])
        log(held, actor, "decision.proposed", {"figure": figure}, made)
    return made


def _proposed(held: Meeting, on: list[str]) -> Decision:
    last = held.decisions.aggregate(last=Max("number"))["last"] or 0
    after = str(held.quarter.code.plus(1))
    made: Decision = Decision.objects.create(meeting=held, number=last + 1, figures=on, due_quarter=after)
    touch(held, structure=True)
    return made


_TOLD = {
    (STATE.PROPOSED, DONE.UNNEEDED): (STATE.STOPPED,),
    (STATE.DECIDED, DONE.YES): (STATE.DONE,),
    (STATE.DECIDED, DONE.PARTLY): (STATE.STARTED,),
    (STATE.DECIDED, DONE.UNNEEDED): (STATE.STOPPED,),
    (STATE.STARTED, DONE.YES): (STATE.DONE,),
    (STATE.STARTED, DONE.UNNEEDED): (STATE.STOPPED,),
    (STATE.DONE, DONE.PARTLY): (STATE.STARTED,),
    (STATE.DONE, DONE.NO): (STATE.STARTED,),
    (STATE.STOPPED, DONE.YES): (STATE.STARTED, STATE.DONE),
    (STATE.STOPPED, DONE.PARTLY): (STATE.STARTED,),
    (STATE.STOPPED, DONE.NO): (STATE.STARTED,),
}


def take_up(row: FollowUp, actor: User, today: date) -> Decision | None:
    """A carried proposal as one of this meeting, with its words; it is superseded by it, and both histories say so.

    Figure, measure, quarter and date stay where they still hold; where the quarter does not, the next one judges.
    None where there is nothing to take up.
    """
    with locked(row.meeting) as meeting:
        rows = Decision.objects.select_for_update(of=("self",)).select_related("meeting__quarter")
        old = rows.get(pk=row.decision_id)
        if old.decided_on or old.state not in UNDECIDED or meeting.state == Meeting.State.CLOSED:
            return old.superseded_by
        made, shown = _proposed(meeting, []), frozen.shown(meeting)
        for name in WORDS:
            setattr(made, name, getattr(old, name))
        made.figures = [name for name in old.figures if figures.exists(shown, name)]
        made.measure = old.measure if figure(shown.report, old.measure) else ""
        made.due_quarter = max(old.due_quarter, made.due_quarter)
        made.due = old.due if old.due and old.due > today else None
        made.save()
        before, old.state, old.superseded_by = old.state, STATE.SUPERSEDED, made
        old.save()
        row.answer, row.done = FollowUp.Answer.TAKEN, ""
        row.save(update_fields=["answer", "done"])
        write(old.meeting, actor, "state", (before, f"{STATE.SUPERSEDED} · {made}"), old)
        write(meeting, actor, "state", ("", f"{STATE.PROPOSED} · {old}"), made)
        log(meeting, actor, "decision.taken_up", {"from": str(old)}, made)
    return made


def follow(row: FollowUp, said: Mapping[str, str], actor: User, today: date) -> None:
    """What the meeting says of an earlier decision: was it done, what was learned, is it closed or carried over."""
    with locked(row.meeting) as meeting:
        rows = FollowUp.objects.select_for_update(of=("self",)).select_related("decision__meeting__quarter")
        held = rows.get(pk=row.pk)
        held.meeting = meeting
        before = {"done": held.done, "answer": held.answer}
        begun = False
        answer(held, said.get("done", ""), actor, today)
        if "learned" in said:
            learned = said["learned"].replace("\x00", "")
            begun = write(meeting, actor, "learned", (held.learned, learned), held.decision)
            held.learned = learned
        if said.get("answer") in CHOSEN and (held.done or said["answer"] != FollowUp.Answer.CLOSED):
            write(meeting, actor, "answer", (held.answer, said["answer"]), held.decision)
            held.answer = said["answer"]
        held.save(update_fields=["learned", "answer"])
        touch(meeting)
        changed: dict[str, object] = {
            name: [value, getattr(held, name)] for name, value in before.items() if value != getattr(held, name)
        }
        if changed or begun:
            detail = changed | ({"fields": ["learned"]} if begun else {}) | {"meeting": str(meeting.quarter)}
            log(held.decision.meeting, actor, "followup.answered", detail, held.decision)


def answer(row: FollowUp, done: str, actor: User, today: date) -> None:
    """Whether it was done, as the owner or the meeting says; the decision's own state follows."""
    if done not in dict(answers(row.decision)):
        return
    write(row.meeting, actor, "done", (row.done, done), row.decision)
    row.done = done
    row.save(update_fields=["done"])
    held = Decision.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=row.decision_id)
    for state in _TOLD.get((STATE(held.state), DONE(done)), ()):
        if state in NEXT[STATE(held.state)] and not (state in _BOUND and held.lacks):
            _move(held, state, actor, today)


def save(decision: Decision, form: DecisionForm, names: Iterable[str], actor: User) -> dict[str, str]:
    """Keep the fields that were sent and are right; the faults of the others, by field."""
    sent = [name for name in form.fields if name in set(names)]
    form.is_valid()
    faults = {name: str(form.errors[name][0]) for name in sent if name in form.errors}
    with transaction.atomic():
        rows = Decision.objects.select_for_update(of=("self",)).select_related("meeting__quarter__company")
        held = rows.get(pk=decision.pk)
        judge = held.due_quarter
        begun = [name for name in sent if name not in faults and _put(held, name, form, actor)]
        bare = _not_bare(held, judge)
        if bare:
            transaction.set_rollback(True)
        else:
            held.save()
            if begun:
                log(held.meeting, actor, "decision.written", {"fields": begun}, held)
    touch(decision.meeting)
    return faults | bare


_BOUND = (STATE.DECIDED, STATE.STARTED, STATE.DONE)


def _not_bare(held: Decision, judge: str) -> dict[str, str]:
    """A decision that was taken cannot lose what made it one, nor the quarter that was to judge it."""
    lost = held.lacks if held.state in _BOUND else []
    if held.decided_on and judge and not held.due_quarter:
        lost = [*lost, "due_quarter"]
    words = _("A decision that was taken keeps its proposal, figure, owner, date and the quarter that judges it.")
    return {"figure" if name == "figures" else name: words for name in lost}


def needed(lacks: Iterable[str]) -> str:
    """What a decision still lacks, in a sentence."""
    words = {
        "proposal": _("the proposal"),
        "owner": _("one owner"),
        "due": _("a date"),
        "due_quarter": _("the quarter whose data will say whether it worked"),
        "figures": _("a figure, or that it is an opinion"),
    }
    return _("To decide it still needs: %(what)s.") % {"what": ", ".join(words[name] for name in lacks)}


def _put(held: Decision, name: str, form: DecisionForm, actor: User) -> bool:
    """The field as it was sent; whether a change of it begins here."""
    before = text(held, name)
    if name == "figure":
        value = form.cleaned_data["figure"]
        held.opinion = value == OPINION
        held.figures = [] if held.opinion or not value else [value, *(row for row in held.figures[1:] if row != value)]
    else:
        setattr(held, name, form.cleaned_data[name])
    if name == "due":
        held.reminded = None
    return write(held.meeting, actor, name, (before, text(held, name)), held)


def text(decision: Decision, name: str) -> str:
    """A field as the history keeps it."""
    if name == "figure":
        return OPINION if decision.opinion else ", ".join(decision.figures)
    value = getattr(decision, name)
    return "" if value is None else str(value)


def advance(decision: Decision, state: str, actor: User, today: date, reason: str = "") -> list[str]:
    """Move a decision on; the names of what it still lacks, when it cannot be decided yet.

    A state that does not follow from the present one changes nothing.
    """
    with transaction.atomic():
        rows = Decision.objects.select_for_update(of=("self",)).select_related("meeting__quarter__company")
        held = rows.get(pk=decision.pk)
        if state not in NEXT[STATE(held.state)]:
            return []
        if state in _BOUND and held.lacks:
            return held.lacks
        _move(held, STATE(state), actor, today, reason)
        log(held.meeting, actor, f"decision.{state}", {"reason": reason}, held)
    return []


def _move(held: Decision, state: Decision.State, actor: User, today: date, reason: str = "") -> None:
    """The decision in another state, with its history and what the meetings that follow it are told."""
    before, held.state = held.state, state
    if state in _BOUND:
        held.decided_on = held.decided_on or today
    held.done_on = (held.done_on or today) if state == STATE.DONE else None
    held.save()
    write(held.meeting, actor, "state", (before, " · ".join(filter(None, (state, reason)))), held)
    told = {STATE.DONE: FollowUp.Done.YES, STATE.STOPPED: FollowUp.Done.UNNEEDED}.get(state)
    if told:
        held.followups.filter(answer="", done="").update(done=told)
    touch(held.meeting)
