"""The embedded servers belong to whoever holds them: the first starts them, the last stops them."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from trimestrale import embedded
from trimestrale.env import BASE_DIR

HOLD = """
import sys
from trimestrale import embedded
with embedded.servers():
    print("held", flush=True)
    sys.stdin.read()
"""
ASK = """
from trimestrale import embedded
print(embedded._answers(embedded.postgres_socket()), embedded._valkey("PING") == b"+PONG\\r\\n")
"""


class Machine:
    """A folder of embedded servers, and processes that hold them."""

    def __init__(self, folder: Path) -> None:
        self.environment = {**os.environ, "EMBEDDED_DIR": str(folder), "DATABASE_URL": "", "REDIS_URL": ""}

    def hold(self) -> subprocess.Popen[str]:
        """A process that holds the servers, once they run; it leaves when its input closes."""
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", HOLD]
        holder = subprocess.Popen(command, cwd=BASE_DIR, env=self.environment, stdin=pipe, stdout=pipe, text=True)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        return holder

    def running(self) -> tuple[str, ...]:
        """Whether PostgreSQL and Valkey answer."""
        command = [sys.executable, "-c", ASK]
        done = subprocess.run(command, cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, check=True)
        return tuple(done.stdout.split())


@pytest.fixture
def machine() -> Iterator[Machine]:
    """A machine whose servers are stopped at the end, whatever the test did.

    Not in pytest's own temporary folder, which other sessions close to the account PostgreSQL runs under.
    """
    with tempfile.TemporaryDirectory(prefix="trimestrale-") as folder:
        machine = Machine(Path(folder) / "var")
        yield machine
        machine.hold().communicate(timeout=60)


def test_the_servers_run_until_the_last_holder_leaves(machine: Machine) -> None:
    first, second = machine.hold(), machine.hold()
    first.communicate(timeout=60)
    assert machine.running() == ("True", "True")
    second.communicate(timeout=60)
    assert machine.running() == ("False", "False")


def test_servers_of_a_killed_holder_are_found_and_stopped_by_the_next(machine: Machine) -> None:
    killed = machine.hold()
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert machine.running() == ("True", "True")
    machine.hold().communicate(timeout=60)
    assert machine.running() == ("False", "False")


def test_servers_somebody_else_runs_are_left_alone(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "var")
    machine.environment |= {"DATABASE_URL": "postgresql://elsewhere/x", "REDIS_URL": "redis://elsewhere"}
    machine.hold().communicate(timeout=60)
    assert not (tmp_path / "var").exists()


def test_a_folder_somebody_else_put_in_our_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "pg").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(embedded.Unusable, match="is not a folder of ours"):
        embedded._own_folder(tmp_path / "pg")


def test_a_home_directory_is_never_opened_for_the_account_of_postgresql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "anna"
    (home / "var" / "pg").mkdir(parents=True)
    home.chmod(0o700)
    account = pwd.struct_passwd(("anna", "x", os.getuid(), os.getgid(), "", str(home), "/bin/sh"))
    monkeypatch.setattr(embedded, "HOME", home / "var")
    monkeypatch.setattr(embedded, "POSTGRES_USER", "anna")
    monkeypatch.setattr("pwd.getpwnam", lambda name: account)
    monkeypatch.setattr("pwd.getpwall", lambda: [account])
    with pytest.raises(embedded.Unusable, match="out of home directories"):
        embedded._prepare_for_root()
    assert home.stat().st_mode & 0o777 == 0o700
