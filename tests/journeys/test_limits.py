"""Very large values, weights and counts: refused with their place, or summed exactly; never an overflow later."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from company.models import Company, User
from journeys.files import place_of
from journeys.models import Quarter
from journeys.reading.mapping import IndicatorFacts
from metrics.engine.asking import ask
from metrics.engine.duckdb import Session
from metrics.engine.levels import levels
from metrics.engine.moments import Measure
from metrics.models import Edition
from metrics.refresh import refresh
from metrics.stats.kinds import Kind, Moments
from tests import dati, make
from tests.journeys.taking import VOTES, Lake
from tests.journeys.test_drafts import due, post, read, send

MOST = "999999999.999999"
WEIGHTED: dict[str, Any] = {**VOTES, "weight": "w"}
GROUPED: dict[str, Any] = {"date": "day", "values": [{"indicator": "vote", "column": "vote", "n": "n", "sd": "sd"}]}
MEAN = Measure("vote", Kind.MEAN)


def grouped(*rows: str) -> str:
    return "\n".join(["day,vote,n,sd", *(f"2026-07-15,{row}" for row in rows), ""])


def weighted(*rows: str) -> str:
    return "\n".join(["id,day,shop,vote,w", *(f"C{i},2026-07-15,x,{row}" for i, row in enumerate(rows)), ""])


def sums(lakes: list[Lake], spill: Path) -> Moments:
    """The sums of all the observations, as the refresh asks for them."""
    files = [place_of(lake.folder / "lake", part["sha256"]) for lake in lakes for part in lake.parts]
    with Session(files, spill) as session:
        found = ask(session, [MEAN], []).total("vote")
        [plain] = levels(session, [MEAN]).values()
    assert (plain.n, plain.s) == (found.n, found.s)
    return found


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("7,1000000001,", "too_large", "n"),
        ("7,10,1000000000", "too_large", "sd"),
        ("1000000000,10,", "too_large", "vote"),
        ("100000000,1000001,", "too_large_together", "n"),
        ("7,1000001,100000000", "too_large_together", "n"),
    ],
)
def test_an_aggregate_beyond_what_is_summed_is_refused_with_its_place(
    tmp_path: Path, row: str, code: str, column: str
) -> None:
    assert Lake(tmp_path, GROUPED).problems(grouped("7,10,1", row)) == [(code, 3, column)]


def test_a_weight_too_large_for_its_value_is_refused_with_its_place(tmp_path: Path) -> None:
    assert Lake(tmp_path, WEIGHTED).problems(weighted("7,1", f"{MOST},10001")) == [("too_large_together", 3, "w")]


def test_a_duration_too_long_for_its_weight_is_refused_with_its_place(tmp_path: Path) -> None:
    wait = {"indicator": "vote", "duration": {"start": "from", "end": "to", "by": "days"}}
    mapping = {"date": "day", "weight": "w", "values": [wait]}
    text = "day,from,to,w\n2026-07-15,2001-01-01,2026-07-15,1\n2026-07-15,2001-01-01,2026-07-15,20000\n"
    lake = Lake(tmp_path, mapping, IndicatorFacts("vote", 86400))
    assert lake.problems(text) == [("too_large_together", 3, "w")]


def test_a_reversed_scale_far_beyond_its_ends_is_refused(tmp_path: Path) -> None:
    mapping = {**VOTES, "columns": {"vote": {"reversed": [1, 5]}}}
    lake = Lake(tmp_path, mapping)
    assert lake.problems("id,day,shop,vote\nA,2026-07-15,x,-999999999999.9\n")[0][0] in ("too_large", "too_many_digits")


def test_plain_answers_at_the_limit_are_summed_exactly(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lines = [f"C{i},2026-07-15,x,{'-' if i % 3 else ''}{MOST}" for i in range(3000)]
    assert lake.take("\n".join(["id,day,shop,vote", *lines, ""])).problems == []
    found, whole = sums([lake], tmp_path / "spill"), int(Decimal(MOST) * 10**6)
    assert (found.n, found.s, found.ss) == (3000, -1000 * whole, 3000 * whole**2)


def test_weighted_answers_at_the_limit_are_summed_exactly_beside_plain_ones(tmp_path: Path) -> None:
    heavy, plain = Lake(tmp_path / "a", WEIGHTED), Lake(tmp_path / "b")
    for lake in (heavy, plain):
        lake.folder.mkdir()
    assert heavy.take(weighted(*[f"{MOST},10000"] * 500, *["10000000.000001,1000000"] * 7)).problems == []
    lines = [f"D{i},2026-07-15,x,{MOST}" for i in range(500)]
    assert plain.take("\n".join(["id,day,shop,vote", *lines, ""])).problems == []
    found, whole, other = sums([heavy, plain], tmp_path / "spill"), int(Decimal(MOST) * 10**6), 10000000000001
    assert found.weight == Fraction(500 * 10_000 + 7_000_000 + 500)
    assert found.ss == 500 * 10_001 * whole**2 + 7_000_000 * other**2


def test_aggregates_at_the_limit_are_summed_exactly(tmp_path: Path) -> None:
    lake = Lake(tmp_path, GROUPED)
    rows = ["3162277.660168,1000000000,3162277.660168", "-99999999.999999,1000000,0.000001"] * 8000
    assert lake.take(grouped(*rows)).problems == []
    found = sums([lake], tmp_path / "spill")
    mean, low, n = 3162277660168, -99999999999999, 1_000_000_000
    assert (found.n, found.s) == (8000 * (n + 10**6), 8000 * (mean * n + low * 10**6))
    assert found.ss == 8000 * (mean**2 * n + mean**2 * (n - 1) + low**2 * 10**6 + 10**6 - 1)


def test_small_numbers_are_summed_the_fast_way(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.take("id,day,shop,vote\nA,2026-07-15,x,9\nB,2026-07-15,x,7\n")
    files = [place_of(lake.folder / "lake", part["sha256"]) for part in lake.parts]
    with Session(files, tmp_path / "spill") as session:
        assert not session.weighted


@pytest.fixture
def browser(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


def test_a_file_at_the_limit_reaches_its_figures(browser: Client, company: Company, quarter: Quarter) -> None:
    make.journey(company, "Consegna")
    source = dati.source(company.departments.all()[0], WEIGHTED)
    upload = send(browser, source, weighted(*[f"{MOST},10000", f"-{MOST},9999.5"] * 200))
    assert due(browser, upload) == "conferma", read(browser, upload, "controlla")
    post(browser, upload, "conferma", how="add")
    assert upload.state == "accepted"
    refresh(quarter.pk)
    figure = Edition.objects.get(quarter=quarter).figures.get(indicator="vote", unit="")
    assert (figure.n, figure.base) == (400, "full")


def test_a_file_beyond_the_limit_says_so_while_it_is_checked(
    browser: Client, company: Company, quarter: Quarter
) -> None:
    source = dati.source(company.departments.all()[0], WEIGHTED)
    upload = send(browser, source, weighted("7,1", f"{MOST},1000000"))
    assert due(browser, upload) == "controlla"
    page = read(browser, upload, "controlla")
    assert "1000000 è troppo grande insieme a “vote”: numeri così non si possono sommare esattamente" in page
