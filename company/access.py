"""Who may get what: the only way from a request to a row.

A row of another company or of a department that is not the reader's is 404, as if it were not there; a row of the
reader's own company that the role may not touch is 403. ``journeys.access`` gives quarters, sources, uploads and jobs,
``metrics.access`` editions, both built on these. Everybody signed in reads every report; files and what became of
them are for department heads (their departments), analysts (theirs, or all when none is named) and administrators.
"""

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from company.models import ApiToken, Department, Membership, Role

Row = TypeVar("Row", bound=Model)
KEY_ROLES = frozenset({Role.ANALYST, Role.ADMIN})
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
    """The departments whose files the member handles; None means all of the company. One query a membership.

    A program's key may narrow its person's departments, never widen them.
    """
    own = _own_departments(membership)
    narrowed = list(membership.token.departments.all()) if membership.token else []
    if not narrowed:
        return own
    return narrowed if own is None else [department for department in own if department in narrowed]


def _own_departments(membership: Membership) -> list[Department] | None:
    if membership.role == Role.ADMIN:
        return None
    if membership.held is None:
        membership.held = list(membership.departments.all())
    departments = membership.held
    return None if membership.role == Role.ANALYST and not departments else departments


def handles_files(membership: Membership) -> bool:
    """True for the roles that send files and read receipts at all."""
    return membership.role in FILE_ROLES


def require_keys(membership: Membership) -> None:
    """403 for who may not make keys for programs."""
    if membership.role not in KEY_ROLES:
        raise PermissionDenied(_("Keys for programs are made by analysts and administrators."))


def require_log(request: HttpRequest) -> Membership:
    """Who reads the audit log: administrators, and analysts of the whole company, who answer for its figures."""
    membership = member(request)
    if membership.role not in KEY_ROLES or departments_of(membership) is not None:
        raise PermissionDenied(_("The log is read by administrators and by analysts of the whole company."))
    return membership


def tokens_visible(request: HttpRequest) -> QuerySet[ApiToken]:
    """The member's own keys; an administrator sees the company's. 403 for who makes none."""
    membership = member(request)
    require_keys(membership)
    tokens = membership.company.tokens.select_related("owner").prefetch_related("departments")
    return tokens if membership.role == Role.ADMIN else tokens.filter(owner=membership.user)


def token_or_404(request: HttpRequest, token_id: object) -> ApiToken:
    """One of them."""
    return row_or_404(tokens_visible(request), pk=token_id)


def people_visible(request: HttpRequest) -> QuerySet[Membership]:
    """Everybody of the company, for administrators; 403 for all others."""
    membership = member(request)
    if membership.role != Role.ADMIN:
        raise PermissionDenied(_("People and roles are the administrators' business."))
    return membership.company.memberships.select_related("user", "company").prefetch_related("departments")


def person_or_404(request: HttpRequest, person_id: object) -> Membership:
    """One of them, by the number of the person."""
    return row_or_404(people_visible(request), user_id=person_id)


def require_files(membership: Membership) -> None:
    """403 for a role that handles no files."""
    if not handles_files(membership):
        raise PermissionDenied(_("Files are handled by department heads, analysts and administrators."))


def within_departments(membership: Membership, path: str) -> Q:
    """Condition that keeps rows whose department, at the end of ``path``, is one the member handles."""
    departments = departments_of(membership)
    return Q() if departments is None else Q(**{f"{path}__in": departments})
