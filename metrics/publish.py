"""A quarter's way out: open → in review → published, and the restatement of what is published.

Every step is one transaction with its audit entry, under the quarter's lock, which uploads take too: what is published
holds all of an upload or nothing of it. Several quarters are locked in the order in which uploads lock theirs, and the
company's row never against the keys that point to it: a file being taken in and a publication do not wait for each
other. ``Refused`` says why a step cannot be taken; its message is shown as it is.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from company.audit import record
from company.models import Company, User
from journeys.essential import crowd
from journeys.models import Kept, Quarter
from metrics import wording
from metrics.models import Announcement, Checkpoint, Edition, Objection, Remark
from metrics.report import METHOD, Report
from metrics.seals import FIRST, seal

LATER = range(1, 8)
OUT = ("state", "publisher", "published", "visible_from", "titles", "number", "previous", "seal")


class Refused(Exception):
    """A step that cannot be taken; the message is for the person who asked."""


@dataclass(frozen=True)
class Order:
    """What somebody asks to publish: the very figures seen, and from when readers see them (None: at once).

    ``at`` is when a generated company's quarter came out, its past being made at once; None for all others: now.
    """

    digest: str
    visible_from: datetime | None = None
    at: datetime | None = None


def review(quarter: Quarter, actor: User) -> None:
    """From open to in review: from now on the report is prepared to come out."""
    with transaction.atomic():
        held = _locked(quarter)
        if held.state != Quarter.State.OPEN:
            raise Refused(_("This quarter is not open any more."))
        edition = _draft(held)
        _move(held, actor, Quarter.State.REVIEW)
        look(edition, actor)


def reopen(quarter: Quarter, actor: User) -> None:
    """Back from review to open: something is still missing."""
    with transaction.atomic():
        held = _locked(quarter)
        if held.state != Quarter.State.REVIEW:
            raise Refused(_("Only a quarter in review can go back."))
        held.editions.filter(state=Edition.State.DRAFT).update(proposer="", proposed_digest="", visible_from=None)
        _move(held, actor, Quarter.State.OPEN)


def look(edition: Edition, actor: User) -> None:
    """Remember the draft as seen: the next preview says what changed since."""
    seen = {"digest": edition.digest, "content": edition.content, "by": actor.reference}
    Checkpoint.objects.update_or_create(quarter=edition.quarter, defaults=seen)


def look_again(quarter: Quarter, actor: User) -> None:
    """The figures as they are now have been looked at."""
    with transaction.atomic():
        edition = _draft(_locked(quarter))
        look(edition, actor)
        record(edition.quarter.company, actor, "quarter.looked", str(quarter.code), {"digest": edition.digest})


def publish(quarter: Quarter, actor: User, order: Order) -> Edition:
    """Freeze the draft and chain it to the last publication; where two must publish the first call only proposes."""
    with transaction.atomic():
        company = Company.objects.select_for_update(no_key=True).get(pk=quarter.company_id)
        _lock_all(company)
        held = _locked(quarter)
        edition = _publishable(held, order.digest)
        if company.two_to_publish and not _seconded(edition, actor):
            edition.proposer, edition.proposed_digest = actor.reference, edition.digest
            edition.visible_from = order.visible_from
            edition.save(update_fields=["proposer", "proposed_digest", "visible_from"])
            record(company, actor, "quarter.proposed", str(held.code), {"digest": edition.digest})
            return edition
        _freeze(company, edition, actor, order)
        _close(held, edition, actor)
        return edition


def _publishable(held: Quarter, digest: str) -> Edition:
    """The draft, when nothing stands in the way."""
    if held.closed:
        raise Refused(_("This quarter is already published."))
    if held.state == Quarter.State.OPEN:
        raise Refused(_("Put the quarter in review first."))
    edition = _draft(held)
    if held.stale or edition.revision != held.revision:
        raise Refused(_("Data arrived meanwhile and the figures are being computed again. Look at them, then publish."))
    if edition.digest != digest:
        raise Refused(_("The figures are not the ones you saw. Look at them again, then publish."))
    report = Report.parse(edition.content)
    if report.method != METHOD:
        raise Refused(_("The method is another by now and the figures are computed again. Look at them, then publish."))
    if not crowd(row.stage for row in report.indicators if row.essential).fits:
        raise Refused(_("There are too many essential indicators: retire one first."))
    if edition.objections.filter(state=Objection.State.OPEN).exists():
        raise Refused(_("A figure is contested and not yet answered: nothing is published over an open objection."))
    return edition


def _seconded(edition: Edition, actor: User) -> bool:
    """Whether another person agreed to these very figures before."""
    if edition.proposed_digest != edition.digest:
        return False
    if edition.proposer == actor.reference:
        raise Refused(_("You proposed it: a second person has to confirm."))
    return True


def _freeze(company: Company, edition: Edition, actor: User, order: Order) -> None:
    if order.at and not company.generated:
        raise ValueError("only a generated company was published in the past")
    chain = Edition.objects.filter(quarter__company=company, state=Edition.State.PUBLISHED)
    last = chain.order_by("-number").first()
    if hashlib.sha256(edition.content.encode()).hexdigest() != edition.digest:
        raise Refused(_("The draft is damaged: its digest is not that of its text. Compute it again."))
    edition.state = Edition.State.PUBLISHED
    edition.publisher, edition.published = actor.reference, order.at or timezone.now()
    edition.visible_from = max(order.visible_from or edition.published, edition.published)
    edition.titles = titles(Report.parse(edition.content), edition.quarter.remarks.filter(kind=Remark.Kind.TITLE))
    edition.number = last.number + 1 if last and last.number else 1
    edition.previous = last.seal if last else FIRST
    edition.seal = seal(edition)
    edition.save(update_fields=OUT)
    Kept.objects.bulk_create(
        [Kept(sha256=sha256) for sha256 in {item["part"] for item in edition.provenance}], ignore_conflicts=True
    )


def _close(held: Quarter, edition: Edition, actor: User) -> None:
    restated = held.restating
    held.restating = False
    Checkpoint.objects.filter(quarter=held).delete()
    Quarter.objects.filter(pk=held.pk).update(restating=False)
    if restated:
        mark_later(held)
    detail = {"version": edition.version, "digest": edition.digest, "seal": edition.seal, "reason": edition.reason}
    if restated:
        record(held.company, actor, "quarter.restated", str(held.code), detail)
    else:
        _move(held, actor, Quarter.State.PUBLISHED, detail)


def titles(report: Report, written: Iterable[Remark] = ()) -> dict[str, dict[str, str]]:
    """Every title sentence of the report in every language, by place; a person's title where one was written."""
    found: dict[str, dict[str, str]] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = {message.place: wording.say(message, report) for message in report.messages}
    for title in written:
        found[title.language][title.place] = title.text
    return found


def restate(quarter: Quarter, actor: User | None, reason: str, redefined: bool = False) -> Edition:
    """Open a draft restatement of a published quarter: corrected files are taken again until it is published."""
    if not reason.strip():
        raise Refused(_("Say why the quarter is restated."))
    with transaction.atomic():
        held = _locked(quarter)
        edition = _reopened(held, actor, reason.strip(), redefined)
        record(held.company, actor, "restatement.opened", str(held.code), {"reason": reason, "redefined": redefined})
    return edition


def _reopened(held: Quarter, actor: User | None, reason: str, redefined: bool) -> Edition:
    """The draft of a restatement."""
    if held.state != Quarter.State.PUBLISHED:
        raise Refused(_("Only a published quarter is restated."))
    if held.restating:
        raise Refused(_("A restatement of this quarter is already being prepared."))
    last = held.editions.filter(state=Edition.State.PUBLISHED).latest("version")
    edition: Edition = Edition.objects.create(
        quarter=held,
        version=last.version + 1,
        revision=held.revision,
        digest=last.digest,
        content=last.content,
        provenance=last.provenance,
        reason=reason,
        author=actor.reference if actor else "",
        redefined=redefined,
    )
    held.restating = True
    _stale(held)
    return edition


def withdraw(quarter: Quarter, actor: User) -> None:
    """Take a draft restatement back: the published edition simply goes on."""
    with transaction.atomic():
        held = _locked(quarter)
        if not held.restating:
            raise Refused(_("There is no restatement to take back."))
        draft = held.editions.get(state=Edition.State.DRAFT)
        draft.objections.all().delete()
        draft.delete()
        Checkpoint.objects.filter(quarter=held).delete()
        Quarter.objects.filter(pk=held.pk).update(restating=False)
        record(held.company, actor, "restatement.withdrawn", str(held.code), {"version": draft.version})


def redefine(company: Company, actor: User | None, reason: str, past: bool) -> list[Quarter]:
    """What a changed definition, weight or scale asks for: ``past`` also restates what is published.

    Without it the change holds *from this quarter on*: unpublished quarters are computed again, the bridge shows
    changed weights as a step of their own. Called inside the transaction that changes the definition, whose entry in
    the log names what is returned: the quarters of which a restatement was opened.
    """
    opened = []
    with transaction.atomic():
        _lock_all(company)
        company.quarters.exclude(state=Quarter.State.PUBLISHED).update(stale=True, revision=F("revision") + 1)
        for quarter in company.quarters.filter(state=Quarter.State.PUBLISHED, restating=False) if past else ():
            _reopened(_locked(quarter), actor, reason, redefined=True)
            opened.append(quarter)
    return opened


def announce(now: datetime) -> None:
    """The chore: whoever is to be told of a publication is told once, when its embargo is over."""
    waiting = Edition.objects.filter(state=Edition.State.PUBLISHED, visible_from__lte=now, announcement=None)
    for edition in waiting.select_related("quarter__company").order_by("number"):
        with transaction.atomic():
            if Announcement.objects.get_or_create(edition=edition)[1]:
                for path in settings.ANNOUNCED_BY:
                    import_string(path)(edition)


def mark_later(quarter: Quarter) -> None:
    """The unpublished quarters that rest on this one's facts are behind."""
    codes = {quarter.code.plus(step) for step in LATER}
    rows = Quarter.objects.select_for_update().filter(company=quarter.company_id).order_by("pk")
    for row in rows:
        if row.code in codes and not row.closed:
            _stale(row)


def _stale(held: Quarter) -> None:
    held.revision += 1
    held.stale = True
    held.save(update_fields=["revision", "stale", "restating"])


def _lock_all(company: Company) -> None:
    """Every quarter of the company, in the order in which uploads lock theirs."""
    list(Quarter.objects.select_for_update().filter(company=company).order_by("pk").values_list("pk"))


def _locked(quarter: Quarter) -> Quarter:
    return Quarter.objects.select_for_update(of=("self",)).select_related("company").get(pk=quarter.pk)


def _draft(held: Quarter) -> Edition:
    edition = Edition.objects.select_for_update().filter(quarter=held, state=Edition.State.DRAFT).first()
    if edition is None:
        raise Refused(_("This quarter has no figures yet."))
    edition.quarter = held
    return edition


def _move(held: Quarter, actor: User, state: str, detail: dict[str, object] | None = None) -> None:
    Quarter.objects.filter(pk=held.pk).update(state=state)
    held.state = state
    record(held.company, actor, f"quarter.{state}", str(held.code), detail)
