"""The room: the agenda as views, each one message and one figure, all from the meeting's own edition."""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings import figures, frozen, voting
from meetings.followup import answers, measured
from meetings.guessing import guessed
from meetings.measures import Measured, name, promised
from meetings.models import AgendaItem, Decision, FollowUp, Meeting
from metrics import labels
from metrics.panels import blocks
from metrics.panels.blocks import Chart
from metrics.panels.department import chain
from metrics.panels.front import hero, strip
from metrics.panels.journey import chart as journey_map
from metrics.shown import Shown

KIND = AgendaItem.Kind
Part = tuple[str, str, Any, str, str]
LINE = 100
LIVE = ("followup", "card", "proposals", "decision", "poll", "closing", "guess")


@dataclass(frozen=True)
class View:
    """One view of the room: ``place`` is how its address names it, ``content`` what its template draws.

    ``lineage`` is the address of the page that says where its figure comes from; empty where it shows none.
    """

    item: int
    view: int
    kind: str
    title: str
    message: str
    content: Any = None
    foot: str = ""
    name: str = ""
    lineage: str = ""

    @property
    def place(self) -> str:
        """``3`` for the first view of a point, ``3.2`` for its second."""
        return str(self.item) if self.view == 1 else f"{self.item}.{self.view}"

    @property
    def slug(self) -> str:
        """The place as an id."""
        return f"v{self.item}-{self.view}"

    @property
    def data_id(self) -> str:
        """Id of the figure's data in the page."""
        return f"{self.slug}-data"

    @property
    def live(self) -> bool:
        """Whether it shows what people write while the meeting goes on."""
        return self.kind in LIVE

    @property
    def template(self) -> str:
        return f"meetings/room/{self.kind}.html"


def deck(meeting: Meeting, live: bool = False, hidden: Container[str] = ()) -> list[View]:
    """Every view of the meeting, in the agenda's order; or only those that show what is being written.

    ``hidden`` as in ``cards``.
    """
    shown = frozen.shown(meeting, hidden)
    kept = meeting.items.filter(skipped=False)
    return [
        view
        for place, item in enumerate(kept, start=1)
        for view in _views(meeting, shown, item, (place, hidden))
        if view.live or not live
    ]


def _views(meeting: Meeting, shown: Shown, item: AgendaItem, at: tuple[int, Container[str]]) -> Iterator[View]:
    place, hidden = at
    parts: dict[str, Callable[[], Iterable[Part]]] = {
        KIND.OPENING: lambda: _opening(shown),
        KIND.FOLLOWUP: lambda: _followup(cards(meeting, hidden)),
        KIND.FIGURES: lambda: (_figure(meeting, shown, name) for name in item.views),
        KIND.DECISIONS: lambda: _decisions(meeting, shown),
        KIND.CLOSING: lambda: _closing(meeting),
    }
    found = parts[item.kind]()
    for number, (kind, message, content, foot, figure) in enumerate(found, start=1):
        yield View(place, number, kind, item.title, message, content, foot, figure, _lineage(shown, figure, content))


def _lineage(shown: Shown, figure: str, content: Any) -> str:
    """The figure's own lineage, that of the stage it is about, else that of health, which is made of all of them."""
    if not figure:
        return ""
    subject = figure.partition(".")[2]
    about = next((row.slug for row in shown.report.stages if row.slug == subject), "")
    own = blocks.lineage_link(shown, shown.report.stage_health(about) if about else shown.report.health)
    return getattr(content, "lineage", "") or own


def _opening(shown: Shown) -> Iterator[Part]:
    yield "word", _("How is our customer? One word each"), None, labels.quarter(shown.quarter), ""


@dataclass(frozen=True)
class Card:
    """An earlier decision as it was written, whether it was done, and what the data say."""

    row: FollowUp
    decision: Decision
    found: Measured
    aim: str

    @property
    def expected(self) -> str:
        """What was expected of it, in a line."""
        return expected(self.decision)

    @property
    def proposed(self) -> bool:
        """Whether it was never decided."""
        return self.decision.decided_on is None

    @property
    def done(self) -> str:
        """Whether it was done, in words; of what was never decided, that it is a proposal or was taken up again."""
        if self.taken_up is not None:
            return _("taken up again as decision %(n)s") % {"n": self.taken_up.number}
        return self.decision.get_state_display() if self.proposed else self.row.get_done_display() or "–"

    @property
    def taken_up(self) -> Decision | None:
        """The proposal of this meeting in its place."""
        return self.decision.superseded_by if self.row.answer == FollowUp.Answer.TAKEN else None

    @property
    def answers(self) -> list[tuple[str, str]]:
        """What may be answered."""
        return answers(self.decision)


def cards(meeting: Meeting, hidden: Container[str] = ()) -> list[Card]:
    """What the meeting has to ask about earlier decisions.

    ``hidden``: the quarters whose editions the reader does not read; no figure of theirs is shown.
    """
    report = frozen.report(meeting)
    rows = list(
        meeting.followups.select_related("decision__meeting__quarter", "decision__owner", "decision__superseded_by")
    )
    found = measured(rows, report, hidden)
    return [Card(row, row.decision, told, aim(row.decision)) for row, told in zip(rows, found, strict=True)]


def aim(decision: Decision) -> str:
    """``Consegne in ritardo: 12% → 6%, T4 2026``; without a measure when it is looked at again; empty without both."""
    if not decision.measure:
        if not decision.due_quarter:
            return ""
        return _("looked at again in %(quarter)s") % {"quarter": labels.quarter(decision.due_quarter)}
    report = frozen.report(decision.meeting)
    start, goal = (promised(report, decision.measure, value) for value in (decision.start, decision.goal))
    words = name(report, decision.measure)
    if start or goal:
        words = f"{labels.headed(words)} {start or '–'} → {goal or '–'}"
    return f"{words}, {labels.quarter(decision.due_quarter)}" if decision.due_quarter else words


def expected(decision: Decision) -> str:
    """What is expected of it, in a line: its aim, after its own words where it has no measure."""
    words = "" if decision.measure else Truncator(decision.benefits).chars(LINE)
    return " · ".join(filter(None, (words, aim(decision))))


def _followup(found: list[Card]) -> Iterator[Part]:
    if not found:
        yield "followup", _("No decision to follow up: three are enough this time"), found, "", ""
        return
    foot = _("Was it done? Its owner says. Did it work? The data say.")
    yield "followup", _became(found), found, foot, ""
    for card in found:
        yield "card", card.decision.proposal, card, _of(card), ""


def _became(found: list[Card]) -> str:
    taken = [card for card in found if not card.proposed]
    if not taken:
        text = ngettext("%(n)s proposal was never decided", "%(n)s proposals were never decided", len(found))
        return text % {"n": len(found)}
    done = sum(card.row.done == FollowUp.Done.YES for card in taken)
    text = ngettext("%(done)s of %(n)s decision is done", "%(done)s of %(n)s decisions are done", len(taken))
    return text % {"done": done, "n": len(taken)}


def _of(card: Card) -> str:
    words = {"quarter": labels.quarter(str(card.decision.meeting.quarter)), "owner": card.decision.owner or "–"}
    if card.proposed:
        return _("Proposed in the meeting on %(quarter)s · %(owner)s") % words
    return _("Decided in the meeting on %(quarter)s · %(owner)s") % words


def _figure(meeting: Meeting, shown: Shown, name: str) -> Part:
    kind, _dot, subject = name.partition(".")
    message = figures.message(shown, name)
    voices = blocks.voices(shown.report)
    if kind == "hero":
        return "hero", message, hero(shown, ""), voices, name
    if kind == "strip":
        return "strip", message, strip(shown, ""), _("Health of each stage, 0 to 100") + f" · {voices}", name
    if kind == "map":
        return "map", message, journey_map(shown, ""), _("Health 0 to 100, bar = 95% interval"), name
    if kind == "chain":
        return "chain", message, chain(shown, subject), _("Association, not proof of cause"), name
    if kind == "guess":
        return "guess", message, guessed(meeting, shown, subject), blocks.voices(shown.report, subject), name
    drawn = figures.find(shown, name)
    if isinstance(drawn, Chart):
        foot = " · ".join(filter(None, (drawn.subtitle, drawn.source, drawn.caveat)))
        return "chart", message, drawn, foot, name
    return "table", message, drawn, "", name


def _decisions(meeting: Meeting, shown: Shown) -> Iterator[Part]:
    rows = list(meeting.decisions.select_related("owner", "meeting__quarter"))
    decided = [row for row in rows if row.state not in (Decision.State.PROPOSED, Decision.State.STOPPED)]
    words = ngettext("%(n)s decision taken", "%(n)s decisions taken", len(decided)) % {"n": len(decided)}
    message = words if rows else _("What do we decide? At most three things")
    yield "proposals", message, rows, _("A clear proposal, a figure that supports it, the expected benefit"), ""
    known = {figure.name: figure.message for figure in figures.all_figures(meeting)} if rows else {}
    for row in rows:
        based = [known.get(figure) or figures.message(shown, figure) for figure in row.figures]
        yield "decision", row.proposal or _("Proposal %(n)s") % {"n": row.number}, (row, expected(row), based), "", ""
    poll = meeting.polls.last()
    if poll is not None:
        yield "poll", _("Where do we put our dots?"), voting.result(poll), "", ""


def _closing(meeting: Meeting) -> Iterator[Part]:
    rows = meeting.decisions.select_related("owner").exclude(state__in=["proposed", "stopped", "superseded"])
    yield "closing", _("What we decided: who does what, by when"), list(rows), "", ""
