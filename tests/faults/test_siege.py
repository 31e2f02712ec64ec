"""The small siege, for every change; ``make faults`` is the large one."""

import subprocess
import sys
from pathlib import Path

from trimestrale import env


def test_twenty_uploads_survive_four_kills_of_workers_and_one_of_the_broker(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.faults", "--uploads", "20", "--kills", "4", "--broker-kills", "1"]
    place = {"FAULTS_FILE": str(tmp_path / "faults.json"), "PATH": "/usr/bin:/bin", "DEVELOPMENT": "1"}
    done = subprocess.run(
        command, cwd=env.BASE_DIR, env=place, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
