"""Quarters, sources, uploads and jobs for a request: the row, or 404, or 403 (see ``company.access``)."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from company.access import departments_of, handles_files, member, require_files, row_or_404, within_departments
from company.models import Department, Membership, Role
from journeys.calendar import QuarterCode
from journeys.drafts import Draft
from journeys.models import Job, Quarter, Source, Upload


def quarter_or_404(request: HttpRequest, code: str) -> Quarter:
    """The company's quarter written as ``2026-3``; 404 for anything else."""
    try:
        year, number = QuarterCode.parse(code)
    except ValueError as error:
        raise Http404 from error
    return row_or_404(member(request).company.quarters.all(), year=year, number=number)


def quarters(request: HttpRequest) -> QuerySet[Quarter]:
    """All quarters of the company, oldest first."""
    return member(request).company.quarters.all()


def sources_visible(request: HttpRequest) -> QuerySet[Source]:
    """Every source of the company: who owes what by when is known to everybody signed in."""
    return member(request).company.sources.select_related("department", "owner")


def sources_for_upload(request: HttpRequest) -> QuerySet[Source]:
    """The sources the member may send files for; 403 when the role sends none."""
    membership = member(request)
    require_files(membership)
    return sources_visible(request).filter(within_departments(membership, "department"))


def fed_by(membership: Membership, sources: Iterable[Source]) -> frozenset[int]:
    """Of the sources those the member may send files for."""
    departments = departments_of(membership) if handles_files(membership) else []
    return frozenset(row.pk for row in sources if departments is None or row.department in departments)


def source_for_upload(request: HttpRequest, slug: str) -> Source:
    """The source to send a file for; 404 when it is not the member's to feed, 403 when the role sends no files."""
    return row_or_404(sources_for_upload(request), slug=slug)


def uploads_visible_to(membership: Membership) -> QuerySet[Upload]:
    """Uploads of the member's departments; none for a role that handles no files."""
    uploads = membership.company.uploads.select_related("source__department", "sender", "job")
    if not handles_files(membership):
        return uploads.none()
    return uploads.filter(within_departments(membership, "source__department"))


def jobs_visible_to(membership: Membership) -> QuerySet[Job]:
    """Jobs of the uploads the member sees."""
    jobs = Job.objects.filter(upload__company=membership.company).select_related(
        "upload__source__department", "upload__preparation"
    )
    if not handles_files(membership):
        return jobs.none()
    return jobs.filter(within_departments(membership, "upload__source__department"))


def upload_or_404(request: HttpRequest, upload_id: object) -> Upload:
    """The upload with its source, sender and job."""
    membership = member(request)
    if not handles_files(membership):
        row_or_404(membership.company.uploads.all(), pk=upload_id)
    require_files(membership)
    later = Upload.objects.filter(superseded_parts__upload=OuterRef("pk")).order_by("-received").values("pk")[:1]
    rows = uploads_visible_to(membership).select_related("preparation", "previous").annotate(later_id=Subquery(later))
    return row_or_404(rows, pk=upload_id)


def draft_or_404(request: HttpRequest, upload_id: object) -> Draft:
    """The file being prepared; 404 when it is one no longer."""
    upload = upload_or_404(request, upload_id)
    if upload.state != Upload.State.DRAFT:
        raise Http404
    return Draft(upload, upload.preparation)


def job_or_404(request: HttpRequest, job_id: object) -> Job:
    """The job with its upload and source."""
    membership = member(request)
    if not handles_files(membership):
        row_or_404(Job.objects.filter(upload__company=membership.company), pk=job_id)
    require_files(membership)
    return row_or_404(jobs_visible_to(membership), pk=job_id)


def changes_definitions(membership: Membership) -> bool:
    """True for administrators and for analysts of the whole company: what they change, everybody's figures feel."""
    if membership.role not in (Role.ADMIN, Role.ANALYST):
        return False
    return departments_of(membership) is None


def definer(request: HttpRequest) -> Membership:
    """Whoever changes definitions; 403 for all others."""
    membership = member(request)
    if not changes_definitions(membership):
        raise PermissionDenied(_("Settings are changed by administrators and by analysts of the whole company."))
    return membership


def departments_to_write(request: HttpRequest) -> list[Department]:
    """The departments the member may write observations of; 403 for a role that handles no files."""
    membership = member(request)
    require_files(membership)
    own = departments_of(membership)
    return list(membership.company.departments.all()) if own is None else own


def department_to_forecast(request: HttpRequest, slug: str) -> Department:
    """The department to give the forecast of; 403 for who heads none, 404 for another's."""
    membership = member(request)
    if membership.role != Role.HEAD:
        raise PermissionDenied(_("A department's forecast is given by its head."))
    found = [row for row in departments_of(membership) or [] if row.slug == slug]
    if not found:
        raise Http404
    found[0].company = membership.company
    return found[0]


def department_to_write(request: HttpRequest, slug: str) -> Department:
    """One of them; 404 for any other."""
    found = [row for row in departments_to_write(request) if row.slug == slug]
    if not found:
        raise Http404
    return found[0]
