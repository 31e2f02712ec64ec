"""Search: the stages, departments, touchpoints and measures of the latest report, and its quarters, by name."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from metrics import labels
from metrics.panels import blocks
from metrics.shown import Shown

MOST = 30


@dataclass(frozen=True)
class Found:
    """A page by one of its names; ``what`` says what the name is."""

    name: str
    what: str
    href: str


def find(shown: Shown, asked: str) -> list[Found]:
    """What holds every word asked, in any order, without minding accents or capitals."""
    words = _plain(asked).split()
    if not words:
        return []
    hits = [entry for entry in _everything(shown) if all(word in _plain(entry.name) for word in words)]
    return hits[:MOST]


def _everything(shown: Shown) -> Iterator[Found]:
    report = shown.report
    for stage in report.stages:
        yield Found(stage.name, _("Stage"), blocks.stage_link(shown, stage.slug))
    for department in report.departments:
        yield Found(department.name, _("Department"), blocks.department_link(shown, department.slug))
    for stage in report.stages:
        for _slug, name in stage.touchpoints:
            yield Found(name, _("Touchpoint"), blocks.stage_link(shown, stage.slug))
    for indicator in report.indicators:
        href = blocks.stage_link(shown, indicator.stage) or blocks.department_link(shown, indicator.department)
        yield Found(indicator.name, _("Measure"), href)
    for past in reversed(shown.history):
        if past.company is not None:
            yield Found(labels.quarter(past.quarter), _("Quarter"), reverse("front", args=[past.quarter]))


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in bare if not unicodedata.combining(letter))
