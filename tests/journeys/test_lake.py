"""The collector removes what nobody names, and nothing else."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from company.models import Company
from journeys import ingest, lake, ledger
from journeys.models import Part, Upload
from tests import dati, make

MAPPING = {"date": "day", "values": [{"indicator": "vote", "column": "vote"}]}


@pytest.fixture
def upload(company: Company) -> Upload:
    make.quarter(company)
    source = dati.source(company.departments.all()[0], MAPPING)
    made = ingest.receive(source, "votes.csv", iter([b"day,vote\n2026-07-15,8\n"]), None)
    ledger.run(made.job.pk)
    return made


def old(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (time.time() - 90_000,) * 2)
    return path


def test_files_that_no_row_names_are_collected_after_a_day(upload: Upload, settings: Settings) -> None:
    orphans = [
        old(Path(settings.LAKE_DIR) / "ab" / f"ab{'0' * 62}.parquet"),
        old(Path(settings.UPLOADS_DIR) / "2d3f9f0e-8e9f-4c57-9f8f-0b53f8b5b0aa"),
        old(Path(settings.UPLOADS_DIR) / "2d3f9f0e-8e9f-4c57-9f8f-0b53f8b5b0aa.part"),
    ]
    assert (lake.collect(timezone.now()), [path.exists() for path in orphans]) == (3, [False] * 3)


def test_files_that_a_row_names_and_young_files_stay(upload: Upload, settings: Settings) -> None:
    part = lake.place_of(Path(settings.LAKE_DIR), Part.objects.get().sha256)
    kept = [old(part), old(upload.path), Path(settings.UPLOADS_DIR) / "young.part"]
    kept[2].touch()
    assert (lake.collect(timezone.now()), [path.exists() for path in kept]) == (0, [True] * 3)


def test_what_an_undone_upload_leaves_is_collected_a_day_later(upload: Upload, settings: Settings) -> None:
    part = old(lake.place_of(Path(settings.LAKE_DIR), Part.objects.get().sha256))
    upload.refresh_from_db()
    ingest.undo(upload, None)
    assert (lake.collect(timezone.now()), part.exists()) == (0, True)
    assert (lake.collect(timezone.now() + timedelta(days=2)), part.exists()) == (1, False)
