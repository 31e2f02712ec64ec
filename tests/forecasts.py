"""Forecasts for tests, given on a day of choice."""

from datetime import UTC, datetime
from decimal import Decimal

from company.models import Company
from journeys.calendar import QuarterCode
from journeys.models import Forecast, Journey, Stage

IN_TIME = datetime(2026, 9, 25, 9, tzinfo=UTC)


def forecast(
    company: Company, department: str, stage: str, value: str, at: tuple[str, datetime] = ("2026-3", IN_TIME)
) -> Forecast:
    """A saved forecast, ``at``: of which quarter and when given; its stage is made where the journey has none."""
    quarter = QuarterCode.parse(at[0])
    journey, _made = Journey.objects.get_or_create(company=company, defaults={"name": "Percorso"})
    place, _made = Stage.objects.get_or_create(journey=journey, slug=stage, defaults={"name": stage, "position": 0})
    made: Forecast = Forecast.objects.create(
        department=company.departments.get(slug=department),
        stage=place,
        year=quarter.year,
        number=quarter.number,
        ends=quarter.days(company.fiscal_start_month)[1],
        value=Decimal(value),
        given=at[1],
    )
    return made
