"""``docs/method.md`` and ``docs/method-check.md`` say what the code does: their tables are read and compared."""

import re
from importlib import import_module
from pkgutil import iter_modules, resolve_name

import pytest

from metrics import stats
from metrics.stats.change import change
from metrics.stats.drivers import Gate, gate
from metrics.stats.kinds import Kind, Moments, estimate
from trimestrale.env import BASE_DIR

TEXT = (BASE_DIR / "docs" / "method.md").read_text()
CHECKS = re.findall(
    r"^\| .+ \| `([\w.]+)` \| `([\w./]+)::(\w+)` \|$", (BASE_DIR / "docs" / "method-check.md").read_text(), re.MULTILINE
)
TOOLS = {"distributions", "exact"}
NUMBERS = re.findall(r"^\| `([\w.]+)\.(\w+)` \| ([\d.]+) \|$", TEXT, re.MULTILINE)
KINDS = re.findall(r"^\| (\w+) \| ([\w ]+) \| ([\w ]+) \| [^|]+ \|$", TEXT, re.MULTILINE)
ANSWERS = Moments(n=40, s=30 * 10**6, ss=40 * 10**12, hi=20, lo=5)
OTHERS = Moments(n=50, s=20 * 10**6, ss=30 * 10**12, hi=15, lo=9)


@pytest.mark.parametrize(("module", "name", "value"), NUMBERS, ids=[f"{m}.{n}" for m, n, _ in NUMBERS])
def test_a_number_of_the_method_is_the_codes(module: str, name: str, value: str) -> None:
    assert float(getattr(import_module(module), name)) == float(value)


@pytest.mark.parametrize(("kind", "interval", "difference"), [row for row in KINDS if row[0] != "kind"])
def test_a_kind_has_the_interval_and_the_test_it_is_said_to_have(kind: str, interval: str, difference: str) -> None:
    assert estimate(Kind(kind), ANSWERS).method == interval
    assert change(Kind(kind), ANSWERS, OTHERS).method == difference


def test_every_kind_is_described() -> None:
    described = {row[0] for row in KINDS} | {
        word.lower() for word in re.findall(r"\b(Median|percentile|Total)\b", TEXT)
    }
    assert {kind.value for kind in Kind} <= described


def test_the_gate_of_drivers_is_the_one_described() -> None:
    assert "under max(50, 10·p) complete rows and indicative under 30·p" in TEXT
    assert [gate(n, 6) for n in (59, 60, 179, 180)] == [Gate.REFUSED, Gate.INDICATIVE, Gate.INDICATIVE, Gate.FULL]
    assert [gate(n, 1) for n in (49, 50)] == [Gate.REFUSED, Gate.FULL]


def test_there_are_tables_to_compare() -> None:
    assert (len(NUMBERS) > 10, len(KINDS) >= 5) == (True, True)


@pytest.mark.parametrize(("code", "file", "test"), CHECKS)
def test_a_rule_has_the_code_and_the_test_it_is_said_to_have(code: str, file: str, test: str) -> None:
    assert resolve_name(code) is not None
    assert f"\ndef {test}(" in (BASE_DIR / file).read_text()


def test_no_part_of_the_method_is_left_out_of_the_check() -> None:
    checked = {code.split(".")[2] for code, _, _ in CHECKS if code.startswith("metrics.stats.")}
    assert {module.name for module in iter_modules(stats.__path__)} - TOOLS <= checked
