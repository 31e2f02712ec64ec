"""What ``manage.py demo`` leaves in the database: a generated company, its observations, its people."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from django.core import mail
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from company.models import Company, User
from demo import model
from demo.folder import LATE, everything
from demo.notebooks import WRITTEN
from demo.people import let_in
from demo.reset import forget
from demo.tills import Tills
from journeys.models import Quarter, Upload
from meetings.models import Meeting
from metrics.models import Edition, Objection, Remark
from metrics.publish import announce
from metrics.report import Report
from metrics.seals import broken_links
from tests import make
from tests.journeys.test_companyfile_import import observations

pytestmark = pytest.mark.django_db
FEW = 60
FILES = 21
VALUE = 6


@dataclass(frozen=True)
class Ground:
    """The folder the demo was made in, and what it said."""

    home: Path
    said: str


@pytest.fixture(scope="module")
def ground(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """The demo made once for the module, with a few orders a quarter."""
    home = tmp_path_factory.mktemp("demo")
    places = {f"{name}_DIR": home / name.lower() for name in ("DEMO", "SECRETS", "UPLOADS", "LAKE")}
    settings = override_settings(DEMO_PASSWORD="", **places)
    out = StringIO()
    with django_db_blocker.unblock(), settings, patch.object(model, "ORDERS", FEW):
        with translation.override("en"):
            call_command("demo", stdout=out)
        yield Ground(home, out.getvalue())
        forget(Company.objects.get(slug="aurora"))


@pytest.fixture
def company(ground: Ground) -> Company:
    return Company.objects.get(slug="aurora")


def test_the_company_comes_in_by_the_ordinary_import(company: Company) -> None:
    assert company.generated
    accepted = Upload.objects.filter(company=company, state=Upload.State.ACCEPTED)
    assert accepted.filter(way=Upload.Way.FILE).count() == FILES


def test_two_departments_write_what_they_keep_on_paper(company: Company) -> None:
    grids = Upload.objects.filter(company=company, way=Upload.Way.HAND, state=Upload.State.ACCEPTED)
    assert {upload.source.department.slug for upload in grids} == {"logistica", "punti-vendita"}
    assert sorted(upload.rows_in for upload in grids)[:2] == [WRITTEN, WRITTEN]


def test_every_quarter_has_figures_that_are_up_to_date(company: Company) -> None:
    computed = Quarter.objects.filter(company=company, stale=False, editions__isnull=False).distinct()
    assert computed.count() == Quarter.objects.filter(company=company).count() == 9


def test_what_was_drawn_is_what_was_taken_in(company: Company, ground: Ground) -> None:
    taken: dict[str, list[float]] = {}
    with override_settings(LAKE_DIR=ground.home / "lake"):
        for row in observations(company):
            taken.setdefault(row[0], []).append(float(row[VALUE]))
    codes = [quarter.code for quarter in Quarter.objects.filter(company=company).order_by("starts")]
    tills = Tills([code.days() for code in codes])
    with patch.object(model, "ORDERS", FEW):
        drawn_quarters, known = model.generate(), everything(codes, tills)
    for slug, result in model.RESULTS.items():
        drawn = np.concatenate([quarter.results[slug] for quarter in drawn_quarters])
        drawn = drawn[~np.isnan(drawn)] * (60 if result.draw == "minutes" else 1)
        assert len(taken[slug]) == len(drawn), slug
        assert sum(taken[slug]) == pytest.approx(drawn.sum()), slug
    for slug in model.OUTCOMES:
        assert sum(taken[slug]) == np.nansum([order.votes[slug] for quarter in known for order in quarter]), slug
    begun = tills.open[int(tills.first < tills.quarters[0][0]) :]
    assert sum(taken["casse_aperte"]) == pytest.approx(begun.sum())


def test_one_person_of_each_role_can_sign_in_with_the_generated_password(ground: Ground) -> None:
    file = ground.home / "secrets" / "demo-password"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() in ground.said
    people = User.objects.filter(membership__company__slug="aurora")
    assert {person.membership.role for person in people} == {"head", "analyst", "facilitator", "reader", "admin"}
    assert all(person.check_password(file.read_text()) for person in people)
    assert "capo.logistica@aurora.example" in ground.said


def test_a_password_of_the_settings_lets_everybody_in_and_is_hashed_once(db: None) -> None:
    other = make.company()
    people = [make.user(other), make.user(other)]
    let_in(other, "scelta da chi installa")
    for person in people:
        person.refresh_from_db()
    hashes = {person.password for person in people}
    let_in(other, "scelta da chi installa")
    assert {User.objects.get(pk=person.pk).password for person in people} == hashes
    assert all(person.check_password("scelta da chi installa") for person in people)


def test_every_quarter_but_the_last_is_published_in_its_time_and_chained(company: Company) -> None:
    quarters = list(company.quarters.order_by("year", "number"))
    assert [quarter.state for quarter in quarters] == ["published"] * 8 + ["open"]
    out = Edition.objects.filter(quarter__company=company, state="published").order_by("number")
    assert [row.published for row in out] == sorted(row.published for row in out if row.published)
    assert all(row.published and row.published.date() > row.quarter.ends for row in out)
    assert broken_links(company) == []


def test_one_quarter_is_restated_by_a_late_file_with_another_health(company: Company) -> None:
    first, second = Edition.objects.filter(quarter__company=company, state="published", quarter__editions__version=2)
    old, new = Report.parse(first.content).health, Report.parse(second.content).health
    assert old.n < new.n
    assert old.value != new.value
    assert second.reason
    assert Upload.objects.filter(filename=LATE, state=Upload.State.ACCEPTED).exists()


def test_the_past_holds_a_settled_objection_a_note_and_a_meeting_on_published_figures(company: Company) -> None:
    objection = Objection.objects.get(edition__quarter__company=company)
    assert (objection.state, objection.edition.state) == ("dismissed", "published")
    assert Remark.objects.get(quarter__company=company).kind == "note"
    held, prepared = Meeting.objects.filter(quarter__company=company).order_by("quarter__year", "quarter__number")
    assert (held.state, held.draft, prepared.state) == ("closed", False, "prepared")


def test_nobody_gets_a_letter_about_the_demos_past(company: Company) -> None:
    mail.outbox.clear()
    announce(timezone.now())
    assert mail.outbox == []
