"""A quarter's way out, and what the database itself refuses once it is out."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from psycopg2 import errorcodes

from company.audit import broken_at
from company.models import Company, User
from journeys.models import Quarter
from metrics.access import editions_of
from metrics.models import Edition, Figure, Objection
from metrics.publish import Order, Refused, publish, redefine, reopen, restate, review, withdraw
from metrics.refresh import store
from metrics.seals import broken_links
from metrics.verify import guards
from tests import make
from tests.make_report import aurora as report
from tests.make_report import edition as stored

ATTACKS = [
    "UPDATE metrics_edition SET content = '{}' WHERE id = {edition}",
    "UPDATE metrics_edition SET state = 'draft' WHERE id = {edition}",
    "DELETE FROM metrics_edition WHERE id = {edition}",
    "UPDATE metrics_figure SET value = 99 WHERE edition_id = {edition}",
    "DELETE FROM metrics_effect WHERE edition_id = {edition}",
    "INSERT INTO metrics_bridgestep (edition_id, position, kind, component, stage, verdict)"
    " VALUES ({edition}, 99, 'stage', '', '', 'better')",
    "UPDATE metrics_figure SET edition_id = {draft} WHERE edition_id = {edition}",
    "UPDATE metrics_figure SET edition_id = {edition}, unit = 'x' WHERE edition_id = {draft}",
    "TRUNCATE metrics_figure",
    "TRUNCATE metrics_edition CASCADE",
    "UPDATE journeys_quarter SET state = 'open' WHERE id = {quarter}",
    "DELETE FROM journeys_quarter WHERE id = {quarter}",
    "SELECT set_config('session_replication_role', 'replica', true)",
    "SELECT set_config('role', 'postgres', true)",
    "ALTER TABLE metrics_edition DISABLE TRIGGER frozen",
    "DROP TRIGGER frozen ON metrics_edition",
    "CREATE OR REPLACE FUNCTION frozen_edition() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "SELECT set_config('pgtrigger.ignore', '{all}', true);"
    " UPDATE metrics_edition SET reason = 'x' WHERE id = {edition}",
    "SELECT set_config('search_path', 'pg_temp', true);"
    " UPDATE public.metrics_edition SET reason = 'x' WHERE id = {edition}",
    "INSERT INTO metrics_figure (edition_id, level, stage, indicator, unit, n, base, imprecise, before_n, verdict,"
    " year_verdict, note, detail) VALUES ({edition}, 'unit', '', 'x', 'x', 1, 'full', false, 0, 'better', 'better', '',"
    " '{}')",
    "INSERT INTO metrics_effect SELECT * FROM metrics_effect WHERE edition_id = {edition} ON CONFLICT (id) DO UPDATE"
    " SET points = 99",
    "INSERT INTO metrics_objection (edition_id, department, level, stage, indicator, unit, effect, reason, author, at,"
    " state, answer, answered_by) VALUES ({edition}, 'x', 'company', '', '', '', '', 'x', 'x', now(), 'open', '', '')",
    "MERGE INTO metrics_bridgestep b USING (SELECT {edition} AS e) s ON b.edition_id = s.e"
    " WHEN MATCHED THEN UPDATE SET points = 1",
    "WITH gone AS (DELETE FROM metrics_figure WHERE edition_id = {edition} RETURNING *) SELECT count(*) FROM gone",
    "DO $$ BEGIN UPDATE metrics_edition SET titles = '{}' WHERE id = {edition}; END $$",
    "UPDATE metrics_edition SET state = 'published', number = 9, published = now(), visible_from = now(),"
    " content = '{}' WHERE id = {draft}",
    "UPDATE metrics_edition SET visible_from = now() + interval '9 days' WHERE id = {edition}",
    "UPDATE metrics_edition SET quarter_id = (SELECT quarter_id FROM metrics_edition WHERE id = {draft})"
    " WHERE id = {edition}",
    "UPDATE journeys_quarter SET starts = starts - 90 WHERE id = {quarter}",
    "UPDATE journeys_quarter SET year = 2031 WHERE id = {quarter}",
    "TRUNCATE journeys_quarter CASCADE",
    "TRUNCATE metrics_objection",
    "SET session_replication_role = replica",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER ROLE CURRENT_USER SET session_replication_role = 'replica'",
    "ALTER TABLE metrics_figure DISABLE TRIGGER ALL",
    "ALTER TABLE metrics_edition OWNER TO CURRENT_USER",
    "DROP TABLE metrics_edition CASCADE",
    "CREATE TRIGGER thaw BEFORE UPDATE ON metrics_edition FOR EACH ROW EXECUTE FUNCTION frozen_edition()",
    "CREATE RULE thaw AS ON UPDATE TO metrics_edition DO INSTEAD NOTHING",
    "UPDATE pg_trigger SET tgenabled = 'D' WHERE tgname LIKE 'frozen%'",
    "CREATE TEMP TABLE metrics_edition AS SELECT * FROM public.metrics_edition WHERE false;"
    " UPDATE public.metrics_figure SET value = 99 WHERE edition_id = {edition}",
    "SELECT set_config('session_replication_role', 'local', true);"
    " UPDATE metrics_edition SET reason = 'x' WHERE id = {edition}",
    "UPDATE company_company SET generated = true; DELETE FROM company_auditentry",
    "UPDATE company_auditentry SET actor = 'nobody'",
    "TRUNCATE company_auditentry",
    "INSERT INTO metrics_edition (quarter_id, version, state, revision, computed, digest, content, provenance, reason,"
    " author, redefined, consequences, proposer, proposed_digest, publisher, titles, previous, seal, number, published,"
    " visible_from) SELECT quarter_id, 9, state, revision, computed, digest, content, provenance, reason, author,"
    " redefined, consequences, proposer, proposed_digest, publisher, titles, previous, seal, 9, published, visible_from"
    " FROM metrics_edition WHERE id = {edition}",
]


REFUSALS = (errorcodes.INTEGRITY_CONSTRAINT_VIOLATION, errorcodes.INSUFFICIENT_PRIVILEGE)


@pytest.fixture
def draft(company: Company) -> Edition:
    """A quarter's draft, in review."""
    edition = stored(company, report())
    Quarter.objects.filter(pk=edition.quarter_id).update(state=Quarter.State.REVIEW)
    edition.quarter.refresh_from_db()
    return edition


def out(edition: Edition, actor: User, **order: object) -> Edition:
    """The edition published by the actor."""
    return publish(edition.quarter, actor, Order(edition.digest, **order))  # type: ignore[arg-type]


def test_a_published_edition_is_chained_and_sealed(draft: Edition, analyst: User, company: Company) -> None:
    edition = out(draft, analyst)
    draft.quarter.refresh_from_db()
    assert (draft.quarter.state, edition.number, edition.publisher) == ("published", 1, analyst.reference)
    assert set(edition.titles) == {"it", "en", "fr"}
    assert (broken_links(company), guards(company), broken_at(company)) == ([], [], None)


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_product_cannot_touch_what_is_published(attack: str, draft: Edition, analyst: User) -> None:
    other = stored(draft.quarter.company, report(quarter="2027-1"))
    edition = out(draft, analyst)
    names = {"edition": edition.pk, "draft": other.pk, "quarter": edition.quarter_id}
    for name, value in names.items():
        attack = attack.replace("{" + name + "}", str(value))
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert getattr(refused.value.__cause__, "pgcode", "") in REFUSALS


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ("metrics_bridgestep (edition_id, position, kind, component, stage, verdict)", "{}\t99\tstage\t\t\tbetter\n"),
        (
            "metrics_figure (edition_id, level, stage, indicator, unit, n, base, imprecise, before_n, verdict,"
            " year_verdict, note, detail)",
            "{}\tunit\t\tx\tx\t1\tfull\tf\t0\tbetter\tbetter\t\t[]\n",
        ),
    ],
)
def test_copy_into_a_published_edition_is_refused(columns: str, row: str, draft: Edition, analyst: User) -> None:
    edition = out(draft, analyst)
    rows = StringIO(row.format(edition.pk))
    copy = f"COPY {columns} FROM STDIN"
    with pytest.raises(psycopg2.Error, match="cannot be added to"), connection.cursor() as cursor:
        cursor.copy_expert(copy, rows)


def test_what_was_not_seen_is_not_published(draft: Edition, analyst: User) -> None:
    with pytest.raises(Refused):
        publish(draft.quarter, analyst, Order("0" * 64))


def test_an_open_quarter_is_reviewed_before_it_is_published(draft: Edition, analyst: User) -> None:
    reopen(draft.quarter, analyst)
    with pytest.raises(Refused):
        out(draft, analyst)
    review(draft.quarter, analyst)
    assert out(draft, analyst).state == "published"


def test_a_stale_quarter_waits_for_its_figures(draft: Edition, analyst: User) -> None:
    Quarter.objects.filter(pk=draft.quarter_id).update(stale=True, revision=draft.revision + 1)
    with pytest.raises(Refused):
        out(draft, analyst)


def test_nothing_is_published_over_an_open_objection(draft: Edition, analyst: User) -> None:
    objection = Objection.objects.create(edition=draft, department="logistica", level="company", reason="?", author="x")
    with pytest.raises(Refused):
        out(draft, analyst)
    Objection.objects.filter(pk=objection.pk).update(state=Objection.State.DISMISSED, answer="The count is right.")
    assert out(draft, analyst).objections.count() == 1


def test_where_two_must_publish_the_first_only_proposes(draft: Edition, analyst: User, company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(two_to_publish=True)
    assert out(draft, analyst).state == "draft"
    with pytest.raises(Refused):
        out(draft, analyst)
    second = make.user(company, "admin")
    assert (out(draft, second).state, Edition.objects.get(pk=draft.pk).proposer) == ("published", analyst.reference)


def test_under_embargo_a_reader_sees_nothing_yet_and_the_others_do(
    draft: Edition, analyst: User, company: Company
) -> None:
    out(draft, analyst, visible_from=timezone.now() + timedelta(days=2))
    reader = make.user(company)
    assert not editions_of(reader.membership).exists()
    assert editions_of(analyst.membership).exists()


def test_the_seal_holds_whatever_zone_the_embargo_was_given_in(draft: Edition, analyst: User, company: Company) -> None:
    out(draft, analyst, visible_from=datetime(2099, 1, 1, 9, tzinfo=ZoneInfo("Europe/Rome")))
    assert broken_links(company) == []


def test_only_a_generated_company_has_a_past_that_was_made(draft: Edition, analyst: User, company: Company) -> None:
    with pytest.raises(ValueError, match="generated"), transaction.atomic():
        out(draft, analyst, at=timezone.now() - timedelta(days=9))
    Company.objects.filter(pk=company.pk).update(generated=True)
    at = timezone.now() - timedelta(days=9)
    assert out(draft, analyst, at=at).published == at


def test_publishing_is_not_computing(draft: Edition, analyst: User) -> None:
    computed = Edition.objects.get(pk=draft.pk).computed
    out(draft, analyst)
    assert Edition.objects.get(pk=draft.pk).computed == computed


def test_a_restatement_keeps_both_and_takes_the_next_place_in_the_chain(
    draft: Edition, analyst: User, company: Company
) -> None:
    first = out(draft, analyst)
    second = restate(draft.quarter, analyst, "The couriers' file came late.")
    draft.quarter.refresh_from_db()
    assert not draft.quarter.closed
    changed = replace(report(), messages=())
    Quarter.objects.filter(pk=draft.quarter_id).update(stale=False)
    quarter = Quarter.objects.get(pk=draft.quarter_id)
    edition = store(quarter, changed, [])
    assert edition is not None
    second = publish(quarter, analyst, Order(edition.digest))
    first.refresh_from_db()
    assert (first.version, second.version, second.number) == (1, 2, 2)
    assert first.digest != second.digest
    assert (second.previous, broken_links(company)) == (first.seal, [])


def test_a_restatement_may_be_taken_back(draft: Edition, analyst: User) -> None:
    out(draft, analyst)
    restate(draft.quarter, analyst, "Perhaps.")
    withdraw(draft.quarter, analyst)
    assert (draft.quarter.editions.count(), Quarter.objects.get(pk=draft.quarter_id).closed) == (1, True)


def test_changed_definitions_hold_from_now_on_or_restate_the_past(
    draft: Edition, analyst: User, company: Company
) -> None:
    out(draft, analyst)
    open_quarter = make.quarter(company, "2026-4")
    assert redefine(company, analyst, "New weights", past=False) == []
    open_quarter.refresh_from_db()
    assert open_quarter.stale
    assert [str(row) for row in redefine(company, analyst, "New weights", past=True)] == ["2026-3"]


def test_a_refused_step_leaves_no_entry_in_the_log(draft: Edition, analyst: User, company: Company) -> None:
    before = company.audit_entries.count()
    with pytest.raises(Refused):
        publish(draft.quarter, analyst, Order("0" * 64))
    assert company.audit_entries.count() == before


def test_a_published_edition_is_never_computed_again(draft: Edition, analyst: User) -> None:
    edition = out(draft, analyst)
    found = store(Quarter.objects.get(pk=draft.quarter_id), report(previous=""), [])
    assert found is not None
    assert (found.pk, found.digest) == (edition.pk, edition.digest)
    assert Figure.objects.filter(edition=edition).exists()
