"""Few and essential: the caps hold in the settings, as one retires before one adds."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from company.models import Company, User
from journeys.essential import IN_COMPANY, IN_STAGE, crowd
from journeys.models import Indicator
from tests import make

STAGES = ("Scoperta", "Scelta", "Acquisto", "Consegna", "Uso")


@given(st.lists(st.sampled_from(["", "a", "b", "c", "d", "e"]), max_size=16))
def test_a_crowd_fits_when_neither_the_company_nor_a_stage_has_too_many(places: list[str]) -> None:
    wanted = len(places) <= IN_COMPANY and all(places.count(place) <= IN_STAGE for place in "abcde")
    assert crowd(places).fits == wanted


@pytest.fixture
def indicators(company: Company) -> list[Indicator]:
    """Four results on each of five stages, none essential yet."""
    journey = make.journey(company, *STAGES)
    department = company.departments.all()[0]
    return [
        Indicator.objects.create(
            company=company, slug=f"{stage.slug}-{number}", name=f"{stage} {number}", role="result", kind="share",
            department=department, stage=stage, evidence="record", position=number,
        )
        for stage in journey.stages.all()
        for number in range(4)
    ]  # fmt: skip


@pytest.fixture
def page(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


def tick(page: Client, *slugs: str) -> int:
    return page.post("/impostazioni/essenziali/", dict.fromkeys(slugs, "on")).status_code


def test_a_fourth_essential_one_of_a_stage_is_refused_and_three_are_kept(
    page: Client, indicators: list[Indicator]
) -> None:
    three = [f"scelta-{number}" for number in range(3)]
    assert tick(page, *three) == 303
    assert tick(page, *three, "scelta-3") == 422
    assert sorted(Indicator.objects.filter(essential=True).values_list("slug", flat=True)) == three


def test_one_is_added_where_another_is_retired(page: Client, indicators: list[Indicator], company: Company) -> None:
    tick(page, "scelta-0", "scelta-1", "scelta-2")
    assert tick(page, "scelta-0", "scelta-1", "scelta-3") == 303
    entry = company.audit_entries.filter(action="settings.changed").latest("sequence")
    assert sorted(entry.detail.values()) == [["essenziale", "non essenziale"], ["non essenziale", "essenziale"]]


def test_a_thirteenth_essential_indicator_is_refused(page: Client, indicators: list[Indicator]) -> None:
    twelve = [f"{stage.lower()}-{number}" for stage in STAGES[:4] for number in range(3)]
    assert tick(page, *twelve) == 303
    answer = page.post("/impostazioni/essenziali/", dict.fromkeys([*twelve, "uso-0"], "on"))
    assert answer.status_code == 422
    assert "ritirane prima uno" in answer.content.decode()


def test_who_has_too_many_already_may_retire_them_one_by_one(page: Client, indicators: list[Indicator]) -> None:
    Indicator.objects.filter(slug__startswith="scelta").update(essential=True)
    Indicator.objects.filter(slug__endswith="0").update(essential=True)
    kept = Indicator.objects.filter(essential=True).exclude(slug="uso-0").values_list("slug", flat=True)
    assert tick(page, *kept) == 303
