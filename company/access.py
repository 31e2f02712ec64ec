"""Who may get what: the only way from a request to a row.

A row of another company or of a department that is not the reader's is 404, as if it were not there; a row of the
reader's own company that the role may not touch is 403. ``journeys.access`` gives quarters, sources, uploads and jobs,
``metrics.access`` editions, both built on these. Everybody signed in reads every report; files and what became of
them are for department heads (their departments), analysts (theirs, or all when none is named) and administrators.
"""

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db.models import Model, Q, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from company.models import Department, Membership, Role

Row = TypeVar("Row", bound=Model)
FILE_ROLES = frozenset({Role.HEAD, Role.ANALYST, Role.ADMIN})


def member(request: HttpRequest) -> Membership:
    """The signed-in person's membership, with user and company loaded; 403 when the person has none."""
    user = request.user
    membership: Membership | None = None if isinstance(user, AnonymousUser) else getattr(user, "membership", None)
    if membership is None:
        raise PermissionDenied(_("Your account is not linked to a company yet. Ask your administrator."))
    return membership


def row_or_404(rows: QuerySet[Row], **lookup: object) -> Row:
    """The one row that matches; 404 when there is none or when the value cannot be one (a NUL, a broken id)."""
    try:
        return rows.get(**lookup)
    except (ObjectDoesNotExist, ValueError, TypeError, OverflowError, ValidationError) as error:
        raise Http404 from error


def departments_of(membership: Membership) -> list[Department] | None:
    """The departments whose files the member handles; None means all of the company. One query a membership."""
    if membership.role == Role.ADMIN:
        return None
    prefetch_related_objects([membership], "departments")
    departments = list(membership.departments.all())
    return None if membership.role == Role.ANALYST and not departments else departments


def handles_files(membership: Membership) -> bool:
    """True for the roles that send files and read receipts at all."""
    return membership.role in FILE_ROLES


def require_files(membership: Membership) -> None:
    """403 for a role that handles no files."""
    if not handles_files(membership):
        raise PermissionDenied(_("Files are handled by department heads, analysts and administrators."))


def within_departments(membership: Membership, path: str) -> Q:
    """Condition that keeps rows whose department, at the end of ``path``, is one the member handles."""
    departments = departments_of(membership)
    return Q() if departments is None else Q(**{f"{path}__in": departments})
