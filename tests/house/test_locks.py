"""Locks name exact versions and hashes, and no place to download from: that is the machine's own choice."""

import hashlib
import json
import re

import pytest

from tests.house import files
from trimestrale import assets
from trimestrale.env import BASE_DIR

LOCKS = [f"requirements/{name}.txt" for name in ("run", "test", "bench", "dash", "node")]
ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|registry\s*=|\"resolved\"")


@pytest.mark.parametrize("name", [*LOCKS, "package.json", "package-lock.json", "assets.lock.json", ".npmrc"])
def test_a_lock_holds_no_download_address(name: str) -> None:
    assert ADDRESS.findall((BASE_DIR / name).read_text()) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_with_hashes(name: str) -> None:
    text = (BASE_DIR / name).read_text()
    pins = re.findall(r"^[a-z0-9][\w.-]*==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) > 0


@pytest.mark.parametrize("name", ["test", "bench"])
def test_tests_and_benches_run_on_the_very_packages_of_the_product(name: str) -> None:
    pin = re.compile(r"^([a-z0-9][\w.-]*==\S+)", re.MULTILINE)
    run = set(pin.findall((BASE_DIR / "requirements/run.txt").read_text()))
    assert run <= set(pin.findall((BASE_DIR / f"requirements/{name}.txt").read_text()))


def test_every_asset_is_the_locked_one() -> None:
    held = {
        entry["to"]: hashlib.sha256((assets.VENDOR / entry["to"]).read_bytes()).hexdigest()
        for entry in assets.entries()
    }
    assert held == {entry["to"]: entry["sha256"] for entry in assets.entries()}


def test_every_asset_comes_from_a_package_of_the_lock_under_a_free_licence() -> None:
    locked = json.loads((BASE_DIR / "package-lock.json").read_text())["packages"]
    for entry in assets.entries():
        assert locked[f"node_modules/{entry['package']}"]["version"] == entry["version"]
        assert entry["licence"] in assets.LICENCES


def test_no_third_party_asset_is_committed() -> None:
    assert [files.name(file) for file in files.tracked() if "vendor" in file.parts or file.suffix == ".woff2"] == []


def test_the_style_of_the_charts_is_made_of_the_bundle_own_rules() -> None:
    css = (assets.VENDOR / "plotly.css").read_text()
    assert css.count("\n") == 66
    assert ".js-plotly-plot .plotly .main-svg { position:absolute;" in css
