"""The rows of ``var/faults.json``."""

import json
from collections.abc import Sequence
from typing import Any

from trimestrale import env

FILE = env.path("FAULTS_FILE", "var/faults.json")


def write(rows: Sequence[dict[str, Any]]) -> None:
    """Keep the rows of the parts that were not run."""
    known = json.loads(FILE.read_text()) if FILE.exists() else []
    new = {row["name"] for row in rows}
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps([*(row for row in known if row["name"] not in new), *rows], indent=1) + "\n")
