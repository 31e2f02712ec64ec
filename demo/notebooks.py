"""What two departments keep on paper, written into the grid: one quarter whole, the last one as far as they got."""

import numpy as np

from company.models import Company, Department, Role, User
from demo.model import SEED
from journeys import byhand
from journeys.companyfile.loading import finish
from journeys.models import Indicator, Quarter
from journeys.models.sources import IndicatorKind

LANGUAGE = "it"
WRITTEN = 7


def write_up(company: Company) -> None:
    """The last two quarters' weeks of every indicator that is written by hand; what is there already stays."""
    quarters = list(company.quarters.order_by("year", "number"))[-2:]
    for department in company.departments.filter(indicators__by_hand=True).distinct():
        for quarter, weeks in zip(quarters, (None, WRITTEN), strict=True):
            if not quarter.closed and not byhand.versions(department, quarter):
                _write(department, quarter, weeks)


def _write(department: Department, quarter: Quarter, weeks: int | None) -> None:
    grid = byhand.Grid(department, quarter, "weeks", LANGUAGE, byhand.allowed(department))
    chance = np.random.default_rng([SEED, quarter.year, quarter.number, department.position])
    rows = range(len(grid.starts))[:weeks]
    grid.texts = {name: text for row in rows for one in grid.indicators for name, text in _boxes(one, row, chance)}
    upload = byhand.save(grid, _who(department))
    if upload is not None:
        finish(upload)


def _boxes(indicator: Indicator, row: int, chance: np.random.Generator) -> list[tuple[str, str]]:
    """A week's boxes of an indicator, by their names in the grid."""
    if indicator.kind == IndicatorKind.TOTAL:
        return [(f"v-{row}-{indicator.pk}", str(chance.integers(3, 14)))]
    asked = int(chance.integers(24, 60))
    share = chance.binomial(asked, 0.82) / asked
    return [
        (f"v-{row}-{indicator.pk}", f"{100 * share:.1f}".replace(".", ",")),
        (f"n-{row}-{indicator.pk}", str(asked)),
    ]


def _who(department: Department) -> User:
    """The department's head, else whoever looks after the company's data."""
    people = User.objects.filter(membership__company=department.company_id)
    heads = people.filter(membership__role=Role.HEAD, membership__departments=department)
    return heads.first() or people.filter(membership__role=Role.ANALYST).earliest("pk")
