"""Before a file is confirmed its last page says which quarters, stages and departments it changes."""

import pytest
from django.test import Client

from company.models import Company, User
from journeys.consequences import Consequences, consequences_of
from journeys.drafts import Draft
from journeys.models import Indicator, IndicatorRole, Influence, Part, Quarter, Source, Stage, Upload
from tests import dati, make
from tests.journeys.test_drafts import confirmed, due, read, send

MAPPING = {"date": "giorno", "case": "ordine", "values": [{"indicator": "voto", "column": "voto"}]}
FILE = "ordine,giorno,voto\nA1,2026-07-01,8\nA2,2026-07-02,9\nA3,2026-07-03,7\n"


@pytest.fixture
def delivery(company: Company, quarter: Quarter) -> Stage:
    made = make.journey(company, "Scelta", "Consegna", "Assistenza")
    return made.stages.get(slug="consegna")


@pytest.fixture
def source(company: Company, delivery: Stage) -> Source:
    """Votes of the delivery, of the first department."""
    made = dati.source(company.departments.all()[0], MAPPING)
    company.indicators.update(lowest=0, highest=10, stage=delivery, role=IndicatorRole.OUTCOME)
    return made


@pytest.fixture
def browser(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


def reach(browser: Client, source: Source, text: str = FILE) -> Consequences:
    upload = Upload.objects.get(pk=send(browser, source, text).pk)
    return consequences_of(Draft(upload, upload.preparation))


def names(rows: object) -> list[str]:
    return [str(row) for row in rows]  # type: ignore[attr-defined]


def test_the_stage_of_a_vote_and_its_department_change(browser: Client, source: Source) -> None:
    found = reach(browser, source)
    assert [(str(one.quarter), one.rows) for one in found.quarters] == [("2026-3", 3)]
    assert (names(found.stages), names(found.departments)) == (["Consegna"], [source.department.name])


def test_departments_declared_to_act_on_the_stage_change_too(
    browser: Client, source: Source, company: Company, delivery: Stage
) -> None:
    warehouse, elsewhere = make.department(company, "Magazzino"), make.department(company, "Cassa")
    late = Indicator.objects.create(company=company, department=warehouse, slug="ritardi", name="Ritardi", kind="share")
    Influence.objects.create(department=warehouse, stage=delivery, indicator=late)
    Influence.objects.create(department=elsewhere, stage=Stage.objects.get(slug="scelta"))
    assert names(reach(browser, source).departments) == [source.department.name, "Magazzino"]


def test_a_result_changes_the_stages_it_acts_on(browser: Client, source: Source, company: Company) -> None:
    care, vote = Stage.objects.get(slug="assistenza"), company.indicators.get()
    Influence.objects.create(department=source.department, stage=care, indicator=vote)
    assert names(reach(browser, source).stages) == ["Consegna", "Assistenza"]


def test_a_vote_on_the_whole_journey_changes_no_stage_by_itself(
    browser: Client, source: Source, company: Company
) -> None:
    company.indicators.update(stage=None)
    sales = make.department(company, "Vendite")
    Influence.objects.create(department=sales)
    found = reach(browser, source)
    assert (names(found.stages), found.whole) == ([], True)
    assert "Vendite" in names(found.departments)


def test_a_measure_without_observations_changes_nothing(browser: Client, source: Source, company: Company) -> None:
    other = Indicator.objects.create(
        company=company, department=make.department(company, "Cassa"), slug="coda", name="Coda", kind="mean"
    )
    source.mapping = {**MAPPING, "values": [*MAPPING["values"], {"indicator": "coda", "column": "coda"}]}
    source.save()
    found = reach(browser, source, "ordine,giorno,voto,coda\nA1,2026-07-01,8,\nA2,2026-07-02,9,\n")
    assert other.department.name not in names(found.departments)


def test_later_quarters_that_look_back_are_computed_again_and_published_ones_stay(
    browser: Client, source: Source, company: Company
) -> None:
    later, last = make.quarter(company, "2026-4"), make.quarter(company, "2027-1", state="published")
    for quarter in (later, last):
        dati.upload(source, quarter=quarter)
    found = reach(browser, source)
    assert (names(found.later), names(found.standing)) == (["2026-4"], ["2027-1"])


def test_a_quarter_in_which_nothing_is_new_is_not_named(browser: Client, source: Source, company: Company) -> None:
    make.quarter(company, "2026-2")
    confirmed(browser, source, FILE)
    found = reach(browser, source, FILE + "B1,2026-06-30,5\n")
    assert [str(one.quarter) for one in found.quarters] == ["2026-2"]


def test_pages_are_linked_where_the_quarter_has_a_report(browser: Client, source: Source) -> None:
    confirmed(browser, source, FILE)
    upload: Upload = send(browser, source, FILE.replace(",9", ",10"))
    assert due(browser, upload) == "conferma"
    page = read(browser, upload, "conferma")
    assert '<a href="/t/2026-3/percorso/consegna/">Consegna</a>' in page
    assert f'<a href="/t/2026-3/reparti/{source.department.slug}/">' in page


def test_before_the_first_report_the_pages_are_only_named(browser: Client, source: Source) -> None:
    page = read(browser, send(browser, source, FILE), "conferma")
    assert "Consegna" in page
    assert "/percorso/consegna/" not in page


def test_rows_without_a_case_are_counted_one_by_one(browser: Client, source: Source) -> None:
    alone = ",2026-07-04,6\n"
    confirmed(browser, source, FILE + 3 * alone)
    second = confirmed(browser, source, FILE + 2 * alone)
    assert second.receipt["diff"] == {"new": 0, "changed": 0, "equal": 5, "gone": 1}
    assert sum(Part.objects.counted().values_list("observations", flat=True)) == 5
