"""What every test may ask for: real servers, empty stores, a company, the shared data, a guarded browser."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.servers.basehttp import WSGIServer
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation
from hypothesis import settings as properties
from pytest_django import DjangoDbBlocker, Settings

from company.models import Company, User
from journeys.models import Quarter
from tests import make, owner
from trimestrale import embedded, env

pytest_plugins = ["tests.chromium"]

WSGIServer.request_queue_size = 2048  # as many may wait as at the product's own server; Django's test server has ten

properties.register_profile("untimed", deadline=None)  # how long an example takes says nothing of a behaviour
properties.load_profile("untimed")

SHARED = env.path("SHARED_DIR", "../shared").resolve()


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    """PostgreSQL and Valkey, the ones of the environment or the embedded ones."""
    with embedded.servers():
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A test database as in production: the owner makes and migrates it, the product's role uses it."""
    with django_db_blocker.unblock():
        made = setup_databases(0, False, aliases=dict.fromkeys(("owner", "default"), False), serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        teardown_databases(made, 0)


@pytest.fixture(autouse=True)
def cleared(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests that commit leave rows, some of them frozen: only the owner can clear them away."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if {"live_server", "transactional_db"} & {*request.fixturenames} or (marker and marker.kwargs.get("transaction")):
        owner.empty()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(servers: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The servers run before a test database is created, and each worker of xdist has its own."""


@pytest.fixture(autouse=True)
def own_stores(settings: Settings, tmp_path: Path) -> None:
    """Each test has its own uploads, lake and papers, all empty."""
    settings.PAPERS_DIR = tmp_path / "papers"
    settings.UPLOADS_DIR = tmp_path / "uploads"
    settings.LAKE_DIR = tmp_path / "lake"
    settings.AUDIT_DIR = tmp_path / "audit"


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test sees an empty cache, whatever others left in it."""
    monkeypatch.setattr(caches["default"], "key_prefix", uuid.uuid4().hex)


@pytest.fixture(autouse=True)
def own_language(settings: Settings) -> None:
    """Each test begins in the product's first language, whatever a page before it was read in."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def company(db: None) -> Company:
    """A company with two departments and nothing else."""
    made = make.company()
    make.department(made, "Logistica")
    make.department(made, "Assistenza")
    return made


@pytest.fixture
def quarter(company: Company) -> Quarter:
    """The company's third quarter of 2026, open."""
    return make.quarter(company)


@pytest.fixture
def analyst(company: Company) -> User:
    """An analyst of the whole company."""
    return make.user(company, "analyst")


@pytest.fixture
def head(company: Company) -> User:
    """The head of the company's first department."""
    return make.user(company, "head", [company.departments.all()[0]])


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared data sets; the test is skipped where it is absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("skipped: no shared data")
    return folder
