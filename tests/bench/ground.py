"""The ground a measure stands on: servers of its own, an empty database, an empty lake."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from trimestrale import env


@contextlib.contextmanager
def ground() -> Iterator[Path]:
    """A folder that is gone afterwards; meanwhile Django works with a new database and with a lake in the folder."""
    os.environ.setdefault("EMBEDDED_DIR", "var/bench")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from trimestrale import embedded

    with embedded.servers():
        import django

        django.setup()
        from django.db import connections
        from django.test.utils import override_settings, setup_databases, teardown_databases

        aliases = dict.fromkeys(("owner", "default"), False)  # the owner makes the one database, the product uses it
        databases = setup_databases(0, False, aliases=aliases, serialized_aliases=set())
        env.path("BENCH_DIR", "var/bench").mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=env.path("BENCH_DIR", "var/bench")))
        try:
            with override_settings(UPLOADS_DIR=folder / "uploads", LAKE_DIR=folder / "lake"):
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            connections.close_all()
            teardown_databases(databases, verbosity=0)
