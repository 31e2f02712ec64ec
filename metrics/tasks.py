"""Background work on figures. The argument is an id; every task may run twice."""

from celery import shared_task

from metrics import paper, stale, trying, verifying
from metrics.refresh import refresh


@shared_task(name=stale.TASK)
def refresh_quarter(quarter_id: int) -> None:
    """Compute the quarter's draft edition, if nobody else is doing it."""
    refresh(quarter_id)


@shared_task(name=paper.TASK)
def make_paper(paper_id: int) -> None:
    """Make the PDF with this number, unless it is made already."""
    paper.run(paper_id)


@shared_task(name=trying.TASK)
def try_pair(trial_id: int) -> None:
    """Try the pair with this number, unless it is tried already."""
    trying.run(trial_id)


@shared_task(name=verifying.TASK)
def verify_company(verification_id: int) -> None:
    """Do the verification with this number, unless it is done already."""
    verifying.run(verification_id)
