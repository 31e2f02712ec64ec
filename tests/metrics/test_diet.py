"""The data diet: what four quarters made of each indicator, and what may be retired."""

from dataclasses import replace

import pytest
from django.test import Client

from company.models import Company, User
from journeys.models import Quarter
from meetings.discussed import discussed
from meetings.frozen import freeze
from meetings.models import Decision, Meeting
from metrics.diet import Judged, judge
from metrics.models import Edition, Objection
from metrics.report import EffectRow, Report
from metrics.stats.outside import Retire
from tests.make_report import aurora
from tests.make_report import edition as stored

CODES = ("2025-4", "2026-1", "2026-2", "2026-3")


def quiet(code: str) -> Report:
    """A quarter in which nothing was demonstrated."""
    report = aurora(quarter=code, previous="")
    figures = tuple(replace(row, verdict="unproven") for row in report.figures)
    return replace(report, figures=figures, effects=())


def of(rows: list[Judged], slug: str) -> Judged:
    return next(row for row in rows if row.indicator.slug == slug)


def changed(report: Report, slug: str, **values: object) -> Report:
    """The report with another figure of the indicator."""
    figures = [replace(row, **values) if row.indicator == slug else row for row in report.figures]  # type: ignore[arg-type]
    return replace(report, figures=tuple(figures))


def test_what_nobody_learned_or_decided_anything_from_is_proposed() -> None:
    assert {row.reason for row in judge([quiet(code) for code in CODES], set())} == {Retire.UNUSED}


def test_one_demonstrated_change_in_four_quarters_keeps_an_indicator() -> None:
    reports = [changed(quiet(CODES[0]), "fatture", verdict="worse"), *map(quiet, CODES[1:])]
    rows = judge(reports, set())
    assert (of(rows, "fatture").reason, of(rows, "rimborsi").reason) == (None, Retire.UNUSED)


def test_what_was_discussed_is_kept_and_stands_after_the_proposals() -> None:
    rows = judge([quiet(code) for code in CODES], {("2026-1", "fatture")})
    assert rows[-1].indicator.slug == "fatture"
    assert rows[-1].reason is None


def test_what_is_under_base_in_all_four_quarters_has_no_data() -> None:
    reports = [changed(quiet(code), "fatture", n=12) for code in CODES]
    assert of(judge(reports, {("2026-1", "fatture")}), "fatture").reason is Retire.NO_DATA


def test_what_says_the_same_as_another_in_all_four_quarters_is_redundant() -> None:
    effect = EffectRow("driver", indicator="ritardi", detail={"twin": ["danneggiati", "0.970000000"]})
    rows = judge([replace(quiet(code), effects=(effect,)) for code in CODES], {("2026-1", "ritardi")})
    assert (of(rows, "ritardi").reason, of(rows, "ritardi").twin) == (Retire.REDUNDANT, "danneggiati")


@pytest.mark.parametrize("known", [0, 3])
def test_a_new_indicator_and_a_new_company_are_not_judged(known: int) -> None:
    early = [replace(quiet(code), indicators=quiet(code).indicators[1:]) for code in CODES[: 4 - known]]
    rows = judge([*early, *map(quiet, CODES[4 - known :])], set())
    assert of(rows, quiet("2026-3").indicators[1].slug).reason is Retire.UNUSED
    assert [row.reason for row in rows if row.indicator == quiet("2026-3").indicators[0]] == ([None] if known else [])
    assert all(row.reason is None for row in judge([quiet("2026-3")], set()))


@pytest.fixture
def editions(company: Company) -> list[Edition]:
    return [stored(company, quiet(code)) for code in CODES]


def test_the_page_names_the_proposals_and_says_what_they_do_not_mean(
    editions: list[Edition], company: Company, analyst: User, client: Client
) -> None:
    client.force_login(analyst)
    page = client.get("/dieta/").content.decode()
    assert "13 indicatori su 13 in quattro trimestri non hanno reso niente" in page
    assert "6 di 12" in page
    assert "non conta" in page
    assert client.get("/dieta/dieta.csv").content.decode().count("ritirare") == 13


def test_before_four_quarters_nothing_is_proposed(company: Company, analyst: User, client: Client) -> None:
    client.force_login(analyst)
    assert "Nessun trimestre" in client.get("/dieta/").content.decode()
    stored(company, quiet("2026-3"))
    assert "servono quattro trimestri" in client.get("/dieta/").content.decode()
    assert "ritirare" not in client.get("/dieta/dieta.csv").content.decode()


def test_a_decision_on_a_stage_is_one_on_its_votes_and_an_objection_counts(
    editions: list[Edition], company: Company, analyst: User
) -> None:
    edition = editions[-1]
    Objection.objects.create(
        edition=edition, department="logistica", level="indicator", stage="uso", indicator="fatture", reason="?",
        author="x",
    )  # fmt: skip
    meeting = Meeting(quarter=Quarter.objects.get(pk=edition.quarter_id), computed=edition.computed)
    freeze(meeting, Edition.objects.filter(pk=edition.pk).select_related("quarter"))
    meeting.save()
    Decision.objects.create(meeting=meeting, number=1, measure="indicator:ritardi")
    assert discussed(company) == {("2026-3", "fatture"), ("2026-3", "ritardi")}
