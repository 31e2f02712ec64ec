"""The sweeper's round of chores."""

from datetime import datetime

import pytest
from django.utils import timezone
from pytest_django import Settings

from metrics.management.commands.sweep import do_chores

done: list[datetime] = []


def fails(now: datetime) -> None:
    raise ValueError("broken")


def test_a_chore_that_fails_does_not_keep_the_others_from_being_done(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    now = timezone.now()
    settings.CHORES = ["tests.metrics.test_sweep.fails", "tests.metrics.test_sweep.note"]
    do_chores(now)
    assert done == [now]
    assert "tests.metrics.test_sweep.fails" in caplog.text


def note(now: datetime) -> None:
    done.append(now)
