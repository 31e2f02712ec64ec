"""Quarters taken through their states for tests, measures and faults, as a person would from their pages."""

from company.models import Company, User
from journeys.models import Quarter
from metrics.models import Edition
from metrics.publish import Order, publish, review
from tests import make


def publish_all(company: Company, actor: User | None = None) -> list[Edition]:
    """Every quarter that has a draft published, the earliest first."""
    person = actor or make.user(company, "admin")
    return [publish_one(quarter, person) for quarter in company.quarters.filter(editions__isnull=False).distinct()]


def publish_one(quarter: Quarter, actor: User) -> Edition:
    """The quarter's draft published."""
    held = Quarter.objects.get(pk=quarter.pk)
    review(held, actor)
    return publish(held, actor, Order(held.editions.get(state=Edition.State.DRAFT).digest))
