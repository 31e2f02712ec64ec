"""A ``CompanyFile`` made true: definitions in one transaction, then each data file as an ordinary upload."""

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from company.audit import record
from company.models import Company, Membership
from journeys import ingest, ledger
from journeys.companyfile import store
from journeys.companyfile.definitions import CompanyFile
from journeys.companyfile.document import CompanyFileError, Mistake
from journeys.companyfile.parse import NAME
from journeys.essential import IN_COMPANY, IN_STAGE, crowd
from journeys.models import Indicator, Job, Quarter, Source, Upload
from journeys.reading.problems import Problem
from journeys.wording import sentence

CHUNK = 1 << 20
UNFINISHED = (Job.State.QUEUED, Job.State.RUNNING)


@dataclass(frozen=True)
class Loaded:
    """What an import of definitions did. ``remapped``: sources whose accepted files were read by an older mapping."""

    company: Company
    created: bool
    changed: bool
    kept: tuple[str, ...]
    remapped: tuple[str, ...]


@transaction.atomic
def load_definitions(entry: CompanyFile) -> Loaded:
    """Create or update what the file declares, all or nothing; figures behind it become stale when it changed.

    Raises CompanyFileError when the file does not fit what the database already holds.
    """
    known = Company.objects.select_for_update(no_key=True).filter(slug=entry.slug).first()
    before = store.read(known) if known and known.quarters.exists() else None
    _check_against(known, entry)
    company = store.write(entry)
    _check_caps(company)
    after = store.read(company)
    changed = before is None or before.figures_only() != after.figures_only()
    if changed:
        open_quarters = company.quarters.exclude(state=Quarter.State.PUBLISHED)
        open_quarters.update(stale=True, revision=F("revision") + 1)
    if before != after:
        record(company, None, "company.imported", company.slug, {"changed": changed})
    mappings = {source.slug: source.mapping for source in before.sources} if before else {}
    used = Source.objects.filter(company=company, uploads__state=Upload.State.ACCEPTED).distinct()
    remapped = tuple(source.slug for source in used if mappings.get(source.slug, source.mapping) != source.mapping)
    return Loaded(company, known is None, changed, _kept(company, entry), remapped)


def _check_against(known: Company | None, entry: CompanyFile) -> None:
    mistakes = []
    if known and known.fiscal_start_month != entry.fiscal_start_month:
        message = _("the fiscal calendar of a company cannot change: its quarters already exist")
        mistakes.append(Mistake(NAME, 1, "company.fiscal_start_month", message))
    lines = {person.email: (person.line, index) for index, person in enumerate(entry.people)}
    strangers = Membership.objects.filter(user__email__in=lines).exclude(company__slug=entry.slug)
    for member in strangers.select_related("user"):
        line, index = lines[member.user.email]
        message = _("%(email)s already belongs to another company") % {"email": member.user.email}
        mistakes.append(Mistake(NAME, line, f"people[{index}].email", message))
    if mistakes:
        raise CompanyFileError(mistakes)


def _check_caps(company: Company) -> None:
    """The caps hold for the company, not only for the file: indicators the file does not name count too."""
    places = company.indicators.filter(essential=True).values_list("stage__slug", flat=True)
    if not crowd(place or "" for place in places).fits:
        words = {"company": IN_COMPANY, "stage": IN_STAGE}
        message = _(
            "with those already in the database there are too many essential indicators: "
            "at most %(company)d for the company and %(stage)d for a stage"
        )
        raise CompanyFileError([Mistake(NAME, 1, "indicators", message % words)])


def _kept(company: Company, entry: CompanyFile) -> tuple[str, ...]:
    """Slugs of indicators and sources that are in the database and not in the file."""
    found: list[tuple[QuerySet[Indicator] | QuerySet[Source], Iterable[str]]] = [
        (company.indicators.all(), [item.slug for item in entry.indicators]),
        (company.sources.all(), [item.slug for item in entry.sources]),
    ]
    return tuple(row.slug for rows, slugs in found for row in rows.exclude(slug__in=list(slugs)))


@dataclass(frozen=True)
class FileResult:
    """What became of a data file: ``skipped`` when its very bytes were accepted before, else the upload's outcome."""

    path: Path
    accepted: bool
    skipped: bool = False
    upload: Upload | None = None
    problems: tuple[str, ...] = ()


def load_file(source: Source, path: Path) -> FileResult:
    """The file taken in as an upload would be, and worked to the end; the result says what happened and why."""
    known = source.uploads.filter(sha256=_digest(path)).filter(state__in=[Upload.State.ACCEPTED, Upload.State.RECEIVED])
    upload = known.first()
    if upload is not None and upload.state == Upload.State.ACCEPTED:
        return FileResult(path, accepted=True, skipped=True, upload=upload)
    if upload is None:
        try:
            upload = ingest.receive(source, path.name, _chunks(path), None)
        except ingest.Refused as refusal:
            return FileResult(path, accepted=False, problems=(sentence(refusal.problem),))
    return _work(path, upload)


def finish(upload: Upload) -> Job:
    """Work the upload's job to its end; a worker that was quicker is waited for."""
    job = ledger.run(upload.job.pk)
    while job.state in UNFINISHED:
        time.sleep(0.2)
        job = ledger.run(job.pk)
    upload.refresh_from_db()
    return job


def _work(path: Path, upload: Upload) -> FileResult:
    job = finish(upload)
    if upload.state == Upload.State.ACCEPTED:
        return FileResult(path, accepted=True, upload=upload)
    problems = tuple(sentence(Problem.of_json(item)) for item in upload.problems)
    unsaid = _("the work on it stopped (%(code)s)") % {"code": job.error or job.state}
    return FileResult(path, accepted=False, upload=upload, problems=problems or (unsaid,))


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
