"""What operators ask of a running installation."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


def test_a_living_process_says_so_without_asking_anything(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert answer.status_code == 200


def test_a_machine_in_order_is_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.json()["state"] == "ready"
    assert answer.status_code == 200
