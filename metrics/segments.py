"""PURE: a report narrowed to one unit. What of a unit may stand in a report is decided by ``metrics.derive.units``."""

from collections.abc import Mapping
from dataclasses import replace

from metrics.report import FigureRow, Report

UNIT, UNIT_STAGE, UNIT_WHOLE = "unit", "unit_stage", "unit_whole"


def segment(report: Report, unit: str) -> Report | None:
    """The report as the customers of one unit make it: its health, stages and indicators in the company's places.

    Every reader of figures (``health``, ``stage_health``, ``indicator_figure``) works on it. It holds no effects,
    bridge or sentences: these are of the whole company. What is not known by unit (a median, a hidden cell) has base
    ``hidden`` and a note: ``whole_only``, ``small``, ``secondary`` or ``none``. None where the report has no such unit.
    A page may offer every unit of :func:`segments`: no two of these reports, nor any and the company's, differ by a
    hidden cell.
    """
    if unit not in dict(report.units):
        return None
    held = {(row.level, row.stage, row.indicator): row for row in report.figures if row.unit == unit}
    figures = []
    for row in report.figures:
        if row.unit:
            continue
        level = {"company": UNIT_WHOLE, "stage": UNIT_STAGE, "indicator": UNIT}[row.level]
        found = held.get((level, row.stage, row.indicator))
        empty = FigureRow(row.level, row.stage, row.indicator, note=_absent(row))
        figures.append(empty if found is None else replace(found, level=row.level, unit=""))
    return replace(report, units=(), figures=tuple(figures), effects=(), bridge=(), messages=())


def _absent(row: FigureRow) -> str:
    """Why a unit has no such figure: nobody speaks there at all, or it is made of the whole company only."""
    return row.note if row.note == "no_voice" else "whole_only"


def segments(report: Report) -> Mapping[str, str]:
    """The units a filter may offer: code and name of those with some figure shown."""
    speaking = {row.unit for row in report.figures if row.unit and row.base != "hidden"}
    return {code: name for code, name in report.units if code in speaking}
