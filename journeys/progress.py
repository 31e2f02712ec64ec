"""What a job's page says: five named steps, which one is running, and how the work ended."""

from dataclasses import dataclass

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from company.formats import number
from journeys.models import Job, Quarter, Upload

STEPS = tuple(Job.Step)
MOVING = frozenset({"working", "entering"})
BROKEN = frozenset({Job.State.FAILED, Job.State.QUARANTINED})


@dataclass(frozen=True)
class StepLine:
    """One step of five; ``mark`` is done, now, stopped or later."""

    number: int
    label: str
    mark: str


@dataclass(frozen=True)
class Progress:
    """A job as its page shows it. ``moving``: the page should be asked for again in two seconds."""

    job: Job
    upload: Upload
    steps: list[StepLine]
    outcome: str
    moving: bool
    current: StepLine

    @property
    def now(self) -> str:
        """What is being done at this moment, with the rows counted so far, or in all once they are known."""
        if self.job.state == Job.State.QUEUED:
            return _("Waiting for its turn")
        step, rows = STEPS[self.current.number - 1], self.job.rows_total or self.job.rows_done
        if step == Job.Step.CHECKING and rows:
            text = ngettext("Checking %(rows)s row", "Checking %(rows)s rows", rows)
            return text % {"rows": number(rows, 0, get_language() or "it")}
        return {
            Job.Step.RECEIVED: _("The file has arrived"),
            Job.Step.READING: _("Reading the file"),
            Job.Step.CHECKING: _("Checking every row"),
            Job.Step.STORING: _("Storing the observations"),
            Job.Step.FIGURES: _("Computing the figures"),
        }[step]


def progress_of(job: Job) -> Progress:
    """How far the job is. Facts are in when the job is done; the fifth step ends when no touched quarter is stale.

    A confirmed file is read once more, but for who confirmed it that was done: what is left begins with storing.
    """
    outcome, position, here = _outcome(job), STEPS.index(Job.Step(job.step)), "now"
    if job.upload.confirmed:
        position = max(position, STEPS.index(Job.Step.STORING))
    if outcome == "accepted":
        position = len(STEPS) - 1 if _figures_pending(job.upload) else len(STEPS)
    elif outcome == "undone":
        position = len(STEPS)
    elif outcome not in MOVING:
        here = "stopped"
    lines = [
        StepLine(number, str(step.label), "done" if number <= position else here if number == position + 1 else "later")
        for number, step in enumerate(STEPS, start=1)
    ]
    moving = here == "now" and position < len(STEPS)
    return Progress(job, job.upload, lines, outcome, moving, lines[min(position, len(STEPS) - 1)])


def _outcome(job: Job) -> str:
    """working, entering (once confirmed), prepared, accepted, undone, rejected, or broken (ours: the file is safe)."""
    if job.upload.state in {Upload.State.REJECTED, Upload.State.UNDONE}:
        return str(job.upload.state)
    if job.state in BROKEN:
        return "broken"
    if job.upload.state in {Upload.State.DRAFT, Upload.State.DISCARDED}:
        return "prepared" if job.state == Job.State.DONE else "working"
    if job.state == Job.State.DONE:
        return "accepted"
    return "entering" if job.upload.confirmed else "working"


def _figures_pending(upload: Upload) -> bool:
    return Quarter.objects.filter(parts__upload=upload, stale=True).exists()
