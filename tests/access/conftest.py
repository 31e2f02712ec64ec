from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.access.world import World, build


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The world, built once for the module inside a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paper needs no Chromium here: who gets it is asked, not what is on it."""
    monkeypatch.setattr("meetings.paper.pdf", lambda *_asked: b"%PDF-1.7")


@pytest.fixture
def world(built: World, db: None) -> World:
    """The world as it was built: what a test changes is undone after it."""
    return built
