"""The audit log is one chain, whoever writes at once, and shows every later change."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import ProgrammingError, connection, transaction

from company.audit import broken_at, record
from company.models import AuditHead, Company, User
from tests import make, owner


def test_entries_are_numbered_and_chained(company: Company, analyst: User) -> None:
    first = record(company, analyst, "upload.received", "upload 1", {"size": 3})
    second = record(company, None, "upload.accepted", "upload 1")
    assert (first.sequence, second.sequence, second.previous) == (1, 2, first.digest)
    assert (first.actor, second.actor, broken_at(company)) == (analyst.reference, "", None)


def test_an_action_that_is_rolled_back_leaves_no_entry(company: Company) -> None:
    with transaction.atomic():
        record(company, "test", "a", "b")
        transaction.set_rollback(True)
    assert (company.audit_entries.count(), broken_at(company)) == (0, None)


OFF = "ALTER TABLE company_auditentry DISABLE TRIGGER kept"
ON = "ALTER TABLE company_auditentry ENABLE ALWAYS TRIGGER kept"
TAMPERING = {
    "edit": "UPDATE company_auditentry SET action = 'nothing' WHERE sequence = 2",
    "delete": "DELETE FROM company_auditentry WHERE sequence = 2",
    "swap": "UPDATE company_auditentry SET sequence = CASE sequence WHEN 2 THEN 99 WHEN 3 THEN 2 END"
    " WHERE sequence IN (2, 3); UPDATE company_auditentry SET sequence = 3 WHERE sequence = 99",
    "cut": "DELETE FROM company_auditentry WHERE sequence = 4",
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", TAMPERING)
def test_what_even_the_owner_tampers_with_is_seen(change: str) -> None:
    company = make.company()
    for i in range(4):
        record(company, "test", f"action {i}", "x")
    for statement in (OFF, TAMPERING[change], ON):
        with owner.cursor() as run:
            run.execute(statement)
    assert broken_at(company) == (4 if change == "cut" else 2)


@pytest.mark.parametrize("change", TAMPERING)
def test_the_product_itself_can_only_add_to_the_log(company: Company, change: str) -> None:
    for _number in range(4):
        record(company, "test", "action", "x")
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(TAMPERING[change])


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_make_one_chain() -> None:
    company = make.company()

    def write(number: int) -> None:
        try:
            for i in range(20):
                record(company, f"writer {number}", "action", str(i))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert (AuditHead.objects.get(company=company).sequence, broken_at(company)) == (80, None)
