"""The analyst's tasks A1 to A6 (ux, 6), each within its clicks; every page at 320 px, and one without scripts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from company.models import Unit, User
from journeys import ledger
from journeys.models import Job, Journey, Part, Quarter, Source, Upload
from metrics import facts
from metrics.engine.duckdb import Session
from metrics.refresh import refresh
from tests import dati, make
from tests.chromium import Open

pytestmark = pytest.mark.django_db(transaction=True)
MAPPING = {"date": "giorno", "case": "pratica", "unit": "fase", "values": [{"indicator": "voto", "column": "voto"}]}
Clicks = Callable[[str], None]


@pytest.fixture
def source(transactional_db: None) -> Source:
    company = make.company(generated=True)
    Journey.objects.create(company=company, name="Percorso")
    make.quarter(company)
    made = dati.source(make.department(company, "Assistenza"), MAPPING)
    company.indicators.update(lowest=0, highest=10)
    Unit.objects.create(company=company, code="Assistenza", name="Assistenza")
    return made


@pytest.fixture
def analyst(source: Source) -> User:
    return make.user(source.company, "analyst")


class Person:
    """Somebody at a page whose clicks are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, name: str) -> None:
        self.page.locator(f"[data-test={name}]").first.click(timeout=10_000)
        self.clicks += 1

    def choose(self, file: Path) -> None:
        self.page.get_by_label("File", exact=True).set_input_files(file)

    def send(self, source: Source, file: Path) -> None:
        """From the data room to the sent file, checked."""
        self.click(f"send-{source.slug}")
        self.choose(file)
        self.click("submit")
        work()


def work() -> None:
    for job in Job.objects.filter(state=Job.State.QUEUED):
        ledger.run(job.pk)
    for quarter in Quarter.objects.filter(stale=True):
        refresh(quarter.pk)


def file_of(folder: Path, rows: list[str], head: str = "pratica,giorno,fase,voto", name: str = "reclami.csv") -> Path:
    made = folder / name
    made.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return made


def rows_of(count: int, stage: str = "Assistenza", prefix: str = "P") -> list[str]:
    return [f"{prefix}{i},2026-07-{i % 28 + 1:02},{stage},{i % 10}" for i in range(count)]


def test_a1_a_file_whose_columns_are_all_known(open_page: Open, analyst: User, source: Source, tmp_path: Path) -> None:
    person = Person(open_page("/dati/", user=analyst))
    person.send(source, file_of(tmp_path, rows_of(40)))
    person.click("confirm")
    work()
    person.click("receipt")
    expect(person.page.locator("[data-test=receipt-title]")).to_have_text("40 righe caricate, nessuna persa")
    assert person.clicks <= 4


def test_a2_the_file_of_another_supplier(open_page: Open, analyst: User, source: Source, tmp_path: Path) -> None:
    person = Person(open_page("/dati/", user=analyst))
    head = "ticket,data,negozio,voto"
    person.send(source, file_of(tmp_path, rows_of(40), head))
    expect(person.page.locator("[data-test=step-match]")).to_be_visible(timeout=10_000)
    fields = person.page.locator("[data-test=field]")
    chosen = [fields.nth(i).input_value() for i in range(4)]
    assert (chosen[0], chosen[1], chosen[3]) == ("case", "date", "values[0].column")
    if not chosen[2]:
        fields.nth(2).select_option("unit")
        person.clicks += 2
    person.click("next")
    work()
    person.click("confirm")
    work()
    person.click("receipt")
    assert person.clicks <= 8
    again = Person(open_page("/dati/", user=analyst))
    again.send(source, file_of(tmp_path, rows_of(30, prefix="Q"), head, "agosto.csv"))
    again.click("confirm")
    work()
    again.click("receipt")
    assert again.clicks <= 4


def test_a3_one_slip_in_57_rows(open_page: Open, analyst: User, source: Source, tmp_path: Path) -> None:
    person = Person(open_page("/dati/", user=analyst))
    person.send(source, file_of(tmp_path, [*rows_of(20), *rows_of(57, "Assistnza", "S")]))
    expect(person.page.get_by_text("57 righe: «Assistnza»")).to_be_visible(timeout=10_000)
    before = person.clicks
    person.click("fix")
    work()
    expect(person.page.locator("[data-test=step-confirm]")).to_be_visible(timeout=10_000)
    assert person.clicks - before == 1
    assert Upload.objects.get().preparation.outcome["units"] == {"Assistenza": 77}


def test_a4_two_ways_of_writing_numbers_in_one_file(
    open_page: Open, analyst: User, source: Source, tmp_path: Path
) -> None:
    source.company.indicators.update(highest=None)
    rows = ["P1;2026-07-01;Assistenza;1.234,5", "P2;2026-07-02;Assistenza;2.000,5", "P3;2026-07-02;Assistenza;1234.50"]
    person = Person(open_page("/dati/", user=analyst))
    person.send(source, file_of(tmp_path, rows, "pratica;giorno;fase;voto"))
    question = person.page.locator("[data-test=question]")
    expect(question).to_have_count(1, timeout=10_000)
    expect(question).to_contain_text("In «voto» i numeri sono scritti in due modi: leggo 1.234,5 · 1234.50 come")
    expect(question).to_contain_text("1234 virgola 5 · 1234 virgola 5")
    person.click("next")
    work()
    expect(person.page.locator("[data-test=step-confirm]")).to_be_visible(timeout=10_000)
    person.click("confirm")
    work()
    with Session([facts.path_of(Part.objects.get().sha256)], facts.spill()) as session:
        assert sorted(value for (value,) in session.rows("SELECT value::DOUBLE FROM facts")) == [1234.5, 1234.5, 2000.5]
    assert person.clicks <= 4


def test_a5_the_bad_rows_go_out_and_come_back_corrected(
    open_page: Open, analyst: User, source: Source, tmp_path: Path
) -> None:
    person = Person(open_page("/dati/", user=analyst))
    person.send(source, file_of(tmp_path, [*rows_of(20), "X1,2026-07-01,Assistenza,11", "X2,2026-07-01,Assistenza,12"]))
    before = person.clicks
    with person.page.expect_download(timeout=10_000) as download:
        person.click("bad-sheet")
    sheet = tmp_path / "righe.xlsx"
    download.value.save_as(sheet)
    book = load_workbook(sheet)
    assert book.active is not None
    assert book.active.cell(1, 6).value == "Errore"
    assert book.active.cell(2, 5).fill.fill_type == "solid"
    book.active.cell(2, 5).value, book.active.cell(3, 5).value = 10, 9
    book.save(sheet)
    person.page.locator("[data-test=patch-file]").set_input_files(sheet)
    person.click("patch")
    assert person.clicks - before <= 3
    work()
    expect(person.page.locator("[data-test=step-confirm]")).to_be_visible(timeout=10_000)
    rows = {edit["row"] for edit in Upload.objects.get().preparation.edits}
    assert rows == {22, 23}


def test_a6_yesterdays_file_is_undone(open_page: Open, analyst: User, source: Source, tmp_path: Path) -> None:
    quarter = source.company.quarters.get()
    first = refresh(quarter.pk)
    assert first is not None
    person = Person(open_page("/dati/", user=analyst))
    person.send(source, file_of(tmp_path, rows_of(40)))
    person.click("confirm")
    work()
    person.page.goto("/dati/")
    before = person.clicks
    person.click("receipt")
    person.click("undo")
    person.click("confirm-undo")
    assert person.clicks - before <= 3
    work()
    assert Part.objects.count() == 0
    assert quarter.editions.get().digest == first.digest


@pytest.mark.parametrize("step", ["riconosci", "abbina", "controlla", "conferma"])
def test_every_step_fits_a_narrow_screen(
    open_page: Open, analyst: User, source: Source, tmp_path: Path, step: str
) -> None:
    bad = ["X1,2026-07-01,Assistnza,8/10"] if step == "controlla" else []
    page = open_page(f"/dati/carica/?fonte={source.slug}", user=analyst, width=320)
    page.get_by_label("File", exact=True).set_input_files(file_of(tmp_path, [*rows_of(9), *bad]))
    page.locator("[data-test=submit]").click()
    work()
    page.goto(f"/dati/bozze/{Upload.objects.get().pk}/{step}/")
    expect(page.locator("[aria-current=step]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_whole_correction_without_scripts_by_keyboard(
    open_page: Open, analyst: User, source: Source, tmp_path: Path
) -> None:
    page = open_page(f"/dati/carica/?fonte={source.slug}", user=analyst, java_script_enabled=False)
    page.get_by_label("File", exact=True).set_input_files(
        file_of(tmp_path, [*rows_of(9), "X1,2026-07-01,Assistenza,11"])
    )
    page.locator("[data-test=submit]").press("Enter")
    work()
    page.get_by_role("link", name="Aggiorna").press("Enter")
    page.locator("[data-test=cell]").fill("10")
    page.locator("[data-test=save-cells]").press("Enter")
    work()
    page.get_by_role("link", name="Aggiorna").press("Enter")
    page.locator("[data-test=confirm]").press("Enter")
    work()
    assert Upload.objects.get().state == "accepted"
