"""Before it is shown: ◇ what each department expects the customers to say of a stage, ● what they say."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from meetings.models import Meeting
from metrics import labels
from metrics.panels.gap import gap_of, when
from metrics.shown import Shown

MARK = ":"


@dataclass(frozen=True)
class Ours:
    """One ◇: whose, since when, its number and gap in words; ``x`` is its place in percents of the scale's width.

    Number, gap and place are empty for a department that has not said.
    """

    name: str
    when: str
    said: str
    gap: str
    x: str


@dataclass(frozen=True)
class Blank:
    """Who has given no forecast of the stage and can say in the room: ``said`` is what was typed there."""

    name: str
    department: str
    said: str


@dataclass(frozen=True)
class Guess:
    """A stage's ◇ rows and its ●; places are percents of the scale's width. ``blanks``: what may be typed."""

    stage: str
    slug: str
    rows: tuple[Ours, ...]
    blanks: tuple[Blank, ...]
    theirs: str
    interval: str
    theirs_x: str
    low_x: str
    width: str
    address: str = ""


def guessed(meeting: Meeting, shown: Shown, stage: str) -> Guess:
    """The departments' forecasts, and what was typed in the room, beside the customers' score of the edition."""
    row = shown.report.stage_health(stage)
    visible = row.base != "hidden" and row.value is not None
    value, low, high = (row.value, row.low or row.value, row.high or row.value) if visible else (None, None, None)
    return Guess(
        labels.stage_name(shown.report, stage),
        stage,
        tuple(_rows(meeting, shown, stage)),
        tuple(_blanks(meeting, shown, stage)),
        labels.level(value) if value is not None else labels.figure_base(row, shown.report),
        labels.interval(row.low, row.high) if visible else "",
        _x(value),
        _x(low),
        "0" if high is None or low is None else f"{high - low:.2f}",
        reverse("meeting-guess", args=[str(meeting.quarter), stage]),
    )


def key(stage: str, department: str = "") -> str:
    """How the meeting keeps what was typed in the room: of everybody together, or of one department."""
    return f"{stage}{MARK}{department}" if department else stage


def _rows(meeting: Meeting, shown: Shown, stage: str) -> Iterator[Ours]:
    """Forecasts in the departments' order, then the departments that gave none and what they say in the room."""
    for row in shown.forecasts:
        if row.stage.slug == stage:
            yield _ours(shown, stage, (row.department.name, when(row)), row.value)
    for blank in _blanks(meeting, shown, stage):
        said = meeting.guesses.get(key(stage, blank.department))
        if said is not None:
            yield _ours(shown, stage, (blank.name, _("said in the room")), Decimal(str(said)))
        elif blank.department:
            yield Ours(blank.name, _("no forecast"), "", "", "")


def _ours(shown: Shown, stage: str, whose: tuple[str, str], value: Decimal) -> Ours:
    gap = gap_of(shown.report, stage, value)
    words = "" if gap is None else labels.points(Decimal(str(gap.value)))
    return Ours(*whose, labels.level(value), words, _x(value))


def _blanks(meeting: Meeting, shown: Shown, stage: str) -> Iterator[Blank]:
    """The departments of the stage that have given no forecast, and everybody together."""
    given = {row.department.slug for row in shown.forecasts if row.stage.slug == stage}
    acting = [row for row in shown.report.departments if stage in row.stages and row.slug not in given]
    for name, slug in [*((row.name, row.slug) for row in acting), (_("All of us"), "")]:
        said = meeting.guesses.get(key(stage, slug))
        yield Blank(name, slug, "" if said is None else labels.level(Decimal(str(said))))


def _x(value: Decimal | None) -> str:
    return "" if value is None else f"{value:.2f}"
