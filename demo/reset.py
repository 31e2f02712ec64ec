"""Everything of a generated company taken away: rows, uploaded bytes, observation files."""

from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from psycopg2 import sql

from company.audit import forget_export
from company.models import Company, User
from journeys.models import Indicator, Kept, Part, Source, Upload
from meetings.models import Decision, FollowUp, Meeting
from metrics.models import Edition

FROZEN = (
    "SELECT tgrelid::regclass::text, quote_ident(tgname) FROM pg_trigger WHERE tgname LIKE 'frozen%' OR tgname = 'kept'"
)


def forget(company: Company) -> None:
    """Delete the company and all that hangs on it; ValueError for a company whose data are not generated."""
    if not company.generated:
        raise ValueError("only a generated company may be reset")
    uploads = list(Upload.objects.filter(company=company))
    hashes = set(Part.objects.filter(upload__company=company).values_list("sha256", flat=True))
    _thaw(company)
    with transaction.atomic():
        FollowUp.objects.filter(meeting__quarter__company=company).delete()
        Decision.objects.filter(meeting__quarter__company=company).delete()
        Meeting.objects.filter(quarter__company=company).delete()
        Upload.objects.filter(company=company).delete()
        Source.objects.filter(company=company).delete()
        Indicator.objects.filter(company=company).delete()
        User.objects.filter(membership__company=company).delete()
        company.delete()
    forget_export(company)
    for upload in uploads:
        upload.path.unlink(missing_ok=True)
    used = set(Part.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))
    Kept.objects.filter(sha256__in=hashes - used).delete()
    for digest in hashes - used:
        (Path(settings.LAKE_DIR) / digest[:2] / f"{digest}.parquet").unlink(missing_ok=True)


def _thaw(company: Company) -> None:
    """Editions and log taken away and quarters open again, by who owns the tables: nobody else can."""
    editions = list(Edition.objects.filter(quarter__company=company).values_list("pk", flat=True))
    owner = connections.create_connection("owner")
    owner.connect()
    try:
        with owner.connection, owner.cursor() as cursor:
            cursor.execute(FROZEN)
            triggers = cursor.fetchall()
            for table, name in triggers:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
            for rows in (*(hanging.field for hanging in Edition._meta.related_objects), Edition._meta.pk):
                column, table = sql.Identifier(rows.column), sql.Identifier(rows.model._meta.db_table)
                cursor.execute(sql.SQL("DELETE FROM {} WHERE {} = ANY (%s)").format(table, column), [editions])
            departments = list(company.departments.values_list("pk", flat=True))
            cursor.execute("DELETE FROM journeys_forecast WHERE department_id = ANY (%s)", [departments])
            cursor.execute("DELETE FROM company_auditentry WHERE company_id = %s", [company.pk])
            cursor.execute("UPDATE journeys_quarter SET state = 'open' WHERE company_id = %s", [company.pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table, name in triggers:
                cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    finally:
        owner.close()
