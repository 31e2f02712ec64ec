"""The report as files of other programs: the page's digits, native charts, the content that was hashed."""

import hashlib
import io
from decimal import Decimal
from itertools import combinations

import pytest
from django.test import Client
from openpyxl import load_workbook
from pptx import Presentation
from pptx.chart.chart import Chart
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml.ns import qn

from company.models import Company, User
from metrics import kept
from metrics.figures import Dot, Figure, Pair, Point, Tick, dots, dumbbell, line
from metrics.report import Report
from metrics.slides import Slide, deck
from metrics.tables import Cell, Column, Table
from metrics.workbook import workbook
from tests import make, make_report


@pytest.fixture
def reader(company: Company, client: Client) -> User:
    """A reader of the chain's report, signed in."""
    make_report.history(company, make_report.aurora(), (68.1, 68.9, 69.8))
    user = make.user(company)
    client.force_login(user)
    return user


def test_the_edition_is_the_very_content_of_its_digest(reader: User, client: Client) -> None:
    response = client.get("/t/2026-3/edizione.json")
    assert hashlib.sha256(response.content).hexdigest() == response.headers["X-Content-SHA256"]
    assert Report.parse(response.content.decode()).quarter == "2026-3"


def test_every_message_is_a_slide(reader: User, client: Client) -> None:
    show = Presentation(io.BytesIO(client.get("/t/2026-3/trimestrale.pptx").content))
    titles = [slide.shapes.title.text for slide in show.slides if slide.shapes.title]
    assert titles[0] == "La salute scende di 2,6 punti: pesano soprattutto Consegna e Assistenza."
    assert len(titles) == 16
    assert all(titles)


def standing(content: bytes) -> None:
    """AssertionError where a shape leaves its slide or lies upon another."""
    show = Presentation(io.BytesIO(content))
    for slide in show.slides:
        edges = [(one.left, one.top, one.left + one.width, one.top + one.height) for one in slide.shapes]
        for left, top, right, bottom in edges:
            assert 0 <= left < right <= show.slide_width
            assert 0 <= top < bottom <= show.slide_height
        for one, other in combinations(edges, 2):
            assert one[3] <= other[1] or other[3] <= one[1] or one[2] <= other[0] or other[2] <= one[0]


def test_no_shape_leaves_its_slide_or_lies_upon_another(reader: User, client: Client) -> None:
    standing(client.get("/t/2026-3/trimestrale.pptx").content)


def test_a_table_too_long_for_a_slide_does_not_leave_it() -> None:
    columns = (Column("Fase"), Column("Salute", numeric=True), Column("Reparti"))
    row = (Cell("Dalla scoperta"), Cell("71,5"), Cell("Acquisti: non dimostrato; Punti vendita: aggiunge +0,5; " * 4))
    standing(
        deck([Slide("T3 2026", "Troppo lunga", "", "", table=Table("lunga", "Lunga", columns, (row,) * 40))], "it")
    )


def test_a_slide_says_how_many_rows_have_no_room() -> None:
    table = Table("lunga", "Lunga", (Column("Fase"),), tuple((Cell(f"Fase {row}"),) for row in range(20)))
    content = deck([Slide("T3 2026", "Troppo lunga", "", "", table=table, more="e altre {}".format)], "it")
    shapes = Presentation(io.BytesIO(content)).slides[0].shapes
    rows = len(next(shape.table for shape in shapes if shape.has_table).rows) - 1
    assert f"e altre {20 - rows}" in [shape.text_frame.text for shape in shapes if shape.has_text_frame]


def test_a_short_table_says_nothing_of_further_rows() -> None:
    table = Table("corta", "Corta", (Column("Fase"),), ((Cell("Consegna"),),))
    content = deck([Slide("T3 2026", "Corta", "", "", table=table, more="e altre {}".format)], "it")
    texts = [
        shape.text_frame.text for shape in Presentation(io.BytesIO(content)).slides[0].shapes if not shape.has_table
    ]
    assert [text for text in texts if "e altre" in text] == []


def _native(figure: Figure, *names: str) -> Chart:
    content = deck([Slide("T3 2026", "Figura", "", "", figure, names=names)], "it")
    chart: Chart = next(one.chart for one in Presentation(io.BytesIO(content)).slides[0].shapes if one.has_chart)
    return chart


def _error(chart: Chart, side: str) -> list[float]:
    found = chart.plots[0].series[0]._element.find(qn("c:errBars"))
    return [float(point.text) for point in found.find(qn(f"c:{side}")).iter(qn("c:v"))]


AXIS = [Tick(place, str(place)) for place in (0, 50, 100)]


def test_intervals_of_rows_are_error_bars() -> None:
    rows = [Dot("Ritardi", -1.2, -1.4, -0.9, "−1,2", "worse"), Dot("Colli", 0.1, -0.2, 0.4, "", "unproven")]
    chart = _native(dots(rows, AXIS), "punti")
    assert (_error(chart, "minus"), _error(chart, "plus")) == ([0.2, 0.3], [0.3, 0.3])


def test_intervals_along_a_line_are_error_bars() -> None:
    points = [Point("T2", 69.8, 68.0, 71.0), Point("T3", 67.2, 65.4, 69.0)]
    chart = _native(line(points, AXIS), "salute")
    assert (_error(chart, "minus"), _error(chart, "plus")) == ([1.8, 1.8], [1.2, 1.8])


def test_what_customers_say_and_what_we_expected_are_both_drawn() -> None:
    chart = _native(dumbbell([Pair("Consegna", 79.0, 61.0, 58.5, 63.5, "+18")], AXIS), "noi", "il cliente")
    assert {series.name: tuple(series.values) for series in chart.plots[0].series} == {
        "il cliente": (61,),
        "noi": (79,),
    }


def test_a_step_of_the_bridge_is_written_with_its_sign(reader: User, client: Client) -> None:
    content = client.get("/t/2026-3/trimestrale.pptx").content
    shapes = [shape for slide in Presentation(io.BytesIO(content)).slides for shape in slide.shapes if shape.has_chart]
    stacked = next(one.chart for one in shapes if one.chart.chart_type == XL_CHART_TYPE.BAR_STACKED)
    points = stacked.plots[0].series[1].points
    words = [points[place].data_label.text_frame.text for place in range(len(list(stacked.plots[0].categories)))]
    assert [word for word in words if word.startswith("−")]


def test_what_is_not_demonstrated_has_a_word_and_no_number(reader: User, client: Client) -> None:
    content = client.get("/t/2026-3/trimestrale.pptx").content
    charts = [
        shape.chart for slide in Presentation(io.BytesIO(content)).slides for shape in slide.shapes if shape.has_chart
    ]
    labels = [chart._chartSpace.xml for chart in charts]
    assert any("non dimostrato" in xml for xml in labels)


def test_a_text_that_begins_like_a_formula_stays_a_text() -> None:
    table = Table(
        "prova", "=1+1", (Column("=A1"), Column("n", numeric=True)), ((Cell("=2+2"), Cell("3", Decimal(3), 0)),)
    )
    sheet = load_workbook(io.BytesIO(workbook([table]))).worksheets[0]
    assert [cell.data_type for cell in (sheet["A1"], sheet["A3"], sheet["A4"], sheet["B4"])] == ["s", "s", "s", "n"]


def test_sheets_have_names_a_workbook_takes() -> None:
    slugs = ["fattori.consegna.voto_consegna_lungo_lungo", "fattori.consegna.voto_consegna_lungo_corto", "a/b:c"]
    names = load_workbook(io.BytesIO(workbook([Table(slug, "", (), ()) for slug in slugs]))).sheetnames
    assert len({name.lower() for name in names}) == 3
    assert all(len(name) <= 31 for name in names)


def test_a_second_reader_gets_a_kept_answer_of_his_own(reader: User, company: Company, client: Client) -> None:
    first = client.get("/t/2026-3/").content.decode()
    other = make.user(company, email="altro@prova.example")
    client.force_login(other)
    second = client.get("/t/2026-3/").content.decode()
    assert reader.email in first
    assert reader.email not in second
    assert other.email in second


def test_a_kept_answer_is_compressed_for_who_takes_it(reader: User, client: Client) -> None:
    plain = client.get("/t/2026-3/")
    packed = client.get("/t/2026-3/", headers={"Accept-Encoding": "br"})
    assert packed.headers["Content-Encoding"] == "br"
    assert len(packed.content) * 4 < len(plain.content)
    again = client.get("/t/2026-3/", headers={"If-None-Match": packed.headers["ETag"]})
    assert again.status_code == 304


def test_new_figures_are_another_answer(reader: User, company: Company, client: Client) -> None:
    before = client.get("/t/2026-3/").content.decode()
    make_report.edition(company, make_report.empty(make_report.aurora()))
    after = client.get("/t/2026-3/").content.decode()
    assert "n = 1.797" in before
    assert "n = 1.797" not in after.split("<table")[0]


def test_the_oldest_answers_go_first() -> None:
    held: kept.Kept[kept.Answer] = kept.Kept(room=1000)
    for name in ("a", "b", "c"):
        held.put(name, kept.Answer({}, b"x" * 100, b""))
    for place in range(9):
        held.get("a")
        held.put(str(place), kept.Answer({}, b"x" * 100, b""))
    assert held.get("a") is not None
    assert held.get("b") is None
    assert held.size <= 1000
