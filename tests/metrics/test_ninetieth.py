"""The ninetieth bad input: a filter to a group that is too small, then to everybody else."""

from typing import Any

import pytest
from django.test import Client

from company.models import Company, User
from journeys.models import Indicator, Journey, Quarter
from metrics.refresh import refresh
from tests.journeys.test_api_inputs import GOOD, Program, program_of

SMALL, OTHERS = 3, 60


@pytest.fixture
def program(company: Company, analyst: User) -> Program:
    """A program's key on a quarter with votes of a unit of three customers and of one of sixty."""
    Journey.objects.create(company=company, name="Percorso")
    made = program_of(company, analyst)
    votes = [{**GOOD, "value": 6 + i % 4, "unit": "MI", "case": f"A{i}"} for i in range(OTHERS)]
    made.taken(*votes, *({**GOOD, "value": 1 + i, "unit": "RM", "case": f"B{i}"} for i in range(SMALL)))
    Indicator.objects.filter(slug="voto").update(role="outcome", in_health=True, worst=0, best=10)
    refresh(Quarter.objects.get(company=company, number=3).pk)
    return made


def asked(program: Program, path: str) -> Any:
    return Client(headers={"authorization": f"Bearer {program.secret}"}).get(f"/api/quarters/2026-3/{path}")


@pytest.mark.parametrize("unit", ["RM", "MI"])
def test_90_neither_a_small_group_nor_all_the_others_are_told(program: Program, unit: str) -> None:
    figure = asked(program, f"figure?level=unit&indicator=voto&unit={unit}").json()["figure"]
    assert {figure[name] for name in ("value", "low", "high", "score", "before", "change")} == {None}
    assert (figure["base"], figure["verdict"]) == ("hidden", "too_little")


def test_90_the_whole_is_told(program: Program) -> None:
    figure = asked(program, "figure?level=indicator&indicator=voto").json()["figure"]
    assert (figure["n"], figure["base"]) == (SMALL + OTHERS, "full")


def test_90_no_other_answer_of_the_api_tells_them(program: Program) -> None:
    rows = [row for row in asked(program, "figures").json() if row["unit"]]
    assert rows
    assert {row["value"] for row in rows} == {None}
    for name in asked(program, "tables").json():
        narrowed = [asked(program, f"tables/{name}?segmento={unit}").status_code for unit in ("RM", "MI")]
        assert narrowed == [404, 404]
