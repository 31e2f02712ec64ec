"""Editions for a request: the row or 404 (see ``company.access``). Everybody signed in reads draft and published."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from company.access import member, row_or_404
from company.models import Membership, Role
from journeys.models import Quarter
from metrics.models import Edition
from metrics.paperwork import Paper

HEAVY = ("content", "provenance")
WRITERS = frozenset({Role.ANALYST, Role.ADMIN})


def require_writer(membership: Membership) -> None:
    """403 for who neither prepares the quarter nor administers the company."""
    if membership.role not in WRITERS:
        raise PermissionDenied(_("Notes and titles are written by analysts and administrators."))


def edition_or_404(request: HttpRequest, quarter: Quarter) -> Edition:
    """The quarter's latest version, its quarter attached; 404 when it has none or belongs to another company."""
    edition = quarter.editions.filter(quarter__company=member(request).company_id).order_by("-version").first()
    if edition is None:
        raise Http404
    return edition


def editions_of(membership: Membership) -> QuerySet[Edition]:
    """The latest version of every quarter of the member's company that has one, its heavy columns left aside."""
    editions = Edition.objects.filter(quarter__company=membership.company_id).select_related("quarter")
    latest = editions.order_by("quarter_id", "-version").distinct("quarter_id").values("pk")
    return editions.filter(pk__in=latest).defer(*HEAVY).order_by("quarter__year", "quarter__number")


def latest_edition(request: HttpRequest) -> Edition | None:
    """The latest version of the latest quarter that has one, its quarter loaded; None before the first."""
    editions = Edition.objects.filter(quarter__company=member(request).company_id).select_related("quarter")
    return editions.defer(*HEAVY).order_by("-quarter__year", "-quarter__number", "-version").first()


def paper_or_404(request: HttpRequest, paper_id: int) -> Paper:
    """A PDF of an edition the person may read today."""
    readable = editions_of(member(request)).values("pk")
    return row_or_404(Paper.objects.filter(edition__in=readable).select_related("edition__quarter"), pk=paper_id)
