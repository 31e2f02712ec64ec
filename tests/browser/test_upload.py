"""From the sign-in page to a receipt and back, as a person does it."""

from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from pytest_django import Settings

from company.models import User
from journeys import ingest, ledger
from journeys.models import Indicator, Job, Journey, Part, Quarter, Source, Stage, Upload
from metrics.refresh import refresh
from tests import dati, make
from tests.chromium import Guard, Open

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def analyst(transactional_db: None) -> User:
    made = make.company(generated=True)
    Journey.objects.create(company=made, name="Percorso")
    dati.votes_source(make.department(made, "Logistica"), "Voti di consegna")
    make.quarter(made)
    return make.user(made, "analyst")


@pytest.fixture
def votes(tmp_path: Path) -> Path:
    file = tmp_path / "voti di luglio.csv"
    file.write_bytes(dati.votes(*[8, 9, 7] * 20))
    return file


def sign_in(page: Page, user: User) -> None:
    page.get_by_label("Indirizzo e-mail").fill(user.email)
    page.get_by_label("Password").fill(make.PASSWORD)
    page.get_by_role("button", name="Accedi").press("Enter")


def send(page: Page, file: Path) -> None:
    page.get_by_label("Fonte").select_option(label="Voti di consegna · Logistica")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Carica").press("Enter")


def work() -> None:
    """What worker and sweeper do, done here."""
    for job in Job.objects.filter(state=Job.State.QUEUED):
        ledger.run(job.pk)


def compute() -> None:
    for quarter in Quarter.objects.filter(stale=True):
        refresh(quarter.pk)


def test_a_file_goes_in_and_out_again(open_page: Open, analyst: User, votes: Path) -> None:
    page = open_page("/dati/")
    sign_in(page, analyst)
    expect(page.get_by_role("heading", level=1)).to_have_text("Manca 1 fonte su 1: Voti di consegna.")
    page.get_by_role("link", name="Carica un file").click()
    send(page, votes)
    expect(page.locator("[data-test=status]")).to_contain_text("In attesa del suo turno · passo 1 di 5")
    work()
    page.locator("[data-test=confirm]").click(timeout=10_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Confermato: il file entra nella trimestrale")
    expect(page.locator("[data-test=status]")).to_contain_text("In attesa del suo turno · passo 4 di 5")
    work()
    expect(page.locator("[data-test=status]")).to_contain_text("Calcolo i numeri · passo 5 di 5", timeout=10_000)
    compute()
    page.get_by_role("link", name="Apri la ricevuta").click(timeout=10_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("60 righe caricate, nessuna persa")
    expect(page.locator("[data-test=sha256]")).to_have_text(Upload.objects.get().sha256)
    page.get_by_role("link", name="Annulla caricamento").click()
    page.get_by_role("button", name="Annulla caricamento").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Annullato")
    assert (Upload.objects.get().state, Part.objects.count()) == ("undone", 0)


def test_the_last_step_says_what_is_new_and_which_pages_change(
    open_page: Open, analyst: User, votes: Path, tmp_path: Path
) -> None:
    stage = Stage.objects.create(journey=Journey.objects.get(), slug="consegna", name="Consegna", position=0)
    Indicator.objects.update(stage=stage)
    source = Source.objects.get()
    ingest.receive(source, "prima.csv", [votes.read_bytes()], analyst)
    work()
    compute()
    more = tmp_path / "altri voti.csv"
    more.write_bytes(votes.read_bytes() + b"2026-07-16,6\n")
    page = open_page("/dati/carica/", user=analyst)
    send(page, more)
    work()
    expect(page.locator("[data-test=step-confirm]")).to_be_visible(timeout=10_000)
    told = {name: page.locator(f"[data-test={name}]").inner_text() for name in ("new", "changed", "equal", "out")}
    assert told == {"new": "1", "changed": "0", "equal": "60", "out": "0"}
    changes = page.locator("[data-test=reach]")
    expect(changes).to_contain_text("3º trimestre 2026")
    expect(changes.locator("[data-test=reach-departments]")).to_have_text("Logistica")
    where = changes.get_by_role("link", name="Consegna").get_attribute("href") or ""
    page.locator("[data-test=confirm]").click()
    work()
    compute()
    page.get_by_role("link", name="Apri la ricevuta").click(timeout=10_000)
    expect(page.locator("[data-test=receipt-title]")).to_be_visible()
    page.goto(page.url.split("/dati/")[0] + where)
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_everything_works_without_scripts(open_page: Open, analyst: User, votes: Path) -> None:
    page = open_page("/dati/carica/", user=analyst, java_script_enabled=False)
    send(page, votes)
    expect(page.locator("[data-test=status]")).to_contain_text("passo 1 di 5")
    work()
    page.get_by_role("link", name="Aggiorna").click()
    page.locator("[data-test=confirm]").click()
    work()
    compute()
    page.get_by_role("link", name="Aggiorna").click()
    page.get_by_role("link", name="Apri la ricevuta").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("60 righe caricate, nessuna persa")


def test_a_page_left_is_found_again(open_page: Open, analyst: User, votes: Path) -> None:
    page = open_page("/dati/carica/", user=analyst)
    send(page, votes)
    page.get_by_role("link", name="Torna ai dati").click()
    page.get_by_role("link", name="in preparazione").click()
    expect(page.locator("[data-test=status]")).to_contain_text("passo 1 di 5")


def test_the_summary_of_errors_takes_the_focus_and_leads_to_the_field(
    open_page: Open, analyst: User, guard: Guard
) -> None:
    page = open_page("/dati/carica/", user=analyst)
    page.get_by_role("button", name="Carica").press("Enter")
    expect(page.locator("[data-test=errors]")).to_be_focused()
    page.get_by_role("link", name="Scegli un file.").press("Enter")
    expect(page.get_by_label("File", exact=True)).to_be_focused()
    assert all("422" in fault for fault in guard.faults)
    guard.faults.clear()


def test_a_file_that_is_wrong_is_explained_by_row(open_page: Open, analyst: User, tmp_path: Path) -> None:
    wrong = tmp_path / "sbagliati.csv"
    wrong.write_bytes(dati.votes(8, 11))
    page = open_page("/dati/carica/", user=analyst)
    send(page, wrong)
    work()
    expect(page.locator("[data-test=step-check]")).to_have_text("1 riga da correggere", timeout=10_000)
    expect(page.locator("[data-test=cell]")).to_have_value("11")


def test_a_file_over_the_limit_is_stopped_before_it_leaves(
    open_page: Open, analyst: User, votes: Path, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 100
    page = open_page("/dati/carica/", user=analyst)
    send(page, votes)
    expect(page.locator("[data-upload-status]")).to_contain_text("Il file è troppo grande")
    assert Upload.objects.count() == 0


def test_a_session_that_ends_while_waiting_leads_to_the_sign_in_page(
    open_page: Open, analyst: User, votes: Path
) -> None:
    page = open_page("/dati/carica/", user=analyst)
    send(page, votes)
    expect(page.locator("[data-test=status]")).to_contain_text("passo 1 di 5")
    Session.objects.all().delete()
    expect(page.get_by_role("button", name="Accedi")).to_be_visible(timeout=10_000)
    sign_in(page, analyst)
    expect(page.locator("[data-test=status]")).to_contain_text("passo 1 di 5")
