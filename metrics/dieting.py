"""The data diet of a company, from the editions a member may read and from what was said and decided about them."""

from django.conf import settings
from django.utils.module_loading import import_string

from company.models import Membership
from metrics.access import editions_of
from metrics.diet import judge
from metrics.panels import diet as panel
from metrics.shown import reports_of
from metrics.stats.outside import DIET_QUARTERS


def diet(membership: Membership) -> panel.Diet | None:
    """The page; None before the first report."""
    editions = list(editions_of(membership))[-DIET_QUARTERS:]
    if not editions:
        return None
    held = reports_of({edition.digest: edition.pk for edition in editions})
    reports = [held[edition.digest] for edition in editions]
    discussed = {pair for path in settings.DISCUSSED_BY for pair in import_string(path)(membership.company)}
    return panel.diet(reports[-1], judge(reports, discussed))
