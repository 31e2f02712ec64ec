"""Runs the parts, prints a table, writes ``var/bench.json``; exit code 1 when a promise is not kept."""

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Sequence

import tests.bench
from tests.bench.ground import ground
from tests.bench.row import Row
from trimestrale import env

FILE = env.path("BENCH_FILE", "var/bench.json")


def main() -> int:
    """The exit code."""
    names = [found.name for found in pkgutil.iter_modules(tests.bench.__path__)]
    parts = [
        name
        for name in names
        if name not in {"__main__", "row", "ground", "crowd", "wsgi", "urls", "serving", "watching", "dashed"}
    ]
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=parts, help="one part; all of them without it")
    chosen = parser.parse_args().name
    rows: list[Row] = []
    for part in [chosen] if chosen else parts:
        with ground() as folder:
            rows += importlib.import_module(f"tests.bench.{part}").measure(folder)
    _print(rows)
    _write(rows)
    return 0 if all(row.holds for row in rows) else 1


def _print(rows: Sequence[Row]) -> None:
    print(f"{'name':<24}{'ours':>12}{'reference':>12}{'ratio':>10}{'bar':>8}  {'unit':<8}holds")
    for row in rows:
        bar = "–" if row.sense == "info" else f"{'≥' if row.sense == 'at_least' else '≤'} {row.bar:g}"
        holds = "yes" if row.holds else "NO"
        print(f"{row.name:<24}{row.ours:>12.3f}{row.reference:>12.3f}{row.ratio:>10.2f}{bar:>8}  {row.unit:<8}{holds}")


def _write(rows: Sequence[Row]) -> None:
    """Keep the measures of the parts that were not run."""
    known = json.loads(FILE.read_text()) if FILE.exists() else []
    new = {row.name: row.as_json() for row in rows}
    FILE.parent.mkdir(parents=True, exist_ok=True)
    kept = [item for item in known if item["name"] not in new]
    FILE.write_text(json.dumps([*kept, *new.values()], indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
