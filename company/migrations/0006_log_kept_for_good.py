"""Entries of the audit log are never deleted, a generated company's neither: only the owner takes that away whole."""

from django.db import migrations

KEPT = """
CREATE OR REPLACE FUNCTION kept_log() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only added to: permission denied' USING ERRCODE = 'insufficient_privilege';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("company", "0005_people_and_factors")]
    operations = [migrations.RunSQL(KEPT, migrations.RunSQL.noop)]
