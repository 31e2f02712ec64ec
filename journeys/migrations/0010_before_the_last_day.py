"""A forecast is given before the quarter's last day: from that day on the database keeps it as it is."""

from django.db import migrations

FROZEN = """
CREATE OR REPLACE FUNCTION frozen_forecast() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  zone text;
BEGIN
  SELECT c.time_zone INTO zone FROM company_company c JOIN company_department d ON d.company_id = c.id
    WHERE d.id = OLD.department_id;
  IF (now() AT TIME ZONE coalesce(zone, 'UTC'))::date >= OLD.ends THEN
    RAISE EXCEPTION 'forecast %: the last day of its quarter has come, it stays as it is', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("journeys", "0009_retired_sources"),
    ]

    operations = [migrations.RunSQL(FROZEN, migrations.RunSQL.noop)]
