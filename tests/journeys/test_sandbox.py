"""The child reads what others wrote: it answers, or it dies alone and soon."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from journeys import sandbox
from journeys.orders import Order
from journeys.reading.derive import Calendar
from journeys.reading.mapping import IndicatorFacts
from tests.journeys.taking import KEY
from trimestrale import env

MAPPING = {"date": "day", "values": [{"indicator": "vote", "column": "vote"}]}
CONFINED = """
import os, sys
sys.path.insert(0, sys.argv[1])
from journeys.confinement import Limits, confine
confine(Limits(memory=2 << 30, file=1000, seconds=5, parent=os.getppid()))
"""


@pytest.fixture
def order(tmp_path: Path) -> Order:
    for name in ("lake", "work"):
        (tmp_path / name).mkdir()
    file = tmp_path / "upload"
    file.write_bytes(b"day,vote\n2026-07-15,8\n")
    calendar = Calendar((2026 * 4 + 2,), (), 1, date(2026, 9, 1))
    return Order(file, tmp_path / "lake", tmp_path / "work", MAPPING, (IndicatorFacts("vote"),), "sales", calendar, KEY)


def confined(code: str) -> subprocess.CompletedProcess[str]:
    """What a confined process does with the code."""
    command = [sys.executable, "-c", CONFINED + code, str(env.BASE_DIR)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def ignore(_step: str, _rows: int, _total: int | None) -> None:
    return


def test_the_child_answers_with_what_it_took(order: Order) -> None:
    taken = sandbox.run(order, ignore)
    assert (taken.problems, taken.rows_in, [part["quarter"] for part in taken.parts]) == ([], 1, ["2026-3"])


def test_the_child_knows_no_django_and_no_secrets_of_the_environment(order: Order) -> None:
    code = (
        "import sys, journeys.child, journeys.taking; assert not any(m.split('.')[0] == 'django' for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=env.BASE_DIR, check=True, timeout=60)


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket()",
        "import os; os.fork()",
        "import os; os.system('true')",
        "import subprocess; subprocess.run(['true'])",
        "open('/tmp/too-large-for-a-child', 'wb', buffering=0).write(b'x' * 2000) == 2000 or sys.exit(1)",
        "bytearray(3 << 30)",
        "[open('/dev/null') for _ in range(300)] and None; files = [open('/dev/null') for _ in range(300)]",
    ],
)
def test_a_confined_process_may_not(code: str) -> None:
    assert confined(code).returncode != 0


def test_a_confined_process_may_read_and_compute() -> None:
    done = confined("import duckdb; print(duckdb.execute('SELECT sum(i) FROM range(1000000) t(i)').fetchall())")
    assert done.stdout.strip() == "[(499999500000,)]", done.stderr


def test_a_child_that_aborts_is_a_death_that_can_be_caught(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "ADDRESS_SPACE", 64 << 20)
    with pytest.raises(sandbox.Died):
        sandbox.run(order, ignore)


def test_a_child_that_takes_too_long_is_killed(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 0)
    with pytest.raises(sandbox.Died) as death:
        sandbox.run(order, ignore)
    assert death.value.code == -signal.SIGKILL


def test_a_beat_that_is_late_kills_the_child(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[int] = []
    hand_over = sandbox._hand_over

    def remember(child: subprocess.Popen[bytes], data: dict[str, object]) -> None:
        children.append(child.pid)
        hand_over(child, data)

    def late(_step: str, _rows: int, _total: int | None) -> None:
        raise sandbox.Late

    monkeypatch.setattr(sandbox, "_hand_over", remember)
    monkeypatch.setattr(sandbox, "BEAT_SECONDS", 0.01)
    with pytest.raises(sandbox.Late):
        sandbox.run(order, late)
    with pytest.raises(ProcessLookupError):
        os.kill(children[0], 0)


def test_the_child_dies_with_its_parent(order: Order, tmp_path: Path) -> None:
    order.file.write_bytes(b"day,vote\n" + b"2026-07-15,8\n" * 3_000_000)
    (tmp_path / "order.json").write_text(json.dumps(order.as_json()))
    code = """
import json, sys
sys.path.insert(0, sys.argv[1])
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
from pathlib import Path
from journeys import sandbox
from journeys.orders import Order
run = sandbox._hand_over
sandbox._hand_over = lambda child, data: (run(child, data), print(child.pid, flush=True))
sandbox.run(Order.of_json(json.loads(Path(sys.argv[2]).read_text())), lambda *_: None)
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(env.BASE_DIR), str(tmp_path / "order.json")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _lives(child):
        time.sleep(0.05)
    assert not _lives(child)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
