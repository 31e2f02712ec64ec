"""The company that a command's reader named."""

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from company.models import Company


def called(slug: str) -> Company:
    """The company of that slug; CommandError with the ones there are."""
    company = Company.objects.filter(slug=slug).first()
    if company is None:
        known = ", ".join(Company.objects.order_by("slug").values_list("slug", flat=True)) or "–"
        raise CommandError(_("There is no company “%(slug)s” (there are: %(known)s).") % {"slug": slug, "known": known})
    return company
