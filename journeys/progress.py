"""What a job's page says: five named steps, which one is running, and how the work ended."""

from dataclasses import dataclass

from journeys.models import Job, Quarter, Upload

STEPS = tuple(Job.Step)
WORKING = frozenset({Job.State.QUEUED, Job.State.RUNNING})
BROKEN = frozenset({Job.State.FAILED, Job.State.QUARANTINED})


@dataclass(frozen=True)
class StepLine:
    """One step of five; ``mark`` is done, now or later."""

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
    def rows(self) -> int | None:
        """Rows counted so far, or in all once they are known."""
        return self.job.rows_total or self.job.rows_done or None


def progress_of(job: Job) -> Progress:
    """How far the job is. Facts are in when the job is done; the fifth step ends when no touched quarter is stale."""
    outcome = _outcome(job)
    position = STEPS.index(Job.Step(job.step))
    moving = job.state in WORKING
    if outcome == "accepted":
        moving = _figures_pending(job.upload)
        position = len(STEPS) - 1 if moving else len(STEPS)
    lines = [
        StepLine(number + 1, str(step.label), "done" if number < position else "now" if number == position else "later")
        for number, step in enumerate(STEPS)
    ]
    current = lines[min(position, len(STEPS) - 1)]
    return Progress(job, job.upload, lines, outcome, moving, current)


def _outcome(job: Job) -> str:
    """working, accepted, undone, rejected, or broken (ours to repair: the file is safe)."""
    if job.upload.state in {Upload.State.REJECTED, Upload.State.UNDONE}:
        return str(job.upload.state)
    if job.state in BROKEN:
        return "broken"
    return "accepted" if job.state == Job.State.DONE else "working"


def _figures_pending(upload: Upload) -> bool:
    return Quarter.objects.filter(parts__upload=upload, stale=True).exists()
