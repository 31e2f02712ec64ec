"""The grid by hand, as in a spreadsheet: arrows and Enter move, a block copied from Excel spreads, faults are links."""

import pytest
from playwright.sync_api import Page, expect

from company.models import Company, User
from journeys import ledger
from journeys.models import Indicator, Job, Journey, Part, Upload
from metrics import facts
from metrics.engine.duckdb import Session
from tests import make
from tests.chromium import Guard, Open

pytestmark = pytest.mark.django_db(transaction=True)
WIDTH = 390
FROM_EXCEL = "82,5\t40\t7\r\n79,0\t38\t11\r\n91,2\t57\t4\r\n"


@pytest.fixture
def company(transactional_db: None) -> Company:
    made = make.company(generated=True)
    Journey.objects.create(company=made, name="Percorso")
    make.quarter(made)
    department = make.department(made, "Logistica")
    for place, (slug, kind) in enumerate((("richiamati", "share"), ("reclami", "total"))):
        Indicator.objects.create(
            company=made, department=department, slug=slug, name=slug.title(), kind=kind, by_hand=True, position=place
        )
    return made


@pytest.fixture
def grid(open_page: Open, company: Company) -> Page:
    """The grid of three months, open for the head of the department."""
    head: User = make.user(company, "head", [company.departments.get()])
    page: Page = open_page("/dati/", user=head)
    page.locator("[data-test=by-hand]").click()
    page.get_by_role("link", name="Logistica").click()
    expect(page.locator("[data-grid] input")).to_have_count(9)
    page.wait_for_load_state("load")  # the keys are there when the page is
    return page


def focused(page: Page) -> tuple[int, int]:
    """Row and place in it of the box that has the cursor."""
    found = page.evaluate(
        """() => { const cell = document.activeElement.closest("td"); const row = cell.parentNode;
        return [[...row.parentNode.rows].indexOf(row), [...row.querySelectorAll("td")].indexOf(cell)]; }"""
    )
    return found[0], found[1]


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => { const data = new DataTransfer(); data.setData("text/plain", text);
        document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true,
        cancelable: true})); }""",
        text,
    )


def values(page: Page) -> list[str]:
    boxes = page.locator("[data-grid] input")
    return [boxes.nth(place).input_value() for place in range(boxes.count())]


def stored() -> list[tuple[str, float, int, str]]:
    for job in Job.objects.filter(state=Job.State.QUEUED):
        ledger.run(job.pk)
    with Session([facts.path_of(part.sha256) for part in Part.objects.counted()], facts.spill()) as session:
        return sorted(session.rows("SELECT indicator::VARCHAR, value::DOUBLE, n::INTEGER, day::VARCHAR FROM facts"))


def test_keys_move_as_in_a_spreadsheet(grid: Page) -> None:
    grid.locator("[data-grid] input").first.focus()
    for key, place in (
        ("ArrowDown", (1, 0)),
        ("Enter", (2, 0)),
        ("Enter", (2, 0)),
        ("ArrowRight", (2, 1)),
        ("Shift+Enter", (1, 1)),
        ("ArrowUp", (0, 1)),
        ("ArrowLeft", (0, 0)),
        ("Tab", (0, 1)),
    ):
        grid.keyboard.press(key)
        assert focused(grid) == place, key


def test_within_a_text_the_arrows_move_the_cursor_first(grid: Page) -> None:
    grid.locator("[data-grid] input").first.focus()
    grid.keyboard.type("82,5")
    grid.keyboard.press("ArrowLeft")
    assert focused(grid) == (0, 0)
    grid.keyboard.press("End")
    grid.keyboard.press("ArrowRight")
    assert focused(grid) == (0, 1)


def test_a_block_copied_from_excel_fills_the_boxes_and_is_stored(grid: Page) -> None:
    grid.locator("[data-grid] input").first.focus()
    paste(grid, FROM_EXCEL)
    assert values(grid) == ["82,5", "40", "7", "79,0", "38", "11", "91,2", "57", "4"]
    grid.locator("[data-test=save]").press("Enter")
    expect(grid.get_by_text("Salvato")).to_be_visible()
    assert stored() == [
        ("reclami", 4.0, 1, "2026-09-01"),
        ("reclami", 7.0, 1, "2026-07-01"),
        ("reclami", 11.0, 1, "2026-08-01"),
        ("richiamati", 0.79, 38, "2026-08-01"),
        ("richiamati", 0.825, 40, "2026-07-01"),
        ("richiamati", 0.912, 57, "2026-09-01"),
    ]


def test_what_reaches_over_the_edge_is_let_go_and_one_cell_is_pasted_as_text(grid: Page) -> None:
    boxes = grid.locator("[data-grid] input")
    boxes.nth(7).focus()
    paste(grid, "12\t3\t99\r\n14\t5\r\n")
    assert values(grid)[7:] == ["12", "3"]
    assert boxes.nth(8).input_value() == "3"


def test_a_fault_is_named_and_leads_to_its_box(grid: Page, guard: Guard) -> None:
    grid.locator("[data-grid] input").first.focus()
    paste(grid, "82,5\t\t7\r\n")
    grid.locator("[data-test=save]").click()
    grid.get_by_role("link", name="di quanti casi?").click()
    assert focused(grid) == (0, 1)
    assert Upload.objects.count() == 0
    guard.faults.clear()  # the browser notes the refusal itself, a 422, as an error


def test_the_grid_scrolls_within_itself_on_a_telephone(open_page: Open, company: Company) -> None:
    head = make.user(company, "head", [company.departments.get()])
    page = open_page("/dati/inserimento/logistica/2026-3/", user=head, width=WIDTH)
    assert page.evaluate("document.documentElement.scrollWidth") == WIDTH
