"""From a department's file to facts: received whole and on record, taken in all or nothing, undone while it may."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from company.audit import record
from company.models import Company, Unit, User
from journeys.bell import dispatch
from journeys.calendar import QuarterCode, clock_changes
from journeys.files import flush_file, flush_folder, place_of
from journeys.models import Indicator, Job, Part, Preparation, Quarter, Source, Upload
from journeys.models.sources import IndicatorKind
from journeys.orders import Order, Taken, period_of
from journeys.pseudonyms import installation_key
from journeys.reading.derive import Calendar
from journeys.reading.mapping import IndicatorFacts, MappingError, parse_mapping
from journeys.reading.problems import Problem
from journeys.reading.shape import WORKBOOKS, other_kind
from journeys.reading.xlsx import MOST_PACKED

ALIVE = (Upload.State.DRAFT, Upload.State.RECEIVED, Upload.State.ACCEPTED)
DEPENDENT = range(8)
REMEMBERED = 20
PATIENCE = "2s"


Mapped = Mapping[str, Any]


class Refused(Exception):
    """The request cannot be met; carries the problem. Nothing was written."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class Moved(Exception):
    """The source's parts are no longer those the file was compared with: it must be compared again."""


def receive(
    source: Source, filename: str, chunks: Iterable[bytes], sender: User | None, state: str = Upload.State.RECEIVED
) -> Upload:
    """The upload, its bytes on disk, its job on record and the bell rung; ``Refused`` leaves nothing behind.

    A draft is only checked, until somebody confirms it.
    """
    return store(Upload(source=source, sender=sender, state=state), filename, chunks)


def store(upload: Upload, filename: str, chunks: Iterable[bytes]) -> Upload:
    """The same for an upload that says itself how it is read and how it joins what is there."""
    folder = Path(settings.UPLOADS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    source, aside, place = upload.source, folder / f"{upload.pk}.part", folder / str(upload.pk)
    try:
        sha256, size = _write(aside, chunks)
        _refuse_twin(source, sha256)
        aside.replace(place)
        flush_folder(folder)
        with transaction.atomic():
            return _put_on_record(upload, (_shown(filename), sha256, size))
    except BaseException as error:
        for file in (aside, place):
            file.unlink(missing_ok=True)
        if isinstance(error, IntegrityError):
            _refuse_twin(source, sha256)
        raise


def prepare(upload: Upload, work: Path) -> Order | Taken:
    """What the child shall do with the upload; a refusal when its source's mapping no longer holds."""
    company = upload.company
    indicators = {row.slug: facts_of(row) for row in Indicator.objects.filter(company=company)}
    used: Iterable[IndicatorFacts] = indicators.values()
    if upload.state != Upload.State.DRAFT:
        try:
            used = [facts for facts, _ in parse_mapping(upload.mapping, indicators).values]
        except MappingError as error:
            extra = {"key": error.key_path, "reason": error.message_code, **error.arguments}
            return Taken().refuse([Problem("bad_mapping", extra=extra)])
    order = Order(
        file=upload.path.resolve(),
        lake=Path(settings.LAKE_DIR).resolve(),
        work=work.resolve(),
        mapping=upload.mapping,
        indicators=tuple(used),
        department=upload.source.department.slug,
        calendar=calendar_of(company),
        key=installation_key(),
        how=upload.how,
        name=upload.filename,
    )
    found = Preparation.objects.filter(upload=upload).first()
    if found:
        return _prepared(order, upload, found)
    return order if upload.how == Upload.How.ADD else replace(order, known=known(upload.source_id))


def _prepared(order: Order, upload: Upload, found: Preparation) -> Order:
    """The order of a file that a person prepares: with corrections, and beside what the source had sent."""
    order = replace(order, edits=tuple(found.edits), known=known(upload.source_id))
    if upload.state != Upload.State.DRAFT:
        return order
    patch = str((Path(settings.UPLOADS_DIR) / found.patch).resolve()) if found.patch else ""
    first, mine, others = ([upload.mapping], [], []) if found.matched else candidates(upload)
    order = replace(order, dry=True, answers=found.answers, settled=found.settled, patch=patch)
    return replace(order, name=upload.filename, mappings=(*first, *mine, *others), mine=len(mine))


def known(source_id: int) -> tuple[tuple[str, str], ...]:
    """Quarter and hash of every part of the source that is in the report."""
    parts = Part.objects.counted().filter(upload__source=source_id).select_related("quarter")
    return tuple(sorted((str(part.quarter.code), part.sha256) for part in parts))


def candidates(upload: Upload) -> tuple[list[Mapped], list[Mapped], list[Mapped]]:
    """Mappings that may fit the file: its own (at first the source's), this person's last, anybody's."""
    earlier = Upload.objects.filter(source=upload.source_id, state=Upload.State.ACCEPTED).order_by("-received")
    rows = list(earlier.values_list("sender_id", "mapping")[:REMEMBERED])
    found: list[Mapped] = [upload.mapping] if upload.mapping else []
    shares: list[list[Mapped]] = []
    for own in (True, False):
        share: list[Mapped] = []
        for sender, mapping in rows:
            if (sender == upload.sender_id) == own and mapping not in (*found, *share):
                share.append(mapping)
        found, shares = [*found, *share], [*shares, share]
    return found[: bool(upload.mapping)], shares[0], shares[1]


def conclude(upload: Upload, taken: Taken) -> bool:
    """Accept the upload with all its parts, or reject it; True when accepted. Inside the caller's transaction."""
    upload.rows_in, upload.receipt = taken.rows_in, taken.receipt
    problems = taken.problems or _accept(upload, taken)
    if problems:
        upload.state, upload.problems = Upload.State.REJECTED, problems
        upload.receipt["problems_total"] = max(taken.problems_total, len(problems))
    else:
        upload.state, upload.problems = Upload.State.ACCEPTED, []
        upload.rows_out, upload.observations = taken.rows_out, taken.observations
        upload.receipt["quarters"] = {part["quarter"]: part["observations"] for part in taken.parts}
    upload.save()
    if forbidden(problems):
        transaction.on_commit(lambda: upload.path.unlink(missing_ok=True))  # nor are such bytes kept
    detail = {"rows": upload.rows_in, "observations": upload.observations, "problems": len(problems)}
    record(upload.company, None, f"upload.{upload.state}", f"upload {upload.pk}", detail)
    return not problems


def forbidden(problems: Iterable[Mapped]) -> bool:
    """Whether the file tells single workers apart: then nothing is prepared of it, and it is not kept."""
    return any(problem["code"] == "worker_column" for problem in problems)


def refuse_closed(company: Company, codes: Iterable[QuarterCode]) -> None:
    """``Refused`` when one of the quarters is published, or for longer than a moment about to be."""
    wanted = set(codes)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            held = Quarter.objects.select_for_update().filter(company=company, year__in={code.year for code in wanted})
            quarters = [quarter for quarter in held.order_by("pk") if quarter.code in wanted]
            transaction.set_rollback(True)  # nothing is held: whoever publishes does not wait for us
    except OperationalError:
        raise Refused(Problem("quarter_busy", value=", ".join(map(str, sorted(wanted))))) from None
    for quarter in quarters:
        if quarter.closed:
            raise Refused(Problem("quarter_closed", value=str(quarter.code)))


def undo(upload: Upload, actor: User | None) -> None:
    """Take the upload's observations out of every figure; ``Refused`` once a quarter they touch is published."""
    with transaction.atomic():
        locked = Upload.objects.select_for_update(of=("self",)).select_related("company").get(pk=upload.pk)
        if locked.state != Upload.State.ACCEPTED:
            raise Refused(Problem("not_accepted"))
        _refuse_if_built_upon(locked)
        mine = Part.objects.filter(Q(upload=locked) | Q(made_by=locked))
        parts = list(Part.objects.filter(Q(pk__in=mine) | Q(superseded_by=locked)).select_related("quarter"))
        quarters = _lock_quarters(locked.company, {part.quarter.code for part in parts})
        for part in parts:
            if quarters[part.quarter.code].closed:
                raise Refused(Problem("published_quarter", value=str(part.quarter.code)))
        for part in parts:  # whoever is reading the file now still can, for a day
            with suppress(FileNotFoundError):
                place_of(Path(settings.LAKE_DIR), part.sha256).touch()
        mine.delete()
        locked.superseded_parts.update(superseded_by=None)
        locked.state = Upload.State.UNDONE
        locked.save(update_fields=["state"])
        _mark(quarters)
        record(locked.company, actor, "upload.undone", f"upload {locked.pk}", {"file": locked.filename})
    upload.state = locked.state


def _refuse_if_built_upon(upload: Upload) -> None:
    """``Refused`` when a later file took the place of this one's rows, or of rows this one left: that goes first."""
    mine = Part.objects.filter(Q(upload=upload) | Q(made_by=upload))
    later = (
        mine.exclude(superseded_by=None).select_related("superseded_by").order_by("-superseded_by__received").first()
    )
    if later and later.superseded_by:
        above = later.superseded_by
        raise Refused(Problem("built_upon", value=above.filename, extra={"upload": str(above.pk)}))


def facts_of(indicator: Indicator) -> IndicatorFacts:
    """What reading needs to know of an indicator."""
    ordered = indicator.kind in (IndicatorKind.MEDIAN, IndicatorKind.PERCENTILE)
    limits = indicator.lowest, indicator.highest
    return IndicatorFacts(indicator.slug, indicator.divisor, *limits, indicator.whole, ordered)


def _write(file: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Hash and size of the bytes, now safe on disk. They are hashed while the next ones are written."""
    digest, size, most = hashlib.sha256(), 0, settings.UPLOAD_MAX_BYTES
    with file.open("xb", buffering=0) as out, ThreadPoolExecutor(1) as hasher:
        for chunk in chunks:
            if size == 0 and (kind := other_kind(chunk)):
                if kind not in WORKBOOKS:
                    raise Refused(Problem("other_kind", value=kind))
                most = min(most, MOST_PACKED)
            size += len(chunk)
            if size > most:
                raise Refused(Problem("file_too_large", expected=str(most)))
            hashed = hasher.submit(digest.update, chunk)
            out.write(chunk)
            hashed.result()
    if size == 0:
        raise Refused(Problem("empty"))
    flush_file(file)
    return digest.hexdigest(), size


def _refuse_twin(source: Source, sha256: str) -> None:
    twin = source.uploads.filter(sha256=sha256, state__in=ALIVE).first()
    if twin:
        extra = {"upload": str(twin.pk), "received": twin.received.isoformat()}
        raise Refused(Problem("same_bytes", value=twin.filename, extra=extra))


def _put_on_record(upload: Upload, file: tuple[str, str, int]) -> Upload:
    source = upload.source
    upload.filename, upload.sha256, upload.size = file
    upload.company, upload.mapping = source.company, upload.mapping or source.mapping
    upload.save(force_insert=True)
    if upload.state == Upload.State.DRAFT:
        Preparation.objects.create(upload=upload)
    job = Job.objects.create(upload=upload)
    detail = {"file": upload.filename, "sha256": upload.sha256, "size": upload.size, "source": source.slug}
    detail |= {"way": upload.way} if upload.way != Upload.Way.FILE else {}
    record(source.company, upload.sender, "upload.received", f"upload {upload.pk}", detail)
    transaction.on_commit(lambda: dispatch(job.pk), robust=True)
    return upload


def _shown(filename: str) -> str:
    """The client's name for the file, fit to be shown: no folders, nothing invisible, 150 characters."""
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in name if unicodedata.category(c)[0] != "C")[:150].strip() or "file"


def calendar_of(company: Company) -> Calendar:
    """The company's quarters as reading knows them, and the last day an observation may be of."""
    quarters = list(Quarter.objects.filter(company=company))
    published = {quarter.code for quarter in quarters if quarter.closed}
    month, zone = company.fiscal_start_month, ZoneInfo(company.time_zone)
    latest = timezone.now().astimezone(zone).date() + timedelta(days=1)
    first = min((quarter.starts for quarter in quarters), default=latest)
    return Calendar(
        open=tuple(sorted(period_of(row.code, month) for row in quarters if row.code not in published)),
        published=tuple(sorted(period_of(code, month) for code in published)),
        start_month=month,
        latest=latest,
        odd=tuple(clock_changes(zone, first, latest)),
    )


def _accept(upload: Upload, taken: Taken) -> list[dict[str, object]]:
    """Name the parts, make the units known, mark the quarters; the problems when a quarter closed meanwhile."""
    codes = {QuarterCode.parse(part["quarter"]) for part in (*taken.parts, *taken.rests)}
    quarters = _lock_quarters(upload.company, codes)
    for code in sorted(codes):
        if code not in quarters:
            return [Problem("unknown_quarter", value=str(code)).as_json()]
        if quarters[code].closed:
            return [Problem("published_quarter", value=str(code)).as_json()]
    _supersede(upload, taken, quarters)
    Part.objects.bulk_create(
        Part(
            upload=upload,
            quarter=quarters[QuarterCode.parse(part["quarter"])],
            sha256=part["sha256"],
            observations=part["observations"],
            size=part["size"],
        )
        for part in taken.parts
    )
    units = [Unit(company=upload.company, code=code, name=code[:120]) for code in sorted(taken.units)]
    Unit.objects.bulk_create(units, ignore_conflicts=True)
    _mark(quarters)
    return []


def _supersede(upload: Upload, taken: Taken, quarters: Mapping[QuarterCode, Quarter]) -> None:
    """Let earlier parts give way to the upload's, and name what stays of them; ``Moved`` when they are others now."""
    if upload.how == Upload.How.ADD:
        return
    codes = {str(code) for code in quarters}
    if {one for one in known(upload.source_id) if one[0] in codes} != {one for one in taken.known if one[0] in codes}:
        raise Moved
    mine = Part.objects.counted().filter(upload__source=upload.source_id, sha256__in=taken.superseded)
    parts = {part.sha256: part for part in mine.select_related("upload", "quarter").select_for_update(of=("self",))}
    if not parts:
        return
    corrected = [part.upload for part in parts.values()]
    upload.previous = max(corrected, key=lambda one: one.received)
    upload.version = max(one.version for one in corrected) + 1
    Part.objects.filter(pk__in=[part.pk for part in parts.values()]).update(superseded_by=upload)
    Part.objects.bulk_create(
        Part(
            upload=parts[rest["of"]].upload,
            quarter=parts[rest["of"]].quarter,
            sha256=rest["sha256"],
            observations=rest["observations"],
            size=rest["size"],
            made_by=upload,
        )
        for rest in taken.rests
    )


def _lock_quarters(company: Company, codes: Iterable[QuarterCode]) -> dict[QuarterCode, Quarter]:
    """The quarters whose report rests on these quarters' facts, as far as they exist, locked in one order."""
    wanted = {code.plus(later) for code in codes for later in DEPENDENT}
    years = {code.year for code in wanted}
    rows = Quarter.objects.select_for_update().filter(company=company, year__in=years).order_by("pk")
    return {row.code: row for row in rows if row.code in wanted}


def _mark(quarters: dict[QuarterCode, Quarter]) -> None:
    """The facts under these reports changed: they are behind until they are computed again."""
    for quarter in quarters.values():
        quarter.revision += 1
        quarter.stale = True
    Quarter.objects.bulk_update(quarters.values(), ["revision", "stale"])
