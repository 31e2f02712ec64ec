"""PURE: rows in, Plotly figures out, as plain dicts of lists, numbers and texts made by the caller.

Three of the product's six forms are drawn by Plotly: line and band, dot and interval, horizontal bridge. Bullets and
strips are HTML and SVG. Headings, sources and legends stand in the page. The house layout travels once a page.
"""

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

INK, INK_2, MUTED, EDGE, RULE = "#16202B", "#43505C", "#5A6672", "#7A8691", "#D5DADF"
BETTER, WORSE, UNPROVEN, BEFORE, BAND, PAPER = "#00566B", "#B54400", "#626C76", "#AEB7C0", "#DCE2E7", "#FFFFFF"
COLOURS = {"better": BETTER, "worse": WORSE, "proven": INK}
FAMILY = "'Source Sans 3 Variable', system-ui, sans-serif"
LABEL_WIDTH, TEXT_WIDTH, LETTER = 22, 12, 8
ROW, LINE = 34, 19
LEFT, RIGHT = (0, 0.62), (0.7, 1)

Figure = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """A quarter on a line: ``label`` under the axis, ``text`` the value as written; None where nothing is shown."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str = ""


@dataclass(frozen=True)
class Dot:
    """A row of dot and interval; ``value`` None is a row without a dot, ``text`` its right-hand words."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    verdict: str


@dataclass(frozen=True)
class Step:
    """A row of the bridge from ``start`` to ``end``; ``total`` is "before" or "now" for the two healths."""

    label: str
    start: float
    end: float
    text: str
    verdict: str
    total: str = ""


@dataclass(frozen=True)
class Tick:
    """A place on an axis and what is written there."""

    place: float
    text: str


def base(separators: str) -> Figure:
    """House layout and configuration, under every figure of a page. Sharing to a cloud is off, three times."""
    axis = {"automargin": True, "fixedrange": True, "zeroline": False, "ticks": "", "showline": False}
    layout = {
        "font": {"family": FAMILY, "size": 15, "color": INK_2},
        "separators": separators,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "autosize": True,
        "margin": {"l": 4, "r": 4, "t": 8, "b": 8},
        "showlegend": False,
        "dragmode": False,
        "hovermode": False,
        "bargap": 0.3,
        "xaxis": {**axis, "showgrid": False},
        "yaxis": {**axis, "gridcolor": RULE},
    }
    config = {
        "responsive": True,
        "displayModeBar": False,
        "showSendToCloud": False,
        "plotlyServerURL": "",
        "displaylogo": False,
        "scrollZoom": False,
        "doubleClick": False,
        "showTips": False,
    }
    return {"layout": layout, "config": config}


def line(points: Sequence[Point], ticks: Sequence[Tick]) -> Figure:
    """Line with its interval band over the quarters; first, previous and last are labelled, gaps stay gaps."""
    runs = list(_runs(points))
    places = [place for run in runs for place in run]
    data = [_band(points, run) for run in runs]
    last = places[-1] if places else 0
    data.append(
        {
            "type": "scatter",
            "mode": "lines+markers",
            "x": list(range(len(points))),
            "y": [point.value for point in points],
            "connectgaps": False,
            "line": {"color": INK, "width": 2.5},
            "marker": {"color": INK, "size": [11 if place == last else 5 for place in range(len(points))]},
            "hoverinfo": "skip",
            "cliponaxis": False,
        }
    )
    named = dict.fromkeys((*places[:1], *places[-2:]))
    xaxis = _ticked([Tick(place, point.label) for place, point in enumerate(points)], (-0.35, len(points) - 0.65))
    layout = {
        "height": 280,
        "margin": {"l": 4, "r": 14, "t": 12, "b": 8},
        "xaxis": {**xaxis, "showgrid": False},
        "yaxis": _ticked(ticks, _ends(ticks)),
        "annotations": [_label(points[place], place, bold=place == last) for place in named],
    }
    return {"data": data, "layout": layout}


def _runs(points: Sequence[Point]) -> Iterator[list[int]]:
    """Stretches of neighbouring quarters with a value."""
    known = [place for place, point in enumerate(points) if point.value is not None]
    for _, run in groupby(enumerate(known), lambda pair: pair[1] - pair[0]):
        yield [place for _, place in run]


def _band(points: Sequence[Point], run: Sequence[int]) -> Figure:
    """The interval along a stretch; along a single quarter a thick vertical line."""
    known = [(place, points[place].low, points[place].high) for place in run if points[place].low is not None]
    ends: dict[str, Any] = {
        "x": [place for place, _, _ in known] + [place for place, _, _ in reversed(known)],
        "y": [low for _, low, _ in known] + [high for _, _, high in reversed(known)],
    }
    shape = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", **ends}
    if len(known) < 2:
        return {**shape, "line": {"color": BAND, "width": 10}}
    return {**shape, "fill": "toself", "fillcolor": BAND, "line": {"width": 0, "color": BAND}}


def _label(point: Point, place: int, bold: bool) -> Figure:
    return {
        "x": place,
        "y": point.value,
        "text": point.text,
        "showarrow": False,
        "yshift": 15,
        "font": {"color": INK, "weight": 700 if bold else 400},
    }


def bridge(steps: Sequence[Step], ticks: Sequence[Tick]) -> Figure:
    """Horizontal bridge: the two healths as dots, each step a floating bar, white where not demonstrated."""
    bars = [(row, step) for row, step in enumerate(steps) if not step.total]
    totals = [(row, step) for row, step in enumerate(steps) if step.total]
    colours = [COLOURS.get(step.verdict, PAPER) for _, step in bars]
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "y": [row for row, _ in bars],
            "base": [step.start for _, step in bars],
            "x": [step.end - step.start for _, step in bars],
            "marker": {"color": colours, "line": {"color": [_outline(step) for _, step in bars], "width": 1.5}},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "y": [row for row, _ in totals],
            "x": [step.end for _, step in totals],
            "marker": {
                "size": 13,
                "color": [INK if step.total == "now" else PAPER for _, step in totals],
                "line": {"color": INK, "width": 2},
            },
            "hoverinfo": "skip",
            "cliponaxis": False,
        },
    ]
    layout = _rows([step.label for step in steps], [step.text for step in steps], ticks)
    layout["shapes"] = [_connector(row, step) for row, (step, _) in enumerate(pairwise(steps))]
    layout["annotations"] = [_right(row, step.text, step.verdict, bool(step.total)) for row, step in enumerate(steps)]
    return {"data": data, "layout": layout}


def _outline(step: Step) -> str:
    return COLOURS.get(step.verdict, EDGE)


def _connector(row: int, step: Step) -> Figure:
    ends = {"x0": step.end, "x1": step.end, "y0": row, "y1": row + 1}
    return {"type": "line", **ends, "layer": "below", "line": {"color": EDGE, "width": 1}}


def dots(rows: Sequence[Dot], ticks: Sequence[Tick]) -> Figure:
    """Dot and interval with a zero line: solid where demonstrated, hollow where not, no dot where unknown."""
    known = [(row, dot) for row, dot in enumerate(rows) if dot.value is not None]
    bars_x: list[float | None] = []
    bars_y: list[float | None] = []
    for row, dot in known:
        if dot.low is not None and dot.high is not None:
            bars_x += [dot.low, dot.high, None]
            bars_y += [row, row, None]
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": bars_x,
            "y": bars_y,
            "line": {"color": BEFORE, "width": 6},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [dot.value for _, dot in known],
            "y": [row for row, _ in known],
            "marker": {
                "size": 13,
                "color": [COLOURS.get(dot.verdict, PAPER) for _, dot in known],
                "line": {"color": [COLOURS.get(dot.verdict, UNPROVEN) for _, dot in known], "width": 2},
            },
            "hoverinfo": "skip",
            "cliponaxis": False,
        },
    ]
    layout = _rows([dot.label for dot in rows], [dot.text for dot in rows], ticks)
    zero = {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    layout["shapes"] = [{**zero, "line": {"color": INK, "width": 2}}]
    layout["annotations"] = [_right(row, dot.text, dot.verdict, False) for row, dot in enumerate(rows)]
    return {"data": data, "layout": layout}


@dataclass(frozen=True)
class Pair:
    """A row of two marks on one scale: what was expected, what was found with its interval; ``text`` their gap."""

    label: str
    expected: float
    value: float | None
    low: float | None
    high: float | None
    text: str


def dumbbell(rows: Sequence[Pair], ticks: Sequence[Tick]) -> Figure:
    """Solid dot of what was found, hollow diamond of what was expected, joined; bar = the found one's interval."""
    known = [(row, pair) for row, pair in enumerate(rows) if pair.value is not None]
    links: dict[str, list[float | None]] = {"x": [], "y": []}
    bars: dict[str, list[float | None]] = {"x": [], "y": []}
    for row, pair in known:
        links["x"] += [pair.value, pair.expected, None]
        bars["x"] += [pair.low, pair.high, None]
        for ends in (links, bars):
            ends["y"] += [row, row, None]
    still = {"type": "scatter", "hoverinfo": "skip"}
    marks = {**still, "mode": "markers", "cliponaxis": False}
    found = {"x": [pair.value for _, pair in known], "y": [row for row, _ in known]}
    hollow = {"size": 13, "symbol": "diamond", "color": PAPER, "line": {"color": INK, "width": 2}}
    data = [
        {**still, "mode": "lines", **bars, "line": {"color": BAND, "width": 12}},
        {**still, "mode": "lines", **links, "line": {"color": BEFORE, "width": 3}},
        {**marks, **found, "marker": {"size": 13, "color": INK}},
        {**marks, "x": [pair.expected for pair in rows], "y": list(range(len(rows))), "marker": hollow},
    ]
    layout = _rows([pair.label for pair in rows], [pair.text for pair in rows], ticks)
    layout["annotations"] = [_right(row, pair.text, "", False) for row, pair in enumerate(rows)]
    return {"data": data, "layout": layout}


def twin(rows: Sequence[Dot], levels: Sequence[float | None], ticks: tuple[Sequence[Tick], Sequence[Tick]]) -> Figure:
    """Dot and interval, and beside it, on the same rows, a second dot on a scale of its own."""
    figure = dots(rows, ticks[0])
    known = [(row, level) for row, level in enumerate(levels) if level is not None]
    figure["data"].append(
        {
            "type": "scatter",
            "mode": "markers",
            "xaxis": "x2",
            "x": [level for _, level in known],
            "y": [row for row, _ in known],
            "marker": {"size": 13, "color": INK},
            "hoverinfo": "skip",
            "cliponaxis": False,
        }
    )
    layout = figure["layout"]
    side = {"showgrid": True, "gridcolor": RULE, "zeroline": False, "fixedrange": True, "ticks": "", "anchor": "y"}
    layout["xaxis"]["domain"] = list(LEFT)
    layout["xaxis2"] = {**side, **_ticked(ticks[1], _ends(ticks[1])), "domain": list(RIGHT)}
    for shape in layout["shapes"]:
        shape["xref"] = "x"
    return figure


def _rows(labels: Sequence[str], texts: Sequence[str], ticks: Sequence[Tick]) -> Figure:
    """Layout of named rows from the top, with room on the right for their numbers or words."""
    folded = [_folded(text) or [""] for text in texts]
    room = 22 + LETTER * max(len(line) for lines in folded for line in lines)
    wrapped = [_wrapped(label) for label in labels]
    extra = sum(max(label.count("<br>"), len(lines) - 1) for label, lines in zip(wrapped, folded, strict=True))
    yaxis = _ticked([Tick(row, label) for row, label in enumerate(wrapped)], (len(labels) - 0.4, -0.6))
    return {
        "height": 52 + ROW * len(labels) + LINE * extra,
        "margin": {"l": 4, "r": room, "t": 4, "b": 8},
        "xaxis": {**_ticked(ticks, _ends(ticks)), "showgrid": True, "gridcolor": RULE},
        "yaxis": {**yaxis, "showgrid": False, "tickfont": {"color": INK}, "ticklabelstandoff": 10},
    }


def _wrapped(label: str) -> str:
    return "<br>".join(textwrap.wrap(label, LABEL_WIDTH)) or label


def _folded(text: str) -> list[str]:
    return textwrap.wrap(text, TEXT_WIDTH)


def _ends(ticks: Sequence[Tick]) -> tuple[float, float]:
    """First and last place with a hair of room, so that their grid lines are drawn whole."""
    hair = (ticks[-1].place - ticks[0].place) / 200
    return ticks[0].place - hair, ticks[-1].place + hair


def _right(row: int, text: str, verdict: str, total: bool) -> Figure:
    proven = verdict in COLOURS
    colour = INK if total else COLOURS.get(verdict, MUTED)
    return {
        "xref": "paper",
        "x": 1,
        "xanchor": "left",
        "xshift": 10,
        "y": row,
        "text": "<br>".join(_folded(text)),
        "align": "left",
        "showarrow": False,
        "font": {"color": colour, "weight": 700 if total or proven else 400},
    }


def _ticked(ticks: Sequence[Tick], ends: tuple[float, float]) -> Figure:
    return {
        "tickmode": "array",
        "tickvals": [tick.place for tick in ticks],
        "ticktext": [tick.text for tick in ticks],
        "tickangle": 0,
        "range": list(ends),
    }


def places(values: Sequence[float], below: float = 0.1, above: float = 0.1, most: int = 6) -> list[float]:
    """Round places of an axis around the values, with those shares of the span left free on either side."""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    start, end = low - below * span, high + above * span
    step = _nice((end - start) / (most - 1))
    first, last = math.floor(start / step), math.ceil(end / step)
    return [round(place * step, 9) for place in range(first, last + 1)]


def _nice(step: float) -> float:
    """The next of 1, 2, 5, 10 … at or above the step."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(round(power * digit, 9) for digit in (1, 2, 5, 10) if power * digit >= step - 1e-12)


def validate(figure: Figure) -> None:
    """ValueError where Plotly would not know a name or a value of the figure."""
    from plotly.graph_objects import Figure as Checked

    Checked(data=figure["data"], layout={**base(",.")["layout"], **figure["layout"]})
