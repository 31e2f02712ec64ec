"""What was published of a real company is verified: whoever computes, and whatever byte was touched."""

import shutil
from pathlib import Path

import pytest
from pytest_django import Settings

from company.models import Company
from metrics.engine import duckdb
from metrics.facts import path_of
from metrics.models import Edition
from metrics.verify import Checked, verify
from metrics.verifying import ask, run
from tests.olist.conftest import Olist
from tests.publishing import publish_all

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("threads", [1, 5])
def test_any_number_of_workers_gives_the_same_figures(
    standing: Olist, settings: Settings, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    settings.LAKE_DIR = standing.lake
    monkeypatch.setattr(duckdb, "THREADS", threads)
    edition = Edition.objects.get(digest=standing.digests["2018-1"])
    assert verify(edition) == Checked([])


def test_one_flipped_byte_in_one_file_is_found_and_the_file_named(
    standing: Olist, settings: Settings, tmp_path: Path
) -> None:
    settings.LAKE_DIR = shutil.copytree(standing.lake, tmp_path / "flipped")
    company = Company.objects.get(slug="olist")
    published = publish_all(company)
    part = next(item for item in published[1].provenance if item["quarter"] == str(published[1].quarter.code))
    content = bytearray(path_of(part["part"]).read_bytes())
    content[len(content) // 2] ^= 1
    path_of(part["part"]).write_bytes(content)
    found = run(ask(company).pk)
    resting = [str(row.quarter.code) for row in published if part in row.provenance]
    differing = {row["quarter"]: row["differences"] for row in found.results if row["differences"]}
    assert list(differing) == resting
    assert len(found.results) == len(published) == 10
    named = f"file {part['part']}.parquet {part['filename']}"
    assert [[item["where"] for item in rows] for rows in differing.values()] == [[named]] * len(resting)
