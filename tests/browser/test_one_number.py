"""One number, everywhere: page, table, chart, CSV, workbook, PDF, slide, JSON and the API say the very same."""

import csv
import io
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from openpyxl import load_workbook
from pptx import Presentation
from pypdf import PdfReader

from company import tokens
from company.models import Company, Scope, User
from metrics import files, leaves, panels, paper
from metrics.paperwork import Paper
from metrics.report import Report
from metrics.shown import Shown, ask_for, read
from metrics.tables import Table, lines
from tests import make, make_report
from trimestrale import chromium

NUMBER = re.compile(r"[-\u2212+]?\d[\d.]*(?:,\d+)?")
HOME = "/t/2026-3/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def analyst(company: Company, client: Client) -> User:
    """An analyst, signed in, of a company with the chain's report; the test is skipped without a browser."""
    if chromium.find() is None:
        pytest.skip(f"skipped: no Chromium ({chromium.ADVICE})")
    make_report.history(company, make_report.aurora(), (68.1, 68.9, 69.8))
    user = make.user(company, "analyst")
    client.force_login(user)
    return user


def test_every_number_is_the_same_wherever_it_is_read(analyst: User, client: Client) -> None:
    with override("it"):
        asked = ask_for(analyst.membership, "2026-3")
        shown = leaves.neutral(read(asked))
        tables = files.every_table(shown)
        assert len(tables) > 20
        _files(client, tables)
        _programs(client, analyst, tables)
        _sheets(shown, tables)
        _charts(shown)
        _paper(paper.order(asked).pk, shown)
    kept = client.get(f"{HOME}edizione.json").content.decode()
    assert Report.parse(kept).digest == shown.digest


def _files(client: Client, tables: list[Table]) -> None:
    """CSV and workbook of each table; every sheet of the whole workbook."""
    book = load_workbook(io.BytesIO(client.get(f"{HOME}tabelle.xlsx").content))
    assert len(tables) == len(book.sheetnames)
    for table, sheet in zip(tables, book.worksheets, strict=True):
        rows = list(lines(table, "it"))
        held = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_col=len(rows[0]))]
        assert [[_same(cell) for cell in row] for row in rows] == [[_same(cell) for cell in row] for row in held]
        file = client.get(f"{HOME}tabella/{table.slug}.csv").content.decode("utf-8-sig")
        assert [[str(cell) for cell in row] for row in rows] == list(csv.reader(io.StringIO(file), delimiter=";"))


def _programs(client: Client, analyst: User, tables: list[Table]) -> None:
    """The API's tables: texts and values."""
    _token, secret = tokens.make(analyst.membership, "prova", [Scope.REPORT], (), 30)
    head = {"Authorization": f"Bearer {secret}", "Accept-Language": "it"}
    for table in tables:
        given = Client().get(f"/api/quarters/2026-3/tables/{table.slug}", headers=head).json()
        assert [[cell["text"] for cell in row] for row in given["rows"]] == [
            [cell.text for cell in row] for row in table.rows
        ], table.slug
        values = [[cell.get("value") for cell in row] for row in given["rows"]]
        assert values == [[None if cell.value is None else str(cell.value) for cell in row] for row in table.rows]


def _sheets(shown: Shown, tables: list[Table]) -> None:
    """The tables of the pages."""
    printed = unescape("".join(leaves.body(shown, leaf, 1) for leaf in leaves.leaves(shown.report)))
    for table in tables:
        if f'data-table="{table.slug}"' in printed:
            body = printed.split(f'data-table="{table.slug}"')[1].split("</table>")[0]
            assert [cell.text for row in table.body for _column, cell in row if cell.text not in body] == []


def _paper(order: int, shown: Shown) -> None:
    """Each leaf's numbers are in the text of the sheets from its bookmark to the next."""
    paper.run(order)
    pdf = PdfReader(io.BytesIO(Paper.objects.get(pk=order).path.read_bytes()))
    marks = [pdf.get_destination_page_number(mark) or 0 for mark in pdf.outline if not isinstance(mark, list)]
    chosen = leaves.leaves(shown.report)
    assert len(marks) == len(chosen)
    for leaf, first, after in zip(chosen, marks, [*marks[1:], len(pdf.pages)], strict=True):
        text = _bare("".join(page.extract_text() for page in pdf.pages[first : max(after, first + 1)]))
        printed = unescape(leaves.body(shown, leaf, 1))
        for table in panels.tables_of(panels.build(leaf.page, shown, leaf.subject)):
            if f'data-table="{table.slug}"' in printed:
                cells = [cell.text for row in table.body for _column, cell in row if cell.value is not None]
                missing = [cell for cell in cells if _bare(cell) not in text]
                assert missing == [], (leaf, table.slug)


def _bare(text: str) -> str:
    """The text without blanks, which paper sets as it likes."""
    return re.sub(r"\s|\u00ad", "", text)


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
