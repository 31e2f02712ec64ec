"""Everything of a generated company taken away: rows, uploaded bytes, observation files."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from company.models import Company, User
from journeys.models import Indicator, Part, Source, Upload
from meetings.models import Decision, FollowUp, Meeting
from metrics.models import Edition


def forget(company: Company) -> None:
    """Delete the company and all that hangs on it; ValueError for a company whose data are not generated."""
    if not company.generated:
        raise ValueError("only a generated company may be reset")
    uploads = list(Upload.objects.filter(company=company))
    hashes = set(Part.objects.filter(upload__company=company).values_list("sha256", flat=True))
    with transaction.atomic():
        FollowUp.objects.filter(meeting__quarter__company=company).delete()
        Decision.objects.filter(meeting__quarter__company=company).delete()
        Meeting.objects.filter(quarter__company=company).delete()
        Edition.objects.filter(quarter__company=company).delete()
        Upload.objects.filter(company=company).delete()
        Source.objects.filter(company=company).delete()
        Indicator.objects.filter(company=company).delete()
        User.objects.filter(membership__company=company).delete()
        company.delete()
    for upload in uploads:
        upload.path.unlink(missing_ok=True)
    used = set(Part.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
    for digest in hashes - used:
        (Path(settings.LAKE_DIR) / digest[:2] / f"{digest}.parquet").unlink(missing_ok=True)
