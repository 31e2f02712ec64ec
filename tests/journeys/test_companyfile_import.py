"""import_company and export_company: definitions and files in, the same definitions and files out."""

from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import translation

from company.models import AuditEntry, Company
from journeys.companyfile import store
from journeys.models import Indicator, Part, Quarter, Upload
from tests import make
from tests.companyfolder import COMPANY, VOTES, WITHOUT_FILES, folder_with

pytestmark = pytest.mark.django_db(transaction=True)


def run_import(folder: Path) -> str:
    """What the command said, in English."""
    out = StringIO()
    with translation.override("en"):
        call_command("import_company", str(folder), stdout=out)
    return out.getvalue()


def observations(company: Company) -> list[tuple[Any, ...]]:
    """Every observation of the company, in an order of its own."""
    rows: list[tuple[Any, ...]] = []
    for part in Part.objects.filter(upload__company=company):
        table = pq.read_table(Path(settings.LAKE_DIR) / part.sha256[:2] / f"{part.sha256}.parquet")
        rows += [tuple(row.values()) for row in table.to_pylist()]
    return sorted(rows, key=str)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_with(tmp_path / "prova")


@pytest.fixture
def definitions(tmp_path: Path) -> Path:
    """A folder whose company.yml names no file."""
    return folder_with(tmp_path / "prova", WITHOUT_FILES)


def test_a_folder_becomes_a_company_with_its_observations(folder: Path) -> None:
    said = run_import(folder)
    company = Company.objects.get(slug="prova")
    assert Upload.objects.filter(company=company, state=Upload.State.ACCEPTED).count() == 2
    assert len(observations(company)) == 3 + 4
    assert "Catena Prova: company created." in said
    assert "voti.csv (Voti): accepted. 4 rows → 4 observations." in said


def test_every_quarter_waits_for_its_figures_after_an_import(folder: Path) -> None:
    run_import(folder)
    assert all(quarter.stale and quarter.revision > 0 for quarter in Quarter.objects.all())


def test_the_same_folder_again_is_skipped_and_changes_nothing(folder: Path) -> None:
    run_import(folder)
    Quarter.objects.update(stale=False)
    revisions = list(Quarter.objects.values_list("revision", flat=True))
    entries = AuditEntry.objects.count()
    said = run_import(folder)
    assert said.count("already accepted, skipped") == 2
    assert "definitions unchanged" in said
    assert list(Quarter.objects.values_list("revision", flat=True)) == revisions
    assert AuditEntry.objects.count() == entries
    assert Upload.objects.count() == 2


def test_changed_definitions_make_open_quarters_stale_and_leave_published_ones(definitions: Path) -> None:
    run_import(definitions)
    Quarter.objects.update(stale=False)
    Quarter.objects.filter(number=2).update(state=Quarter.State.PUBLISHED)
    folder_with(definitions, WITHOUT_FILES.replace("value: 0.05", "value: 0.04"))
    assert "definitions updated" in run_import(definitions)
    assert list(Quarter.objects.values_list("number", "stale")) == [(2, False), (3, True)]


def test_a_new_person_alone_makes_no_figure_stale(definitions: Path) -> None:
    run_import(definitions)
    Quarter.objects.update(stale=False)
    folder_with(definitions, WITHOUT_FILES + "  - {email: nuovo@prova.example, role: reader}\n")
    run_import(definitions)
    assert not Quarter.objects.stale().exists()


def test_a_refused_file_is_explained_and_the_command_fails(folder: Path) -> None:
    (folder / "voti.csv").write_text(VOTES.replace(",5\n", ",cinque\n"), encoding="utf-8")
    out = StringIO()
    with translation.override("en"), pytest.raises(CommandError, match=r"1 file was refused"):
        call_command("import_company", str(folder), stdout=out)
    assert "voti.csv (Voti): refused." in out.getvalue()
    assert "cinque" in out.getvalue()
    assert Upload.objects.get(filename="consegne.csv").state == Upload.State.ACCEPTED


def test_a_refused_file_is_taken_once_it_is_repaired(folder: Path) -> None:
    (folder / "voti.csv").write_text(VOTES.replace(",5\n", ",cinque\n"), encoding="utf-8")
    with pytest.raises(CommandError):
        run_import(folder)
    (folder / "voti.csv").write_text(VOTES, encoding="utf-8")
    assert "voti.csv (Voti): accepted." in run_import(folder)


def test_a_broken_company_file_writes_nothing(folder: Path) -> None:
    folder_with(folder, COMPANY.replace("kind: share", "kind: shares"))
    with translation.override("en"), pytest.raises(CommandError, match=r"company\.yml, line \d+, indicators\[1\]"):
        run_import(folder)
    assert not Company.objects.exists()
    assert not Upload.objects.exists()


def test_the_fiscal_calendar_of_a_known_company_cannot_change(definitions: Path) -> None:
    run_import(definitions)
    folder_with(definitions, WITHOUT_FILES.replace("  unit_name", "  fiscal_start_month: 7\n  unit_name"))
    with pytest.raises(CommandError, match="fiscal"):
        run_import(definitions)


def test_a_person_of_another_company_is_refused(folder: Path) -> None:
    make.user(make.company("Altra"), email="capo@prova.example")
    with pytest.raises(CommandError, match=r"capo@prova\.example"):
        run_import(folder)
    assert not Company.objects.filter(slug="prova").exists()


def test_essential_indicators_the_file_does_not_name_count_for_the_cap(definitions: Path) -> None:
    run_import(definitions)
    company = Company.objects.get(slug="prova")
    known = Indicator.objects.get(slug="in_ritardo")
    for place in range(12):
        Indicator.objects.create(
            company=company, department=known.department, slug=f"in-piu-{place}", name="In più", definition="Prova.",
            role="result", kind="share", evidence="record", essential=True,
        )  # fmt: skip
    with pytest.raises(CommandError, match="essential"):
        run_import(definitions)


def test_a_changed_mapping_says_that_accepted_files_keep_their_reading(folder: Path) -> None:
    run_import(folder)
    folder_with(folder, COMPANY.replace("by: day", "by: moment"))
    assert "The mapping of source “consegne” changed" in run_import(folder)


def test_an_export_imported_elsewhere_gives_the_same_company(folder: Path, tmp_path: Path) -> None:
    run_import(folder)
    company = Company.objects.get(slug="prova")
    call_command("export_company", "prova", str(tmp_path / "out"), stdout=StringIO())
    before, seen = store.read(company), observations(company)
    text = (tmp_path / "out" / "company.yml").read_text(encoding="utf-8")
    assert (tmp_path / "out" / "files" / "voti" / "voti.csv").read_text(encoding="utf-8") == VOTES
    twin = text.replace("slug: prova\n", "slug: gemella\n").replace("capo@prova", "capo@gemella")
    (tmp_path / "out" / "company.yml").write_text(twin, encoding="utf-8")
    run_import(tmp_path / "out")
    other = Company.objects.get(slug="gemella")
    assert store.read(other).figures_only().indicators == before.indicators
    assert store.read(other).sources == before.sources
    assert observations(other) == seen


def test_an_export_holds_no_password(folder: Path, tmp_path: Path) -> None:
    run_import(folder)
    call_command("export_company", "prova", str(tmp_path / "out"), stdout=StringIO())
    people = yaml.safe_load((tmp_path / "out" / "company.yml").read_text(encoding="utf-8"))["people"]
    assert people == [
        {"email": "capo@prova.example", "role": "head", "name": "Elena Conti", "departments": ["logistica"]}
    ]


def test_an_export_leaves_a_folder_in_use_alone(folder: Path) -> None:
    run_import(folder)
    with pytest.raises(CommandError, match="not empty"), translation.override("en"):
        call_command("export_company", "prova", str(folder))


def test_an_export_into_what_cannot_be_a_folder_is_told(definitions: Path, tmp_path: Path) -> None:
    run_import(definitions)
    (tmp_path / "file").write_text("")
    with translation.override("en"), pytest.raises(CommandError, match="cannot be made"):
        call_command("export_company", "prova", str(tmp_path / "file" / "out"))


def test_an_export_refuses_an_original_that_was_tampered_with(folder: Path, tmp_path: Path) -> None:
    run_import(folder)
    Upload.objects.get(filename="voti.csv").path.write_text("altro", encoding="utf-8")
    with translation.override("en"), pytest.raises(CommandError, match="not what its receipt says"):
        call_command("export_company", "prova", str(tmp_path / "out"))


def test_an_unknown_company_cannot_be_exported(tmp_path: Path) -> None:
    with translation.override("en"), pytest.raises(CommandError, match="no company “nessuna”"):
        call_command("export_company", "nessuna", str(tmp_path / "out"))


def test_somebody_of_another_company_is_told_at_the_line_that_names_them(definitions: Path) -> None:
    make.user(make.company("Altra catena"), email="capo@prova.example")
    line = next(n for n, text in enumerate(WITHOUT_FILES.split("\n"), start=1) if "capo@prova.example" in text)
    with pytest.raises(CommandError) as caught:
        run_import(definitions)
    assert str(caught.value) == (
        f"company.yml, line {line}, people[0].email: capo@prova.example already belongs to another company"
    )
    assert not Company.objects.filter(slug="prova").exists()
