"""Editions for a request: the row or 404 (see ``company.access``). Readers read what is out; all others drafts too."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from company.access import departments_of, handles_files, member, row_or_404
from company.models import Department, Membership, Role
from journeys.access import quarter_or_404
from journeys.models import Forecast, Quarter
from metrics.models import Edition, Objection, Verification
from metrics.paperwork import Paper

HEAVY = ("content", "provenance")
CURRENT = ("-state", "-version")  # published before draft, then the latest
WRITERS = frozenset({Role.ANALYST, Role.ADMIN})


def require_writer(membership: Membership) -> None:
    """403 for who neither prepares the quarter nor administers the company."""
    if membership.role not in WRITERS:
        raise PermissionDenied(_("Notes and titles are written by analysts and administrators."))


def sees_drafts(membership: Membership) -> bool:
    """Who prepares, contests or discusses a report sees it before it is out; a reader does not."""
    return membership.role != Role.READER


def publishes(membership: Membership) -> bool:
    """Whether the member takes a quarter through its states: analysts of the whole company, and administrators."""
    return membership.role in (Role.ANALYST, Role.ADMIN) and departments_of(membership) is None


def require_publisher(request: HttpRequest) -> Membership:
    """403 for everybody who does not publish."""
    membership = member(request)
    if not publishes(membership):
        raise PermissionDenied(_("Quarters are published by analysts of the whole company and by administrators."))
    return membership


def verifications_of(membership: Membership) -> QuerySet[Verification]:
    """The company's verifications, the latest first."""
    return Verification.objects.filter(company=membership.company_id).select_related("company").order_by("-at")


def alarmed(membership: Membership) -> bool:
    """Whether the last verification found something wrong, for who publishes; one query a membership."""
    if membership.alarmed is None:
        done = verifications_of(membership).filter(state=Verification.State.DONE)
        membership.alarmed = publishes(membership) and done.values_list("identical", flat=True).first() is False
    return membership.alarmed


def quarter_to_publish(request: HttpRequest, code: str) -> Quarter:
    """The quarter to take through its states; 403 for who may not, 404 where there is none."""
    require_publisher(request)
    return quarter_or_404(request, code)


def contests(membership: Membership) -> bool:
    """Whether the member may say that a figure is wrong: who handles files."""
    return handles_files(membership)


def contested_departments(request: HttpRequest) -> list[Department]:
    """The departments the member contests figures for; 403 for who contests none."""
    membership = member(request)
    if not contests(membership):
        raise PermissionDenied(_("Figures are contested by department heads, analysts and administrators."))
    own = departments_of(membership)
    return list(membership.company.departments.all()) if own is None else own


def objection_to_answer(request: HttpRequest, code: str, objection_id: int) -> Objection:
    """An objection to the quarter's draft; 403 for who does not publish, 404 where there is none."""
    quarter = quarter_to_publish(request, code)
    rows = Objection.objects.filter(edition__quarter=quarter).select_related("edition__quarter__company")
    return row_or_404(rows, pk=objection_id)


def visible(membership: Membership) -> QuerySet[Edition]:
    """The editions the member may read, whatever their version; a reader those whose embargo is over.

    Until a company publishes for the first time its readers see drafts too (decision 52).
    """
    editions = Edition.objects.filter(quarter__company=membership.company_id).select_related("quarter")
    if sees_drafts(membership):
        return editions
    chain = Edition.objects.filter(quarter__company=membership.company_id, state=Edition.State.PUBLISHED)
    is_out = Q(state=Edition.State.PUBLISHED, visible_from__lte=timezone.now())
    return editions.filter(is_out | ~Exists(chain))


def edition_or_404(request: HttpRequest, quarter: Quarter) -> Edition:
    """The quarter's current edition: the last published, else the draft; 404 when the reader may see none."""
    edition = visible(member(request)).filter(quarter=quarter).order_by(*CURRENT).first()
    if edition is None:
        raise Http404
    return edition


def out_or_404(request: HttpRequest, code: str) -> list[Edition]:
    """The published versions of a quarter that the member reads, the first first; 404 where there is none."""
    quarter = quarter_or_404(request, code)
    rows = visible(member(request)).filter(quarter=quarter, state=Edition.State.PUBLISHED)
    found = list(rows.defer("content").prefetch_related("objections").order_by("version"))
    if not found:
        raise Http404
    return found


def version_or_404(membership: Membership, quarter: Quarter, number: str) -> Edition:
    """A published version of a quarter, the one in force or one that it corrected; 404 where the member reads none."""
    rows = visible(membership).filter(quarter=quarter, state=Edition.State.PUBLISHED).defer(*HEAVY)
    found = next((row for row in rows if str(row.version) == number), None)
    if found is None:
        raise Http404
    return found


def editions_of(membership: Membership) -> QuerySet[Edition]:
    """The current edition of every quarter the member may read, heavy columns left aside, oldest first.

    ``contested``: it has objections. ``forecast``: when the last forecast of its quarter was given, or None.
    """
    current = visible(membership).order_by("quarter_id", *CURRENT).distinct("quarter_id").values("pk")
    contested = Exists(Objection.objects.filter(edition=OuterRef("pk")))
    quarter = {"year": OuterRef("quarter__year"), "number": OuterRef("quarter__number")}
    forecasts = Forecast.objects.filter(department__company=membership.company_id, **quarter)
    rows = Edition.objects.filter(pk__in=current).select_related("quarter")
    rows = rows.annotate(contested=contested, forecast=Subquery(forecasts.order_by("-given").values("given")[:1]))
    return rows.defer(*HEAVY).order_by("quarter__year", "quarter__number")


def latest_edition(request: HttpRequest) -> Edition | None:
    """The current edition of the latest quarter that has one for the reader; None before the first."""
    return editions_of(member(request)).order_by("-quarter__year", "-quarter__number").first()


def paper_or_404(request: HttpRequest, paper_id: int) -> Paper:
    """A PDF of an edition the person may read today."""
    readable = editions_of(member(request)).values("pk")
    return row_or_404(Paper.objects.filter(edition__in=readable).select_related("edition__quarter"), pk=paper_id)


def published_of(membership: Membership) -> QuerySet[Edition]:
    """Every published version of every quarter of the member's company, those that were corrected too."""
    editions = Edition.objects.filter(quarter__company=membership.company_id, state=Edition.State.PUBLISHED)
    return editions.defer(*HEAVY).order_by("quarter__year", "quarter__number", "version")
