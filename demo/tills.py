"""PURE: tills that each shop keeps open, week by week: no order joins them to a vote, only the shop and the week do.

A till more than usual is worth so many points of the vote on the purchase, in the same week: the planted truth of what
is compared by unit and week. Their level is the same in every quarter, so that nothing else of the model moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from math import floor, isnan
from pathlib import Path

import numpy as np

from demo.exports import Order
from demo.model import SEED, TOWNS, Numbers

LEVEL, SPREAD, KEPT = 5.0, 1.0, 0.6
POINTS, OUTCOME = 6.0, "voto_acquisto"
FILE, HEADER = "negozi_casse.csv", "settimana;negozio;casse"


@dataclass(frozen=True)
class Tills:
    """Open tills of every shop in each week of the quarters, whose first and last days are given."""

    quarters: Sequence[tuple[date, date]]

    @cached_property
    def first(self) -> date:
        """The Monday of the first week."""
        start = self.quarters[0][0]
        return start - timedelta(days=start.weekday())

    @cached_property
    def open(self) -> Numbers:
        """(weeks, shops), with one decimal: a shop that is short of people stays so for a while."""
        weeks = self._week(self.quarters[-1][1]) + 1
        chance = np.random.default_rng([SEED, 7]).normal(size=(weeks, len(TOWNS)))
        found = [chance[0]]
        for week in chance[1:]:
            found.append(KEPT * found[-1] + np.sqrt(1 - KEPT**2) * week)
        rounded: Numbers = np.round(LEVEL + SPREAD * np.array(found), 1)
        return rounded

    def felt(self, order: Order) -> Order:
        """The order with the vote that its customer gives after queueing at so many tills; a whole vote, by chance."""
        vote = order.votes[OUTCOME]
        if isnan(vote):
            return order
        excess = self.open[self._week(order.moment.date()), TOWNS.index(order.town)] - LEVEL
        moved = floor(vote + POINTS / 10 * excess + order.chance * 1000 % 1)
        return replace(order, votes=order.votes | {OUTCOME: float(min(10, max(0, moved)))})

    def write(self, file: Path, *quarters: tuple[date, date]) -> None:
        """The shops' own file: one line a shop and week that begins in these quarters, with a decimal comma."""
        lines = [HEADER]
        for week, shops in enumerate(self.open.tolist()):
            monday = self.first + timedelta(weeks=week)
            if any(first <= monday <= last for first, last in quarters):
                day = monday.isoformat()
                lines += [f"{day};N{place:02d};{tills:.1f}".replace(".", ",") for place, tills in enumerate(shops, 1)]
        file.write_text("".join(f"{line}\r\n" for line in lines), encoding="utf-8", newline="")

    def _week(self, day: date) -> int:
        return (day - self.first).days // 7
