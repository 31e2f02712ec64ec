"""What operators ask of a running installation."""

import os
import time
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from trimestrale import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def swept(settings: Settings, tmp_path: Path) -> Path:
    """The sign of life of a sweeper that has just passed."""
    settings.SWEEPER_HEARTBEAT = tmp_path / "sweeper.alive"
    settings.SWEEPER_HEARTBEAT.touch()
    return tmp_path / "sweeper.alive"


def test_a_living_process_says_so_without_asking_anything(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert answer.status_code == 200


def test_a_machine_in_order_is_ready(client: Client, swept: Path) -> None:
    answer = client.get("/readyz")
    assert answer.json() == {
        "state": "ready",
        "database": True,
        "migrations": True,
        "disk": True,
        "broker": True,
        "sweeper": True,
        "verified": True,
    }


def test_a_silent_sweeper_degrades_but_pages_go_on(client: Client, swept: Path) -> None:
    long_ago = time.time() - health.SILENT_SWEEPER - 1
    os.utime(swept, (long_ago, long_ago))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["state"]) == (200, "degraded")


def test_a_dead_broker_degrades_but_pages_go_on(client: Client, swept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_broker", lambda: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["state"]) == (200, "degraded")


def test_a_full_disk_makes_the_machine_unready(client: Client, swept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FREE_DISK", 1.01)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["state"]) == (503, "unready")


def test_health_needs_no_sign_in_but_everything_else_does(client: Client) -> None:
    assert client.get("/readyz").status_code in {200, 503}
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accedi/")
