"""A stale quarter becomes a draft edition: facts → report → rows, all in one transaction."""

import hashlib
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from journeys.models import Quarter
from metrics import facts
from metrics.derive.report import derive
from metrics.differences import turned
from metrics.models import BridgeStep, Edition, Effect, Figure
from metrics.report import METHOD, EffectRow, FigureRow, Report, StepRow

LOCK_SPACE = 7_301


def refresh(quarter_id: int) -> Edition | None:
    """The quarter's draft edition, computed anew; None when somebody else is computing it right now.

    The revision is read before the facts. When it is still the same at the end, under the row's lock, the quarter is
    no longer stale; when facts came meanwhile the edition is stored all the same and the quarter stays stale.
    """
    with Alone(quarter_id) as alone:
        if not alone:
            return None
        quarter = Quarter.objects.select_related("company__journey").get(pk=quarter_id)
        if quarter.closed:
            return _leave(quarter)
        files = facts.provenance(quarter)
        report = derive(facts.inputs(quarter, facts.files_by_quarter(files)))
        edition = store(quarter, report, files)
        if quarter.restating and edition is not None:
            _foresee(quarter, edition)
        return edition


def _foresee(quarter: Quarter, draft: Edition) -> None:
    """What a draft restatement would change of what later quarters said: their verdicts, old and new."""
    own = {quarter.code: facts.files_by_quarter(draft.provenance).get(quarter.code, ())}
    later = {quarter.code.plus(1), quarter.code.plus(4)}
    found: list[dict[str, Any]] = []
    for row in Quarter.objects.filter(company=quarter.company_id, state=Quarter.State.PUBLISHED):
        held = facts.current(row) if row.code in later else None
        if held is None:
            continue
        old, new = Report.parse(held.content), derive(facts.recomputed(held, own))
        found += [
            {"quarter": str(row.code), "key": list(item.key), "old": item.old.verdict, "new": item.new.verdict}
            for item in turned(old, new)
            if item.old and item.new
        ]
    Edition.objects.filter(pk=draft.pk, state=Edition.State.DRAFT).update(consequences=found)


def _leave(quarter: Quarter) -> Edition | None:
    """What is published is not computed again: only a draft restatement is."""
    Quarter.objects.filter(pk=quarter.pk, revision=quarter.revision).update(stale=False)
    return quarter.editions.order_by("-version").first()


def store(quarter: Quarter, report: Report, provenance: list[dict[str, Any]]) -> Edition | None:
    """The report as the quarter's draft edition with its rows; one with the same digest keeps its rows."""
    content = report.content()
    with transaction.atomic():
        held = Quarter.objects.select_for_update().get(pk=quarter.pk)
        if held.closed:  # published, or its restatement taken back, while the figures were computed
            return _leave(held)
        edition = held.editions.filter(state=Edition.State.DRAFT).order_by("-version").first()
        last = held.editions.aggregate(last=models.Max("version"))["last"] or 0
        edition = edition or Edition(quarter=held, version=last + 1)
        changed = edition.content != content
        edition.revision, edition.provenance = quarter.revision, provenance
        if changed:
            edition.content, edition.digest = content, hashlib.sha256(content.encode()).hexdigest()
        edition.save()
        if changed:
            _replace_rows(edition)
        Quarter.objects.filter(pk=held.pk, revision=quarter.revision).update(stale=False)
    return edition


def _replace_rows(edition: Edition) -> None:
    """The rows are the content again, for questions that SQL answers better than a document."""
    steps = ["document AS MATERIALIZED (SELECT %s::bigint AS edition_id, %s::jsonb AS content)"]
    for model, name, row in (
        (Figure, "figures", FigureRow),
        (Effect, "effects", EffectRow),
        (BridgeStep, "bridge", StepRow),
    ):
        model._default_manager.filter(edition=edition).delete()
        table, columns = model._meta.db_table, ", ".join(f'"{entry.name}"' for entry in fields(row))
        steps.append(
            f"""{name} AS (INSERT INTO {table} (edition_id, {columns}) SELECT document.edition_id, {columns}
            FROM document, jsonb_populate_recordset(NULL::{table}, content -> '{name}'))"""  # noqa: S608
        )
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(steps)} SELECT", [edition.pk, edition.content])


def renew(now: datetime) -> None:
    """The chore: quarters whose drafts another version of the method made are behind; what is published stays."""
    drafts = Edition.objects.filter(state=Edition.State.DRAFT).exclude(content__contains=f'"method":{METHOD},')
    behind = Quarter.objects.filter(pk__in=drafts.values("quarter"), stale=False)
    behind.update(stale=True, revision=models.F("revision") + 1)


class Alone:
    """Whether this process is the only one to compute the quarter: an advisory lock that dies with its connection."""

    def __init__(self, quarter_id: int) -> None:
        self.key = (LOCK_SPACE, quarter_id)
        self.held = False

    def __enter__(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", self.key)
            self.held = cursor.fetchone()[0]
        return self.held

    def __exit__(self, *error: object) -> None:
        if self.held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", self.key)
