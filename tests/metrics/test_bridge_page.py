"""The bridge page: what every step is made of, and the steps of a year chained."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from company.models import Company, User
from journeys.calendar import QuarterCode
from metrics.chaining import Chain, chain
from metrics.panels.bridge import taken_apart
from metrics.report import Report, StepRow
from metrics.stats.rounding import rounded
from tests import make, make_report
from tests.make_report import d

POINTS = st.decimals(-5, 5, places=9)
ZERO, SIXTY = Decimal(0), Decimal(60)


def numbered(rows: Iterable[StepRow]) -> tuple[StepRow, ...]:
    return tuple(replace(row, position=place) for place, row in enumerate(rows))


def stepped(quarter: str, start: Decimal, steps: Sequence[tuple[str, Decimal]], weights: Decimal = ZERO) -> Report:
    """The chain's report with a bridge of these steps from ``start``."""
    end = start + sum((points for _, points in steps), weights)
    rows = [StepRow(0, "stage", stage, "", points) for stage, points in steps]
    rows += [StepRow(0, "weights", points=weights)] if weights else []
    ends = StepRow(0, "start", points=start), StepRow(0, "end", points=end)
    before = str(QuarterCode.parse(quarter).plus(-1))
    return replace(make_report.aurora(quarter, before), bridge=numbered([ends[0], *rows, ends[1]]))


def year(moves: Sequence[Sequence[Decimal]], start: Decimal = SIXTY) -> list[Report]:
    """Quarters up to the third of 2026, each starting where the last ended; moves of two stages and of weights."""
    code, found = QuarterCode.parse("2026-3"), []
    for steps, (first, second, weights) in enumerate(moves):
        quarter = str(code.plus(steps - len(moves) + 1))
        found.append(stepped(quarter, start, (("consegna", first), ("uso", second)), weights))
        start += first + second + weights
    return found


def chained(reports: Sequence[Report]) -> Chain:
    found = chain(reports)
    assert found is not None
    return found


@given(st.lists(st.tuples(POINTS, POINTS, POINTS), min_size=2, max_size=4))
def test_a_chain_closes_on_both_healths_exactly_and_as_shown(moves: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    found = chained(year(moves))
    assert found.start + sum((step.points or d(0) for step in found.steps), d(0)) == found.end
    shown = sum((step.points or d(0) for step in found.shown), d(0))
    assert rounded(found.start, 1) + shown == rounded(found.end, 1)


def test_a_move_that_comes_back_cancels_in_a_chain() -> None:
    found = chained(year([(d(2), d(-1), d(0)), (d(-2), d(1), d(0))]))
    assert [step.points for step in found.steps] == [0, 0]


def test_a_chain_has_the_last_four_quarters() -> None:
    assert chained(year([(d(1), d(0), d(0))] * 6)).since == "2025-3"


def test_a_missing_quarter_ends_the_chain() -> None:
    reports = year([(d(1), d(0), d(0))] * 4)
    assert chained([*reports[:1], *reports[2:]]).since == "2026-1"
    assert chain(reports[3:]) is None


def test_a_health_computed_again_since_is_a_step_of_its_own() -> None:
    first, second = year([(d(1), d(0), d(0)), (d(1), d(0), d(0))])
    moved = replace(second, bridge=stepped("2026-3", d("61.5"), (("consegna", d(1)), ("uso", ZERO))).bridge)
    found = chained([first, moved])
    assert [(step.kind, step.points) for step in found.steps] == [("stage", d(2)), ("stage", 0), ("restated", d("0.5"))]
    assert found.end == d("62.5")


def test_the_parts_of_a_step_add_up_to_it_in_every_family() -> None:
    rows = taken_apart(apart())
    step = next(row for row in rows if row.kind == "stage" and row.component == "consegna")
    for kinds in (("impact", "unexplained"), ("indicator",), ("rate", "mix")):
        family = [row.points or d(0) for row in rows if row.kind in kinds]
        assert sum(family, d(0)) == step.points


def test_the_steps_taken_apart_still_add_up_to_the_change() -> None:
    steps = [row.points or d(0) for row in taken_apart(apart()) if row.kind in ("stage", "weights")]
    assert sum(steps, d(0)) == d("-2.6")


def test_one_vote_for_all_is_one_step_with_its_parts() -> None:
    rows = taken_apart(make_report.olist())
    assert rows[0].points == sum((row.points or d(0) for row in rows[1:]), d(0)) == d("-3.4")


def apart() -> Report:
    """The chain's report, the delivery's step taken apart in every way."""
    report = make_report.aurora()
    vote = make_report.outcome("imballo", "Voto all'imballo", "logistica", "consegna")
    inside = [
        ("impact", "consegna", -1.94, "worse"), ("unexplained", "", -0.46, "unproven"),
        ("indicator", "voto_consegna", -1.25, "worse"), ("indicator", "imballo", -1.15, "worse"),
        ("rate", "", -2.05, "worse"), ("mix", "", -0.35, "unproven"),
    ]  # fmt: skip
    parts = [
        StepRow(0, kind, "consegna", stage, d(points), d(points - 0.4), d(points + 0.4), verdict)
        for kind, stage, points, verdict in inside
    ]
    place = next(row.position for row in report.bridge if row.component == "consegna") + 1
    rows = numbered([*report.bridge[:place], *parts, *report.bridge[place:]])
    return replace(report, bridge=rows, indicators=(*report.indicators, vote))


@pytest.fixture
def reader(company: Company, client: Client) -> User:
    """A reader, signed in, whose company has a year of reports."""
    for report in year([(d("0.84"), d("-0.2"), d("0.13"))] * 3, d("65.0")):
        earlier = str(QuarterCode.parse(report.quarter).plus(-1))
        make_report.edition(
            company, replace(report, quarter=earlier, previous=str(QuarterCode.parse(earlier).plus(-1)))
        )
    make_report.edition(company, apart())
    user = make.user(company)
    client.force_login(user)
    return user


def rows(client: Client, name: str) -> list[list[str]]:
    response = client.get(f"/t/2026-3/tabella/{name}.csv")
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def test_a_step_stands_above_its_indented_parts(reader: User, client: Client) -> None:
    page = client.get("/t/2026-3/ponte/").content.decode()
    assert '<th scope="row" class="inner">dentro ogni negozio' in page
    assert page.index("legato ai risultati in Consegna") < page.index("Voto all&#x27;imballo")
    assert (
        page.index("Voto all&#x27;imballo") < page.index("dentro ogni negozio") < page.index("composizione per negozio")
    )


def test_the_file_says_whose_part_a_row_is(reader: User, client: Client) -> None:
    found = {row[0]: row for row in rows(client, "passi")}
    assert found["Voto all'imballo"][1:5] == ["Consegna", "", "", "-1,2"]
    assert found["Consegna"][1] == ""


def test_the_page_chains_a_year_between_two_healths(reader: User, client: Client) -> None:
    table = rows(client, "catena")
    assert (table[1][0], table[-1][0]) == ("T3 2025", "T3 2026")
    assert (table[1][2], table[-1][2]) == ("65,0", "67,2")
    steps = [float(row[1].replace(",", ".")) for row in table[2:-1]]
    assert round(65.0 + sum(steps), 1) == 67.2
    assert 'data-table="catena"' in client.get("/t/2026-3/ponte/").content.decode()


def test_a_first_comparison_has_nothing_to_chain(company: Company, client: Client) -> None:
    make_report.edition(company, apart())
    client.force_login(make.user(company))
    assert 'data-table="catena"' not in client.get("/t/2026-3/ponte/").content.decode()
