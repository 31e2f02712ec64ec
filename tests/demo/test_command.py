"""``manage.py demo``: a generated company by the ordinary import, its people, and how it is taken away."""

from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from pytest_django import Settings

from company.models import Company, User
from demo import model
from demo.reset import forget
from journeys.models import Part, Quarter, Upload
from tests import make
from tests.journeys.test_companyfile_import import observations

pytestmark = pytest.mark.django_db(transaction=True)
FEW = 60
VALUE = 6


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


def test_the_demo_company_comes_in_by_the_ordinary_import() -> None:
    run_demo()
    company = Company.objects.get(slug="aurora")
    assert company.generated
    assert Upload.objects.filter(company=company, state=Upload.State.ACCEPTED).count() == 9
    assert Quarter.objects.filter(company=company, stale=True).count() == 9


def test_what_was_drawn_is_what_was_taken_in() -> None:
    run_demo()
    company = Company.objects.get(slug="aurora")
    taken: dict[str, list[float]] = {}
    for row in observations(company):
        taken.setdefault(row[0], []).append(float(row[VALUE]))
    quarters = model.generate()
    for slug, result in model.RESULTS.items():
        drawn = np.concatenate([quarter.results[slug] for quarter in quarters])
        drawn = drawn[~np.isnan(drawn)] * (60 if result.draw == "minutes" else 1)
        assert (len(taken[slug]), sum(taken[slug])) == (len(drawn), pytest.approx(drawn.sum())), slug
    for slug in model.OUTCOMES:
        drawn = np.concatenate([quarter.votes[slug] for quarter in quarters])
        assert sum(taken[slug]) == np.nansum(drawn), slug


def test_one_person_of_each_role_can_sign_in_with_the_generated_password(tmp_path: Path) -> None:
    said = run_demo()
    file = tmp_path / "secrets" / "demo-password"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() in said
    people = User.objects.filter(membership__company__slug="aurora")
    assert {person.membership.role for person in people} == {"head", "analyst", "facilitator", "reader", "admin"}
    assert all(person.check_password(file.read_text()) for person in people)
    assert "capo.logistica@aurora.example" in said


def test_a_password_of_the_settings_is_taken(settings: Settings, tmp_path: Path) -> None:
    settings.DEMO_PASSWORD = "scelta da chi installa"
    run_demo()
    assert User.objects.get(email="lettore@aurora.example").check_password("scelta da chi installa")
    assert not (tmp_path / "secrets").exists()


def test_a_second_run_changes_nothing() -> None:
    run_demo()
    Quarter.objects.update(stale=False)
    uploads = set(Upload.objects.values_list("pk", flat=True))
    hashes = set(User.objects.values_list("password", flat=True))
    run_demo()
    assert set(Upload.objects.values_list("pk", flat=True)) == uploads
    assert set(User.objects.values_list("password", flat=True)) == hashes
    assert not Quarter.objects.stale().exists()


def test_an_import_cut_short_goes_on_where_it_stopped() -> None:
    run_demo()
    last = Upload.objects.get(filename="indagine_relazione.csv")
    last.delete()
    run_demo()
    assert Upload.objects.filter(state=Upload.State.ACCEPTED).count() == 9


def test_a_reset_makes_the_company_anew_and_leaves_no_file_behind(settings: Settings) -> None:
    run_demo()
    before = set(Upload.objects.values_list("pk", flat=True))
    run_demo("--reset")
    assert not before & set(Upload.objects.values_list("pk", flat=True))
    assert len(list(Path(settings.UPLOADS_DIR).iterdir())) == 9
    kept = {path.stem for path in Path(settings.LAKE_DIR).rglob("*.parquet")}
    assert kept == set(Part.objects.values_list("sha256", flat=True))


def test_a_real_company_of_the_same_name_is_left_alone() -> None:
    Company.objects.create(slug="aurora", name="Aurora S.p.A.")
    with pytest.raises(CommandError, match="real company"):
        run_demo()


def test_only_a_generated_company_can_be_forgotten() -> None:
    with pytest.raises(ValueError, match="generated"):
        forget(make.company())
