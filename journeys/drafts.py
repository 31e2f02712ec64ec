"""A file being prepared, as its pages show it: the step it stands at, its questions, its columns, what is wrong."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.models import Job, Preparation, Upload
from journeys.plausibility import Warning, warnings_of
from journeys.reading.described import Recognised
from journeys.reading.problems import Problem
from journeys.wording import sentence

NAMED = 12


class Step(TextChoices):
    """The five steps, in order; the address of each is named like it."""

    UPLOAD = "upload", gettext_lazy("Send")
    RECOGNISE = "recognise", gettext_lazy("Recognise")
    MATCH = "match", gettext_lazy("Match")
    CHECK = "check", gettext_lazy("Check")
    CONFIRM = "confirm", gettext_lazy("Confirm")


@dataclass(frozen=True)
class Mark:
    """A step in the row of steps; ``open``: it can be gone to; ``here``: it is the page."""

    step: Step
    open: bool
    here: bool


@dataclass(frozen=True)
class Draft:
    """An upload that is being prepared."""

    upload: Upload
    found: Preparation

    @property
    def outcome(self) -> dict[str, Any]:
        result: dict[str, Any] = self.found.outcome
        return result

    @property
    def checking(self) -> bool:
        """The last change is still being checked."""
        return self.upload.job.state != Job.State.DONE or self.outcome.get("revision") != self.found.revision

    @property
    def broken(self) -> bool:
        """The check could not be made: ours to repair."""
        return self.upload.job.state in (Job.State.QUARANTINED, Job.State.FAILED)

    @property
    def seen(self) -> Recognised | None:
        """What was recognised; None where the file cannot be read at all."""
        return Recognised.of_json(self.found.recognised) if self.found.recognised else None

    @property
    def questions(self) -> Sequence[dict[str, Any]]:
        asked: Sequence[dict[str, Any]] = self.outcome.get("questions", ())
        return asked

    @property
    def unreadable(self) -> bool:
        """Nothing could be recognised: only another file helps."""
        return not self.found.recognised

    @property
    def warnings(self) -> list[Warning]:
        return [] if self.upload.problems else warnings_of(self.upload, self.outcome)

    @property
    def notes(self) -> list[str]:
        """What to know of the file, though nothing need be done about it."""
        found = [Problem.of_json(item) for item in self.upload.receipt.get("warnings", ())]
        said = [sentence(problem) for problem in found]
        ignored = [name for name in self.upload.receipt.get("ignored", ()) if name]
        if len(ignored) == 1:
            said.append(sentence(Problem("ignored_column", column=ignored[0])))
        elif ignored:
            names = ", ".join(ignored[:NAMED]) + (", …" if ignored[NAMED:] else "")
            said.append(_("%(count)s columns are not used: %(names)s") % {"count": len(ignored), "names": names})
        return said

    @property
    def unagreed(self) -> list[Warning]:
        """Warnings that a person must still stand by."""
        return [one for one in self.warnings if one.code not in self.found.agreed]

    @property
    def nothing_new(self) -> bool:
        """Every row is there already."""
        counts = list(self.outcome.get("diff", {}).values())
        known = self.outcome.get("known", [])
        changed = any(one["new"] or one["changed"] or one["gone"] for one in counts)
        return bool(counts) and len(known) == len(counts) and not changed

    @property
    def left_out(self) -> int:
        """Rows a person left out."""
        return int(self.upload.receipt.get("left_out", 0)) + sum(
            bool(edit.get("out") and "row" in edit) for edit in self.found.edits
        )

    @property
    def silent(self) -> int:
        """Rows that stay and hold no value, as the check counted them."""
        indicators = self.upload.receipt.get("indicators", {}).values()
        stay = max((one["observations"] + one["missing"] for one in indicators), default=0)
        return stay and stay - int(self.outcome["rows_out"])

    @property
    def step(self) -> Step:
        """The first step at which something is left to do."""
        if self.unreadable:
            return Step.CHECK
        if self.questions and not self.found.settled:
            return Step.RECOGNISE
        if not self.found.matched:
            return Step.MATCH
        return Step.CHECK if self.upload.problems or self.unagreed or self.nothing_new else Step.CONFIRM

    def marks(self, here: Step) -> Iterator[Mark]:
        """The row of steps for a page: every step up to the one that is due can be gone back to."""
        due = list(Step).index(self.step)
        for place, step in enumerate(Step):
            yield Mark(step, 0 < place <= due and not self.unreadable, step == here)


def totals(draft: Draft) -> dict[str, int]:
    """Cases of each sign over all quarters."""
    diff = draft.outcome.get("diff", {}).values()
    return {sign: sum(counts[sign] for counts in diff) for sign in ("new", "changed", "equal", "gone")}
