"""A file before a person confirms it: each change asks for a new check, and nothing of it counts yet."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from company.audit import record
from company.models import User
from journeys import ingest
from journeys.bell import dispatch
from journeys.calendar import QuarterCode
from journeys.edits import MOST
from journeys.ingest import Refused
from journeys.models import Job, Preparation, Upload
from journeys.orders import Taken
from journeys.reading.described import merged
from journeys.reading.matching import fields_of
from journeys.reading.problems import Problem

KEPT = timedelta(days=14)


def note(upload: Upload, taken: Taken) -> None:
    """Keep what the check of a draft found. Inside the caller's transaction."""
    found = Preparation.objects.select_for_update().get(upload=upload)
    outcome = dict(taken.outcome)
    found.recognised = outcome.pop("recognised", found.recognised)
    mapping = outcome.pop("mapping", None)
    found.matched = bool(mapping)
    found.edits = outcome.pop("edits", found.edits)
    if found.patch:
        (Path(settings.UPLOADS_DIR) / found.patch).unlink(missing_ok=True)
        found.patch = ""
    counts = {"rows_in": taken.rows_in, "rows_out": taken.rows_out, "observations": taken.observations}
    found.outcome = {**outcome, **counts, "revision": found.revision, "problems_total": taken.problems_total}
    found.save()
    upload.mapping = mapping or upload.mapping
    upload.rows_in, upload.receipt, upload.problems = taken.rows_in, taken.receipt, taken.problems
    upload.save(update_fields=["mapping", "rows_in", "receipt", "problems"])


@dataclass(frozen=True)
class Act:
    """Who does what to a draft, for the audit log."""

    actor: User | None
    action: str
    detail: Mapping[str, Any] = field(default_factory=dict)


Alter = Callable[[Upload, Preparation], dict[str, Any] | None]


def change(upload: Upload, act: Act, alter: Alter) -> None:
    """Alter a draft, put it on record and have it checked again; ``Refused`` when it is a draft no longer.

    What altering it returns is the record's detail; None says that there is nothing to do.
    """
    with transaction.atomic():
        held, found = _held(upload)
        detail = alter(held, found)
        if detail is None:
            return
        found.revision += 1
        found.agreed = []
        held.save()
        found.save()
        _queue(held)
        record(held.company, act.actor, act.action, f"upload {held.pk}", {**detail, **act.detail})


def answer(upload: Upload, piece: Mapping[str, Any], actor: User | None) -> None:
    """A person has seen what was recognised and says how it is read."""

    def alter(held: Upload, found: Preparation) -> dict[str, Any]:
        found.answers, found.settled = merged(found.answers, piece), True
        if found.matched:
            held.mapping = merged(held.mapping, piece)
        return {"columns": sorted(piece.get("columns", {}))}

    change(upload, Act(actor, "upload.recognised"), alter)


def correct(upload: Upload, edits: Sequence[Mapping[str, Any]], actor: User | None) -> None:
    """Add corrections; ``Refused`` beyond what one file may carry."""

    def alter(_: Upload, found: Preparation) -> dict[str, Any]:
        if len(found.edits) + len(edits) > MOST:
            raise Refused(Problem("too_many_edits", expected=str(MOST)))
        found.edits = [*found.edits, *edits]
        columns = sorted({str(edit["column"]) for edit in edits if edit.get("column")})
        return {"edits": len(edits), "columns": columns}

    change(upload, Act(actor, "upload.corrected"), alter)


def take_back(upload: Upload, number: int, actor: User | None) -> None:
    """Take one correction back, by its place; nothing happens when there is none."""

    def alter(_: Upload, found: Preparation) -> dict[str, Any] | None:
        if number >= len(found.edits):
            return None
        found.edits = [edit for place, edit in enumerate(found.edits) if place != number]
        return {"edits": len(found.edits)}

    change(upload, Act(actor, "upload.correction_withdrawn"), alter)


def map_columns(upload: Upload, mapping: Mapping[str, Any], act: Act) -> None:
    """Read the file by this mapping from now on."""

    def alter(held: Upload, found: Preparation) -> dict[str, Any]:
        used, expected = ({field.names[0] for field in fields_of(one)} for one in (mapping, held.mapping))
        found.settled = found.settled and used == expected
        held.mapping, found.matched = dict(mapping), True
        return {"columns": sorted(used)}

    change(upload, act, alter)


def confirm(upload: Upload, how: str, actor: User | None) -> None:
    """Hand the draft to the ledger to be taken in; ``Refused`` while there is anything left to do."""
    with transaction.atomic():
        held, found = _held(upload)
        if found.outcome.get("revision") != found.revision or held.job.state != Job.State.DONE:
            raise Refused(Problem("not_checked"))
        if held.problems or not found.outcome.get("observations"):
            raise Refused(Problem("not_ready"))
        ingest.refuse_closed(held.company, map(QuarterCode.parse, found.outcome.get("quarters", ())))
        held.state, held.how, held.received = Upload.State.RECEIVED, how, timezone.now()
        held.save()
        _queue(held)
        detail = {"how": how, "edits": len(found.edits), "agreed": found.agreed}
        record(held.company, actor, "upload.confirmed", f"upload {held.pk}", detail)
    upload.state = held.state


def patch(upload: Upload, chunks: Iterable[bytes], actor: User | None) -> None:
    """Corrected rows have come: they are kept aside and read by the next check."""
    name = f"{upload.pk}.{uuid4().hex[:8]}"
    place = Path(settings.UPLOADS_DIR) / name

    def alter(_: Upload, found: Preparation) -> dict[str, Any]:
        found.patch = name
        return {"size": place.stat().st_size}

    try:
        with place.open("wb") as out:
            out.writelines(chunks)
        change(upload, Act(actor, "upload.patched"), alter)
    except BaseException:
        place.unlink(missing_ok=True)
        raise


def agree(upload: Upload, codes: Sequence[str], actor: User | None) -> None:
    """A person has read these warnings and stands by the file; nothing happens when that was said before."""
    with transaction.atomic():
        held, found = _held(upload)
        agreed = sorted(codes)
        if agreed == found.agreed:
            return
        found.agreed = agreed
        found.save()
        record(held.company, actor, "upload.agreed", f"upload {held.pk}", {"agreed": agreed})


def discard(upload: Upload, actor: User | str | None) -> None:
    """Let a draft go: its bytes are removed, the row stays to say so."""
    with transaction.atomic():
        held, found = _held(upload)
        held.state, held.problems = Upload.State.DISCARDED, []
        held.save(update_fields=["state", "problems"])
        found.recognised, found.outcome = {}, {}
        found.save()
        Job.objects.filter(upload=held).update(state=Job.State.DONE, lease_token=None, lease_until=None)
        record(held.company, actor, "upload.discarded", f"upload {held.pk}", {"file": held.filename})
        transaction.on_commit(lambda: held.path.unlink(missing_ok=True))
    upload.state = held.state


def collect(now: datetime) -> int:
    """Discard the drafts nobody touched for a fortnight; their number."""
    abandoned = Upload.objects.filter(state=Upload.State.DRAFT, preparation__touched__lt=now - KEPT)
    for upload in abandoned:
        discard(upload, None)
    return len(abandoned)


def _held(upload: Upload) -> tuple[Upload, Preparation]:
    """The draft and its preparation, locked until the transaction ends."""
    held = Upload.objects.select_for_update(of=("self",)).select_related("company", "job").get(pk=upload.pk)
    if held.state != Upload.State.DRAFT:
        raise Refused(Problem("not_a_draft"))
    return held, Preparation.objects.select_for_update().get(upload=held)


def _queue(upload: Upload) -> None:
    """The upload's job anew, whatever became of it before; a worker that still has it finds it is not theirs."""
    now, number = timezone.now(), upload.job.pk
    Job.objects.filter(pk=number).update(
        state=Job.State.QUEUED,
        step=Job.Step.RECEIVED,
        rows_done=0,
        rows_total=None,
        attempts=0,
        deaths=0,
        lease_token=None,
        lease_until=None,
        not_before=None,
        created=now,
        finished=None,
        error="",
    )
    transaction.on_commit(lambda: dispatch(number), robust=True)
