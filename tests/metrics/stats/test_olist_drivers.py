"""Four drivers of the vote on real orders, against coefficients and shares computed by others.

The data (Olist, CC BY-NC-SA 4.0) are never committed: they are read where they are shared.
"""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from metrics.stats.drivers import CrossProducts, lmg, ols

OLIST = Path(__file__).parents[4] / "shared" / "data" / "olist"

pytestmark = pytest.mark.usefixtures("shared_data")


def read(name: str) -> list[dict[str, str]]:
    with (OLIST / name).open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((OLIST / "expected.json").read_text())
    return found


@pytest.fixture(scope="module")
def cases() -> list[tuple[int, bool, bool, float | None, bool]]:
    """Delivered orders with a vote: vote, late delivery, late handover, hours to approval, several sellers."""
    votes: dict[str, int] = {}
    for row in sorted(read("voice_reviews.csv"), key=lambda r: (r["review_answer_timestamp"], r["review_id"])):
        votes[row["order_id"]] = int(row["review_score"])
    shops = {row["order_id"]: row for row in read("stores_handover.csv")}
    found = []
    for row in read("logistics_deliveries.csv"):
        shop, vote = shops.get(row["order_id"]), votes.get(row["order_id"])
        if not row["order_delivered_customer_date"] or shop is None or vote is None:
            continue
        late = row["order_delivered_customer_date"][:10] > row["order_estimated_delivery_date"][:10]
        handover = shop["order_delivered_carrier_date"] > shop["shipping_limit_date"]
        found.append((vote, late, handover, approval(shop), int(shop["sellers"]) > 1))
    return found


def approval(shop: dict[str, str]) -> float | None:
    if not shop["order_approved_at"]:
        return None
    waited = datetime.fromisoformat(shop["order_approved_at"]) - datetime.fromisoformat(
        shop["order_purchase_timestamp"]
    )
    return waited.total_seconds() / 3600


@pytest.fixture(scope="module")
def products(cases: list[tuple[int, bool, bool, float | None, bool]]) -> CrossProducts:
    rows = [(v, late, hand, hours > 24, several) for v, late, hand, hours, several in cases if hours is not None]
    return CrossProducts.of(("vote", "late", "handover", "approval", "sellers"), np.array(rows, dtype=np.int64) * 10**6)


def test_the_four_cells_of_late_by_late_handover_are_the_expected_ones(
    cases: list[tuple[int, bool, bool, float | None, bool]], expected: dict[str, Any]
) -> None:
    for late in (False, True):
        for handover in (False, True):
            votes = [case[0] for case in cases if case[1:3] == (late, handover)]
            cell = expected["cells"][f"late={late},late_handover={handover}"]
            assert (len(votes), sum(votes) / len(votes)) == (cell["n"], cell["mean_score"])


def test_the_coefficients_are_the_expected_ones(products: CrossProducts, expected: dict[str, Any]) -> None:
    got = ols(products)
    assert got.n == expected["drivers"]["rows"]
    assert [got.intercept, *got.beta] == pytest.approx(list(expected["drivers"]["beta"].values()), abs=1e-10)


def test_the_shares_are_the_expected_ones(products: CrossProducts, expected: dict[str, Any]) -> None:
    got = lmg(products)
    assert got.values == pytest.approx(list(expected["drivers"]["lmg"].values()), abs=1e-10)
    assert got.r2 == pytest.approx(expected["drivers"]["r2"], abs=1e-10)
