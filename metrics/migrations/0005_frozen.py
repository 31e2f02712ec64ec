"""What is published stays as it is: plain SQL triggers that always fire (decision 0050).

A row trigger refuses to change or delete what is published and to move rows in or out; a statement trigger refuses
to add (INSERT and COPY); another refuses to empty the table. Each takes the edition FOR SHARE, publishing takes it
FOR UPDATE, so that a load and a publication cannot pass each other. A quarter's state only goes forward.
"""

from django.db import migrations

HANGING = ("metrics_figure", "metrics_effect", "metrics_bridgestep", "metrics_objection")

EDITION = """
CREATE FUNCTION frozen_edition() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'draft' THEN
      RAISE EXCEPTION 'an edition begins as a draft' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state <> 'draft' THEN
    RAISE EXCEPTION 'edition % is published: it cannot be changed or deleted', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF NEW.state <> 'draft' AND NEW.digest <> encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex') THEN
    RAISE EXCEPTION 'the digest of edition % is not that of its content', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON metrics_edition
  FOR EACH ROW EXECUTE FUNCTION frozen_edition();
ALTER TABLE metrics_edition ENABLE ALWAYS TRIGGER frozen;

CREATE FUNCTION frozen_rows() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  touched bigint[];
BEGIN
  touched := CASE TG_OP WHEN 'DELETE' THEN ARRAY[OLD.edition_id] ELSE ARRAY[OLD.edition_id, NEW.edition_id] END;
  PERFORM 1 FROM metrics_edition WHERE id = ANY (touched) ORDER BY id FOR SHARE;
  IF EXISTS (SELECT 1 FROM metrics_edition WHERE id = ANY (touched) AND state <> 'draft') THEN
    RAISE EXCEPTION '% of a published edition cannot be changed', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION frozen_additions() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM metrics_edition WHERE id IN (SELECT edition_id FROM added) ORDER BY id FOR SHARE;
  IF EXISTS (SELECT 1 FROM metrics_edition WHERE id IN (SELECT edition_id FROM added) AND state <> 'draft') THEN
    RAISE EXCEPTION '% of a published edition cannot be added to', TG_TABLE_NAME
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION frozen_whole() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% holds published editions: it cannot be emptied', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER frozen_whole BEFORE TRUNCATE ON metrics_edition
  FOR EACH STATEMENT EXECUTE FUNCTION frozen_whole();
ALTER TABLE metrics_edition ENABLE ALWAYS TRIGGER frozen_whole;
"""

ROWS = """
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION frozen_rows();
CREATE TRIGGER frozen_additions AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION frozen_additions();
CREATE TRIGGER frozen_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION frozen_whole();
ALTER TABLE {table} ENABLE ALWAYS TRIGGER frozen;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER frozen_additions;
ALTER TABLE {table} ENABLE ALWAYS TRIGGER frozen_whole;
"""

QUARTER = """
CREATE FUNCTION frozen_quarter() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF OLD.state <> 'published' THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'quarter % is published: it cannot be deleted', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (NEW.state, NEW.id, NEW.company_id, NEW.year, NEW.number, NEW.starts, NEW.ends)
     IS DISTINCT FROM (OLD.state, OLD.id, OLD.company_id, OLD.year, OLD.number, OLD.starts, OLD.ends) THEN
    RAISE EXCEPTION 'quarter % is published: it cannot be reopened or moved', OLD.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER frozen BEFORE UPDATE OR DELETE ON journeys_quarter FOR EACH ROW EXECUTE FUNCTION frozen_quarter();
CREATE TRIGGER frozen_whole BEFORE TRUNCATE ON journeys_quarter FOR EACH STATEMENT EXECUTE FUNCTION frozen_whole();
ALTER TABLE journeys_quarter ENABLE ALWAYS TRIGGER frozen;
ALTER TABLE journeys_quarter ENABLE ALWAYS TRIGGER frozen_whole;
"""

AWAY = """
DROP FUNCTION frozen_quarter, frozen_whole, frozen_additions, frozen_rows, frozen_edition CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0004_publication"), ("journeys", "0003_restating")]

    operations = [
        migrations.RunSQL(EDITION + "".join(ROWS.format(table=table) for table in HANGING) + QUARTER, AWAY),
    ]
