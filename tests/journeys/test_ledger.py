"""The ledger: a crash counts as an attempt, a twin does nothing, silence is heard, three failures are enough."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from company.models import AuditEntry, Company
from journeys import ingest, ledger, sandbox
from journeys.models import Job, Part, Source, Upload
from journeys.orders import Order, Taken
from tests import dati, make

MAPPING = {"date": "day", "values": [{"indicator": "vote", "column": "vote"}]}
FILE = b"day,vote\n2026-07-15,8\n"


@pytest.fixture
def source(company: Company) -> Source:
    make.quarter(company)
    return dati.source(company.departments.all()[0], MAPPING)


@pytest.fixture
def job(source: Source) -> Job:
    return ingest.receive(source, "votes.csv", iter([FILE]), None).job


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Jobs for which the bell rang, with a queue that is empty."""
    numbers: list[int] = []

    def ring(job_id: int) -> bool:
        numbers.append(job_id)
        return True

    monkeypatch.setattr(ledger, "dispatch", ring)
    monkeypatch.setattr(ledger, "queue_length", lambda: 0)
    return numbers


def silence(job: Job, attempts: int = 1) -> None:
    """The job as a worker leaves it that was killed a while ago."""
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, attempts=attempts, lease_token=uuid4(), lease_until=past
    )


def dying(order: Order, beat: sandbox.Beat) -> Taken:
    raise sandbox.Died(-9, "killed")


def test_a_job_is_done_once_however_often_it_is_run(job: Job) -> None:
    states = [ledger.run(job.pk).state for _ in range(3)]
    assert (states, Part.objects.count(), Job.objects.get().attempts) == (["done"] * 3, 1, 1)


def test_a_job_in_other_hands_is_left_alone(job: Job) -> None:
    future = timezone.now() + timedelta(minutes=1)
    Job.objects.update(state=Job.State.RUNNING, attempts=1, lease_token=uuid4(), lease_until=future)
    assert (ledger.run(job.pk).state, Job.objects.get().attempts, Part.objects.count()) == ("running", 1, 0)


def test_a_job_whose_worker_fell_silent_is_taken_over(job: Job) -> None:
    silence(job)
    assert (ledger.run(job.pk).state, Job.objects.get().attempts, Part.objects.count()) == ("done", 2, 1)


def test_a_worker_that_comes_back_late_changes_nothing(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    real = sandbox.run

    def slow(order: Order, beat: sandbox.Beat) -> Taken:
        taken = real(order, beat)
        monkeypatch.setattr(sandbox, "run", real)
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert ledger.run(job.pk).state == Job.State.DONE
        return taken

    monkeypatch.setattr(sandbox, "run", slow)
    assert (ledger.run(job.pk).state, Part.objects.count()) == ("done", 1)
    assert AuditEntry.objects.filter(action="upload.accepted").count() == 1


def test_a_beat_without_a_claim_stops_the_work(job: Job) -> None:
    with pytest.raises(sandbox.Late):
        ledger.Claim(job.pk, uuid4()).beat("reading", 1, 2)


def test_a_beat_prolongs_the_lease_and_shows_how_far_the_work_is(job: Job) -> None:
    claim = ledger.Claim(job.pk, uuid4())
    Job.objects.update(state=Job.State.RUNNING, lease_token=claim.token, lease_until=timezone.now())
    claim.beat("checking", 500, 1000)
    found = Job.objects.get()
    assert (found.step, found.rows_done, found.rows_total) == ("checking", 500, 1000)
    assert found.lease_until is not None
    assert found.lease_until > timezone.now() + ledger.LEASE / 2


def test_a_child_that_dies_is_tried_three_times_then_the_file_is_set_aside(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "run", dying)
    states = [ledger.run(job.pk).state for _ in range(4)]
    upload = Upload.objects.get()
    assert states == ["queued", "queued", "quarantined", "quarantined"]
    assert (upload.state, upload.problems[0]["code"], upload.path.exists()) == ("received", "unreadable", True)
    assert AuditEntry.objects.filter(action="job.quarantined").count() == 1


def test_workers_that_fall_silent_again_and_again_set_the_file_aside(job: Job) -> None:
    silence(job, attempts=ledger.ATTEMPTS)
    assert (ledger.run(job.pk).state, Job.objects.get().error) == ("quarantined", "worker_died")


def test_workers_killed_by_others_do_not_count_as_deaths_of_the_child(job: Job) -> None:
    silence(job, attempts=5)
    assert (ledger.run(job.pk).state, Part.objects.count()) == ("done", 1)


def test_a_file_that_is_gone_is_set_aside(job: Job) -> None:
    Upload.objects.get().path.unlink()
    assert [ledger.run(job.pk).state for _ in range(3)][-1] == "quarantined"


def test_the_work_folder_is_gone_after_success_and_after_death(
    job: Job, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "run", dying)
        ledger.run(job.pk)
    ledger.run(job.pk)
    assert list((Path(settings.LAKE_DIR) / "work").iterdir()) == []


def test_the_sweeper_rings_for_silent_and_unheard_jobs_only(source: Source, rung: list[int]) -> None:
    jobs = [ingest.receive(source, "x.csv", iter([FILE + b"\n" * i]), None).job for i in range(4)]
    silence(jobs[0])
    Job.objects.filter(pk=jobs[1].pk).update(created=timezone.now() - timedelta(minutes=1))
    ledger.run(jobs[2].pk)
    assert (ledger.sweep(timezone.now()), sorted(rung)) == (2, [jobs[0].pk, jobs[1].pk])


def test_the_sweeper_does_not_ring_twice_in_a_row(job: Job, rung: list[int]) -> None:
    silence(job)
    now = timezone.now()
    assert [ledger.sweep(now), ledger.sweep(now), ledger.sweep(now + ledger.RING_AGAIN * 2)] == [1, 0, 1]


def test_a_job_put_back_waits_before_it_is_rung_for(job: Job, rung: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "run", dying)
    ledger.run(job.pk)
    Job.objects.update(created=timezone.now() - timedelta(hours=1))
    now = timezone.now()
    assert [ledger.sweep(now), ledger.sweep(now + ledger.PAUSES[0])] == [0, 1]


@pytest.mark.parametrize("length", [None, ledger.SHORT_QUEUE + 1])
def test_the_sweeper_waits_for_the_broker_and_for_a_short_queue(
    job: Job, rung: list[int], monkeypatch: pytest.MonkeyPatch, length: int | None
) -> None:
    silence(job)
    monkeypatch.setattr(ledger, "queue_length", lambda: length)
    assert (ledger.sweep(timezone.now()), rung) == (0, [])
