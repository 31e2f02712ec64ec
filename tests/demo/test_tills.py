"""What shops report by week: the planted points can be found by unit and week, and only there."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from demo.exports import Order
from demo.folder import everything, quarters
from demo.model import TOWNS
from demo.tills import LEVEL, OUTCOME, POINTS, Tills
from metrics.stats.panel import Panel, cumulative, panel_effect

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def tills() -> Tills:
    return Tills([code.days() for code in quarters(TODAY)])


@pytest.fixture(scope="module")
def known(tills: Tills) -> list[Order]:
    return [order for quarter in everything(quarters(TODAY), tills) for order in quarter]


def panel(tills: Tills, known: list[Order]) -> Panel:
    """Mean vote in points by shop and week, over all nine quarters; NaN where nobody answered."""
    sums = np.zeros((2, *tills.open.shape))
    for order in known:
        vote = order.votes[OUTCOME]
        if vote == vote:
            cell = (order.moment.date() - tills.first).days // 7, TOWNS.index(order.town)
            sums[0][cell] += 10 * vote
            sums[1][cell] += 1
    with np.errstate(invalid="ignore"):
        means = sums[0] / sums[1]
    weeks, shops = np.indices(means.shape)
    return Panel(shops.ravel(), weeks.ravel(), means.ravel(), tills.open.reshape(-1, 1), ("casse",))


def test_the_planted_points_are_found_by_shop_and_week(tills: Tills, known: list[Order]) -> None:
    (found,) = cumulative(panel(tills, known))
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < POINTS < found.high


def test_next_week_s_tills_explain_nothing(tills: Tills, known: list[Order]) -> None:
    assert not panel_effect(panel(tills, known)).claim_dropped


def test_a_vote_stays_a_whole_number_of_its_scale(known: list[Order]) -> None:
    votes = {order.votes[OUTCOME] for order in known if order.votes[OUTCOME] == order.votes[OUTCOME]}
    assert votes <= set(map(float, range(11)))


def test_the_file_has_a_line_for_every_shop_and_monday_of_its_quarters(tills: Tills, tmp_path: Path) -> None:
    tills.write(tmp_path / "casse.csv", tills.quarters[-1])
    head, *lines = (tmp_path / "casse.csv").read_text().split()
    days = {date.fromisoformat(line.split(";")[0]) for line in lines}
    assert head == "settimana;negozio;casse"
    assert (len(days), len(lines)) == (13, 13 * len(TOWNS))
    assert {day.weekday() for day in days} == {0}
    assert tills.quarters[-1][0] <= min(days) < max(days) <= tills.quarters[-1][1]


def test_the_level_is_the_same_in_every_quarter(tills: Tills) -> None:
    parts = np.array_split(tills.open, len(tills.quarters))
    assert all(abs(part.mean() - LEVEL) < 0.3 for part in parts)
