"""A stale quarter becomes an edition; nothing that comes meanwhile is lost."""

import threading
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from company.models import Company
from journeys.models import Quarter
from metrics import refresh as refreshing
from metrics.derive.report import derive
from metrics.models import Edition, Figure
from metrics.refresh import refresh
from metrics.stale import AGAIN, Bell
from tests import make
from tests.metrics.derive.company import Truth, facts, inputs, observations


@pytest.fixture
def stale(company: Company) -> Quarter:
    make.journey(company)
    return make.quarter(company, stale=True, revision=3)


def test_a_refresh_makes_a_draft_of_the_revision_it_read(stale: Quarter) -> None:
    edition = refresh(stale.pk)
    assert edition is not None
    assert (edition.state, edition.revision) == (Edition.State.DRAFT, 3)


def test_a_refreshed_quarter_is_no_longer_stale(stale: Quarter) -> None:
    refresh(stale.pk)
    stale.refresh_from_db()
    assert not stale.stale


def test_facts_that_come_during_a_refresh_keep_the_quarter_stale(
    stale: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(given: object) -> object:
        Quarter.objects.filter(pk=stale.pk).update(revision=4, stale=True)
        return derive(given)  # type: ignore[arg-type]

    monkeypatch.setattr(refreshing, "derive", slow)
    refresh(stale.pk)
    stale.refresh_from_db()
    assert stale.stale


def test_the_same_facts_give_the_same_edition_and_the_same_digest(stale: Quarter) -> None:
    first, second = refresh(stale.pk), refresh(stale.pk)
    assert first is not None
    assert second is not None
    assert (first.pk, first.digest) == (second.pk, second.digest)


def test_the_rows_are_the_content_again(stale: Quarter, tmp_path: Path) -> None:
    report = derive(inputs(facts(tmp_path, observations(Truth(cases=50), "now"))))
    edition = refreshing.store(stale, report, [])
    rows = Figure.objects.filter(edition=edition).values_list("level", "indicator", "unit", "value")
    assert list(rows) == [(row.level, row.indicator, row.unit, row.value) for row in report.figures]


@pytest.mark.django_db(transaction=True)
def test_a_quarter_being_computed_elsewhere_is_left_alone(stale: Quarter) -> None:
    held, done = threading.Event(), threading.Event()

    def elsewhere() -> None:
        with refreshing.Alone(stale.pk):
            held.set()
            done.wait(10)
        connection.close()

    other = threading.Thread(target=elsewhere)
    other.start()
    held.wait(10)
    try:
        assert refresh(stale.pk) is None
    finally:
        done.set()
        other.join()


def test_the_bell_rings_once_a_revision_and_again_after_half_a_minute(
    stale: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journeys.bell.ring", lambda _, quarter: True)
    bell, now = Bell(), timezone.now()
    assert [bell.ring(now), bell.ring(now), bell.ring(now + AGAIN)] == [1, 0, 1]


def test_a_dead_broker_leaves_the_quarter_for_the_next_second(stale: Quarter, monkeypatch: pytest.MonkeyPatch) -> None:
    bell, now, alive = Bell(), timezone.now(), [False, True]
    monkeypatch.setattr("journeys.bell.ring", lambda *_: alive.pop(0))
    assert [bell.ring(now), bell.ring(now)] == [0, 1]
