"""Rows for tests, each with the least that makes it valid."""

import itertools
from collections.abc import Iterable

from django.utils.text import slugify

from company.models import Company, Department, Membership, Role, User
from journeys.calendar import QuarterCode
from journeys.models import Journey, Quarter, Stage

PASSWORD = "parola d'ordine lunga"
_numbers = itertools.count(1)


def company(name: str = "Catena Prova", **fields: object) -> Company:
    """A saved company."""
    made: Company = Company.objects.create(name=name, slug=f"{slugify(name)}-{next(_numbers)}", **fields)
    return made


def department(of: Company, name: str = "Logistica", **fields: object) -> Department:
    """A saved department, placed after the ones there are."""
    position = of.departments.count()
    made: Department = Department.objects.create(
        company=of, name=name, slug=slugify(name), **{"position": position, **fields}
    )
    return made


def journey(of: Company, *stages: str, **fields: object) -> Journey:
    """A saved journey with the stages of those names, in order."""
    made: Journey = Journey.objects.create(company=of, name="Percorso", **fields)
    for position, name in enumerate(stages):
        Stage.objects.create(journey=made, slug=slugify(name), name=name, position=position)
    return made


def quarter(of: Company, code: str = "2026-3", **fields: object) -> Quarter:
    """A saved quarter with the days its code has in the company's fiscal year."""
    parsed = QuarterCode.parse(code)
    starts, ends = parsed.days(of.fiscal_start_month)
    made: Quarter = Quarter.objects.create(
        company=of, year=parsed.year, number=parsed.number, starts=starts, ends=ends, **fields
    )
    return made


def user(of: Company, role: str = Role.READER, departments: Iterable[Department] = (), email: str = "") -> User:
    """A saved person with a membership; the password is ``PASSWORD``."""
    made = User.objects.create_user(email or f"{role}{next(_numbers)}@prova.example", PASSWORD)
    Membership.objects.create(user=made, company=of, role=role).departments.set(departments)
    return made
