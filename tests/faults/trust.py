"""The log and the publications under attack; writes ``var/faults.json``.

Three rows: entries written by many at once and tampered with; a quarter published while files arrive; a long life of
uploads, undos, changed definitions and restatements after publication.
"""

import argparse
import random
import sys
from functools import partial
from typing import Any

from tests.bench.ground import ground
from tests.faults.rows import write


def main() -> int:
    """The exit code: 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--entries", type=int, default=500)
    parser.add_argument("--tampers", type=int, default=50)
    parser.add_argument("--loads", type=int, default=50)
    parser.add_argument("--races", type=int, default=5)
    parser.add_argument("--later", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    print(f"seed {given.seed} (repeat with --seed {given.seed})", flush=True)
    rows: list[dict[str, Any]] = []
    with ground():
        from tests import owner
        from tests.faults import logbook, published

        parts = [partial(logbook.besiege, given.writers, given.entries, given.tampers, given.seed)]
        parts += [partial(published.race, given.loads, given.seed + turn) for turn in range(given.races)]
        parts.append(partial(published.later, given.later, given.seed))
        for part in parts:
            rows.append(part())
            print("  " + ", ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
            owner.empty()
    write(_one_each(rows))
    return 0 if all(row["holds"] for row in rows) else 1


def _one_each(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of several races the row of the first that failed, else of the last."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if found.get(row["name"], {}).get("holds", True):
            found[row["name"]] = row
    return list(found.values())


if __name__ == "__main__":
    sys.exit(main())
