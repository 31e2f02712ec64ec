import re

import pytest
from django.test import Client

from company.models import Company, User
from journeys.models import Job, Preparation, Quarter, Source, Upload
from tests import dati


@pytest.fixture
def source(company: Company) -> Source:
    return dati.votes_source(company.departments.all()[0])


@pytest.fixture
def browser(client: Client, analyst: User) -> Client:
    client.force_login(analyst)
    return client


def running(source: Source, **fields: object) -> Job:
    upload = dati.upload(source, Upload.State.RECEIVED)
    Job.objects.filter(upload=upload).update(state=Job.State.RUNNING, **fields)
    return upload.job


def read(browser: Client, job: Job, **headers: str) -> str:
    return browser.get(f"/dati/lavori/{job.pk}/", headers=headers).content.decode()


def test_the_page_names_the_step_and_the_rows(browser: Client, source: Source) -> None:
    job = running(source, step=Job.Step.CHECKING, rows_total=12480)
    assert "Controllo 12.480 righe · passo 3 di 5" in " ".join(read(browser, job).split())


def test_a_waiting_job_says_so(browser: Client, source: Source) -> None:
    assert "In attesa del suo turno" in read(browser, dati.upload(source, Upload.State.RECEIVED).job)


def test_the_page_asks_again_while_the_work_moves(browser: Client, source: Source) -> None:
    job = running(source)
    assert f'hx-get="/dati/lavori/{job.pk}/" hx-trigger="every 2s" hx-target="#job"' in read(browser, job)


def marks(page: str) -> list[str]:
    """How each of the five steps stands."""
    return re.findall(r'class="step step-(\w+)"', page)


@pytest.mark.parametrize("step", [Job.Step.RECEIVED, Job.Step.READING, Job.Step.CHECKING, Job.Step.STORING])
def test_for_who_confirmed_a_file_its_check_is_done_while_it_is_read_once_more(
    browser: Client, source: Source, step: str
) -> None:
    job = running(source, step=step, rows_total=12480)
    Preparation.objects.create(upload=job.upload)
    page = read(browser, job)
    assert marks(page) == ["done", "done", "done", "now", "later"]
    assert "Salvo le osservazioni · passo 4 di 5" in " ".join(page.split())
    assert "Stiamo controllando il file" not in page


def test_a_file_sent_without_preparing_it_is_checked_first(browser: Client, source: Source) -> None:
    page = read(browser, running(source, step=Job.Step.READING))
    assert marks(page) == ["done", "now", "later", "later", "later"]
    assert "Stiamo controllando il file" in page


def test_a_confirmed_file_that_breaks_stops_where_it_was_for_who_confirmed_it(browser: Client, source: Source) -> None:
    job = running(source, step=Job.Step.READING)
    Preparation.objects.create(upload=job.upload)
    Job.objects.update(state=Job.State.QUARANTINED, error="out_of_memory")
    assert marks(read(browser, job)) == ["done", "done", "done", "stopped", "later"]


def test_an_htmx_request_gets_only_the_part_that_changes(browser: Client, source: Source) -> None:
    part = read(browser, running(source), hx_request="true")
    assert 'id="job"' in part
    assert "<html" not in part


def test_the_words_change_inside_a_live_region_that_stays(browser: Client, source: Source) -> None:
    job = running(source)
    assert 'role="status" id="job-status"' in read(browser, job)
    assert 'id="job-status" hx-swap-oob="innerHTML"' in read(browser, job, hx_request="true")


def test_facts_that_are_in_wait_for_their_figures(browser: Client, source: Source, quarter: Quarter) -> None:
    Quarter.objects.update(stale=True)
    page = read(browser, dati.upload(source, quarter=quarter).job)
    assert "Calcolo i numeri · passo 5 di 5" in " ".join(page.split())


def test_finished_work_stops_asking_and_leads_to_the_receipt(browser: Client, source: Source, quarter: Quarter) -> None:
    upload = dati.upload(source, quarter=quarter)
    page = read(browser, upload.job)
    assert "hx-get" not in page
    assert f"/dati/caricamenti/{upload.pk}/" in page


@pytest.mark.parametrize("state", [Job.State.FAILED, Job.State.QUARANTINED])
def test_what_broke_on_our_side_is_said_with_a_code(browser: Client, source: Source, state: str) -> None:
    job = running(source)
    Job.objects.update(state=state, error="out_of_memory")
    page = read(browser, job)
    assert "out_of_memory" in page
    assert "Il file è al sicuro" in page


def test_a_page_left_and_reopened_shows_the_same_job(browser: Client, source: Source) -> None:
    job = running(source, step=Job.Step.STORING)
    assert read(browser, job).count("passo 4 di 5") == read(browser, job).count("passo 4 di 5") > 0


@pytest.mark.parametrize("job_id", ["0", "99999999999999999999", "2147483648"])
def test_a_job_that_is_not_there_is_not_found(browser: Client, job_id: str) -> None:
    assert browser.get(f"/dati/lavori/{job_id}/").status_code == 404
