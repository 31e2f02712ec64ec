"""``python -m tests.mutation``: puts every small fault into the modules of the method and counts those tests notice.

A fault is killed when a test fails, an import fails or the tests take five times as long as without it. Each runs in a
process forked from this one, with the faulty source in place of the module. What a whole module gave is written to
docs/mutation.md.
"""

import argparse
import importlib.abc
import importlib.machinery
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import Phase, settings

from tests.mutation.faults import Fault, faults

ROOT = Path(__file__).parents[2]
STATS, TESTS = ROOT / "metrics" / "stats", ROOT / "tests" / "metrics" / "stats"
TRIED_BY = {
    "disclosure": ("disclosure",),
    "bridge": ("bridge",),
    "change": ("change",),
    "crossproducts": ("crossproducts", "drivers"),
    "sweep": ("shares", "drivers"),
    "shares": ("shares", "drivers"),
    "drivers": ("drivers", "shares"),
    "leftout": ("leftout",),
}
PROMISED = 0.85
PAGE = ROOT / "docs" / "mutation.md"
HEAD = """\
# Small faults put into the method, and how many its tests notice

Written by `make mutation` (`NAME=bridge` for one module): every comparison, sign, number, condition, statement and
answer of a module changed by itself, the module's own tests run with it. Promised: 85 % of `disclosure`, `bridge`,
`drivers` and `change`. The command prints the line of every fault that survived.

| module of `metrics/stats` | day | faults | noticed | share |
|---|---|---|---|---|
"""
PATIENCE, LEAST = 5, 20


class Faulty(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module with another source."""

    def __init__(self, module: str, source: str) -> None:
        self.module, self.source = module, source

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.module:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=str(STATS / f"{fullname.split('.')[-1]}.py"))

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, str(module.__spec__ and module.__spec__.origin), "exec"), module.__dict__)  # noqa: S102


def main() -> int:
    """The exit code: 1 when a module's tests notice under 85 % of its faults."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", choices=[[], *TRIED_BY], default=[])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sample", type=int, default=0, help="so many faults of each module, drawn with a fixed seed")
    options = parser.parse_args()
    shares = [_module(name, options.jobs, options.sample) for name in options.modules or TRIED_BY]
    return 0 if min(shares) >= PROMISED else 1


def _module(name: str, jobs: int, sample: int) -> float:
    source = (STATS / f"{name}.py").read_text()
    tried = list(faults(source))
    if sample and sample < len(tried):
        tried = sorted(random.Random(name).sample(tried, sample), key=lambda fault: fault.line)
    began = time.monotonic()
    if _noticed(name, source, 3600):
        raise SystemExit(f"{name}: the tests fail without any fault")
    patience = max(LEAST, PATIENCE * (time.monotonic() - began))
    with ThreadPoolExecutor(jobs) as pool:
        noticed = list(pool.map(lambda fault: _noticed(name, fault.source, patience), tried))
    _print(name, tried, noticed)
    if not sample:
        _record(name, len(tried), sum(noticed))
    return sum(noticed) / len(tried)


def _print(name: str, tried: Sequence[Fault], noticed: Sequence[bool]) -> None:
    killed = sum(noticed)
    print(f"{name:<14} {len(tried):>5} faults {killed:>5} killed {100 * killed / len(tried):>6.1f} %", flush=True)
    for fault in (fault for fault, seen in zip(tried, noticed, strict=True) if not seen):
        print(f"    survived  {name}.py:{fault.line}  {fault.nature}", flush=True)


def _record(name: str, faults: int, noticed: int) -> None:
    """Put the module's line into the page, in place of its last one."""
    lines = PAGE.read_text().splitlines() if PAGE.exists() else []
    rows = {line.split("`")[1]: line for line in lines if line.startswith("| `")}
    share = f"{100 * noticed / faults:.1f} %"
    rows[name] = f"| `{name}` | {date.today().isoformat()} | {faults} | {noticed} | {share} |"
    PAGE.write_text(HEAD + "".join(f"{row}\n" for _, row in sorted(rows.items())))


def _noticed(name: str, source: str, patience: float) -> bool:
    """Whether the tests of a module fail with this source."""
    child = os.fork()
    if child == 0:
        _silence()
        signal.alarm(int(patience))
        sys.meta_path.insert(0, Faulty(f"metrics.stats.{name}", source))
        os._exit(0 if pytest.main(list(_arguments(name)), plugins=[Hasty()]) == 0 else 1)
    _, status = os.waitpid(child, 0)
    return status != 0


class Hasty:
    """A failing example is enough: none is made smaller."""

    def pytest_collection(self) -> None:
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutation", deadline=None, derandomize=True, database=None, phases=phases)
        settings.load_profile("mutation")


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def _arguments(name: str) -> Iterator[str]:
    yield from ("-x", "-q", "-c", os.devnull, f"--rootdir={ROOT}", f"--confcutdir={TESTS}", "--import-mode=importlib")
    yield from ("-p", "no:cacheprovider", "-p", "no:django", "-p", "no:xdist", "-p", "no:randomly")
    yield from (str(TESTS / f"test_{test}.py") for test in TRIED_BY[name])


if __name__ == "__main__":
    # what never changes is imported once, here, and forked
    for shared in ("numpy", "scipy.stats", "scipy.optimize", "hypothesis.strategies"):
        importlib.import_module(shared)
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
