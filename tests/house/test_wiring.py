"""Small parts of the wiring: keys, addresses, log lines, progress."""

import json
import logging
import stat
import sys
from pathlib import Path

import pytest

from trimestrale import connections, logs, run, secrets, steps


@pytest.fixture
def _no_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("_no_addresses")
def test_a_development_key_is_made_once_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDED_DIR", str(tmp_path))
    first = secrets.read("SECRET_KEY", generate=True)
    assert secrets.read("SECRET_KEY", generate=True) == first
    assert stat.S_IMODE((tmp_path / "secrets" / "SECRET_KEY").stat().st_mode) == 0o600
    assert len(first) >= secrets.SHORTEST


@pytest.mark.usefixtures("_no_addresses")
def test_a_key_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("k" * 60 + "\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert secrets.read("SECRET_KEY", generate=False) == "k" * 60


@pytest.mark.usefixtures("_no_addresses")
def test_without_addresses_everything_is_embedded_and_the_cache_is_not_the_broker() -> None:
    assert connections.database()["HOST"].startswith("/")
    assert connections.broker_url().endswith("?virtual_host=0")
    assert connections.cache_url().endswith("?db=1")


def test_a_database_address_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://anna:p%40ss@db.invalid:5433/cliente?sslmode=verify-full")
    read = connections.database()
    assert [read[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "anna",
        "p@ss",
        "db.invalid",
        "5433",
        "cliente",
    ]
    assert read["OPTIONS"]["sslmode"] == "verify-full"


def test_a_database_address_may_name_a_unix_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://anna@/cliente?host=/run/postgresql")
    assert connections.database()["HOST"] == "/run/postgresql"


def test_another_database_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://anna@db.invalid/cliente")
    with pytest.raises(ValueError, match="must start with postgresql://"):
        connections.database()


def test_the_cache_of_a_given_server_is_its_database_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:word@redis.invalid:6379/0")
    assert connections.cache_url() == "redis://:word@redis.invalid:6379/1"


def test_a_log_line_is_json_with_its_trace_and_without_the_request() -> None:
    try:
        raise ValueError("broken")
    except ValueError:
        record = logging.LogRecord("product", logging.ERROR, "", 0, "job %s", ("7",), sys.exc_info())
    record.request = "<POST anna@azienda.example>"
    line = logs.JsonFormatter().format(record)
    assert json.loads(line)["message"] == "job 7"
    assert "ValueError: broken" in json.loads(line)["trace"]
    assert "anna" not in line
    assert "\n" not in line


def test_a_failed_step_says_what_the_command_said() -> None:
    with pytest.raises(steps.Failed, match="no luck"):
        steps.command("trying", [sys.executable, "-c", "print('no luck'); raise SystemExit(3)"])


def test_a_taken_port_is_told_before_anything_is_done(monkeypatch: pytest.MonkeyPatch, live_server: object) -> None:
    monkeypatch.setattr(run, "HOST", "localhost")
    monkeypatch.setattr(run, "PORT", int(str(live_server).rsplit(":", 1)[1]))
    with pytest.raises(run.PortTaken, match="Stop the program that holds it, or choose another one: make run PORT="):
        run.require_port()
