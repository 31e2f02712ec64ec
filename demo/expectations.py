"""What three departments expected of the last two quarters: two of them in time, one too late."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from company.models import Company
from journeys.models import Forecast, Quarter, Stage

QUARTERS = 2
EVENING = time(18, 30)
EXPECTED = (  # department, stage, days from the quarter's last day, what it expected before and last
    ("logistica", "consegna", -3, "76", "79"),
    ("punti-vendita", "acquisto", -9, "72", "74.5"),
    ("punti-vendita", "uso", -9, "75", "73"),
    ("assistenza-clienti", "assistenza", 4, "70", "69"),
)


def foretell(company: Company) -> None:
    """Write the forecasts of the company's last two quarters; where there are any, nothing happens."""
    if Forecast.objects.filter(department__company=company).exists():
        return
    quarters = list(company.quarters.order_by("-year", "-number")[:QUARTERS])[::-1]
    with transaction.atomic():
        for place, quarter in enumerate(quarters, start=-len(quarters)):
            for department, stage, days, *values in EXPECTED:
                _write(quarter, department, stage, (days, values[place]))


def _write(quarter: Quarter, department: str, stage: str, said: tuple[int, str]) -> None:
    company, (days, value) = quarter.company, said
    given = datetime.combine(quarter.ends + timedelta(days=days), EVENING, ZoneInfo(company.time_zone))
    Forecast.objects.create(
        department=company.departments.get(slug=department),
        stage=Stage.objects.get(journey__company=company, slug=stage),
        year=quarter.year,
        number=quarter.number,
        ends=quarter.ends,
        value=Decimal(value),
        given=min(given, timezone.now()),
    )
