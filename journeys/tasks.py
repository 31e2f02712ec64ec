"""Celery's side of the ledger: a task is a number, and doing it twice does it once."""

from celery import shared_task

from journeys import bell, ledger


@shared_task(name=bell.TASK)
def work(job_id: int) -> None:
    """Do the job of the ledger with this number."""
    ledger.run(job_id)
