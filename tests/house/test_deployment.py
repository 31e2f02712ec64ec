"""What a production machine would find, asked in processes of their own under a production environment."""

import os
import subprocess
import sys

import pytest

from trimestrale.env import BASE_DIR

PRODUCTION = {
    "DEVELOPMENT": "0",
    "SECRET_KEY": "k3y-of-a-rather-long-and-otherwise-unremarkable-installation-0123456789",
    "PSEUDONYM_KEY": "an0ther-key-of-a-rather-long-and-otherwise-unremarkable-installation-1",
    "ALLOWED_HOSTS": "trimestrale.azienda.invalid",
    "SITE_URL": "https://trimestrale.azienda.invalid",
    "DJANGO_SETTINGS_MODULE": "trimestrale.settings",
    "STATIC_MANIFEST": "1",
}


def _manage(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    # Playwright's tests set this one in their own process; a production machine would never
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    environment = {**inherited, **PRODUCTION, **changes}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def _servers(servers: None) -> None:
    """The servers stay up between the commands."""


@pytest.mark.usefixtures("_servers")
def test_the_deployment_check_has_nothing_to_say() -> None:
    done = _manage("check", "--deploy", "--fail-level", "WARNING", "--database", "default")
    assert done.returncode == 0, done.stderr


def test_the_deployment_check_asks_for_the_address_of_links() -> None:
    done = _manage("check", "--deploy", "--tag", "urls", SITE_URL="")
    assert done.returncode != 0
    assert "SITE_URL is not set" in done.stderr


def test_links_lead_to_the_host_and_port_that_make_run_was_given() -> None:
    code = "from trimestrale import settings as s; print(s.SITE_URL, *s.ALLOWED_HOSTS)"
    given = {"DEVELOPMENT": "1", "HOST": "192.0.2.7", "PORT": "8123"}
    plain = {name: value for name, value in os.environ.items() if name not in {"SITE_URL", "ALLOWED_HOSTS"}}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BASE_DIR, env={**plain, **given}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["http://192.0.2.7:8123", "localhost", "127.0.0.1", "[::1]", "192.0.2.7"]


@pytest.mark.usefixtures("_servers")
def test_no_migration_is_missing() -> None:
    done = _manage("makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "PSEUDONYM_KEY"])
@pytest.mark.parametrize("value", ["", "short", "django-insecure-" + "k" * 60])
def test_production_refuses_to_start_without_a_real_key(name: str, value: str) -> None:
    done = _manage("messages", "--check", **{name: value})
    assert done.returncode != 0
    assert f"{name} is unset, shorter than 50 characters or a known example." in done.stderr


def test_nothing_dangerous_is_on_by_default() -> None:
    code = "from trimestrale import settings as s; print(s.DEBUG, s.DEMO_PASSWORD == '', s.SESSION_COOKIE_NAME)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env={**os.environ, **PRODUCTION},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "True", "__Host-sid"]
