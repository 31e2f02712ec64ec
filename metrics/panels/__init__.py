"""PANELS: what a page is made of. Page, print, table file and later the room share the same builders.

A builder gets what is shown and the subject (a stage's or department's slug, or nothing) and returns what its
template ``templates/panels/<slug>.html`` draws, or None where the panel has no place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from metrics.panels import (
    bridge,
    contributions,
    department,
    drivers,
    factors,
    front,
    gap,
    journey,
    stage,
    together,
    trend,
)
from metrics.panels.blocks import Chart
from metrics.shown import Shown
from metrics.tables import Table

Build = Callable[[Shown, str], Any]


@dataclass(frozen=True)
class Panel:
    """``slug`` names the template; ``tables`` are the first words of the names of its tables' files.

    ``whole``: it exists for the whole company only, and is left out where one unit is shown.
    """

    slug: str
    page: str
    build: Build
    tables: tuple[str, ...] = ()
    whole: bool = True

    @property
    def template(self) -> str:
        return f"panels/{self.slug}.html"


PANELS: tuple[Panel, ...] = (
    Panel("hero", "front", front.hero, whole=False),
    Panel("strip", "front", front.strip, ("fasi",), whole=False),
    Panel("yours", "front", front.yours),
    Panel("trend", "front", trend.company, ("andamento",), whole=False),
    Panel("bridge", "front", bridge.chart, ("ponte",)),
    Panel("departments", "front", front.departments, ("reparti",)),
    Panel("map", "journey", journey.chart, ("percorso",), whole=False),
    Panel("factors", "impact", factors.chart, ("fattori",)),
    Panel("steps", "bridge", bridge.page, ("passi", "catena")),
    Panel("stage_head", "stage", stage.head, whole=False),
    Panel("stage_trend", "stage", trend.stage, ("andamento",), whole=False),
    Panel("results", "stage", stage.results, ("risultati",), whole=False),
    Panel("touchpoints", "stage", contributions.touchpoints, ("passaggi",)),
    Panel("drivers", "stage", drivers.drivers, ("fattori", "quote")),
    Panel("untold", "stage", drivers.untold),
    Panel("department_head", "department", department.head),
    Panel("chain", "department", department.chain),
    Panel("impacts", "department", department.impacts, ("impatto",)),
    Panel("distance", "department", department.distance, ("distanza",)),
    Panel("events", "department", contributions.events, ("contributi",)),
    Panel("together", "department", together.table, ("insieme",)),
    Panel("gap", "department", gap.chart, ("divario",)),
    Panel("unknown", "department", department.unknown),
    Panel("others", "department", department.others),
)


def build(page: str, shown: Shown, subject: str = "") -> dict[str, Any]:
    """What each panel of a page draws, by slug; panels without a place are left out."""
    wanted = [panel for panel in PANELS if panel.page == page and not (panel.whole and shown.unit)]
    built = {panel.slug: panel.build(shown, subject) for panel in wanted}
    return {slug: content for slug, content in built.items() if content is not None}


def table(shown: Shown, name: str) -> Table | None:
    """The table whose file is called ``name`` (``fasi``, ``risultati.consegna`` …); None for any other name."""
    kind, _dot, rest = name.partition(".")
    subject = rest.partition(".")[0]
    for panel in PANELS:
        if kind in panel.tables and not (panel.whole and shown.unit) and _fits(panel, shown, subject):
            found = {entry.slug: entry for entry in _tables(panel.build(shown, subject))}
            if name in found:
                return found[name]
    return None


def names(shown: Shown) -> list[str]:
    """Names of every table of every page."""
    subjects = {
        "stage": [row.slug for row in shown.report.stages],
        "department": [row.slug for row in shown.report.departments],
    }
    found = (
        table.slug
        for panel in PANELS
        if panel.tables
        for subject in subjects.get(panel.page, [""])
        for table in _tables(panel.build(shown, subject))
    )
    return list(dict.fromkeys(found))


def _fits(panel: Panel, shown: Shown, subject: str) -> bool:
    """Whether the panel's page can be about the subject."""
    if panel.page == "stage":
        return any(row.slug == subject for row in shown.report.stages)
    if panel.page == "department":
        return any(row.slug == subject for row in shown.report.departments)
    return not subject


def _tables(content: Any) -> list[Table]:
    if isinstance(content, Table):
        return [content]
    if isinstance(content, list):
        return [table for item in content for table in _tables(item)]
    if isinstance(content, drivers.Drivers):
        return [content.chart.table, content.departments]
    if isinstance(content, factors.Factors):
        return _tables(content.chart)
    if isinstance(content, bridge.Bridge):
        return _tables([content.steps, content.year])
    return [content.table] if isinstance(content, Chart | front.Strip | journey.Map) else []


def tables_of(content: dict[str, Any]) -> list[Table]:
    """Every table of a built page, in the page's order."""
    return [table for panel in content.values() for table in _tables(panel) if table.rows]


def charts_of(content: dict[str, Any]) -> list[Chart]:
    """Every chart of a built page, in the page's order."""
    inner = [getattr(item, "chart", item) for panel in content.values() for item in _items(panel)]
    return [item for item in inner if isinstance(item, Chart)]


def message_of(content: dict[str, Any]) -> str:
    """The message of a built page."""
    return next((str(panel.message) for panel in content.values() if getattr(panel, "message", "")), "")


def _items(panel: Any) -> list[Any]:
    return panel if isinstance(panel, list) else [panel]
