import pytest

from company.models import Company, User
from meetings.models import Meeting
from tests.meetings import world


@pytest.fixture
def aurora(company: Company) -> Company:
    """The company with the chain's report and two quarters before it."""
    world.three_quarters(company)
    return company


@pytest.fixture
def sara(aurora: Company) -> User:
    """The facilitator."""
    return world.facilitator(aurora)


@pytest.fixture
def meeting(aurora: Company, sara: User) -> Meeting:
    """The meeting on T3 2026, prepared."""
    return world.meeting(aurora, "2026-3", sara)
