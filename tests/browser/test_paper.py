"""The report on paper, through a real Chromium: tagged, bookmarked, one message a page, nothing cut."""

import io

import pytest
from django.utils.translation import override
from pypdf import PdfReader

from company.models import Company, User
from metrics import paper
from metrics.paperwork import Paper
from metrics.shown import ask_for
from tests import make, make_large, make_report
from tests.chromium import Open
from trimestrale import chromium

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def browser_there() -> None:
    """The tests are skipped without a browser."""
    if chromium.find() is None:
        pytest.skip(f"skipped: no Chromium ({chromium.ADVICE})")


@pytest.fixture
def reader(company: Company) -> User:
    """A reader of the chain's report with a year before it."""
    make_report.history(company, make_report.aurora(), (66.8, 68.1, 68.9, 69.8))
    return make.user(company)


@pytest.fixture
def reader_of_much(company: Company) -> User:
    """A reader of a report with six times the results and effects."""
    make_report.history(company, make_large.large(), (66.8, 68.1, 68.9, 69.8))
    return make.user(company)


def smallest(pdf: PdfReader) -> float:
    """The smallest type that is printed, in points."""
    sizes: set[float] = set()

    def visit(text: str, outer: list[float], inner: list[float], font: object, size: float) -> None:
        if text.strip():
            sizes.add(abs(size * inner[0] * outer[0]))

    for page in pdf.pages:
        page.extract_text(visitor_text=visit)
    return min(sizes)


def made(reader: User, subject: str = "") -> PdfReader:
    """The paper as a PDF, made as a worker makes it."""
    with override("it"):
        order = paper.order(ask_for(reader.membership, "2026-3"), subject)
    paper.run(order.pk)
    done = Paper.objects.get(pk=order.pk)
    assert (done.state, done.error) == (Paper.State.DONE, "")
    return PdfReader(io.BytesIO(done.path.read_bytes()))


def test_the_whole_report_is_tagged_named_and_bookmarked_by_its_messages(reader: User) -> None:
    pdf = made(reader)
    assert {"/StructTreeRoot", "/MarkInfo"} <= set(pdf.root_object)
    assert "'/Lang': 'it'" in str(pdf.root_object)
    titles = [str(entry.title) for entry in pdf.outline if not isinstance(entry, list)]
    assert titles[0].startswith("La salute scende di 2,6 punti")
    assert len(titles) == len(pdf.pages) == 16
    footer = pdf.pages[0].extract_text()
    assert "/t/2026-3/" in footer
    assert "1 / " in footer


def test_no_type_on_paper_is_smaller_than_seven_and_a_half_points(reader: User) -> None:
    assert smallest(made(reader)) >= 7.4  # Chromium rounds


def test_a_report_with_very_much_to_say_has_a_sheet_a_page_too(reader_of_much: User) -> None:
    pdf = made(reader_of_much)
    assert len(pdf.pages) == 16
    assert "righe che restano sulla pagina" in " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_a_departments_page_is_one_sheet_with_no_chart_beyond_it(reader: User) -> None:
    pdf = made(reader, "logistica")
    assert len(pdf.pages) == 1
    assert "'/Lang': 'it'" in str(pdf.root_object)
    text = pdf.pages[0].extract_text()
    assert "Logistica toglie 1,7 punti alla salute" in text
    assert "−1,9" in text


def test_the_printed_pages_are_read_on_screen_too(reader: User, open_page: Open) -> None:
    page = open_page("/t/2026-3/stampa/", reader)
    page.wait_for_function("document.body.dataset.drawn === 'yes'")
    assert page.locator(".leaf").count() == 16
    assert page.locator(".plot-error:visible").count() == 0
