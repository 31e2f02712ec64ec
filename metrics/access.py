"""Editions for a request: the row or 404 (see ``company.access``). Everybody signed in reads draft and published."""

from django.http import Http404, HttpRequest

from company.access import member
from journeys.models import Quarter
from metrics.models import Edition


def edition_or_404(request: HttpRequest, quarter: Quarter) -> Edition:
    """The quarter's latest version, its quarter attached; 404 when it has none or belongs to another company."""
    edition = quarter.editions.filter(quarter__company=member(request).company_id).order_by("-version").first()
    if edition is None:
        raise Http404
    return edition


def latest_edition(request: HttpRequest) -> Edition | None:
    """The latest version of the latest quarter that has one, its quarter loaded; None before the first.

    It says where to go: the report itself is loaded only when it is asked for.
    """
    editions = Edition.objects.filter(quarter__company=member(request).company_id).select_related("quarter")
    editions = editions.defer("content", "definitions", "provenance")
    return editions.order_by("-quarter__year", "-quarter__number", "-version").first()
