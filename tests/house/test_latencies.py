"""How long answers took, as /metrics says it: every process's answers in one histogram."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from trimestrale import latencies


@pytest.fixture(autouse=True)
def nothing_counted_yet(settings: Settings, db: None) -> None:
    settings.METRICS_TOKEN = "un gettone lungo"
    cache.delete_many([latencies._key(name) for name in (*latencies.PLACES, "sum")])


def process(*lasting: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A web process that answers requests of so many seconds each, then one of none six seconds later."""
    clock = [100.0]
    waits = iter([*lasting, 0.0])
    monkeypatch.setattr("time.monotonic", lambda: clock[0])

    def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
        clock[0] += next(waits)
        return [b""]

    timed = latencies.Timed(answer)
    for _ in lasting:
        timed({}, lambda status, headers, error=None: lambda body: None)
    clock[0] += latencies.EVERY
    timed({}, lambda status, headers, error=None: lambda body: None)


def read(client: Client) -> list[str]:
    return client.get("/metrics", headers={"authorization": "Bearer un gettone lungo"}).content.decode().splitlines()


def test_the_answers_of_every_process_are_in_one_histogram(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        process(0.02, 0.2, monkeypatch=patch)
    with monkeypatch.context() as patch:
        process(0.03, 30.0, monkeypatch=patch)
    lines = [line for line in read(client) if "answer_seconds" in line]
    assert "# TYPE trimestrale_answer_seconds histogram" in lines
    assert 'trimestrale_answer_seconds_bucket{le="0.005"} 2' in lines
    assert 'trimestrale_answer_seconds_bucket{le="0.025"} 3' in lines
    assert 'trimestrale_answer_seconds_bucket{le="0.25"} 5' in lines
    assert 'trimestrale_answer_seconds_bucket{le="10"} 5' in lines
    assert 'trimestrale_answer_seconds_bucket{le="+Inf"} 6' in lines
    assert "trimestrale_answer_seconds_sum 30.25" in lines
    assert "trimestrale_answer_seconds_count 6" in lines


def test_before_any_answer_was_counted_there_is_no_histogram(client: Client) -> None:
    assert not [line for line in read(client) if "answer_seconds" in line]


def test_a_cache_that_does_not_answer_makes_no_answer_worse(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(latencies, "cache", None)
        process(0.02, monkeypatch=patch)
    assert not [line for line in read(client) if "answer_seconds" in line]
