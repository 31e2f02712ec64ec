"""Shares of variance by department: splitting a result gains nothing, an order is told only where demonstrated."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from metrics.derive.report import derive
from metrics.report import EffectRow, Report
from tests.metrics.derive.company import INDICATORS, LATE, Truth, facts, indicator, inputs, observations
from tests.metrics.observations import Row

COPY = replace(LATE, slug="ritardo_bis")
NOISE = replace(indicator("colore", "result", "share", "assistenza", "consegna"), influences=("consegna",))


def shares(report: Report) -> dict[str, EffectRow]:
    return {row.department: row for row in report.effects_of("share", outcome="voto_consegna")}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return derive(inputs(facts(tmp_path_factory.mktemp("plain"), observations(Truth(late=0.3), "now"))))


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The same quarter with lateness sent twice, one answer in fifty told otherwise."""
    rows = observations(Truth(late=0.3), "now")
    late = [row for row in rows if row.indicator == "ritardo"]
    again = [
        replace(row, indicator="ritardo_bis", value=int(bool(row.value) ^ (n % 50 == 0))) for n, row in enumerate(late)
    ]
    indicators = (*INDICATORS, COPY)
    return derive(inputs(facts(tmp_path_factory.mktemp("split"), [*rows, *again], indicators), indicators=indicators))


def test_a_department_gains_nothing_by_sending_a_result_twice(plain: Report, split: Report) -> None:
    once, twice = (shares(report)["logistica"].share for report in (plain, split))
    assert once is not None
    assert twice is not None
    assert abs(once - twice) < Decimal("0.01")


def test_two_copies_share_what_one_had(split: Report) -> None:
    rows = {row.indicator: row.share or Decimal(0) for row in split.effects_of("driver", outcome="voto_consegna")}
    assert rows["ritardo"] > Decimal("0.1") < rows["ritardo_bis"]
    assert rows["ritardo"] + rows["ritardo_bis"] == pytest.approx(shares(split)["logistica"].share, abs=Decimal("1e-8"))


def test_shares_of_departments_add_up_to_the_variance_explained(split: Report) -> None:
    (explained,) = {row.detail["r2"] for row in split.effects_of("driver", outcome="voto_consegna")}
    total = sum(row.share or Decimal(0) for row in shares(split).values())
    assert total == pytest.approx(Decimal(explained), abs=Decimal("1e-8"))


def test_a_department_is_ranked_above_only_where_the_difference_is_demonstrated(plain: Report) -> None:
    found = shares(plain)
    assert (found["logistica"].detail["above"], found["cassa"].detail["above"]) == (["cassa"], [])


def test_two_results_that_do_nothing_are_not_ranked(tmp_path: Path) -> None:
    rows = observations(Truth(cost=0), "now")
    colours = [Row("colore", number % 2, row.case) for number, row in enumerate(rows) if row.indicator == "ritardo"]
    indicators = (*INDICATORS, NOISE)
    found = shares(derive(inputs(facts(tmp_path, [*rows, *colours], indicators), indicators=indicators)))
    assert [row.detail["above"] for row in found.values()] == [[], [], []]


def test_the_result_in_front_dominates_the_next_completely(plain: Report) -> None:
    (late,) = plain.effects_of("driver", indicator="ritardo")
    assert (late.detail["over"], late.detail["dominance"]) == ("coda", "complete")


def test_copies_say_how_much_they_overlap(split: Report) -> None:
    (late,) = split.effects_of("driver", indicator="ritardo")
    assert Decimal(late.detail["vif"]) > 5


def test_each_copy_names_the_other_as_its_twin(split: Report) -> None:
    rows = split.effects_of("driver", outcome="voto_consegna")
    twins = {row.indicator: row.detail.get("twin", ["", "0"]) for row in rows}
    assert [twins[slug][0] for slug in ("ritardo", "ritardo_bis")] == ["ritardo_bis", "ritardo"]
    assert Decimal(twins["ritardo"][1]) > Decimal("0.8")


def test_a_slope_that_turns_between_units_is_unstable(tmp_path: Path) -> None:
    """Inside each shop lateness costs votes; shops with more of it have happier customers, and many shops say so."""
    rows = []
    for number in range(1200):
        shop = number % 20
        late = int((number // 20 * 7 + shop * 3) % 60 < 3 * shop)
        vote = 2.5 + 0.35 * shop - 2.0 * late + (number * 37 % 11 - 5) / 10
        case, unit = f"c{number}", f"n{shop:02}"
        rows += [
            Row("voto_consegna", round(min(10, max(0, vote)), 2), case, unit),
            Row("ritardo", int(late), case, unit),
        ]
    indicators = tuple(row for row in INDICATORS if row.slug in ("voto_consegna", "ritardo"))
    units = tuple((f"n{shop:02}", f"n{shop:02}") for shop in range(20))
    found = derive(inputs(facts(tmp_path, rows, indicators), indicators=indicators, units=units))
    (row,) = found.effects_of("driver", indicator="ritardo")
    assert (row.note, row.points) == ("unstable", None)
