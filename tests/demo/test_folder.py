"""The demo's folder: what any company could hand in, the same on every machine."""

import hashlib
from datetime import date
from pathlib import Path

import pytest

from demo import tills
from demo.exports import EXPORTS
from demo.folder import LATE, SURVEY, last_closed, last_file, write_folder
from demo.model import OUTCOMES, PLANTED, QUARTERS, RESULTS
from journeys.calendar import QuarterCode
from journeys.companyfile.definitions import CompanyFile
from journeys.companyfile.parse import parse_company

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("demo"), TODAY)


@pytest.fixture(scope="module")
def entry(folder: Path) -> CompanyFile:
    return parse_company(folder)


def test_the_last_closed_quarter_ended_before_the_day() -> None:
    assert last_closed(date(2026, 9, 30)) == QuarterCode(2026, 2)
    assert last_closed(date(2026, 10, 1)) == QuarterCode(2026, 3)
    assert last_closed(date(2027, 1, 1)) == QuarterCode(2026, 4)


def test_nine_quarters_end_with_the_last_closed_one(entry: CompanyFile) -> None:
    assert len(entry.codes()) == QUARTERS == 9
    assert entry.codes()[-1] == QuarterCode(2026, 3)


def test_the_company_says_that_its_data_are_generated(entry: CompanyFile) -> None:
    assert entry.generated


def test_the_same_day_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = write_folder(tmp_path / "again", TODAY)
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    for name in names:
        one, other = (hashlib.sha256((place / name).read_bytes()).hexdigest() for place in (folder, again))
        assert one == other, name


def test_every_indicator_but_one_of_orders_and_one_of_weeks_is_in_the_truth(entry: CompanyFile) -> None:
    results = {item.slug: item.department for item in entry.indicators if item.role == "result"}
    assert results.pop("giorni_consegna") == "logistica"
    assert results.pop("casse_aperte") == "punti-vendita"
    assert results == {slug: result.department for slug, result in RESULTS.items()}
    outcomes = {item.slug: item.stage for item in entry.indicators if item.role == "outcome"}
    assert outcomes == {slug: outcome.stage for slug, outcome in OUTCOMES.items()}


def test_the_declared_influences_are_the_planted_ones(entry: CompanyFile) -> None:
    declared = {(item.slug, stage) for item in entry.indicators for stage in item.influences}
    planted = {(link.result, OUTCOMES[link.outcome].stage) for link in PLANTED}
    assert declared == {*planted, ("casse_aperte", OUTCOMES[tills.OUTCOME].stage)}


def test_one_department_of_eight_has_no_data(entry: CompanyFile) -> None:
    silent = {item.slug for item in entry.departments} - {source.department for source in entry.sources}
    assert (len(entry.departments), silent) == (8, {"risorse-umane"})


def test_every_source_has_its_file(entry: CompanyFile) -> None:
    names = [
        name
        for item in (tills.FILE, *(export.name for export in EXPORTS))
        for name in (item, last_file(item, entry.codes()[-1]))
    ]
    assert sorted(name for source in entry.sources for name in source.files) == sorted(names)


def test_answers_that_came_late_are_in_a_file_of_their_own(folder: Path) -> None:
    rows = [(folder / name).read_text().splitlines()[1:] for name in (SURVEY, LATE)]
    orders = [{row.partition(";")[0] for row in found} for found in rows]
    assert orders[1]
    assert not orders[0] & orders[1]
