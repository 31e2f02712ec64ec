"""Entries of the audit log are never deleted, but with a generated company (the demo) as a whole."""

from django.db import migrations

KEPT = """
CREATE FUNCTION kept_log() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM company_company WHERE id = OLD.company_id AND NOT generated) THEN
    RAISE EXCEPTION 'the audit log is only added to: permission denied' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER kept BEFORE DELETE ON company_auditentry FOR EACH ROW EXECUTE FUNCTION kept_log();
ALTER TABLE company_auditentry ENABLE ALWAYS TRIGGER kept;
"""


class Migration(migrations.Migration):
    dependencies = [("company", "0003_tokens")]
    operations = [migrations.RunSQL(KEPT, "DROP FUNCTION kept_log CASCADE")]
