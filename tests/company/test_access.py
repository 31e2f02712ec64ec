import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from company.access import departments_of, member, row_or_404, within_departments
from company.backends import MemberBackend
from company.models import Company, Department, User
from tests import make


def request_of(user: User) -> object:
    request = RequestFactory().get("/")
    request.user = user
    return request


def test_a_person_comes_with_membership_and_company_in_one_query(
    analyst: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        user = MemberBackend().get_user(analyst.pk)
        assert user is not None
        assert member(request_of(user)).company.name == "Catena Prova"  # type: ignore[arg-type]


def test_a_person_without_membership_is_refused(db: None) -> None:
    user = User.objects.create_user("sola@prova.example", make.PASSWORD)
    with pytest.raises(PermissionDenied):
        member(request_of(user))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["\0", "x" * 9000, "99999999999999999999", "uno", None])
def test_a_value_that_cannot_be_an_id_is_not_found(company: Company, value: object) -> None:
    with pytest.raises(Http404):
        row_or_404(company.departments.all(), pk=value)


def test_a_head_handles_the_departments_of_the_membership(company: Company, head: User) -> None:
    assert departments_of(head.membership) == [company.departments.all()[0]]


def test_an_analyst_with_no_department_handles_all(analyst: User) -> None:
    assert departments_of(analyst.membership) is None
    assert within_departments(analyst.membership, "department") == Q()


def test_an_analyst_of_one_department_handles_that_one(company: Company) -> None:
    one = Department.objects.filter(company=company)[:1]
    assert departments_of(make.user(company, "analyst", one).membership) == list(one)


def test_a_head_without_departments_handles_none(company: Company) -> None:
    assert departments_of(make.user(company, "head").membership) == []
