"""A report with very much to say: the chain's, its results six times."""

from dataclasses import replace
from functools import cache
from typing import Any

from metrics.report import Report
from tests.make_report import aurora


@cache
def large() -> Report:
    """The chain's report, each result with its figures and effects there six times under other names."""
    report = aurora()
    slugs = [one.slug for one in report.indicators if one.role == "result"]
    more: Any = [(slug, f"{slug}-{turn}", f" {turn}") for slug in slugs for turn in range(2, 7)]
    indicators, figures, effects = list(report.indicators), list(report.figures), list(report.effects)
    for slug, other, mark in more:
        indicators += [replace(one, slug=other, name=one.name + mark) for one in report.indicators if one.slug == slug]
        figures += [replace(one, indicator=other) for one in report.figures if one.indicator == slug]
        effects += [replace(one, indicator=other) for one in report.effects if one.indicator == slug]
    return replace(report, indicators=tuple(indicators), figures=tuple(figures), effects=tuple(effects))
