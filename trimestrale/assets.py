"""Third-party assets: installed by npm, checked against ``assets.lock.json``, copied to ``static/vendor``.

Standard library only. ``python -m trimestrale.assets`` installs what is missing, ``… copy`` only copies
from node_modules, ``… lock`` rewrites versions, licences and hashes of the lock after a
change of package.json, and takes download addresses out of package-lock.json.
"""

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from trimestrale import steps
from trimestrale.env import BASE_DIR

LOCK = BASE_DIR / "assets.lock.json"
VENDOR = BASE_DIR / "static" / "vendor"
MODULES = BASE_DIR / "node_modules"
LICENCES = {"MIT", "ISC", "OFL-1.1", "BSD-0-Clause", "0BSD"}
ROOTS = {"X": ".js-plotly-plot .plotly", "Y": ".plotly-notifier"}


class Wrong(RuntimeError):
    """An asset that is not the one the lock names."""


def entries() -> list[dict[str, Any]]:
    """The white list: where each file comes from, its version, licence and SHA-256."""
    found: list[dict[str, Any]] = json.loads(LOCK.read_text())["files"]
    return found


def outdated() -> bool:
    """True when a file of the white list is missing from ``static/vendor`` or is another one."""
    return any(_sha256(VENDOR / entry["to"]) != entry["sha256"] for entry in entries())


def npm_on_path() -> list[str] | None:
    """The npm of the PATH, or None where it or its Node is missing."""
    npm, node = shutil.which("npm"), shutil.which("node")
    return [npm] if npm and node else None


def install(npm: list[str]) -> None:
    """Installs the packages of package-lock.json and copies what we use of them."""
    steps.command("assets", [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], BASE_DIR)
    copy()


def copy() -> None:
    """Fills ``static/vendor``; ``Wrong`` when a file, its version or its licence is not the locked one."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    for entry in entries():
        version, licence, content = _read(entry)
        if (version, licence, hashlib.sha256(content).hexdigest()) != (
            entry["version"],
            entry["licence"],
            entry["sha256"],
        ):
            raise Wrong(f"{entry['to']} of {entry['package']} {version} ({licence}) is not the one of assets.lock.json")
        (VENDOR / entry["to"]).write_bytes(content)


def lock() -> None:
    """Writes what is installed into the lock. A licence outside LICENCES is refused."""
    found = entries()
    for entry in found:
        entry["version"], entry["licence"], content = _read(entry)
        entry["sha256"] = hashlib.sha256(content).hexdigest()
        if entry["licence"] not in LICENCES:
            raise Wrong(f"{entry['package']} is under {entry['licence']}")
    LOCK.write_text(json.dumps({"files": found}, indent=2) + "\n")
    _strip_addresses(BASE_DIR / "package-lock.json")


def _read(entry: dict[str, Any]) -> tuple[str, str, bytes]:
    folder = MODULES / entry["package"]
    package = json.loads((folder / "package.json").read_text())
    content = (folder / entry["from"]).read_bytes()
    if entry["to"].endswith(".css"):
        content = plotly_css(content.decode()).encode()
    return package["version"], package["license"], content


def plotly_css(bundle: str) -> str:
    """The style rules that the plotly.js bundle would inject, which a strict content policy forbids it to.

    The bundle inserts each rule before the ones already there, so the file holds them in reverse order.
    """
    table = re.search(r"=(\{\"X,X div\":.*?\});for\(", bundle, re.DOTALL)
    if table is None:
        raise Wrong("plotly.js no longer keeps its style rules where they were; see trimestrale/assets.py")
    pair = r"""(?:"([^"]*)"|([A-Z]\w*)):(?:"([^"]*)"|'([^']*)')"""
    rules = []
    for quoted, bare, plain, single in re.findall(pair, table[1]):
        selector = re.sub("[XY]", lambda root: ROOTS[root[0]], quoted or bare)
        rules.append(f"{selector} {{ {plain or single} }}\n")
    return "".join(reversed(rules))


def _strip_addresses(file: Path) -> None:
    content = json.loads(file.read_text())
    for package in content["packages"].values():
        package.pop("resolved", None)
        package.pop("funding", None)
    file.write_text(json.dumps(content, indent=2) + "\n")


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


if __name__ == "__main__":
    if sys.argv[1:] == ["lock"]:
        lock()
    elif sys.argv[1:] == ["copy"]:
        copy()
    elif outdated():
        from trimestrale import prepare

        install(prepare.node())
