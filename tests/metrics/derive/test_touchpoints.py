"""What those who came through a touchpoint add to a vote: the formula, when it is withheld, which votes are asked."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from metrics.derive.contributions import contribution_rows, unit_contributions
from metrics.derive.inputs import Inputs, questions
from metrics.derive.report import derive
from metrics.engine.moments import EVERYBODY, Facts, Touchpoint
from metrics.report import EffectRow, Report
from metrics.stats.exact import MILLION
from metrics.stats.kinds import Moments
from tests.metrics.derive.company import (
    BUYING,
    COMPANY,
    DELIVERY,
    INDICATORS,
    STAGES,
    Truth,
    facts,
    inputs,
    observations,
)

TILL, HOME, DESK = ("acquisto", "cassa"), ("consegna", "casa"), ("consegna", "banco")
JOURNEY = (
    replace(STAGES[0], touchpoints=(("cassa", "Cassa"),)),
    replace(STAGES[1], touchpoints=(("casa", "A casa"), ("banco", "Al banco"))),
)
FOLDS = range(32)


def votes(n: int, mean: int) -> dict[int, Moments]:
    """Cases spread over the folds, each with about the same vote."""
    sizes = [n // len(FOLDS) + (fold < n % len(FOLDS)) for fold in FOLDS]
    return {fold: Moments(k, k * mean * MILLION + fold * (k > 0)) for fold, k in enumerate(sizes) if k}


def together(*groups: dict[int, Moments]) -> dict[int, Moments]:
    return {fold: Moments.merged(group[fold] for group in groups if fold in group) for fold in FOLDS}


def met(
    groups: Mapping[Touchpoint, dict[int, Moments]], rest: dict[int, Moments]
) -> dict[Touchpoint, dict[int, Moments]]:
    """Of an outcome: the cases of each touchpoint, and with all others, everybody."""
    return {**groups, EVERYBODY: together(*groups.values(), rest)}


def asked(of: str, sums: Mapping[Touchpoint, dict[int, Moments]], **changed: object) -> list[EffectRow]:
    return rows_of(inputs(heard(of, sums), None, stages=JOURNEY, **changed))


def heard(of: str, sums: Mapping[Touchpoint, dict[int, Moments]], facts: Facts | None = None) -> Facts:
    """Facts in which cases that know the outcome met these touchpoints."""
    given = facts or Facts()
    joined = replace(given.joined, touched={of: dict(sums)})
    return replace(given, join=lambda: joined)


def rows_of(given: Inputs) -> list[EffectRow]:
    told = questions(given.indicators)
    return [row for row in contribution_rows(given, told, unit_contributions(given, told)) if row.touchpoint]


def test_the_contribution_is_the_score_of_all_minus_the_score_without_them() -> None:
    home, rest = votes(200, 9), votes(100, 6)
    (row,) = asked(DELIVERY.slug, met({HOME: home}, rest))
    whole, apart = Moments.merged(together(home, rest).values()), Moments.merged(rest.values())
    points = (Decimal(int(whole.s)) / whole.n - Decimal(int(apart.s)) / apart.n) / MILLION * 10
    assert (row.stage, row.touchpoint, row.n, row.detail) == ("consegna", "casa", 200, {"without": 100})
    assert row.points == points.quantize(Decimal("1e-9"))


def test_it_has_an_interval_and_a_verdict() -> None:
    (row,) = asked(DELIVERY.slug, met({HOME: votes(200, 9)}, votes(100, 6)))
    assert row.low is not None
    assert row.high is not None
    assert (row.low <= row.points <= row.high if row.points else False, row.verdict) == (True, "better")


def test_where_everybody_met_it_there_is_nothing_to_compare() -> None:
    (row,) = asked(DELIVERY.slug, met({HOME: votes(200, 9)}, {}))
    assert (row.note, row.points, row.n, row.detail, row.verdict) == ("everyone", None, 0, {}, "too_little")


@pytest.mark.parametrize(("some", "others"), [(9, 200), (200, 9)], ids=["with", "without"])
def test_few_on_either_side_are_hidden_with_their_number(some: int, others: int) -> None:
    (row,) = asked(DELIVERY.slug, met({HOME: votes(some, 9)}, votes(others, 6)))
    assert (row.note, row.points, row.low, row.n, row.detail) == ("few", None, None, 0, {})


def test_on_a_reduced_base_there_is_no_verdict() -> None:
    (row,) = asked(DELIVERY.slug, met({HOME: votes(29, 9)}, votes(200, 6)))
    assert (row.points is None, row.verdict) == (False, "too_little")


def test_a_vote_is_not_held_against_touchpoints_of_later_stages() -> None:
    sums = met({TILL: votes(100, 9), HOME: votes(100, 8)}, votes(100, 6))
    assert [row.touchpoint for row in asked(BUYING.slug, sums)] == ["cassa"]
    assert [row.touchpoint for row in asked(DELIVERY.slug, sums)] == ["cassa", "casa"]


def test_a_vote_of_the_whole_journey_is_held_against_every_touchpoint_in_its_order() -> None:
    whole = replace(DELIVERY, slug="nel_complesso", stage="")
    sums = met({DESK: votes(90, 7), HOME: votes(100, 8), TILL: votes(100, 9)}, votes(100, 6))
    rows = asked(whole.slug, sums, indicators=(*INDICATORS, whole))
    assert [row.touchpoint for row in rows] == ["cassa", "casa", "banco"]


def test_touchpoints_stand_between_events_and_units_and_do_not_move_their_verdicts(tmp_path: Path) -> None:
    rows = observations(Truth(late=0.3), "now")
    plain = facts(tmp_path, rows)
    more = heard(DELIVERY.slug, met({HOME: votes(200, 9)}, votes(100, 6)), plain)
    found = [derive(inputs(one, stages=JOURNEY)).effects_of("contribution") for one in (plain, more)]
    assert [row for row in found[1] if not row.touchpoint] == found[0]
    of_delivery = [row for row in found[1] if row.outcome == DELIVERY.slug]
    assert [bool(row.indicator) + 2 * bool(row.unit) for row in of_delivery] == sorted(
        (bool(row.indicator) + 2 * bool(row.unit) for row in of_delivery), key=[1, 0, 2].index
    )


def test_two_touchpoints_of_one_name_in_two_stages_are_two() -> None:
    stages = tuple(replace(stage, touchpoints=(("cassa", "Cassa"),)) for stage in STAGES)
    sums = met({TILL: votes(100, 9), ("consegna", "cassa"): votes(100, 8)}, votes(100, 6))
    rows = rows_of(inputs(heard(DELIVERY.slug, sums), stages=stages))
    assert [(row.stage, row.n) for row in rows] == [("acquisto", 100), ("consegna", 100)]
    assert len({row.key for row in rows}) == 2


def test_a_report_of_before_touchpoints_had_effects_is_read() -> None:
    report = derive(inputs(heard(DELIVERY.slug, met({HOME: votes(200, 9)}, votes(100, 6))), stages=JOURNEY))
    told = json.loads(report.content())
    told["effects"] = [{name: row[name] for name in row if name != "touchpoint"} for row in told["effects"]]
    assert {row.touchpoint for row in Report.parse(json.dumps(told)).effects} == {""}
    assert {row.touchpoint for row in Report.parse(report.content()).effects} == {"", "casa"}


def test_what_was_contested_before_keeps_its_seven_words() -> None:
    assert EffectRow("impact", "before", "logistica").key == ("impact", "before", "logistica", "", "", "", "")
    assert EffectRow("contribution", touchpoint="casa").key[-1] == "casa"


def test_the_companys_own_minimum_counts() -> None:
    strict = replace(COMPANY, hidden_under=30)
    (row,) = asked(DELIVERY.slug, met({HOME: votes(29, 9)}, votes(200, 6)), company=strict)
    assert (row.note, row.n) == ("few", 0)
