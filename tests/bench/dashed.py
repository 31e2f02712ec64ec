"""The same charts on a Dash page, in a virtual environment of its own; ``python dashed.py FILE PORT`` is that page."""

import contextlib
import hashlib
import json
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BASE = Path(__file__).resolve().parent.parent.parent
LOCK = BASE / "requirements" / "dash.txt"


def environment(folder: Path) -> str:
    """Python of the virtual environment with Dash, made once and anew when the lock changes."""
    python, stamp = folder / "bin" / "python", folder / ".locked"
    locked = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != locked:
        venv.create(folder, clear=True, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True)
        stamp.write_text(locked)
    return str(python)


@contextlib.contextmanager
def served(folder: Path, figures: list[tuple[str, dict[str, Any]]], port: int) -> Iterator[str]:
    """The address of a Dash page with the figures, each under its heading."""
    from tests.bench.serving import wait

    python = environment(BASE / "var" / "bench" / "dash")
    file = folder / "figures.json"
    file.write_text(json.dumps(figures))
    with subprocess.Popen([python, __file__, str(file), str(port)], stderr=subprocess.DEVNULL) as running:
        try:
            address = f"http://127.0.0.1:{port}/"
            wait(address)
            yield address
        finally:
            running.terminate()


def main(file: str, port: str) -> None:
    """Serves until it is stopped."""
    from dash import Dash, dcc, html  # type: ignore[import-not-found]  # of the other environment

    app = Dash(__name__, compress=True, title="La Trimestrale")
    parts = [
        html.Section([html.H2(heading), dcc.Graph(figure=figure, config={"displayModeBar": False})])
        for heading, figure in json.loads(Path(file).read_text())
    ]
    app.layout = html.Main(parts)
    app.run(port=int(port), debug=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
