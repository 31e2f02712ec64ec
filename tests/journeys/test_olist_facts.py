# ruff: noqa: S608 - the queries are put together from this file's own words
"""The Olist company's stored observations, counted by nothing of ours, give the figures of expected.json."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from django.conf import settings
from django.core.management import call_command

from journeys.models import Part, Upload

OLIST = Path(__file__).parent.parent / "data" / "olist"
SHARES = ("cancelled_or_unavailable", "late_handover", "late_delivery", "several_sellers")
DRIVERS = {
    "late_delivery": "late_delivery (logistics)",
    "late_handover": "late_handover (stores)",
    "approval_over_24h": "approval_over_24h (billing)",
    "several_sellers": "several_sellers (stores)",
}


def load(connection: duckdb.DuckDBPyConnection, parts: list[tuple[str, str]]) -> None:
    """The table ``facts``: one row for each observation that counts, with the code of its quarter."""
    union = " UNION ALL ".join(
        f"SELECT *, '{code}' AS quarter FROM read_parquet('{path}')" for code, path in sorted(set(parts))
    )
    connection.execute(
        f"""CREATE TABLE facts AS SELECT * FROM ({union})
        QUALIFY rule = 'each' OR row_number() OVER (PARTITION BY indicator, "case" ORDER BY ord DESC, value DESC) = 1"""
    )


@pytest.fixture
def facts(shared_data: Path, transactional_db: None) -> Iterator[duckdb.DuckDBPyConnection]:
    call_command("import_company", str(OLIST), stdout=StringIO())
    assert Upload.objects.filter(state=Upload.State.ACCEPTED).count() == 6
    parts = [
        (str(part.quarter), str(Path(settings.LAKE_DIR) / part.sha256[:2] / f"{part.sha256}.parquet"))
        for part in Part.objects.select_related("quarter")
    ]
    with duckdb.connect() as connection:
        load(connection, parts)
        yield connection


def one(facts: duckdb.DuckDBPyConnection, quarter: str, indicator: str, what: str) -> Any:
    """An aggregate of the indicator's values in the quarter."""
    sql = f"SELECT {what} FROM facts WHERE quarter = ? AND indicator = ?"
    return facts.execute(sql, [quarter, indicator]).fetchall()[0]


def check_quarter(facts: duckdb.DuckDBPyConnection, quarter: str, expected: dict[str, Any]) -> None:
    assert one(facts, quarter, "cancelled_or_unavailable", "count(*)") == (expected["orders"],)
    for slug in SHARES:
        n, successes = one(facts, quarter, slug, "count(*), coalesce(sum(value), 0)")
        assert (n, int(successes)) == (expected[slug]["n"], expected[slug]["successes"]), slug
    vote = expected["review_score"]
    assert one(facts, quarter, "voto", "count(*), avg(value), stddev_samp(value)") == (
        vote["n"],
        pytest.approx(vote["mean"], abs=1e-9),
        vote["sd"] and pytest.approx(vote["sd"], abs=1e-9),
    )
    happy = one(facts, quarter, "soddisfatti", "count(*) FILTER (value >= 4)")[0]
    unhappy = int(one(facts, quarter, "insoddisfatti", "sum(value)")[0])
    assert (happy, unhappy) == (expected["score_4_5"]["successes"], expected["score_1_2"]["successes"])
    check_durations(facts, quarter, expected)


def check_durations(facts: duckdb.DuckDBPyConnection, quarter: str, expected: dict[str, Any]) -> None:
    hours = expected["approval_hours"] or {"n": 0, "mean": None, "sd": None, "median": None, "p90": None}
    found = {
        **dict(zip(("n", "mean", "sd"), one(facts, quarter, "approval_hours", seconds_in(3600)), strict=True)),
        "median": one(facts, quarter, "approval_hours_median", "median(value::DOUBLE / 3600)")[0],
        "p90": one(facts, quarter, "approval_hours_p90", "quantile_cont(value::DOUBLE / 3600, 0.9)")[0],
    }
    assert found == {key: value if value is None else pytest.approx(value, abs=1e-9) for key, value in hours.items()}
    for slug, key in (("handover_days", "handover_days_median"), ("transit_days", "transit_days_median")):
        median = one(facts, quarter, slug, "median(value::DOUBLE / 86400)")[0]
        assert median == (expected[key] if expected[key] is None else pytest.approx(expected[key], abs=1e-9))


def seconds_in(unit: int) -> str:
    return f"count(*), avg(value::DOUBLE / {unit}), stddev_samp(value::DOUBLE / {unit})"


def wide(facts: duckdb.DuckDBPyConnection, *slugs: str) -> np.ndarray:
    """One row for each case that knows every one of the indicators."""
    columns = ", ".join(f"max(value) FILTER (indicator = '{slug}')::DOUBLE AS {slug}" for slug in slugs)
    known = " AND ".join(f"{slug} IS NOT NULL" for slug in slugs)
    rows = facts.execute(f'SELECT * FROM (SELECT {columns} FROM facts GROUP BY "case") WHERE {known}').fetchall()
    return np.array(rows)


def check_cells(facts: duckdb.DuckDBPyConnection, expected: dict[str, Any]) -> None:
    rows = wide(facts, "late_delivery", "late_handover", "voto")
    for late in (False, True):
        for handover in (False, True):
            cell = expected[f"late={late},late_handover={handover}"]
            votes = rows[(rows[:, 0] == late) & (rows[:, 1] == handover), 2]
            assert (len(votes), votes.mean()) == (cell["n"], pytest.approx(cell["mean_score"], abs=1e-12))


def check_drivers(facts: duckdb.DuckDBPyConnection, expected: dict[str, Any]) -> None:
    rows = wide(facts, "voto", *DRIVERS)
    assert len(rows) == expected["rows"]
    design = np.column_stack([np.ones(len(rows)), rows[:, 1:]])
    beta = np.linalg.lstsq(design, rows[:, 0], rcond=None)[0]
    assert beta == pytest.approx([expected["beta"][name] for name in ("intercept", *DRIVERS.values())], abs=1e-9)


def test_every_figure_of_every_quarter_can_be_counted_from_the_observations(
    facts: duckdb.DuckDBPyConnection, shared_data: Path
) -> None:
    expected = json.loads((shared_data / "olist" / "expected.json").read_text())
    for quarter, figures in expected["by_purchase_quarter"].items():
        check_quarter(facts, quarter, figures)
    check_cells(facts, expected["cells"])
    check_drivers(facts, expected["drivers"])
