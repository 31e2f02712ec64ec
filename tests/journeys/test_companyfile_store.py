"""What a company.yml declares, in the database and back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from company.models import Membership, Unit, User
from journeys.company_export import to_yaml
from journeys.companyfile import store
from journeys.companyfile.definitions import CompanyFile, TargetEntry
from journeys.companyfile.parse import parse_company
from journeys.models import Indicator, Influence, Quarter, Stage
from tests.companyfolder import folder_with

OLIST = Path(__file__).parent.parent / "data" / "olist"


@pytest.fixture
def entry(tmp_path: Path) -> CompanyFile:
    return parse_company(folder_with(tmp_path / "prova"))


def without_files(entry: CompanyFile) -> CompanyFile:
    return replace(entry, sources=tuple(replace(source, files=()) for source in entry.sources))


@pytest.mark.django_db
def test_what_is_written_is_what_is_read_back(entry: CompanyFile) -> None:
    assert store.read(store.write(entry)) == without_files(entry)


@pytest.mark.django_db
def test_writing_twice_adds_nothing(entry: CompanyFile) -> None:
    first = store.read(store.write(entry))
    assert store.read(store.write(entry)) == first
    assert Indicator.objects.count() == len(entry.indicators)


@pytest.mark.django_db
def test_the_quarters_have_the_days_of_the_fiscal_calendar(entry: CompanyFile) -> None:
    company = store.write(replace(entry, fiscal_start_month=7))
    quarter = Quarter.objects.get(company=company, year=2026, number=2)
    assert (quarter.starts, quarter.ends) == (date(2025, 10, 1), date(2025, 12, 31))
    assert store.read(company).quarters == entry.quarters


@pytest.mark.django_db
def test_influences_and_targets_no_longer_declared_are_taken_away(entry: CompanyFile) -> None:
    store.write(entry)
    changed = [
        replace(item, influences=("",), targets=(TargetEntry(date(2026, 7, 1), Decimal("0.04")),))
        if item.slug == "in_ritardo"
        else item
        for item in entry.indicators
    ]
    store.write(replace(entry, indicators=tuple(changed)))
    indicator = Indicator.objects.get(slug="in_ritardo")
    assert list(Influence.objects.filter(indicator=indicator).values_list("stage", flat=True)) == [None]
    assert [target.starts for target in indicator.targets.all()] == [date(2026, 7, 1)]


@pytest.mark.django_db
def test_what_the_file_no_longer_names_stays(entry: CompanyFile) -> None:
    store.write(entry)
    company = store.write(replace(entry, indicators=entry.indicators[:1], sources=(), units=()))
    assert Indicator.objects.filter(company=company).count() == len(entry.indicators)
    assert Unit.objects.filter(company=company).count() == 1
    assert Stage.objects.filter(journey__company=company).count() == 2


@pytest.mark.django_db
def test_people_get_their_place_and_no_password(entry: CompanyFile) -> None:
    store.write(entry)
    member = Membership.objects.get(user__email="capo@prova.example")
    assert (member.role, [department.slug for department in member.departments.all()]) == ("head", ["logistica"])
    assert not User.objects.get(email="capo@prova.example").has_usable_password()


@pytest.mark.django_db
def test_an_export_is_read_as_the_same_company(entry: CompanyFile, tmp_path: Path) -> None:
    known = store.read(store.write(entry))
    (tmp_path / "company.yml").write_text(to_yaml(known, {}), encoding="utf-8")
    assert parse_company(tmp_path) == known


@pytest.mark.django_db
def test_the_olist_company_is_the_same_after_an_export(shared_data: Path, tmp_path: Path) -> None:
    known = store.read(store.write(parse_company(OLIST)))
    (tmp_path / "company.yml").write_text(to_yaml(known, {}), encoding="utf-8")
    assert store.read(store.write(parse_company(tmp_path))) == known


def test_exactly_four_olist_results_are_declared_to_act_on_the_vote(shared_data: Path) -> None:
    entry = parse_company(OLIST)
    acting = {item.slug for item in entry.indicators if item.influences}
    assert acting == {"late_delivery", "late_handover", "approval_over_24h", "several_sellers"}
    assert all(item.influences in ((), ("",)) for item in entry.indicators)
