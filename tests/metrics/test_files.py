"""The report as files of other programs: the page's digits, native charts, the content that was hashed."""

import csv
import hashlib
import io
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from openpyxl import load_workbook
from pptx import Presentation

from company.models import Company, User
from metrics import files, kept, leaves, panels
from metrics.report import Report
from metrics.shown import Shown, ask_for, read
from metrics.tables import Cell, Column, Table, lines
from metrics.workbook import workbook
from tests import make, make_report

NUMBER = re.compile(r"[-\u2212+]?\d[\d.]*(?:,\d+)?")


@pytest.fixture
def reader(company: Company, client: Client) -> User:
    """A reader of the chain's report, signed in."""
    make_report.history(company, make_report.aurora(), (68.1, 68.9, 69.8))
    user = make.user(company)
    client.force_login(user)
    return user


def shown_to(reader: User) -> Shown:
    """The report as paper and files have it."""
    return leaves.neutral(read(ask_for(reader.membership, "2026-3")))


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


def test_every_number_is_the_same_on_page_chart_csv_workbook_slide_and_edition(reader: User, client: Client) -> None:
    with override("it"):
        shown = shown_to(reader)
        tables, book = files.every_table(shown), load_workbook(io.BytesIO(files.workbook_of(shown)))
        printed = unescape("".join(leaves.body(shown, leaf, 1) for leaf in leaves.leaves(shown.report)))
        assert len(tables) == len(book.sheetnames) > 20
        for table, sheet in zip(tables, book.worksheets, strict=True):
            rows = list(lines(table, "it"))
            held = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_col=len(rows[0]))]
            assert [[_same(cell) for cell in row] for row in rows] == [[_same(cell) for cell in row] for row in held]
            file = client.get(f"/t/2026-3/tabella/{table.slug}.csv").content.decode("utf-8-sig")
            assert [[str(cell) for cell in row] for row in rows] == list(csv.reader(io.StringIO(file), delimiter=";"))
            if f'data-table="{table.slug}"' in printed:
                body = printed.split(f'data-table="{table.slug}"')[1].split("</table>")[0]
                assert [cell.text for row in table.body for _column, cell in row if cell.text not in body] == []
        _charts(shown)
        kept_content = client.get("/t/2026-3/edizione.json").content.decode()
        assert Report.parse(kept_content).digest == shown.digest


def _charts(shown: Shown) -> None:
    """Each slide's chart holds the numbers of its figure, and the figure's words are in its table."""
    slides = Presentation(io.BytesIO(files.deck_of(shown))).slides
    for leaf, slide in zip(leaves.leaves(shown.report), slides, strict=True):
        charts = [c for c in panels.charts_of(panels.build(leaf.page, shown, leaf.subject)) if c.figure]
        native = [shape.chart for shape in slide.shapes if shape.has_chart]
        if not charts:
            continue
        figure: Any = charts[0].figure
        drawn = {round(abs(v), 6) for plot in native[0].plots for s in plot.series for v in s.values if v is not None}
        line = next((t for t in figure["data"] if t.get("mode") == "lines+markers"), None)
        marks = next((t for t in figure["data"] if t.get("mode") == "markers"), None)
        wanted = line["y"] if line else marks["x"] if marks else []
        assert {round(abs(value), 6) for value in wanted if value is not None} <= drawn, leaf
        cells = " ".join(cell.text for row in charts[0].table.rows for cell in row)
        words = [note["text"].replace("<br>", " ") for note in figure["layout"].get("annotations", ())]
        assert all(number in cells for word in words for number in NUMBER.findall(word)), leaf


def _same(cell: object) -> str:
    """A number or a text, as both files mean it."""
    text = "" if cell is None else str(cell)
    try:
        return str(float(text.replace(",", ".")))
    except ValueError:
        return text


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
