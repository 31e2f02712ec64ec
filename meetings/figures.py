"""Figures by name: every chart and table of an edition that can be put on the agenda or carry a motivation.

A name is the figure's own slug in the page (``ponte``, ``andamento.consegna``, ``impatto.logistica``), or one of the
views only the room has: ``hero``, ``strip``, ``map``, ``chain.<department>``, ``guess.<stage>``.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from meetings import frozen
from meetings.models import Meeting
from metrics import labels, wording
from metrics.panels import PANELS, Panel
from metrics.panels.blocks import Chart
from metrics.panels.department import chain, head
from metrics.panels.front import Strip
from metrics.panels.journey import Map
from metrics.report import Report
from metrics.shown import Shown
from metrics.tables import Table

Drawn = Chart | Table
ROOM_ONLY = {"hero": "", "strip": "", "map": "", "chain": "departments", "guess": "stages"}


@dataclass(frozen=True)
class Named:
    """A figure to choose: its name, what it is about, and its message."""

    name: str
    about: str
    message: str

    def __str__(self) -> str:
        return f"{labels.headed(self.about)} {self.message}" if self.message else self.about


def find(shown: Shown, name: str) -> Drawn | None:
    """The chart, else the table, of that name; None where the edition has none."""
    kind, _dot, rest = name.partition(".")
    subject = rest.partition(".")[0]
    drawn = [
        entry
        for panel in PANELS
        if kind in panel.tables and subject in _subjects(panel, shown.report)
        for entry in _drawn(panel.build(shown, subject))
        if entry.slug == name
    ]
    return next((entry for entry in drawn if isinstance(entry, Chart)), drawn[0] if drawn else None)


def exists(shown: Shown, name: str) -> bool:
    """Whether the room can show something of that name."""
    kind, _dot, subject = name.partition(".")
    if kind not in ROOM_ONLY:
        return find(shown, name) is not None
    known = {"": {""}, "departments": _slugs(shown.report, "departments"), "stages": _slugs(shown.report, "stages")}
    fits = subject in known[ROOM_ONLY[kind]]
    return fits and (kind != "chain" or chain(shown, subject) is not None)


def message(shown: Shown, name: str) -> str:
    """What the figure says, in a sentence."""
    kind, _dot, subject = name.partition(".")
    if kind in ROOM_ONLY:
        place = {"hero": "front", "strip": "strip", "map": "journey"}.get(kind)
        if place is not None:
            return wording.place(shown.report, place)
        if subject not in _slugs(shown.report, ROOM_ONLY[kind]):
            return ""
        return head(shown, subject).message if kind == "chain" else shown.report.stage(subject).question
    drawn = find(shown, name)
    if drawn is None:
        return ""
    said = wording.place(shown.report, f"stage:{subject}") if kind == "andamento" and subject else ""
    return said or heading(drawn)


def heading(drawn: Drawn) -> str:
    """The chart's message or the table's caption."""
    return drawn.heading if isinstance(drawn, Chart) else drawn.caption


def all_figures(meeting: Meeting) -> list[Named]:
    """Every figure of the meeting's edition, in the order of the report; kept as long as nothing of it changes."""
    shown = frozen.shown(meeting)
    given = "-".join(f"{row.pk}.{row.value}" for row in shown.forecasts)
    key = f"figures:{meeting.digest}:{get_language()}:{hashlib.sha256(given.encode()).hexdigest()}"
    return cache.get_or_set(key, lambda: _all(shown)) or []


def _all(shown: Shown) -> list[Named]:
    found = [Named("hero", _("Health"), message(shown, "hero")), Named("strip", _("Stages"), message(shown, "strip"))]
    for panel in PANELS:
        for subject in _subjects(panel, shown.report):
            for entry in _drawn(panel.build(shown, subject)):
                found.append(Named(entry.slug, _about(shown.report, panel, subject), heading(entry)))
    return list({entry.name: entry for entry in reversed(found)}.values())[::-1]


def _about(report: Report, panel: Panel, subject: str) -> str:
    if panel.page == "stage":
        return labels.stage_name(report, subject)
    if panel.page == "department":
        return report.department(subject).name
    pages = {"front": _("Front page"), "journey": _("Journey"), "impact": _("Impact"), "bridge": _("Bridge")}
    return pages.get(panel.page, "")


def _subjects(panel: Panel, report: Report) -> list[str]:
    """What the panel's page can be about."""
    if panel.page in ("stage", "department"):
        return [row.slug for row in getattr(report, f"{panel.page}s")]
    return [""]


def _slugs(report: Report, rows: str) -> set[str]:
    return {row.slug for row in getattr(report, rows)}


def _drawn(content: Any) -> Iterator[Drawn]:
    """Charts and tables inside what a panel built; the table of a chart is the chart's own."""
    if isinstance(content, Chart | Table):
        yield content
    elif isinstance(content, list | tuple):
        for item in content:
            yield from _drawn(item)
    elif isinstance(content, Strip | Map):
        yield content.table
    elif is_dataclass(content) and not isinstance(content, type):
        for entry in fields(content):
            if isinstance(value := getattr(content, entry.name), Chart | Table | list | tuple):
                yield from _drawn(value)
