"""The blind forecast: given by the head before the quarter's last day, kept as it is afterwards."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from company.models import AuditEntry, Company, Department, User
from journeys import forecasting
from journeys.calendar import QuarterCode
from journeys.models import Forecast, Influence, Quarter, Stage
from tests import make

ROME = ZoneInfo("Europe/Rome")
UNDER_WAY = datetime(2026, 9, 10, 9, tzinfo=UTC)
OVER = datetime(2026, 10, 3, 9, tzinfo=UTC)


@pytest.fixture
def logistics(company: Company) -> Department:
    """A department that works on Consegna, in a journey of two stages."""
    journey = make.journey(company, "Acquisto", "Consegna")
    made = company.departments.get(slug="logistica")
    Influence.objects.create(department=made, stage=journey.stages.get(slug="consegna"))
    return made


@pytest.fixture
def head(company: Company, logistics: Department, client: Client) -> User:
    """Its head, signed in."""
    made = make.user(company, "head", [logistics])
    client.force_login(made)
    return made


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The clock stands in the third quarter of 2026."""
    monkeypatch.setattr(timezone, "now", lambda: UNDER_WAY)
    return monkeypatch


def sheet(department: Department, code: str) -> forecasting.Sheet:
    return next(row for row in forecasting.sheets(department) if row.code == QuarterCode.parse(code))


def give(department: Department, actor: User, value: str, code: str = "2026-3") -> list[Forecast]:
    return forecasting.give(department, sheet(department, code), {"consegna": Decimal(value)}, actor)


def test_a_department_is_asked_about_the_stages_it_works_on(logistics: Department) -> None:
    assert [stage.slug for stage in forecasting.stages_of(logistics)] == ["consegna"]


def test_a_department_that_names_no_stage_is_asked_about_all(company: Company, logistics: Department) -> None:
    other = make.department(company, "Direzione")
    assert [stage.slug for stage in forecasting.stages_of(other)] == ["acquisto", "consegna"]


def test_before_the_last_day_a_forecast_is_blind(head: User, logistics: Department, today: pytest.MonkeyPatch) -> None:
    (made,) = give(logistics, head, "79")
    assert (made.blind, made.day, made.ends) == (True, date(2026, 9, 10), date(2026, 9, 30))


def test_the_last_day_is_that_of_the_company(head: User, logistics: Department, today: pytest.MonkeyPatch) -> None:
    today.setattr(timezone, "now", lambda: datetime(2026, 9, 29, 21, 30, tzinfo=UTC))
    assert give(logistics, head, "79")[0].blind
    today.setattr(timezone, "now", lambda: datetime(2026, 9, 29, 22, 30, tzinfo=UTC))
    assert give(logistics, head, "70") == []
    today.setattr(timezone, "now", lambda: datetime(2026, 9, 30, 22, 30, tzinfo=UTC))
    assert forecasting.sheets(logistics)[0].code == QuarterCode(2026, 4)


def test_on_the_last_day_it_is_a_posteriori(head: User, logistics: Department, today: pytest.MonkeyPatch) -> None:
    today.setattr(timezone, "now", lambda: datetime(2026, 9, 30, 9, tzinfo=UTC))
    assert not give(logistics, head, "79")[0].blind


def test_the_page_says_until_which_day(head: User, client: Client, today: pytest.MonkeyPatch) -> None:
    assert "Fino al 29 settembre 2026 si può dare di nuovo" in client.get("/previsioni/logistica/").content.decode()


def test_before_the_last_day_it_may_be_given_anew_and_the_log_holds_both(
    head: User, logistics: Department, today: pytest.MonkeyPatch
) -> None:
    today.setattr(timezone, "now", lambda: UNDER_WAY.replace(year=2099))  # the database has a clock of its own
    here = forecasting.sheets(logistics)[0]
    for value in ("79", "75.5"):
        forecasting.give(logistics, here, {"consegna": Decimal(value)}, head)
    found = [(row.subject, row.detail) for row in AuditEntry.objects.all()]
    said = (["", "79"], ["79.0", "75.5"])
    assert found == [(f"logistica {here.code}", {"Consegna": numbers, "blind": True}) for numbers in said]
    assert Forecast.objects.get().value == Decimal("75.5")


def test_the_same_number_again_writes_nothing(head: User, logistics: Department, today: pytest.MonkeyPatch) -> None:
    give(logistics, head, "79")
    assert give(logistics, head, "79") == []


def test_after_the_quarter_it_is_a_posteriori_and_given_once(
    company: Company, head: User, logistics: Department, today: pytest.MonkeyPatch
) -> None:
    make.quarter(company)
    today.setattr(timezone, "now", lambda: OVER)
    assert not give(logistics, head, "70")[0].blind
    assert give(logistics, head, "60") == []
    assert Forecast.objects.get().value == Decimal(70)


def test_a_published_quarter_is_asked_about_no_more(
    company: Company, logistics: Department, today: pytest.MonkeyPatch
) -> None:
    make.quarter(company, state=Quarter.State.PUBLISHED)
    today.setattr(timezone, "now", lambda: OVER)
    assert [str(row.code) for row in forecasting.sheets(logistics)] == ["2026-4"]


@pytest.mark.parametrize("change", [{"value": Decimal(60)}, {"given": OVER - timedelta(days=30)}, None])
def test_the_database_keeps_a_forecast_whose_quarter_is_over(
    logistics: Department, change: dict[str, object] | None
) -> None:
    stage = Stage.objects.get(slug="consegna")
    given = {"year": 2018, "number": 1, "ends": date(2018, 3, 31), "value": 80, "given": timezone.now()}
    made = Forecast.objects.filter(pk=Forecast.objects.create(department=logistics, stage=stage, **given).pk)
    with pytest.raises(IntegrityError, match="it stays as it is"), transaction.atomic():
        made.delete() if change is None else made.update(**change)


def test_the_database_keeps_it_on_the_last_day_already(logistics: Department) -> None:
    given = {"year": 2018, "number": 1, "ends": timezone.localdate(timezone=ROME), "value": 80, "given": timezone.now()}
    made = Forecast.objects.create(department=logistics, stage=Stage.objects.get(slug="consegna"), **given)
    with pytest.raises(IntegrityError, match="it stays as it is"), transaction.atomic():
        Forecast.objects.filter(pk=made.pk).update(value=60)


def test_the_page_asks_for_the_quarter_under_way(head: User, client: Client) -> None:
    page = client.get("/previsioni/logistica/").content.decode()
    code = QuarterCode.of(timezone.localdate())
    assert f'name="{code}-consegna"' in page


def test_what_is_given_on_the_page_is_kept(head: User, client: Client) -> None:
    code = str(QuarterCode.of(timezone.localdate()))
    response = client.post("/previsioni/logistica/", {"quarter": code, f"{code}-consegna": "79,5"})
    assert (response.status_code, Forecast.objects.get().value) == (303, Decimal("79.5"))


@pytest.mark.parametrize("said", ["", "101", "-1", "tanto"])
def test_what_is_no_number_of_the_scale_is_not_kept(head: User, client: Client, said: str) -> None:
    code = str(QuarterCode.of(timezone.localdate()))
    response = client.post("/previsioni/logistica/", {"quarter": code, f"{code}-consegna": said})
    assert (response.status_code, Forecast.objects.count()) == (422, 0)


def test_a_quarter_that_is_not_asked_about_is_not_found(head: User, client: Client) -> None:
    assert client.post("/previsioni/logistica/", {"quarter": "2031-1"}).status_code == 404
