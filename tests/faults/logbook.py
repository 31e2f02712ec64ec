"""The audit log written by many at once, then tampered with by whoever owns the tables."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction

from company.audit import broken_at, record
from company.models import AuditHead, Company
from tests import make, owner

SWAP = (
    "UPDATE company_auditentry SET sequence = 1000000 WHERE sequence = {a}",
    "UPDATE company_auditentry SET sequence = {a} WHERE sequence = {b}",
    "UPDATE company_auditentry SET sequence = {b} WHERE sequence = 1000000",
)
TAMPERING: dict[str, tuple[str, ...]] = {
    "edit": ("UPDATE company_auditentry SET {column} = {value} WHERE sequence = {a}",),
    "delete": ("DELETE FROM company_auditentry WHERE sequence = {a}",),
    "swap": SWAP,
    "cut": ("DELETE FROM company_auditentry WHERE sequence > {a}",),
}
EDITS = {
    "actor": "'somebody else'",
    "action": "'nothing'",
    "subject": "'elsewhere'",
    "detail": "'{{\"n\": -1}}'::jsonb",
    "at": "at + interval '1 microsecond'",
}
OFF, ON = (f"ALTER TABLE company_auditentry {what} TRIGGER kept" for what in ("DISABLE", "ENABLE ALWAYS"))


def besiege(writers: int, entries: int, tampers: int, seed: int) -> dict[str, Any]:
    """One row: breaks seen where there was none, entries of actions rolled back, and tampering not seen."""
    company = make.company()
    rolled = write(company, writers, entries, seed)
    wanted = writers * entries - rolled
    head = AuditHead.objects.get(company=company)
    false = int(broken_at(company) is not None) + int(head.sequence != wanted)
    left = company.audit_entries.filter(subject="rolled back").count()
    missed = tamper(company, tampers, seed)
    holds = not (false or left or missed.total())
    counts = {"false_breaks": false, "left_by_rollbacks": left, "tampered": 4 * tampers, "missed": missed.total()}
    return {"name": "audit_log", "tried": writers * entries, "rolled_back": rolled, **counts, "holds": holds}


def write(company: Company, writers: int, entries: int, seed: int) -> int:
    """Everybody writes at once; every tenth action or so fails after it was recorded. How many failed."""

    def one(number: int) -> int:
        draw, failed = random.Random(seed + number), 0
        try:
            for turn in range(entries):
                fails = draw.random() < 0.1
                with transaction.atomic():
                    said = "rolled back" if fails else f"{number}/{turn}"
                    record(company, f"writer {number}", "note.written", said, {"n": turn})
                    transaction.set_rollback(fails)
                failed += fails
        finally:
            connection.close()
        return failed

    with ThreadPoolExecutor(writers) as pool:
        return sum(pool.map(one, range(writers)))


def tamper(company: Company, times: int, seed: int) -> Counter[str]:
    """Each way so many times, at places of chance, undone each time; the ways that were not seen."""
    draw, missed = random.Random(seed), Counter[str]()
    last = company.audit_entries.count()
    _owner(OFF, "CREATE TABLE kept_aside AS SELECT * FROM company_auditentry")
    try:
        for way in TAMPERING:
            for _time in range(times):
                a, b = sorted(draw.sample(range(1, last), 2))
                column, value = draw.choice(sorted(EDITS.items()))
                _owner(*(line.format(a=a, b=b, column=column, value=value.format()) for line in TAMPERING[way]))
                missed[way] += broken_at(company) is None
                _owner("DELETE FROM company_auditentry", "INSERT INTO company_auditentry SELECT * FROM kept_aside")
    finally:
        _owner("DROP TABLE kept_aside", ON)
    if broken_at(company) is not None:
        raise RuntimeError("the log was not put back as it was")
    return missed


def _owner(*statements: str) -> None:
    for statement in statements:
        with owner.cursor() as run:
            run.execute(statement)
