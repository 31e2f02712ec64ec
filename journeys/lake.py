"""The lake: immutable Parquet files of observations, named by their hash, listed by ``Part`` rows, never by a glob."""

import shutil
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from journeys.files import orphans
from journeys.files import place_of as place_of
from journeys.models import Kept, Part, Upload


def collect(now: datetime) -> int:
    """Remove files no row names and nobody touched for a day: what crashes and undone uploads leave. Their number."""
    uploads, lake = Path(settings.UPLOADS_DIR), Path(settings.LAKE_DIR)
    removed = 0
    for file in orphans(uploads, "*", now):
        if not _is_upload(file.name):
            file.unlink(missing_ok=True)
            removed += 1
    for file in orphans(lake, "[0-9a-f][0-9a-f]/*.parquet", now):
        if not any(rows.objects.filter(sha256=file.stem).exists() for rows in (Part, Kept)):
            file.unlink(missing_ok=True)
            removed += 1
    for folder in orphans(lake, "work/*", now):
        shutil.rmtree(folder, ignore_errors=True)
        removed += 1
    return removed


def _is_upload(name: str) -> bool:
    try:
        return Upload.objects.filter(pk=UUID(name)).exists()
    except ValueError:
        return False
