"""The audit log is one chain, whoever writes at once, and shows every later change."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from company.audit import broken_at, record
from company.models import AuditEntry, AuditHead, Company, User
from tests import make


def test_entries_are_numbered_and_chained(company: Company, analyst: User) -> None:
    first = record(company, analyst, "upload.received", "upload 1", {"size": 3})
    second = record(company, None, "upload.accepted", "upload 1")
    assert (first.sequence, second.sequence, second.previous) == (1, 2, first.digest)
    assert (first.actor, second.actor, broken_at(company)) == (analyst.email, "", None)


def test_an_action_that_is_rolled_back_leaves_no_entry(company: Company) -> None:
    with transaction.atomic():
        record(company, "test", "a", "b")
        transaction.set_rollback(True)
    assert (company.audit_entries.count(), broken_at(company)) == (0, None)


@pytest.mark.parametrize("change", ["edit", "delete", "swap", "cut"])
def test_every_tampering_is_seen(company: Company, change: str) -> None:
    entries = [record(company, "test", f"action {i}", "x") for i in range(4)]
    if change == "edit":
        AuditEntry.objects.filter(pk=entries[1].pk).update(action="nothing")
    elif change == "delete":
        entries[1].delete()
    elif change == "swap":
        AuditEntry.objects.filter(pk=entries[1].pk).update(sequence=99)
        AuditEntry.objects.filter(pk=entries[2].pk).update(sequence=2)
        AuditEntry.objects.filter(pk=entries[1].pk).update(sequence=3)
    else:
        entries[3].delete()
    assert broken_at(company) == (4 if change == "cut" else 2)


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
