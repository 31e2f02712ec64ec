"""Every figure computed independently for Olist comes out of the product, to the last digit shown."""

import json
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from metrics import wording
from metrics.engine.moments import Facts
from metrics.report import FigureRow
from metrics.stats.crossproducts import CrossProducts, merged
from metrics.stats.drivers import ols
from metrics.stats.kinds import Moments
from metrics.stats.shares import lmg
from metrics.verify import Checked
from tests.olist.conftest import Olist

SHARES = {
    "cancelled_or_unavailable": "cancelled_or_unavailable",
    "late_handover": "late_handover",
    "late_delivery": "late_delivery",
    "several_sellers": "several_sellers",
    "score_4_5": "soddisfatti",
    "score_1_2": "insoddisfatti",
}
MEANS = {"review_score": "voto", "approval_hours": "approval_hours"}
MEDIANS = {"handover_days_median": "handover_days", "transit_days_median": "transit_days"}
SHOWN = ("2017-1", "2017-2", "2017-3", "2017-4", "2018-1", "2018-2", "2018-3")
DRIVERS = {
    "late_delivery": "late_delivery (logistics)",
    "late_handover": "late_handover (stores)",
    "approval_over_24h": "approval_over_24h (billing)",
    "several_sellers": "several_sellers (stores)",
}
DIGITS = 1e-9
pytestmark = pytest.mark.django_db  # so that the database is there for the import


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> dict[str, Any]:
    answers: dict[str, Any] = json.loads((shared_data / "olist" / "expected.json").read_text())
    return answers


def figure(olist: Olist, quarter: str, slug: str) -> FigureRow:
    return olist.reports[quarter].indicator_figure(slug)


def close(found: Decimal | float | None, wanted: float) -> bool:
    """Equal in every digit that is kept: nine decimals."""
    return found is not None and abs(float(found) - wanted) <= DIGITS


@pytest.mark.parametrize("quarter", SHOWN)
@pytest.mark.parametrize("name", SHARES)
def test_a_share_has_the_expected_cases_and_successes(
    olist: Olist, expected: dict[str, Any], quarter: str, name: str
) -> None:
    wanted, row = expected["by_purchase_quarter"][quarter][name], figure(olist, quarter, SHARES[name])
    assert row.n == wanted["n"]
    assert close(row.value, wanted["successes"] / wanted["n"])


@pytest.mark.parametrize("quarter", SHOWN)
@pytest.mark.parametrize("name", MEANS)
def test_a_mean_has_the_expected_cases_mean_and_spread(
    olist: Olist, expected: dict[str, Any], quarter: str, name: str
) -> None:
    wanted, row = expected["by_purchase_quarter"][quarter][name], figure(olist, quarter, MEANS[name])
    assert row.n == wanted["n"]
    assert close(row.value, wanted["mean"])
    assert close(Decimal(row.detail["sd"]), wanted["sd"])


@pytest.mark.parametrize("quarter", SHOWN)
def test_medians_and_percentiles_are_interpolated_as_expected(
    olist: Olist, expected: dict[str, Any], quarter: str
) -> None:
    wanted = expected["by_purchase_quarter"][quarter]
    pairs = [(slug, wanted[name]) for name, slug in MEDIANS.items()]
    pairs += [("approval_hours_median", wanted["approval_hours"]["median"])]
    pairs += [("approval_hours_p90", wanted["approval_hours"]["p90"])]
    assert [slug for slug, value in pairs if not close(figure(olist, quarter, slug).value, value)] == []


@pytest.mark.parametrize("quarter", ["2016-3", "2018-4"])
def test_one_or_two_orders_show_no_figure_at_all(olist: Olist, quarter: str) -> None:
    report = olist.reports[quarter]
    assert (report.health.value, report.health.verdict) == (None, "too_little")


def test_after_a_quarter_of_one_order_no_verdict_is_given(olist: Olist) -> None:
    assert olist.reports["2016-4"].health.verdict == "too_little"


@pytest.mark.parametrize("quarter", ["2016-3", "2016-4", "2018-4"])
def test_a_quarter_with_too_few_orders_says_so_in_its_headline(olist: Olist, quarter: str) -> None:
    with translation.override("it"):
        assert wording.place(olist.reports[quarter], "front").startswith("Dati insufficienti")


def test_the_four_cells_of_lateness_are_as_expected(olist: Olist, expected: dict[str, Any]) -> None:
    cells: dict[tuple[int, int], Moments] = {}
    for facts in olist.sums.values():
        for key, found in facts.joined.cells.items():
            if set(key[1:]) == {"late_delivery", "late_handover"}:
                for cell, moments in found.items():
                    named = cell if key[1] == "late_delivery" else cell[::-1]
                    cells[named] = cells.get(named, Moments()) + moments
    for late, handover in ((0, 0), (0, 1), (1, 0), (1, 1)):
        wanted = expected["cells"][f"late={bool(late)},late_handover={bool(handover)}"]
        assert cells[late, handover].n == wanted["n"]
        assert close(float(cells[late, handover].mean()), wanted["mean_score"])


def together(sums: dict[str, Facts]) -> CrossProducts:
    """All quarters' complete cases."""
    return merged(fold for facts in sums.values() for fold in facts.joined.drivers.get("voto", {}).values())


def test_coefficients_of_the_four_drivers_are_as_expected(olist: Olist, expected: dict[str, Any]) -> None:
    found = ols(together(olist.sums))
    assert found.n == expected["drivers"]["rows"]
    assert close(found.intercept, expected["drivers"]["beta"]["intercept"])
    for slug, name in DRIVERS.items():
        assert close(found.beta_of(slug), expected["drivers"]["beta"][name])


def test_shares_of_variance_of_the_four_drivers_are_as_expected(olist: Olist, expected: dict[str, Any]) -> None:
    found = lmg(together(olist.sums))
    assert close(found.r2, expected["drivers"]["r2"])
    for slug, name in DRIVERS.items():
        assert close(found.of([slug]), expected["drivers"]["lmg"][name])


def test_the_shops_share_is_the_sum_of_their_results(olist: Olist, expected: dict[str, Any]) -> None:
    found, wanted = lmg(together(olist.sums)), expected["drivers"]["lmg"]
    stores = wanted["late_handover (stores)"] + wanted["several_sellers (stores)"]
    assert close(found.of(["late_handover", "several_sellers"]), stores)


def test_support_has_an_unknown_impact(olist: Olist) -> None:
    (row,) = olist.reports["2018-1"].effects_of("impact", department="assistenza")
    assert (row.note, row.points) == ("unknown", None)


def test_the_fall_of_the_first_quarter_of_2018_names_delivery(olist: Olist) -> None:
    report = olist.reports["2018-1"]
    front = report.message("front")
    assert front is not None
    assert (report.health.verdict, front.code, front.args["stages"][0]) == ("worse", "front.worse", "consegna")


def test_logistics_says_where_how_and_how_much_with_its_interval(olist: Olist) -> None:
    (row,) = olist.reports["2018-1"].effects_of(
        "impact", reference="before", department="logistica", stage="consegna", indicator=""
    )
    assert row.verdict == "worse"
    assert row.low is not None
    assert row.points is not None
    assert row.high is not None
    assert row.low < row.points < row.high < 0


@pytest.mark.parametrize("quarter", SHOWN)
def test_billing_is_not_demonstrated_and_never_zero(olist: Olist, quarter: str) -> None:
    rows = olist.reports[quarter].effects_of("impact", reference="before", department="amministrazione", stage="")
    assert {row.verdict for row in rows} <= {"unproven", "too_little"}
    assert all(row.points is None or row.points != 0 for row in rows)


@pytest.mark.parametrize("quarter", SHOWN[1:])
def test_impacts_and_the_unexplained_equal_the_bridge(olist: Olist, quarter: str) -> None:
    steps = olist.reports[quarter].bridge
    inside = [step.points for step in steps if step.kind in ("impact", "unexplained") and step.points is not None]
    whole = [step.points for step in steps if step.kind == "stage" and step.points is not None]
    assert reduce(Decimal.__add__, inside) == reduce(Decimal.__add__, whole)


def test_every_quarter_recomputes_to_the_same_digits(olist: Olist) -> None:
    assert olist.checked == {quarter: Checked([]) for quarter in olist.reports}


def test_a_pair_tried_from_the_stored_files_is_the_regression_of_that_one_result(olist: Olist) -> None:
    row, both = olist.pair.row, [olist.sums[code].joined.drivers["voto"] for code in ("2018-1", "2017-4")]
    late = [fold.keep(("voto", "late_delivery")) for side in both for fold in side.values()]
    plain = ols(merged(late))  # without the quarter as a control
    assert (row.n, row.verdict) == (plain.n, "worse")
    assert float(row.points or 0) == pytest.approx(25 * plain.beta[0], abs=0.5)
