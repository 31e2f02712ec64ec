"""What departments write by hand: saved as facts, version after version, each box's fault at its box."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from company.models import Company, User
from journeys import ingest, ledger
from journeys.models import Indicator, Part, Quarter, Upload
from metrics import facts
from metrics.engine.duckdb import Session


@pytest.fixture
def grid(client: Client, company: Company, quarter: Quarter, head: User) -> Client:
    """The head's browser; three indicators of the department are written by hand."""
    department = company.departments.all()[0]
    for slug, kind in (("quota", "share"), ("minuti", "mean"), ("ore", "total"), ("nps", "nps")):
        Indicator.objects.create(
            company=company, department=department, slug=slug, name=slug.title(), kind=kind, by_hand=True
        )
    client.force_login(head)
    return client


def address(company: Company) -> str:
    return reverse("grid", args=[company.departments.all()[0].slug, "2026-3"])


def box(letter: str, row: int, slug: str) -> str:
    return f"{letter}-{row}-{Indicator.objects.get(slug=slug).pk}"


def save(client: Client, company: Company, step: str = "months", **boxes: str) -> Any:
    """The answer to a grid whose boxes are named ``v0quota``."""
    data = {box(name[0], int(name[1]), name[2:]): text for name, text in boxes.items()}
    answer = client.post(address(company), {**data, "step": step})
    for upload in Upload.objects.filter(state="received"):
        ledger.run(upload.job.pk)
    return answer


def counted() -> list[tuple[Any, ...]]:
    files = [facts.path_of(part.sha256) for part in Part.objects.counted()]
    if not files:
        return []
    with Session(files, facts.spill()) as session:
        return sorted(session.rows("SELECT indicator::VARCHAR, value, n::INTEGER, sd, day::VARCHAR FROM facts"))


def test_what_is_saved_is_a_fact_of_its_month(grid: Client, company: Company) -> None:
    answer = save(grid, company, v0quota="12,5", n0quota="80", v1minuti="7,25", n1minuti="40", s1minuti="2", v2ore="30")
    assert answer.status_code == 303
    assert counted() == [
        ("minuti", Decimal("7.25"), 40, Decimal("2"), "2026-08-01"),
        ("ore", Decimal("30"), 1, None, "2026-09-01"),
        ("quota", Decimal("0.125"), 80, None, "2026-07-01"),
    ]


def test_each_save_takes_the_place_of_the_one_before_and_may_be_undone(grid: Client, company: Company) -> None:
    save(grid, company, v0ore="30", v1ore="31")
    save(grid, company, v0ore="35")
    assert [row[1] for row in counted()] == [35]
    ingest.undo(Upload.objects.order_by("-received")[0], None)
    assert [row[1] for row in counted()] == [30, 31]
    assert f'name="{box("v", 1, "ore")}" value="31"' in grid.get(address(company)).content.decode()


def test_going_back_to_what_was_written_before_is_a_version_too(grid: Client, company: Company) -> None:
    for value in ("30", "35", "30"):
        assert save(grid, company, v0ore=value).status_code == 303
    assert [row[1] for row in counted()] == [30]


def test_weeks_begin_on_mondays_within_the_quarter(grid: Client, company: Company) -> None:
    save(grid, company, step="weeks", v0ore="1", v1ore="2")
    assert [row[4] for row in counted()] == ["2026-07-01", "2026-07-06"]
    assert 'name="step" value="weeks"' in grid.get(address(company)).content.decode()


@pytest.mark.parametrize(
    ("boxes", "at", "words"),
    [
        ({"v0quota": "12,5"}, "n0quota", "casi"),
        ({"n0quota": "12"}, "v0quota", "manca"),
        ({"v0quota": "101", "n0quota": "12"}, "v0quota", "fuori"),
        ({"v0ore": "7.5"}, "v0ore", "7,5"),
        ({"v0ore": "tanti"}, "v0ore", "non è un numero"),
        ({"v0minuti": "7", "n0minuti": "2,5"}, "n0minuti", "intero"),
        ({"v0minuti": "7", "n0minuti": "1", "s0minuti": "2"}, "s0minuti", "scarto"),
    ],
)
def test_a_fault_stands_at_its_box_and_nothing_is_saved(
    grid: Client, company: Company, boxes: dict[str, str], at: str, words: str
) -> None:
    answer = save(grid, company, **boxes)
    fault = answer.context["grid"].faults
    assert (answer.status_code, Upload.objects.count()) == (422, 0)
    assert words in fault[box(at[0], int(at[1]), at[2:])]


def test_what_needs_single_answers_is_not_offered(grid: Client, company: Company) -> None:
    assert "Nps" not in grid.get(address(company)).content.decode()


def test_nothing_is_written_of_a_published_quarter(grid: Client, company: Company) -> None:
    Quarter.objects.update(state=Quarter.State.PUBLISHED)
    assert save(grid, company, v0ore="30").status_code == 409
    assert Upload.objects.count() == 0
