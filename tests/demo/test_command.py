"""``manage.py demo`` run again: nothing twice, an import cut short, a reset, a real company."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from pytest_django import Settings

from company.audit import export_broken, export_heads, forget_export
from company.models import Company, User
from demo import model
from demo.reset import forget
from journeys.models import Part, Quarter, Source, Upload
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
FEW = 60
FILES, GRIDS = 21, 4


@pytest.fixture(autouse=True)
def small_and_apart(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few orders a quarter, in a folder of the test's own."""
    settings.DEMO_DIR = tmp_path / "demo"
    settings.SECRETS_DIR = tmp_path / "secrets"
    settings.DEMO_PASSWORD = ""
    monkeypatch.setattr(model, "ORDERS", FEW)


def run_demo(*options: str) -> str:
    out = StringIO()
    with translation.override("en"):
        call_command("demo", *options, stdout=out)
    return out.getvalue()


def test_a_second_run_changes_nothing() -> None:
    run_demo()
    Quarter.objects.update(stale=False)
    uploads = set(Upload.objects.values_list("pk", flat=True))
    hashes = set(User.objects.values_list("password", flat=True))
    run_demo()
    assert not Source.objects.filter(owner=None).exists()
    assert set(Upload.objects.values_list("pk", flat=True)) == uploads
    assert set(User.objects.values_list("password", flat=True)) == hashes
    assert not Quarter.objects.stale().exists()


def test_an_import_cut_short_goes_on_where_it_stopped() -> None:
    run_demo()
    Upload.objects.get(filename__startswith="indagine_relazione_").delete()
    run_demo()
    assert Upload.objects.filter(state=Upload.State.ACCEPTED, way=Upload.Way.FILE).count() == FILES


def test_a_reset_makes_the_company_anew_and_leaves_no_file_behind(settings: Settings) -> None:
    run_demo()
    before = set(Upload.objects.values_list("pk", flat=True))
    export_heads(timezone.now())
    run_demo("--reset")
    assert export_broken(Company.objects.get()) == []
    assert not before & set(Upload.objects.values_list("pk", flat=True))
    assert len(list(Path(settings.UPLOADS_DIR).iterdir())) == FILES + GRIDS
    kept = {path.stem for path in Path(settings.LAKE_DIR).rglob("*.parquet")}
    assert kept == set(Part.objects.values_list("sha256", flat=True))


def test_a_real_company_of_the_same_name_is_left_alone() -> None:
    Company.objects.create(slug="aurora", name="Aurora S.p.A.")
    with pytest.raises(CommandError, match="real company"):
        run_demo()


def test_only_a_generated_company_can_be_forgotten() -> None:
    with pytest.raises(ValueError, match="generated"):
        forget(make.company())
    with pytest.raises(ValueError, match="generated"):
        forget_export(make.company())
