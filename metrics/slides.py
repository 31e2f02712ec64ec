"""PURE: messages as slides: one message a slide, 16:9, its chart native and editable, or its table."""

import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pptx import Presentation
from pptx.chart.chart import Chart as NativeChart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.slide import Slide as Drawn
from pptx.util import Inches, Length, Pt

from metrics.figures import BAND, EDGE, INK, INK_2, MUTED, PAPER, Figure
from metrics.tables import Table

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
LEFT, WIDE = Inches(0.7), Inches(11.93)
SANS, SERIF = "Source Sans 3", "Source Serif 4"
BODY, ROOM = Inches(2.75), Inches(4.1)  # where a slide's chart or table begins, and its height
MORE = Inches(0.3)  # of the line below a table that says what it leaves out
MOST_ROWS = 12
SIZES = (13, 12, 11, 10, 9)  # of a table's type, the largest that leaves it on the slide
SHORTEST, LONGEST, AIR = 6, 34, 4  # characters a table's column is wide at least and at most; beyond its heading
LETTER, LINE, INSET = 0.55 / 72, 1.2 / 72, 0.05  # inches a point of type is wide and tall; a cell's margin
MANY = 10  # rows of a chart, beyond which its type is smaller
FINE = 0.05  # below it one decimal would read as zero


Ends = dict[int, tuple[float, float]]  # of the intervals, by place


@dataclass(frozen=True)
class Slide:
    """``message`` is the title; ``text`` one line below it; ``figure`` is drawn natively, else ``table`` stands.

    ``more`` says how many of the table's rows have no room.
    """

    kicker: str
    message: str
    text: str
    foot: str
    figure: Figure | None = None
    table: Table | None = None
    names: tuple[str, ...] = ()
    more: Callable[[int], str] = str


def deck(slides: Sequence[Slide], language: str) -> bytes:
    """The slides as a PPTX file."""
    show = Presentation()
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    show.core_properties.title, show.core_properties.language = slides[0].message, language
    for slide in slides:
        _slide(show.slides.add_slide(show.slide_layouts[5]), slide)
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def _slide(drawn: Drawn, slide: Slide) -> None:
    title = drawn.shapes.title
    if title is not None:
        title.left, title.top, title.width, title.height = LEFT, Inches(0.75), WIDE, Inches(1.15)
        title.text_frame.text = slide.message
        title.text_frame.word_wrap = True
        _dress(title.text_frame, 30, INK, SERIF, bold=True)
    _text(drawn, slide.kicker, (Inches(0.4), Inches(0.35)), (14, MUTED))
    _text(drawn, slide.text, (Inches(1.92), Inches(0.8)), (14, INK_2))
    _text(drawn, slide.foot, (Inches(6.95), Inches(0.35)), (10, MUTED))
    if slide.figure is not None:
        _chart(drawn, slide)
    elif slide.table is not None:
        _table(drawn, slide.table, slide.more)


def _text(drawn: Drawn, text: str, place: tuple[Length, Length], look: tuple[int, str]) -> None:
    box = drawn.shapes.add_textbox(LEFT, place[0], WIDE, place[1])
    box.text_frame.text = text
    box.text_frame.word_wrap = True
    _dress(box.text_frame, *look, SANS)


def _dress(frame: Any, size: int, colour: str, family: str, bold: bool = False) -> None:
    for paragraph in frame.paragraphs:
        paragraph.alignment = 1
        paragraph.font.size, paragraph.font.name, paragraph.font.bold = Pt(size), family, bold
        paragraph.font.color.rgb = _rgb(colour)


def _chart(drawn: Drawn, slide: Slide) -> None:
    figure = slide.figure or {}
    kind, data, colours = _native(figure, slide.names)
    shapes: Any = drawn.shapes
    frame = shapes.add_chart(kind, LEFT, BODY, WIDE, ROOM, data)
    chart: NativeChart = frame.chart
    chart.has_legend = chart.has_title = False
    many = len(list(chart.plots[0].categories)) > MANY
    chart.font.size, chart.font.name = Pt(11 if many else 14), SANS
    chart.font.color.rgb = _rgb(INK_2)
    if many:  # two lines of a long name in a row's height, or programs leave out every second name
        chart.category_axis.tick_labels.font.size = Pt(9)
    across = kind == XL_CHART_TYPE.LINE_MARKERS
    ends = dict(_intervals(figure, across))
    if across:
        _lined(chart, ends)
    elif kind == XL_CHART_TYPE.BAR_STACKED:
        _stepped(chart, colours, _words(figure))
    elif not colours:
        _paired(chart)
    else:
        _barred(chart, colours, ends)
    _ranged(chart, ends, across)


def _words(figure: Figure) -> dict[int, str]:
    """What the page writes beside each row."""
    return {note["y"]: _flat(note["text"]) for note in figure["layout"].get("annotations", ())}


def _native(figure: Figure, names: tuple[str, ...]) -> tuple[Any, CategoryChartData, list[str]]:
    """Kind, data and colours of the native chart that says what the figure says."""
    data, layout = CategoryChartData(number_format="0.0"), figure["layout"]
    line = next((trace for trace in figure["data"] if trace.get("mode") == "lines+markers"), None)
    if line is not None:
        data.categories = [_flat(text) for text in layout["xaxis"]["ticktext"]]
        data.add_series(names[0], line["y"])
        return XL_CHART_TYPE.LINE_MARKERS, data, []
    names_of_rows, words = [_flat(text) for text in layout["yaxis"]["ticktext"]], _words(figure)
    rows, pair = len(names_of_rows), _pair(figure)
    bars = next((trace for trace in figure["data"] if trace["type"] == "bar"), None)
    if pair:
        data.categories = names_of_rows
        for name, trace in zip(names[1::-1], pair, strict=True):  # the table begins with what was expected
            data.add_series(name, _placed(rows, trace["y"], trace["x"]))
        return XL_CHART_TYPE.BAR_CLUSTERED, data, []
    if bars is None:
        dots = next(trace for trace in figure["data"] if trace.get("mode") == "markers")
        data.categories = [" · ".join(filter(None, (name, words.get(row)))) for row, name in enumerate(names_of_rows)]
        data.add_series(names[0], _placed(rows, dots["y"], dots["x"]))
        return XL_CHART_TYPE.BAR_CLUSTERED, data, _colours(rows, dots["y"], dots["marker"]["color"])
    data.categories = names_of_rows
    lows = [min(base, base + part) for base, part in zip(bars["base"], bars["x"], strict=True)]
    totals = figure["data"][1]
    data.add_series("–", _placed(rows, bars["y"], lows))
    data.add_series(names[0], _placed(rows, bars["y"], [round(abs(part), 9) for part in bars["x"]]))
    data.add_series(names[-1], _placed(rows, totals["y"], totals["x"]))
    return XL_CHART_TYPE.BAR_STACKED, data, _colours(rows, bars["y"], bars["marker"]["color"])


def _pair(figure: Figure) -> list[Figure]:
    """What was found and what was expected, where a figure draws both."""
    marks = [trace for trace in figure["data"] if trace.get("mode") == "markers"]
    return marks if marks and marks[-1]["marker"].get("symbol") == "diamond" else []


def _intervals(figure: Figure, across: bool) -> Iterator[tuple[int, tuple[float, float]]]:
    """The ends of each interval, which the page draws as bands along a line or as bars in rows."""
    drawn = [trace for trace in figure["data"] if trace.get("mode") == "lines"]
    for trace in drawn if across else drawn[:1]:
        half = len(trace["x"]) // 2
        places, lows, highs = (
            (trace["x"][:half], trace["y"][:half], trace["y"][: -half - 1 : -1])
            if across
            else (trace["y"][::3], trace["x"][::3], trace["x"][1::3])
        )
        for place, low, high in zip(places, lows, highs, strict=True):
            if low is not None and high is not None:
                yield place, (low, high)


def _ranged(chart: NativeChart, ends: Ends, across: bool) -> None:
    """The intervals as error bars of the first series; python-pptx has no door to them."""
    if not ends:
        return
    series = chart.plots[0].series[0]
    parts: list[str] = []
    for side, sign in (("plus", 1), ("minus", -1)):
        known = [
            f'<c:pt idx="{place}"><c:v>{sign * (ends[place][side == "plus"] - value):.6f}</c:v></c:pt>'
            for place, value in enumerate(series.values)
            if value is not None and place in ends
        ]
        count = f'<c:ptCount val="{len(series.values)}"/>'
        parts.append(
            f"<c:{side}><c:numLit><c:formatCode>General</c:formatCode>{count}{''.join(known)}</c:numLit></c:{side}>"
        )
    direction = '<c:errDir val="y"/>' if across else ""
    width, colour = (8, BAND) if across else (2, EDGE)
    line = f'<a:ln w="{Pt(width)}"><a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill></a:ln>'
    bars = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}>{direction}<c:errBarType val="both"/><c:errValType val="cust"/>'
        f'<c:noEndCap val="1"/>{"".join(parts)}<c:spPr>{line}</c:spPr></c:errBars>'
    )
    series._element.find(qn("c:cat")).addprevious(bars)


def _placed(rows: int, places: Sequence[int], values: Sequence[float]) -> list[float | None]:
    known = dict(zip(places, values, strict=True))
    return [known.get(row) for row in range(rows)]


def _colours(rows: int, places: Sequence[int], colours: Sequence[str]) -> list[str]:
    known = dict(zip(places, colours, strict=True))
    return [known.get(row, EDGE) for row in range(rows)]


def _lined(chart: NativeChart, ends: Ends) -> None:
    series = chart.plots[0].series[0]
    series.smooth = False
    series.format.line.color.rgb, series.format.line.width = _rgb(INK), Pt(2.5)
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = _rgb(INK)
    _labelled(series, XL_LABEL_POSITION.ABOVE)
    values = [value for value in series.values if value is not None]
    values += [end for pair in ends.values() for end in pair]
    span = max(values) - min(values) or 1
    chart.value_axis.minimum_scale = round(min(values) - 0.7 * span)
    chart.value_axis.maximum_scale = math.ceil(max(values) + 0.1 * span)
    _quiet(chart)


def _paired(chart: NativeChart) -> None:
    """What was found as full bars, what was expected as empty ones below them."""
    chart.plots[0].gap_width = 60
    chart.category_axis.reverse_order = True
    for series, fill in zip(chart.plots[0].series, (INK, PAPER), strict=True):
        _filled(series.format, fill, INK)
        _labelled(series, XL_LABEL_POSITION.INSIDE_BASE)
        series.data_labels.font.color.rgb = _rgb(PAPER if fill == INK else INK)
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, 100
    chart.value_axis.visible = False
    chart.has_legend = True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    _quiet(chart)


def _filled(look: Any, colour: str, edge: str) -> None:
    look.fill.solid()
    look.fill.fore_color.rgb = _rgb(colour)
    look.line.color.rgb = _rgb(edge)


def _barred(chart: NativeChart, colours: Sequence[str], ends: Ends) -> None:
    """Rows whose numbers stand beside their names, where no interval runs through them."""
    series = _rowed(chart).series[0]
    _coloured(series, colours)
    known = [
        0.0,
        *(value for value in series.values if value is not None),
        *(end for pair in ends.values() for end in pair),
    ]
    air = (max(known) - min(known) or 1) / 20
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = min(known) - air, max(known) + air
    chart.value_axis.tick_labels.number_format_is_linked = False
    places = "0.00" if air < FINE else "0.0"
    chart.value_axis.tick_labels.number_format = f"+{places};\u2212{places};0"
    _quiet(chart)


def _rowed(chart: NativeChart) -> Any:
    """The plot, its rows from the top and their names on the left."""
    chart.category_axis.reverse_order = True
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    plot = chart.plots[0]
    plot.gap_width = 45
    return plot


def _coloured(series: Any, colours: Sequence[str]) -> None:
    series.invert_if_negative = False
    for place, colour in enumerate(colours):
        _filled(series.points[place].format, colour, EDGE if colour == PAPER else colour)


def _stepped(chart: NativeChart, colours: Sequence[str], words: dict[int, str]) -> None:
    """The bridge: floating steps between the health of before, hollow, and the one of now."""
    plot = _rowed(chart)
    plot.overlap = 100
    start, steps, totals = plot.series
    start.format.fill.background()
    _coloured(steps, colours)
    known = [low for low in start.values if low is not None]
    chart.value_axis.minimum_scale = int(min(known)) - 1 if known else None
    for series in (steps, totals):
        _labelled(series, None)
    looks = dict(enumerate(colours))
    for place, value in enumerate(totals.values):
        if value is not None:
            looks[place] = INK if place else PAPER
            _filled(totals.points[place].format, looks[place], INK)
    for place, colour in looks.items():
        # a step's bar starts anywhere, and only its word has the sign
        series = steps if totals.values[place] is None else totals
        if series.values[place] is not None:
            label = series.points[place].data_label.text_frame
            label.text = words.get(place, "")
            _dress(label, 11, INK_2 if colour == PAPER else PAPER, SANS, bold=colour != PAPER)
    chart.value_axis.visible = False
    _quiet(chart)


def _labelled(of: Any, where: Any) -> None:
    labels = of.data_labels
    fine = any(value and abs(value) < FINE for value in of.values)
    form = "0.00;\u22120.00" if fine else "0.0;\u22120.0"
    labels.show_value, labels.number_format, labels.number_format_is_linked = True, form, False
    if where is not None:
        labels.position = where


def _quiet(chart: NativeChart) -> None:
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.format.line.fill.background()
    chart.category_axis.format.line.color.rgb = _rgb(EDGE)
    _every_name(chart)


def _every_name(chart: NativeChart) -> None:
    """Programs leave out every second name where they think there is no room."""
    axis: Any = chart.category_axis._element  # python-pptx has no other door
    skip = axis.makeelement(qn("c:tickLblSkip"), {"val": "1"})
    after = axis.find(qn("c:noMultiLvlLbl"))
    axis.append(skip) if after is None else after.addprevious(skip)


def _table(drawn: Drawn, table: Table, more: Callable[[int], str]) -> None:
    lines = [[column.label for column in table.head]]
    for row in table.body[:MOST_ROWS]:
        lines.append([" ".join(filter(None, (cell.text, cell.note))) for _column, cell in row])
    wide = _widths(lines)
    size, tall = _sized(lines, wide)
    left_out = len(table.body) - (len(tall) - 1)
    if left_out:
        _text(drawn, more(left_out), (Length(BODY + sum(tall)), MORE), (12, MUTED))
    grid = drawn.shapes.add_table(len(tall), len(wide), LEFT, BODY, WIDE, Length(sum(tall)))
    for across, width in enumerate(wide):
        grid.table.columns[across].width = width
    for down, height in enumerate(tall):
        grid.table.rows[down].height = height
        for across, text in enumerate(lines[down]):
            cell = grid.table.cell(down, across)
            cell.margin_top = cell.margin_bottom = Inches(INSET)
            cell.text_frame.text = text
            cell.fill.solid()
            cell.fill.fore_color.rgb = _rgb(PAPER)
            _dress(cell.text_frame, size, INK if down else INK_2, SANS, bold=not down)


def _widths(lines: list[list[str]]) -> list[Length]:
    """The slide's width among the columns, by their longest text."""
    heads = [max(SHORTEST, len(text) + AIR) for text in lines[0]]
    longest = [
        min(max(head, *map(len, texts)), LONGEST) for head, texts in zip(heads, zip(*lines, strict=True), strict=True)
    ]
    return [Length(WIDE * length // sum(longest)) for length in longest]


def _sized(lines: list[list[str]], wide: list[Length]) -> tuple[int, list[Length]]:
    """The largest type with which all rows stand on the slide, and their heights; what the smallest has no room for
    is left to the page."""
    size, tall = SIZES[-1], [Length(0)]
    for size in SIZES:
        tall = [_height(texts, wide, size) for texts in lines]
        if sum(tall) <= ROOM - MORE:
            break
    while sum(tall) > ROOM - MORE:
        tall.pop()
    return size, tall


def _height(texts: list[str], wide: list[Length], size: int) -> Length:
    """A row's, when its fullest cell breaks its lines."""
    per_line = [max(1, int((width.inches - 4 * INSET) / (LETTER * size))) for width in wide]
    rows = max(-(-len(text) // letters) for text, letters in zip(texts, per_line, strict=True))
    return Inches(max(rows, 1) * LINE * size + 2 * INSET)


def _flat(text: str) -> str:
    return text.replace("<br>", " ")


def _rgb(colour: str) -> RGBColor:
    red, green, blue = bytes.fromhex(colour.lstrip("#"))
    return RGBColor(red, green, blue)
